from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from generate.compose import compose, compose_many, prepare, takes
from generate.markov.statements import distance
from generate.piece.composition import Composition
from generate.plan.settings import Settings
from generate.plan.verbs import VERBS
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


def melody(pitch: Sequence[int], quarters: Sequence[float], **context: Any) -> Melody:
    duration = np.array([round(480 * q) for q in quarters])
    onset = np.cumsum(duration) - duration
    return Melody(pitch=np.array(pitch), onset=onset, duration=duration, **context)


MOTIFS = {
    "two bars": melody([64, 64, 65, 67, 67, 65, 64, 62], [1] * 8, meter=(4, 4), key=Key(0)),
    "pick-up": melody(
        [67, 72, 74, 76, 74], [1, 1, 1, 1, 2], meter=(3, 4), key=Key(0), downbeat=480
    ),
    "jig": melody([74, 71, 67, 69, 71, 74], [0.5] * 6, meter=(6, 8), key=Key(7)),
    "no context": melody([69, 72, 71, 69], [1, 0.5, 0.5, 1]),
    "three notes": melody([60, 64, 67], [1, 1, 2]),
    "chromatic": melody([70, 69, 72, 71], [1] * 4, meter=(4, 4)),
    "triplets": melody([60, 62, 64, 65, 67], [1 / 3, 1 / 3, 1 / 3, 1, 2], meter=(4, 4)),
    "off the grid": melody([60, 62, 64, 67], [0.51, 0.52, 0.98, 1.02], meter=(4, 4)),
    "no tune in this metre": melody([60, 62, 64, 65, 67], [1] * 5, meter=(5, 4)),
}
VERB_NAMES = list(VERBS)
GROWING = [name for name, verb in VERBS.items() if not verb.counterpart]


def asked(verb: str, **wishes: Any) -> Settings:
    """Return settings with the chain alone, where notes are drawn: it is quick."""
    quick = {"model": "chain"} if VERBS[verb].method == "markov" else {}
    return Settings(verb=verb, **quick, **wishes)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def replayed(piece: Composition, corpus: Corpus, motif: Melody) -> list[int]:
    """Return the pitches that the citations lead to."""
    pitches = []
    for source in piece.sources:
        cited = motif if source.kind == "motif" else corpus.tune(corpus.find(source.tune_id)).melody
        pitches.append(int(cited.pitch[source.note]) + source.transposition)
    return pitches


def longest_copy(piece: Composition, corpus: Corpus) -> int:
    """Return the longest copied run that holds a note not stated from the motif, naively."""
    statement = [s.kind == "motif" and s.rhythm is None and not s.operators for s in piece.sources]
    longest = 0
    own = steps_of(piece.melody)
    for tune in (steps_of(corpus.tune(number).melody) for number in range(len(corpus))):
        for start in range(len(own) + 1):
            for other in range(len(tune) + 1):
                notes = shared_run(own[start:], tune[other:])
                if notes > longest and not all(statement[start : start + notes]):
                    longest = notes
    return longest


def steps_of(melody: Melody) -> list[tuple[int, Fraction]]:
    """Return, for all notes but the last, the interval to the next and the ratio of durations.

    The ratio is to the note before; the first note has none.
    """
    interval, duration = melody.interval.tolist(), melody.duration.tolist()
    ratio = [Fraction(0), *(Fraction(b, a) for a, b in pairwise(duration))]
    return list(zip(interval, ratio[:-1], strict=True))


def shared_run(a: Sequence[tuple[int, Fraction]], b: Sequence[tuple[int, Fraction]]) -> int:
    """Return how many notes share intervals and, but for those of both ends, durations."""
    for n, (ours, theirs) in enumerate(zip(a, b, strict=False)):
        if ours[0] != theirs[0] or (n >= 1 and ours[1] != theirs[1]):
            return n + 1
    return min(len(a), len(b)) + 1


