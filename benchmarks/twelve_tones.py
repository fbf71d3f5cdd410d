"""Lines with tones between the keys, and with slides -> what is left of them in twelve equal tones.

    python benchmarks/twelve_tones.py [--lines 24]

The lines are made by this script: walks over the seven degrees of a scale from its first degree and
back, sung by the voice of `timbres.py`, as in a taksim of one voice over a pulse. Each line is made
in three scales that differ in the third and the seventh degree alone: minor (3 and 10 semitones),
major (4 and 11) and one with both halfway (3.5 and 10.5), as in the makam Rast. Two singers sing
each, at a pitch of their own and a few cents off. mer hears both recordings and writes them down in
semitones; the same notes are also read off in hundredths (`middles`).

*Alike* is the share of notes that both recordings have at the same place among the line's other
notes: in twelve tones, exactly; in cents, within a quarter of a semitone. *Found* is how often the
first eight notes heard of the second recording find their line first among all lines of its scale,
as they would be notated.
The minor and major lines are the control: nothing in them lies between the keys.

*Slides* lengthens the glide between notes until it fills them.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from explorables import bars, publish, table
from timbres import RATE, TIMBRES, sounded

from mer import Tune
from mer.corpus.corpus import Corpus
from mer.evaluation.metrics import bootstrap_interval
from mer.io.recording.heard import Heard, hear_notes
from mer.io.recording.pitch_track import HOP_SEC, PitchTrack, track_pitch
from mer.io.recording.pulse import on_a_grid
from mer.io.recording.sound import one_channel
from mer.notes.arrays import Flags, Floats, Ints
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

SCALES: dict[str, tuple[float, ...]] = {
    "minor": (0, 2, 3, 5, 7, 9, 10),
    "halfway": (0, 2, 3.5, 5, 7, 9, 10.5),
    "major": (0, 2, 4, 5, 7, 9, 11),
}
MOVED = (2, 6)  # the degrees, from 0, in which the scales differ
NOTES = 16
ASKED = 8  # of the notes heard, the first ones, that are searched for
LENGTHS_SEC = (0.3, 0.45, 0.6)
STEPS, CHANCES = (-2, -1, 0, 1, 2), (0.15, 0.32, 0.06, 0.32, 0.15)
TONIC = 55.0
OFF_CENTS = 10.0
SLIDES_SEC = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8)
CENTS = 0.25  # semitones by which two readings of a note may differ


@dataclass(frozen=True, eq=False)
class Line:
    """Degrees from 0 (the tonic; 7 is its octave) and seconds, shape (notes,) each."""

    degree: Ints
    length_sec: Floats

    def pitch(self, scale: tuple[float, ...]) -> Floats:
        """Return semitones above the tonic, with fractions.

        Examples
        --------
        >>> Line(np.array([0, 2, 7, -1]), np.ones(4)).pitch(SCALES["halfway"]).tolist()
        [0.0, 3.5, 12.0, -1.5]
        """
        octave, degree = np.divmod(self.degree, 7)
        return np.array(scale, dtype=np.float64)[degree] + 12.0 * octave

    @property
    def start_sec(self) -> Floats:
        """When each note begins."""
        return 0.3 + np.cumsum(self.length_sec) - self.length_sec


def made(rng: np.random.Generator) -> Line:
    """Return a line that walks within an octave, from the tonic to the tonic."""
    degree = [0]
    while len(degree) < NOTES - 1:
        here = degree[-1] + int(rng.choice(STEPS, p=CHANCES))
        if -2 <= here <= 7:
            degree.append(here)
    return Line(np.array([*degree, 0]), rng.choice(LENGTHS_SEC, NOTES))


def sung(
    line: Line, scale: tuple[float, ...], glide_sec: float, rng: np.random.Generator
) -> Floats:
    """Return the samples of one singer's version."""
    voice = replace(TIMBRES["voice-like"], glide_sec=glide_sec, vibrato_cents=20.0)
    pitch = TONIC + line.pitch(scale) + rng.uniform(-0.5, 0.5)
    pitch = pitch + rng.normal(0.0, OFF_CENTS / 100.0, NOTES)
    start = line.start_sec
    return sounded(voice, pitch, start, start + line.length_sec, rng)


def middles(track: PitchTrack, heard: Heard) -> Floats:
    """Return the pitch of each heard note in semitones, with fractions, shape (notes,)."""
    found = []
    for first, last in zip(heard.start_sec / HOP_SEC, heard.end_sec / HOP_SEC, strict=True):
        quarter = round((last - first) / 4)
        inner = slice(
            round(first) + quarter, max(round(last) - quarter, round(first) + quarter + 1)
        )
        found.append(float(np.median(track.pitch[inner])))
    return np.array(found)


def at_notes(line: Line, heard: Heard, values: Floats) -> Floats:
    """Return the value of the heard note that sounds in the middle of each sung one; NaN if none.

    Examples
    --------
    >>> line = Line(np.array([0, 1]), np.array([1.0, 1.0]))
    >>> one = Heard(np.array([60]), np.array([0.3]), np.array([1.2]), 0.0, 0.0)
    >>> at_notes(line, one, np.array([60.0])).tolist()
    [60.0, nan]
    """
    middle = line.start_sec + line.length_sec / 2
    found = np.full(len(middle), np.nan)
    for start, end, value in zip(heard.start_sec, heard.end_sec, values, strict=True):
        found[(middle >= start) & (middle < end)] = value
    return found


