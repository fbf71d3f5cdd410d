"""Changes of one line to constants and musical rules that some test must notice.

Each is a file, a text that stands in it once, and what is put there. `mutants.py --by-hand` tries
them.
"""

CHANGES: tuple[tuple[str, str, str], ...] = (
    # What the search weighs.
    ("mer/search/stack/methods.py", "INSIDE: 0.45, WHOLE: 0.3", "INSIDE: 0.3, WHOLE: 0.45"),
    (
        "mer/search/stack/methods.py",
        "FEW_NOTES, FEWEST_NOTES = 6, 4",
        "FEW_NOTES, FEWEST_NOTES = 4, 4",
    ),
    ("mer/search/stack/comparison.py", "metre=0.0, length=0.3", "metre=0.0, length=0.2"),
    ("mer/search/stack/comparison.py", "pitch_band=3.0", "pitch_band=4.0"),
    (
        "mer/search/stack/comparison.py",
        '"phrase": 3, "melody": 8',
        '"phrase": 3, "melody": 4',
    ),
    ("mer/search/pace.py", "PACES = (1.0, 2.0, 0.5)", "PACES = (1.0, 2.0, 0.25)"),
    ("mer/search/match.py", "_MOST_OUTSIDE = 6", "_MOST_OUTSIDE = 2"),
    # What is read off notes.
    ("mer/notes/phrases.py", '"leap": (1.88, 1.91)', '"leap": (-1.88, -1.91)'),
    ("mer/notes/phrases.py", '"rest before": (3.42, 3.69)', '"rest before": (0.42, 0.69)'),
    ("mer/notes/phrases.py", '"two bars": (1.98, 0.0)', '"two bars": (0.76, 0.0)'),
    ("mer/notes/meter.py", "self.numerator > 3 and", "self.numerator > 6 and"),
    (
        "mer/notes/meter.py",
        "3 if self.is_compound else 1)\n\n    @property\n    def beats",
        "1)\n\n    @property\n    def beats",
    ),
    (
        "mer/notes/metrical_weight.py",
        "levels.append(meter.unit_ticks)",
        "levels.append(meter.beat_ticks)",
    ),
    (
        "mer/notes/key.py",
        "weight[int(pitch[-1]) % 12] += final",
        "weight[int(pitch[0]) % 12] += final",
    ),
    ("mer/notes/key.py", "fifths <= 6", "fifths <= 5"),
    ("mer/notes/names.py", '"F", "F#", "G", "Ab"', '"F", "Gb", "G", "Ab"'),
    # Files.
    ("mer/io/sheet/signs.py", "_TUPLETS = ((3, 2), (5, 4))", "_TUPLETS = ((3, 2),)"),
    (
        "mer/io/sheet/spelling.py",
        "(pitch * 7 - (sharps - 3)) % 12 + sharps - 3",
        "(pitch * 7 - (sharps - 4)) % 12 + sharps - 4",
    ),
    (
        "mer/io/score/musicxml.py",
        'implicit = "" if number else',
        'implicit = "" if not number else',
    ),
    ("mer/io/score/musicxml.py", "melody.pitch.mean() < 55", "melody.pitch.mean() < 75"),
    ("mer/io/sheet/beams.py", "return _ON if stem.position", "return _BACK if stem.position"),
    ("mer/io/sheet/beams.py", '"end": _BACK', '"end": _ON'),
    ("mer/io/sheet/beams.py", "_DOTTED_QUARTER = 3 *", "_DOTTED_QUARTER = 2 *"),
    ("mer/io/sheet/sheet.py", "VELOCITY = 80", "VELOCITY = 81"),
    # Sound.
    (
        "mer/io/sheet/sheet.py",
        "_BEAT, _BETWEEN = 104, 94, 84",
        "_BEAT, _BETWEEN = 104, 84, 94",
    ),
    (
        "mer/io/sheet/sheet.py",
        "(part.notes[:, 1] - leader.downbeat) % leader.bar_ticks",
        "part.notes[:, 1] % leader.bar_ticks",
    ),
    # Harmony.
    ("generate/harmony/harmony.py", "CALM = 0.8", "CALM = 0.7"),
    ("generate/harmony/slots.py", "(0.5 + 0.5 * strength)", "(0.7 + 0.3 * strength)"),
    (
        "generate/harmony/texture/patterns.py",
        "(0, 1, 2, 1)[number % 4]",
        "(2, 1, 0, 1)[number % 4]",
    ),
    ("generate/harmony/texture/voicing.py", "BASS_RANGE = (31, 50)", "BASS_RANGE = (31, 52)"),
    ("generate/harmony/texture/voicing.py", "_TOUCHED = 4.0", "_TOUCHED = 0.0"),
    # Pieces.
    (
        "generate/piece/cadences.py",
        '"authentic": Cadence((2, 7, 11), (0,)',
        '"authentic": Cadence((2, 5, 11), (0,)',
    ),
    ("generate/markov/demands.py", "_STRESS_POWER = 0.6", "_STRESS_POWER = 0.4"),
    ("generate/markov/statements.py", "_ORDINARY_LEAP = 12", "_ORDINARY_LEAP = 7"),
    ("generate/lines/joins.py", "_MOVEMENT_COST = 0.3", "_MOVEMENT_COST = 0.0"),
    (
        "generate/lines/joins.py",
        "_CONTINUES, _COMES_AGAIN = 0.3, 1.5",
        "_CONTINUES, _COMES_AGAIN = -0.4, 1.5",
    ),
    (
        "generate/plan/habits.py",
        "_EASY_LEAP, _LEAP_DECAY = 5, 0.05",
        "_EASY_LEAP, _LEAP_DECAY = 7, 0.25",
    ),
    ("generate/plan/habits.py", "_INSISTENCE = 0.25", "_INSISTENCE = 1.0"),
    ("generate/plan/rhythm.py", "DENSITY_SPREAD = 1.5", "_DENSITY_SPREAD = 3.0"),
    ("generate/plan/frame.py", "_USUAL_SPAN = 19", "_USUAL_SPAN = 24"),
    ("generate/report/report.py", '"note": source.note', '"note": source.note + 1'),
    ("generate/report/report.py", '"begins_at_note": run.start', '"begins_at_note": run.note'),
)