@pytest.mark.parametrize("verb", VERB_NAMES)
@pytest.mark.parametrize("name", MOTIFS)
def test_every_verb_keeps_to_the_frame(verb: str, name: str, index: PhraseIndex) -> None:
    motif = MOTIFS[name]
    brief = prepare(motif, index, asked(verb))
    for piece in takes(brief, rng(), 2):
        frame, made = brief.frame, piece.melody
        part = VERBS[verb].counterpart
        assert frame.bars == (2 * motif.bars if part else 8)
        assert made.bars == brief.bars_written == (frame.bars - motif.bars * (verb == "answer"))
        assert made.end[-1] == made.downbeat + made.bars * made.bar_ticks
        assert frame.length == motif.downbeat + frame.bars * made.bar_ticks
        assert made.meter == frame.meter == (motif.meter or made.meter)
        assert made.pitch[-1] % 12 == frame.key.tonic
        opening = brief.frame.opening
        assert opening is not None
        shown = 0 if verb == "answer" else len(opening)
        assert made.pitch[:shown].tolist() == opening.melody.pitch.tolist()[:shown]
        assert made.onset[:shown].tolist() == opening.melody.onset.tolist()[:shown]
        new = [i for i, s in enumerate(piece.sources) if s.kind != "motif"]
        assert set((made.pitch[new] % 12).tolist()) <= set(frame.key.scale)
        assert made.pitch.min() >= frame.low
        assert made.pitch.max() <= frame.high
        wide = np.flatnonzero(np.abs(made.interval) > 12).tolist()
        if verb == "morph":  # so few phrases may leave no other join
            tunes = [(source.kind, source.tune_id) for source in piece.sources]
            wide = [note for note in wide if tunes[note] == tunes[note + 1]]
        assert wide == []


@pytest.mark.parametrize("verb", ["continue", "answer"])
@pytest.mark.parametrize("name", ["pick-up", "off the grid", "no tune in this metre"])
def test_what_the_model_chooses_keeps_to_the_frame_and_the_bound(
    verb: str, name: str, index: PhraseIndex, corpus: Corpus
) -> None:
    motif = MOTIFS[name]
    brief = prepare(motif, index, Settings(verb=verb, max_copy=5))
    (piece,) = takes(brief, rng(), 1)
    frame, made = brief.frame, piece.melody
    assert made.bars == brief.bars_written
    assert made.pitch[-1] % 12 == frame.key.tonic
    new = made.pitch[[i for i, s in enumerate(piece.sources) if s.kind != "motif"]]
    assert set((new % 12).tolist()) <= set(frame.key.scale)
    assert frame.low <= new.min() <= new.max() <= frame.high
    assert longest_copy(piece, corpus) <= 5
    assert replayed(piece, corpus, motif) == made.pitch.tolist()


@pytest.mark.parametrize("verb", VERB_NAMES)
@pytest.mark.parametrize("name", MOTIFS)
def test_the_citations_lead_to_the_notes(
    verb: str, name: str, index: PhraseIndex, corpus: Corpus
) -> None:
    motif = MOTIFS[name]
    piece = compose(motif, index, asked(verb), rng(3))
    assert replayed(piece, corpus, motif) == piece.melody.pitch.tolist()
    for source in piece.sources:
        if source.kind == "corpus":
            tune = corpus.tune(corpus.find(source.tune_id)).melody
            starts = np.array(tune.phrase_starts)
            assert source.phrase == np.searchsorted(starts, source.note, side="right")


def test_markov_takes_its_rhythm_from_the_places_that_it_cites(
    index: PhraseIndex, corpus: Corpus
) -> None:
    piece = compose(MOTIFS["two bars"], index, Settings(model="chain"), rng(5))
    made = piece.melody
    cited = 0
    for note, source in enumerate(piece.sources):
        if source.rhythm is None or not source.rhythm.tune_id:
            continue
        tune = corpus.tune(corpus.find(source.rhythm.tune_id)).melody
        begins = int(tune.bar_position[source.rhythm.note])
        ends = begins + int(tune.duration[source.rhythm.note])
        assert begins <= made.bar_position[note] < ends
        cited += 1
    assert cited >= 5