def same(one: Floats, other: Floats, within: float) -> Flags:
    """Return which notes two readings have alike, once one is moved to the other as a whole.

    Examples
    --------
    >>> same(np.array([60.0, 62.0, 64.0]), np.array([65.0, 67.0, 68.0]), 0.25).tolist()
    [True, True, False]
    """
    away = one - other
    return np.asarray(np.abs(away - np.nanmedian(away)) <= within)


def above_tonic(line: Line, written: Floats) -> Floats:
    """Return semitones above the tonic as it was written: the commonest of the line's tonics."""
    tonics = written[(line.degree == 0) & ~np.isnan(written)]
    values, counts = np.unique(tonics, return_counts=True)
    return written - values[np.argmax(counts)] if len(values) else np.full(len(written), np.nan)


def notated(line: Line, scale: tuple[float, ...]) -> Melody:
    """Return the line as a notation of twelve tones has it: halves of semitones upwards."""
    pitch = np.floor(TONIC + line.pitch(scale) + 0.5).astype(np.int64)
    ticks = np.round(line.length_sec / 0.15).astype(np.int64) * 240
    return Melody(pitch=pitch, onset=np.cumsum(ticks) - ticks, duration=ticks)


def index_of(lines: list[Line], scale: tuple[float, ...]) -> PhraseIndex:
    """Return an index of the lines as they are notated."""
    tunes = [Tune(str(n), "", "lines", notated(line, scale)) for n, line in enumerate(lines)]
    return PhraseIndex.build(Corpus.from_tunes(tunes), unit="melody")


@dataclass(frozen=True, eq=False)
class Heard2:
    """One recording as it was heard: notes, their pitches in hundredths, and how many."""

    written: Floats
    cents: Floats
    melody: Melody
    count: int


def heard_in(line: Line, samples: Floats) -> Heard2:
    """Return what is heard in a recording of a line."""
    track = track_pitch(one_channel(samples, RATE))
    heard = hear_notes(track)
    timed = on_a_grid(heard.start_sec, heard.end_sec)
    return Heard2(
        at_notes(line, heard, heard.pitch.astype(np.float64)),
        at_notes(line, heard, middles(track, heard)),
        Melody(pitch=heard.pitch, onset=timed.onset, duration=timed.duration),
        len(heard),
    )


def of_scale(
    name: str, lines: list[Line], others: list[Line], rng: np.random.Generator
) -> tuple[dict[str, Floats], str]:
    """Return what came out for each note or line of one scale, and how its thirds are written."""
    scale = SCALES[name]
    index = index_of([*lines, *others], scale)
    moved, still, cents, found, thirds = [], [], [], [], []
    for number, line in enumerate(lines):
        first, second = (heard_in(line, sung(line, scale, 0.06, rng)) for _ in range(2))
        alike = same(first.written, second.written, 0.0)
        between = np.isin(line.degree % 7, MOVED)
        moved += alike[between].tolist()
        still += alike[~between].tolist()
        cents += same(first.cents, second.cents, CENTS)[between].tolist()
        query = second.melody.cut(0, min(ASKED, second.count))
        best = index.search(query, k=1)
        found.append(bool(best) and best[0].number == number)
        for reading in (first, second):
            thirds += above_tonic(line, reading.written)[line.degree == MOVED[0]].tolist()
    share = np.array(thirds)[~np.isnan(thirds)]
    as_written = ", ".join(f"{np.mean(share == s):.0%} at {s}" for s in (3, 4))
    figures = {
        "these two degrees alike": moved,
        "the others alike": still,
        "these two alike in cents": cents,
        "line found first": found,
    }
    return {
        name: np.array(values, dtype=np.float64) for name, values in figures.items()
    }, as_written


def slides(lines: list[Line], rng: np.random.Generator) -> dict[str, list[float]]:
    """Return for each length of slide the share of notes right, and heard notes for each sung."""
    right, many = [], []
    for glide in SLIDES_SEC:
        alike, count = [], 0
        for line in lines:
            heard = heard_in(line, sung(line, SCALES["major"], glide, rng))
            alike += same(heard.written, line.pitch(SCALES["major"]), 0.0).tolist()
            count += heard.count
        right.append(float(np.mean(alike)))
        many.append(count / (NOTES * len(lines)))
    return {"notes right": right, "notes heard for each sung": many}


def main() -> None:
    """Measure, print, and write page and picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=24)
    parser.add_argument("--others", type=int, default=300, help="lines to search among as well")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    began, rng = time.perf_counter(), np.random.default_rng(options.seed)
    lines = [made(rng) for _ in range(options.lines)]
    others = [made(rng) for _ in range(options.others)]
    rows, drawn, head = [], [], []
    for colour, name in enumerate(SCALES):
        figures, thirds = of_scale(name, lines, others, rng)
        rows.append([name, *(f"{values.mean():.2f}" for values in figures.values()), thirds])
        head = ["third and seventh", *figures, "thirds written"]
        for what, values in figures.items():
            low, high = bootstrap_interval(values, np.random.default_rng(0))
            drawn.append((f"{name}: {what}", float(values.mean()), low, high, colour))
        print(rows[-1], f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
    slid = slides(lines[: max(options.lines // 3, 1)], rng)
    glides = [f"{1000 * glide:.0f} ms" for glide in SLIDES_SEC]
    values = [[name, *(f"{v:.2f}" for v in row)] for name, row in slid.items()]
    publish(
        "twelve-tones",
        {
            "scales": f"{len(lines)} lines of {NOTES} notes, each sung twice; "
            f"{len(others)} others of the scale are searched as well.\n\n" + table(head, rows),
            "slides": table(["slide between notes", *glides], values),
        },
        {"twelve-tones.svg": bars(drawn, "Two recordings of one line, written down twice")},
        began,
    )


if __name__ == "__main__":
    main()
