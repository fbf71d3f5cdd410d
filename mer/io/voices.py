"""Voices (tracks, parts, channels) -> one voice, one note at a time, and a sentence saying how.

Two documented steps, the same for MIDI and for scores.

*Choice.* Each voice gets the sum of these, weighted by `_WEIGHTS`:

- name: 1 if it is called melody, vocal, soprano, lead ..., -1 if bass, chords, pad ..., else 0;
- height: mean pitch of its highest line, 0 for the lowest voice of the piece, 1 for the highest;
- singleness: share of its onsets at which a single note sounds, or two a third, a sixth or an
  octave apart, as where a tune is played in thirds;
- activity: notes compared with a quarter of the busiest voice's, at most 1;
- register: 1 if the mean pitch is where singers sing, less by a twelfth for each semitone outside;
- variety: how many different pairs of interval and time to the next note its line has, compared
  with the voice that has most, which tells a melody from figures and from held notes;
- steps: share of its moves that are of one or two semitones;
- instrument: -1 if it is a bass or a sound effect, -1/2 if it is a pad or an ensemble, else 0;
- words: how well its notes and the words in the file begin together.

The largest sum wins, the first voice in a tie. The user may name another one.

*Skyline.* Of notes that begin together the highest stays, and it stops where the next one begins:
the skyline (``all-mono``) of Uitdenbogerd and Zobel, which listeners preferred among the simple
rules. Two departures. A lower note that begins under a held higher one is left out if at least half
of it lies under that note; less is a legato overlap and trims the held note. And a note that a
higher one cuts to under a sixteenth of a quarter is the bottom of a rolled chord and gives its
onset away. And where a line is accompanied, a bass that goes on alone under its rests is left out,
unless the file writes one line with chords.

References
----------
Uitdenbogerd, A. and Zobel, J. (1999). Melodic matching techniques for large music databases. Proc.
ACM Multimedia, 57-66.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mer.errors import InputError
from mer.notes.arrays import Flags, Floats, Ints
from mer.notes.melody import TICKS_PER_QUARTER
from mer.notes.names import counted, pitch_name

ROLL_TICKS = TICKS_PER_QUARTER // 16
_LISTED = 16
# Share of its notes under which others sound, for a line to have an accompaniment.
_ACCOMPANIED = 0.25
_WEIGHTS = {
    "name": 2.0,
    "height": 1.0,
    "singleness": 1.0,
    "activity": 2.0,
    "register": 1.0,
    "variety": 1.0,
    "steps": 1.5,
    "instrument": 1.0,
    "words": 3.0,
}
_SUNG_FROM, _SUNG_TO = 55, 81  # G3 to A5, for the mean pitch of a line
# General MIDI: ranges of instruments that seldom have the melody.
_BESIDE = {range(32, 40): -1.0, range(48, 52): -0.5, range(88, 96): -0.5, range(112, 128): -1.0}

# Semitones between the notes of a tune that is played in thirds, sixths or octaves.
_TOGETHER = (3, 4, 8, 9, 12)

_MELODY_NAMES = (
    r"melod|vocal|voice|vox\b|sopran|lead|solo|cantus|superius|descant|tune|theme|sing(?!le)|gesang"
    r"|chant|canto"
)
_OTHER_NAMES = (
    r"bass|bc\b|continuo|drum|perc|chord|accomp|pad|rhythm|backing|harmon(?!ic)|left|tenor|alto"
    r"|counter|arpegg|click|metronom"
)


@dataclass(frozen=True, eq=False)
class Voice:
    """Notes that belong together in a file: a track, a channel or a part. They may overlap.

    Parameters
    ----------
    name
        What the file calls it, or a description such as ``channel 3``.
    pitch, onset, duration
        Shape (notes,): MIDI numbers and ticks, 480 to the quarter, in any order.
    program
        General MIDI instrument, 0 to 127, if the file gives one.
    sung
        How well notes and the words in the file begin together, from 0 to 1.
    chordal
        Whether it is written as one line of notes and chords, as in ABC. A single note is then
        never the bass under a rest.
    """

    name: str
    pitch: Ints
    onset: Ints
    duration: Ints
    program: int | None = None
    sung: float = 0.0
    chordal: bool = False

    def __len__(self) -> int:
        return len(self.pitch)


def skyline(voice: Voice) -> Voice:
    """Return the highest line of a voice: sorted, one note at a time, overlaps trimmed.

    Examples
    --------
    >>> chord = Voice("", np.array([60, 64, 62]), np.array([0, 0, 480]), np.array([960, 480, 480]))
    >>> line = skyline(chord)
    >>> line.pitch.tolist(), line.onset.tolist(), line.duration.tolist()
    ([64, 62], [0, 480], [480, 480])
    """
    order = np.lexsort((voice.duration, -voice.pitch, voice.onset))
    pitch, onset, duration = voice.pitch[order], voice.onset[order], voice.duration[order]
    if not (onset[1:] < (onset + duration)[:-1]).any():
        return Voice(voice.name, pitch, onset, duration)
    kept: list[tuple[int, int, int]] = []
    for note in zip(pitch.tolist(), onset.tolist(), (onset + duration).tolist(), strict=True):
        _lay(kept, note)
    line = np.array(kept, dtype=np.int64).reshape(-1, 3)
    if not voice.chordal:
        line = line[~_bass(line, np.stack([pitch, onset, onset + duration], axis=1))]
    return Voice(voice.name, line[:, 0], line[:, 1], line[:, 2] - line[:, 1])


def _bass(line: Ints, notes: Ints) -> Flags:
    """Return which notes of a line are the bass that goes on where the tune rests, shape (notes,).

    They stand alone, no higher than notes that were left out elsewhere, and an octave or more below
    what was accompanied before and after.

    Parameters
    ----------
    line, notes
        Shape (notes, 3): pitch, start and end of what was kept, and of everything.
    """
    # A note that is kept may begin or end earlier than it did, but not both.
    kept = {(pitch, tick) for pitch, *ticks in line.tolist() for tick in ticks}
    below = notes[[kept.isdisjoint(((p, start), (p, end))) for p, start, end in notes.tolist()]]
    started = np.searchsorted(np.sort(below[:, 1]), line[:, 2])
    stopped = np.searchsorted(np.sort(below[:, 2]), line[:, 1], side="right")
    top = started > stopped
    if top.mean() < _ACCOMPANIED:
        return np.zeros(len(line), dtype=bool)
    places = np.flatnonzero(top)
    after = np.searchsorted(places, np.arange(len(line)))
    above = np.minimum(
        line[places[np.minimum(after, len(places) - 1)], 0],
        line[places[np.maximum(after - 1, 0)], 0],
    )
    alone: Flags = ~top & (line[:, 0] <= below[:, 0].max()) & (line[:, 0] <= above - 12)
    return alone


def _lay(kept: list[tuple[int, int, int]], note: tuple[int, int, int]) -> None:
    """Add (pitch, start, end) to the line, or leave it out; notes come by onset, highest first."""
    pitch, start, end = note
    if kept:
        above, begun, until = kept[-1]
        if start == begun:
            return
        if start < until:
            if above >= pitch and 2 * (min(until, end) - start) >= end - start:
                return
            kept.pop()
            if above < pitch and start - begun < ROLL_TICKS:
                start = begun
            else:
                kept.append((above, begun, start))
    kept.append((pitch, start, end))


def choose_voice(
    voices: Sequence[Voice],
    *,
    track: int | str | None = None,
    kind: str = "track",
    source: str = "",
) -> tuple[int, str]:
    """Return the index of the voice to take and a remark for the user ("" if there was no choice).

    Parameters
    ----------
    voices
        The voices that hold notes.
    track
        Number (from 1) or name of the voice wanted, instead of the choice described above.
    kind
        What the file calls a voice: ``track``, ``channel`` or ``part``.
    source
        The file, for the error message.

    Raises
    ------
    InputError
        If `track` names no voice; the message lists them.

    Examples
    --------
    >>> notes = np.array([0, 480]), np.array([480, 480])
    >>> cello = Voice("Cello", np.array([40, 43]), *notes)
    >>> flute = Voice("Flute", np.array([76, 79]), *notes)
    >>> choose_voice([cello, flute])[0], choose_voice([cello, flute], track="cello")[0]
    (1, 0)
    """
    if track is not None:
        chosen = _named(voices, track, kind, source)
        return chosen, f"took {kind} {chosen + 1} {voices[chosen].name!r} as asked"
    if len(voices) == 1:
        return 0, ""
    features = _features(voices)
    total = sum(weight * features[name] for name, weight in _WEIGHTS.items())
    chosen = int(np.argmax(total))
    return chosen, (
        f"took {kind} {chosen + 1} {voices[chosen].name!r} of {len(voices)} "
        f"({_reasons(features, chosen)}): {_extent(voices[chosen])}; "
        f"the option track takes another: {_listing(voices, but=chosen)}"
    )


def told_apart(voices: Sequence[Voice]) -> tuple[str, ...]:
    """Return what each voice is called and how much it holds; () if there is only one.

    Examples
    --------
    >>> notes = np.array([0, 480]), np.array([480, 480])
    >>> flute = Voice("Flute", np.array([76, 79]), *notes)
    >>> told_apart([flute, flute]), told_apart([flute])
    (('1 Flute (2 notes, E5-G5)', '2 Flute (2 notes, E5-G5)'), ())
    """
    if len(voices) == 1:
        return ()
    return tuple(f"{n} {voice.name} ({_extent(voice)})" for n, voice in enumerate(voices, start=1))


def _features(voices: Sequence[Voice]) -> dict[str, Floats]:
    """Return the features described above by name, shape (voices,) each."""
    lines = [skyline(voice) for voice in voices]
    mean = np.array([line.pitch.mean() for line in lines])
    spread = np.ptp(mean)
    count = np.array([len(voice) for voice in voices], dtype=np.float64)
    variety = np.array([_variety(line) for line in lines], dtype=np.float64)
    outside = np.maximum(np.maximum(_SUNG_FROM - mean, mean - _SUNG_TO), 0.0)
    return {
        "name": np.array([_name_says(voice.name) for voice in voices]),
        "height": (mean - mean.min()) / spread if spread else np.zeros(len(voices)),
        "singleness": np.array([_singleness(voice) for voice in voices]),
        "activity": np.minimum(1.0, 4.0 * count / count.max()),
        "register": np.maximum(1.0 - outside / 12.0, -1.0),
        "variety": variety / max(variety.max(), 1.0),
        "steps": np.array([_steps(line) for line in lines]),
        "instrument": np.array([_instrument_says(voice.program) for voice in voices]),
        "words": np.array([voice.sung for voice in voices]),
    }


def _name_says(name: str) -> float:
    leads, follows = (
        re.search(names, name, re.IGNORECASE) for names in (_MELODY_NAMES, _OTHER_NAMES)
    )
    return bool(leads) * 1.0 - bool(follows) * 1.0


def _instrument_says(program: int | None) -> float:
    return next((value for programs, value in _BESIDE.items() if program in programs), 0.0)


def _variety(line: Voice) -> int:
    """Return how many different pairs of interval and time to the next note there are."""
    pairs = np.stack([np.diff(line.pitch), np.diff(line.onset)], axis=1)
    return len(np.unique(pairs, axis=0))


def _steps(line: Voice) -> float:
    moves = np.abs(np.diff(line.pitch))
    return float((moves[moves > 0] <= 2).mean()) if moves.any() else 0.0


def _singleness(voice: Voice) -> float:
    """Return the share of onsets at which one note sounds, or two that go together."""
    times, index, begun_there = np.unique(voice.onset, return_inverse=True, return_counts=True)
    # A sixteenth of a quarter of overlap is legato playing, not a second voice.
    ends = np.sort(np.maximum(voice.onset + voice.duration - ROLL_TICKS, voice.onset + 1))
    begun = np.searchsorted(np.sort(voice.onset), times, side="right")
    sounding = begun - np.searchsorted(ends, times, side="right")
    top, low = np.zeros(len(times), dtype=np.int64), np.full(len(times), 127)
    np.maximum.at(top, index, voice.pitch)
    np.minimum.at(low, index, voice.pitch)
    together = (begun_there == 2) & (sounding == 2) & np.isin(top - low, _TOGETHER)
    return float(((sounding <= 1) | together).mean())


def _reasons(features: dict[str, Floats], chosen: int) -> str:
    height = features["height"]
    reasons = {
        "sung to the words": features["words"][chosen] > 0.5,
        "named as the melody": features["name"][chosen] > 0,
        "highest": height[chosen] >= height.max() > 0,
        "mostly one note at a time": features["singleness"][chosen] > 0.5,
    }
    return ", ".join(reason for reason, holds in reasons.items() if holds) or "best on balance"


def _extent(voice: Voice) -> str:
    """Return how many notes a voice has and its range, such as ``16 notes, C4-G5``."""
    low, high = pitch_name(int(voice.pitch.min())), pitch_name(int(voice.pitch.max()))
    return f"{counted(len(voice), 'note')}, {low if low == high else f'{low}-{high}'}"


def _listing(voices: Sequence[Voice], *, but: int = -1) -> str:
    shown = [(i + 1, voice) for i, voice in enumerate(voices) if i != but][:_LISTED]
    told = [f"{number} {voice.name!r} ({_extent(voice)})" for number, voice in shown]
    return ", ".join(told) + (", ..." if len(voices) - (but >= 0) > _LISTED else "")


def _named(voices: Sequence[Voice], track: int | str, kind: str, source: str) -> int:
    """Return the index of the voice that `track` means: an exact name, a number, part of a name."""
    wanted = str(track).strip().lower()
    names = [voice.name.strip().lower() for voice in voices]
    if wanted in names:
        return names.index(wanted)
    if re.fullmatch(r"[0-9]{1,9}", wanted) and 1 <= int(wanted) <= len(voices):
        return int(wanted) - 1
    partial = [i for i, name in enumerate(names) if wanted and wanted in name]
    if len(partial) == 1 and not wanted.lstrip("-").isdigit():
        return partial[0]
    where = f"{source}: " if source else ""
    there = f"there are {len(voices)}: {_listing(voices)}"
    if len(voices) == 1:
        there = f"there is only one {kind}"
    raise InputError(f"{where}no {kind} {str(track)!r}; {there}")