@pytest.mark.parametrize("bound", [4, 6, 8, 12])
@pytest.mark.parametrize("verb", VERB_NAMES)
def test_no_copy_is_longer_than_the_bound(
    verb: str, bound: int, index: PhraseIndex, corpus: Corpus
) -> None:
    settings = asked(verb, max_copy=bound)
    for name in ("two bars", "jig"):
        piece = compose(MOTIFS[name], index, settings, rng(bound))
        assert longest_copy(piece, corpus) <= bound


@pytest.mark.parametrize("bound", [6, 8, 12])
@pytest.mark.parametrize("verb", VERB_NAMES)
def test_no_copy_is_longer_than_the_bound_whatever_the_rhythm(
    verb: str, bound: int, index: PhraseIndex
) -> None:
    brief = prepare(MOTIFS["two bars"], index, asked(verb, max_copy_pitch=bound))
    (piece,) = takes(brief, rng(bound), 1)
    alone = brief.originality.check(bound + 1, rhythm=False)
    assert not len(alone.copied_ends(piece.melody, piece.sources))
    if verb != "stitch":
        both = brief.originality.check(9)
        assert not len(both.copied_ends(piece.melody, piece.sources))


def test_a_motif_that_is_a_corpus_phrase_is_not_continued_as_in_its_tune(
    index: PhraseIndex, corpus: Corpus
) -> None:
    for number in (0, 4, 8):
        motif = corpus.phrase(number).melody
        piece = compose(motif, index, Settings(max_copy=6, model="chain"), rng(number))
        assert longest_copy(piece, corpus) <= 6


def test_stitch_quotes_whole_phrases_unless_told(index: PhraseIndex, corpus: Corpus) -> None:
    pieces = compose_many(MOTIFS["two bars"], index, Settings(verb="stitch"), rng(), 6)
    assert max(longest_copy(piece, corpus) for piece in pieces) > 8
    for piece in pieces:
        starts = [*piece.melody.phrase_starts, len(piece)]
        for start, stop in pairwise(starts):
            assert len({source.tune_id for source in piece.sources[start:stop]}) == 1


@pytest.mark.parametrize("verb", GROWING)
@pytest.mark.parametrize("bars", [1, 2, 3, 5, 7, 16, 33])
def test_any_number_of_bars_is_exact(verb: str, bars: int, index: PhraseIndex) -> None:
    piece = compose(MOTIFS["pick-up"], index, asked(verb, bars=bars), rng(1))
    assert piece.melody.bars == bars
    # One bar leaves no room for the motif, and so for its pick-up.
    assert piece.melody.end[-1] == 480 * (bars > 1) + bars * 1440


@pytest.mark.parametrize("verb", VERB_NAMES)
@pytest.mark.parametrize("key", ["D", "Eb", "A minor", "G mixolydian"])
def test_a_target_key_moves_the_motif(verb: str, key: str, index: PhraseIndex) -> None:
    target = Key.parse(key)
    piece = compose(MOTIFS["two bars"], index, asked(verb, key=target), rng(2))
    assert piece.melody.key == target
    # In minor the leading note is raised where it leads home.
    leading = {(target.tonic - 1) % 12} if target.mode == "minor" else set()
    assert set((piece.melody.pitch % 12).tolist()) <= {*target.scale, *leading}
    assert replayed(piece, index.corpus, MOTIFS["two bars"]) == piece.melody.pitch.tolist()


@pytest.mark.parametrize("verb", VERB_NAMES)
def test_a_given_range_is_kept(verb: str, index: PhraseIndex) -> None:
    settings = asked(verb, low=72, high=84)
    piece = compose(MOTIFS["two bars"], index, settings, rng())
    assert piece.melody.pitch.min() >= 72
    assert piece.melody.pitch.max() <= 84


@pytest.mark.parametrize("verb", VERB_NAMES)
def test_without_motif_and_tonic(verb: str, index: PhraseIndex) -> None:
    settings = asked(verb, open_with_motif=False, end_on_tonic=False)
    pieces = compose_many(MOTIFS["pick-up"], index, settings, rng(), 4)
    part = VERBS[verb].counterpart
    assert all(piece.melody.bars == (2 if part else 8) for piece in pieces)
    # The motif ends a beat before the barline: there a part has its pick-up, as the motif has.
    assert all(piece.melody.downbeat == 480 * part for piece in pieces)


@pytest.mark.parametrize("verb", VERB_NAMES)
def test_same_seed_same_music_and_takes_differ(verb: str, index: PhraseIndex) -> None:
    settings = asked(verb)
    first = compose_many(MOTIFS["jig"], index, settings, rng(7), 3)
    again = compose_many(MOTIFS["jig"], index, settings, rng(7), 3)
    other = compose_many(MOTIFS["jig"], index, settings, rng(8), 3)
    assert [p.melody for p in first] == [p.melody for p in again]
    assert [p.sources for p in first] == [p.sources for p in again]
    assert len({p.melody for p in first}) == 3
    assert [p.melody for p in first] != [p.melody for p in other]


@pytest.mark.parametrize("name", MOTIFS)
@pytest.mark.parametrize("bars", [8, 16, 24])
def test_the_motif_comes_back_in_its_planned_places(
    name: str, bars: int, index: PhraseIndex
) -> None:
    settings = Settings(bars=bars, model="chain")
    brief = prepare(MOTIFS[name], index, settings)
    piece = compose(MOTIFS[name], index, settings, rng(bars))
    theme = brief.theme.melody
    for place in piece.returns:
        notes = slice(place.note, place.note + place.notes)
        made, sources = piece.melody.cut(notes.start, notes.stop), piece.sources[notes]
        assert {source.kind for source in sources} == {"motif"}
        assert {source.note for source in sources} <= set(range(place.stated))
        onset = int(piece.melody.onset[place.note])
        assert onset + made.downbeat == brief.frame.pickup + (place.bar - 1) * made.bar_ticks
        measured = distance(theme.cut(0, place.stated), made, brief.frame.key)
        assert measured == pytest.approx(place.distance, abs=1e-4)
        if place.variation == "exact":
            assert made.interval.tolist() == theme.cut(0, place.stated).interval.tolist()
            assert place.distance == 0.0
        else:
            assert 0.0 < place.distance <= 0.75
    assert piece.returns[0].variation == "exact"


def test_a_given_form_is_kept(index: PhraseIndex) -> None:
    settings = Settings(bars=12, form="A B A C A'", model="chain")
    piece = compose(MOTIFS["two bars"], index, settings, rng())
    assert [(place.section, place.bar) for place in piece.returns] == [
        ("A", 1),
        ("A", 5),
        ("A'", 10),
    ]
    assert [place.variation for place in piece.returns][:2] == ["exact", "exact"]


def test_a_long_seed_is_heard_whole_and_searched_by_its_beginning(
    index: PhraseIndex, corpus: Corpus
) -> None:
    tune = corpus.tune(0).melody
    brief = prepare(tune, index, Settings())
    assert brief.theme.melody == tune
    assert brief.frame.bars == 2 * tune.bars
    assert any("34 notes; the search uses the first 19" in remark for remark in brief.remarks)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"bars": 0}, "bars is 0; 1 to 128"),
        ({"k": 0}, "k is 0"),
        ({"max_copy": 1}, "max-copy is 1; 2 to 64"),
        ({"max_copy_pitch": 5}, "max-copy-pitch is 5; 6 to 64"),
        ({"chords": "Am X"}, "'X' is no chord"),
        ({"chords": 5}, "chords is 5; a name in quotes is needed"),
        ({"tempo_bpm": 3.0}, "tempo is 3.0"),
        ({"low": 60, "high": 64}, "spans 4 semitones"),
        ({"low": 200}, "low is 200"),
        ({"low": 72, "high": 60}, "low C5 is above high C4"),
        ({"bars": 2.5}, "bars is 2.5; a whole number"),
        ({"k": True}, "k is True; a whole number"),
        ({"tempo_bpm": "fast"}, "tempo is 'fast'; a number"),
        ({"first_note": "C4"}, "first is 'C4'; a whole number"),
        ({"key": 3}, "key is 3; give a Key"),
        ({"key": "H"}, "cannot read the key 'H'"),
        ({"scale": 7}, "scale is 7; a name"),
        ({"surprise": [2]}, r"surprise is \[2\]; a number"),
    ],
)
def test_settings_outside_their_limits_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Settings(**settings)


def test_a_key_may_be_given_by_name() -> None:
    assert Settings(key="D minor").key == Settings(key=Key(2, "minor")).key == Key(2, "minor")


def test_what_is_of_another_kind_is_refused(index: PhraseIndex) -> None:
    motif: Any = MOTIFS["jig"]
    wrong: Any = 0
    with pytest.raises(InputError, match=r"rng is 0; give a Generator, such as numpy.random"):
        compose_many(motif, index, Settings(bars=4), wrong, 2)
    with pytest.raises(InputError, match="count is '2'"):
        compose_many(motif, index, Settings(bars=4), rng(), "2")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="settings is 0; give Settings"):
        compose(motif, index, wrong, rng())
    with pytest.raises(InputError, match="the motif is a list; a Melody is needed"):
        compose([60, 62, 64], index, Settings(), rng())  # type: ignore[arg-type]


@pytest.mark.parametrize("end", ["first", "last"])
def test_an_end_that_no_piece_can_have_is_blamed_itself(index: PhraseIndex, end: str) -> None:
    motif = melody([60, 62, 64, 65], [1] * 4, meter=(4, 4), key=Key(0))
    for pitch, message in (
        (121, f"^the {end} note C#9 is outside the range [A-G]#?3 to [A-G]#?b?[45]$"),
        (61, f"^the {end} note C#4 is not in the key C major$"),
    ):
        wishes: dict[str, Any] = {f"{end}_note": pitch}
        settings = Settings(**wishes, open_with_motif=False, form="A B")
        with pytest.raises(InputError, match=message):
            compose(motif, index, settings, rng())


def test_what_is_impossible_is_refused_with_a_reason(index: PhraseIndex) -> None:
    wide = melody([48, 60, 72, 84], [1] * 4, meter=(4, 4), key=Key(0))
    with pytest.raises(InputError, match="spans C3 to C6 and does not fit the range C4 to Bb4"):
        compose(wide, index, Settings(low=60, high=70), rng())
    settings = Settings(low=61, high=71, open_with_motif=False)
    with pytest.raises(InputError, match="does not contain the tonic, C"):
        compose(MOTIFS["two bars"], index, settings, rng())
    with pytest.raises(InputError, match="2 notes; at least 3"):
        compose(melody([60, 62], [1, 1]), index, Settings(), rng())
    with pytest.raises(InputError, match="unknown verb 'dream'"):
        compose(MOTIFS["jig"], index, Settings(verb="dream"), rng())
    with pytest.raises(InputError, match="count is 0"):
        compose_many(MOTIFS["jig"], index, Settings(), rng(), 0)


def test_a_bound_that_cannot_be_kept_names_what_conflicts(index: PhraseIndex) -> None:
    tight = Settings(max_copy=2, low=60, high=67, model="chain")
    motif = melody([60, 62, 64, 65], [1] * 4, meter=(4, 4), key=Key(0))
    with pytest.raises(InputError, match="2 notes copied in a row"):
        compose(motif, index, tight, rng())
