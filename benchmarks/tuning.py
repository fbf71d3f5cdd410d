"""Every instrument on offer, note by note -> how far it is from its pitch in cents, and how loud.

    python benchmarks/tuning.py [--synthesiser NAME] [--soundfont FILE] [--low 36] [--high 96]
        [--step 1] [--instruments flute,accordion] [--accompaniment] [--all-notes]

Two detectors listen to the steady part of each note. One finds the harmonics in the spectrum, less
what lies midway between them, the other the period (the normalised square difference, McLeod and
Wyvill 2005); between octaves that fit alike it goes by the harmonics. A note is right if the two
agree within 30 cents, their mean is off by at most 20, and it is no quieter than 30 dB below the
instrument's middle note. The table has a row for each instrument, and below it one for each note
that is wrong; the exit status is 1 if there is any.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from generate.sound.instruments import INSTRUMENTS
from generate.sound.performance import Performance
from generate.sound.synthesis import SYNTHESISERS, Unavailable
from mer.notes.arrays import Floats
from mer.notes.names import pitch_name

LOW, HIGH = 36, 96  # C2 to C7
MOST_CENTS = 20.0
MOST_APART = 30.0  # voices of a choir beat against each other
QUIETEST_DB = -30.0  # against the middle note
# What chords, basses and drones are played with, beside the instruments on offer.
ACCOMPANIMENT = {"reed organ": 20, "plucked bass": 32, "shanai": 111}
_NOTE_SEC, _GAP_SEC = 0.9, 1.1
_STEADY_SEC = (0.12, 0.72)
_SILENT_DB = -80.0
_FITS_AS_WELL = 0.85
_LOWEST_HZ, _HIGHEST_HZ = 30.0, 5000.0


class Heard(NamedTuple):
    """A note as it sounds: `level_db` below full scale; cents by period and by harmonics.

    A silent note has no cents: both are infinite.
    """

    pitch: int
    level_db: float
    by_period: float
    by_harmonics: float

    @property
    def cents(self) -> float:
        """Cents from the pitch, between what the two detectors say; a vibrato parts them."""
        return (self.by_period + self.by_harmonics) / 2

    @property
    def is_right(self) -> bool:
        """Whether the detectors agree on a pitch, and it is that of the note."""
        if not np.isfinite(self.cents):
            return False
        apart = abs(self.by_period - self.by_harmonics)
        return abs(self.cents) <= MOST_CENTS and apart <= MOST_APART


def listen(
    program: int,
    pitches: Sequence[int],
    *,
    synthesiser: str = "",
    soundfont: Path | None = None,
    velocity: int = 94,
) -> list[Heard]:
    """Return how each pitch sounds on an instrument, played one after another.

    Parameters
    ----------
    synthesiser
        A key of `SYNTHESISERS`; by default the first that is there.
    """
    count = len(pitches)
    start = np.arange(count) * (_NOTE_SEC + _GAP_SEC)
    performance = Performance(
        pitch=np.array(pitches),
        velocity=np.full(count, velocity),
        start_sec=start,
        end_sec=start + _NOTE_SEC,
        part=np.zeros(count, dtype=np.int64),
        programs=(program,),
    )
    samples, rate = played(performance, synthesiser, soundfont)
    return [heard(samples, rate, s, int(p)) for p, s in zip(pitches, start.tolist(), strict=True)]


def played(
    performance: Performance, synthesiser: str = "", soundfont: Path | None = None
) -> tuple[Floats, int]:
    """Return the samples, shape (frames, 2), of the named synthesiser or the first that is there.

    Raises
    ------
    Unavailable
        If none can play.
    """
    for name in [synthesiser] if synthesiser else list(SYNTHESISERS):
        try:
            samples, rate = SYNTHESISERS[name](performance, soundfont, 44_100)
        except Unavailable:
            if synthesiser:
                raise
            continue
        return samples.astype(np.float64), rate
    raise Unavailable("no synthesiser can play here")


def heard(samples: Floats, rate: int, start_sec: float, pitch: int) -> Heard:
    """Return how the note sounds that begins at `start_sec` and should have this pitch."""
    begin, end = (round((start_sec + edge) * rate) for edge in _STEADY_SEC)
    piece = samples[begin:end]
    level = 20.0 * np.log10(np.sqrt(np.mean(np.square(piece))) + 1e-9)
    if level < _SILENT_DB:
        return Heard(pitch, float(level), np.inf, np.inf)
    expected = 440.0 * 2.0 ** ((pitch - 69) / 12.0)
    mono = piece.sum(axis=1) - piece.sum(axis=1).mean()
    harmonics = harmonic_hz(mono, rate, expected)
    period = period_hz(mono, rate, near_hz=harmonics)
    by_period = 1200.0 * np.log2(period / expected) if period else np.inf
    return Heard(pitch, float(level), by_period, 1200.0 * float(np.log2(harmonics / expected)))


def period_hz(mono: Floats, rate: int, *, near_hz: float) -> float:
    """Return the frequency by the period that fits; 0 if none does.

    Parameters
    ----------
    near_hz
        Which to take of several periods that fit almost as well as the best, such as octaves.
    """
    count = len(mono)
    power = np.abs(np.fft.rfft(mono, 1 << (2 * count - 1).bit_length())) ** 2
    product = np.fft.irfft(power)[:count]
    energy = np.concatenate([[0.0], np.cumsum(np.square(mono))])
    shared = energy[count:0:-1] + energy[-1] - energy[:count]
    fit = 2.0 * product / np.maximum(shared, 1e-12)
    inner = fit[1:-1]
    tops = 1 + np.flatnonzero((inner > fit[:-2]) & (inner >= fit[2:]) & (inner > 0.0))
    lags = tops[(tops >= rate / _HIGHEST_HZ) & (tops < min(rate / _LOWEST_HZ, count / 2))]
    if not len(lags):
        return 0.0
    heights = np.array([_top(fit, lag)[1] for lag in lags.tolist()])
    fitting = lags[heights >= _FITS_AS_WELL * heights.max()]
    lag = int(fitting[np.argmin(np.abs(np.log(fitting * near_hz / rate)))])
    period, times = _top(fit, lag)[0], 1
    # Where twice as many periods still fit, the period is known twice as well.
    while 2 * times * period < count / 2:
        middle, margin = round(2 * times * period), max(2, round(period / 4))
        later = middle - margin + int(np.argmax(fit[middle - margin : middle + margin + 1]))
        if fit[later] < 0.5 * fit[lag]:
            break
        times *= 2
        period = _top(fit, later)[0] / times
    return rate / period


def _top(fit: Floats, lag: int) -> tuple[float, float]:
    """Return where the parabola through three values is highest, and how high."""
    before, peak, after = fit[lag - 1 : lag + 2].tolist()
    bend = before - 2 * peak + after
    aside = 0.5 * (before - after) / bend if bend else 0.0
    return lag + aside, peak - 0.25 * (before - after) * aside


def harmonic_hz(mono: Floats, rate: int, expected: float) -> float:
    """Return the frequency, at most 15 semitones from `expected`, whose harmonics are strongest."""
    size = 1 << (4 * len(mono) - 1).bit_length()
    strength = np.sqrt(np.abs(np.fft.rfft(mono * np.hanning(len(mono)), size)))
    places = np.arange(len(strength)) * rate / size

    def score(hz: Floats) -> Floats:
        total = np.zeros_like(hz)
        for number in range(1, 7):
            at = np.interp(number * hz, places, strength, right=0.0)
            between = np.interp((number - 0.5) * hz, places, strength, right=0.0)
            total += 0.85 ** (number - 1) * (at - 0.4 * between)
        return total

    rough = expected * 2.0 ** (np.arange(-1500, 1501, 4) / 1200.0)
    near = rough[np.argmax(score(rough))] * 2.0 ** (np.arange(-8, 8.1, 0.5) / 1200.0)
    return float(near[np.argmax(score(near))])


def wrong(notes: Sequence[Heard]) -> list[Heard]:
    """Return the notes of one instrument that are out of tune, or too quiet beside the middle."""
    middle = float(np.median([note.level_db for note in notes]))
    return [note for note in notes if not note.is_right or note.level_db < middle + QUIETEST_DB]


def rows(name: str, notes: Sequence[Heard]) -> Iterator[str]:
    """Yield the table's row of an instrument, and one for each note that is wrong."""
    bad = wrong(notes)
    good = [abs(note.cents) for note in notes if np.isfinite(note.cents)]
    levels = [note.level_db for note in notes]
    yield (
        f"| {name} | {len(notes)} | {np.median(good or [np.inf]):.1f} | "
        f"{max(good, default=np.inf):.1f} | {min(levels):.0f} to {max(levels):.0f} | {len(bad)} |"
    )
    yield from (row(note) for note in bad)


def row(note: Heard) -> str:
    """Return the table's row of a note."""
    by_period, by_harmonics = (f"{c:+.1f}" for c in (note.by_period, note.by_harmonics))
    name = pitch_name(note.pitch)
    return f"| - {name} | {note.pitch} | {by_period} | {by_harmonics} | {note.level_db:.0f} | |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 if any note is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--synthesiser", choices=SYNTHESISERS, default="", metavar="NAME")
    parser.add_argument("--soundfont", type=Path)
    parser.add_argument("--low", type=int, default=LOW, help="MIDI number (default: %(default)s)")
    parser.add_argument("--high", type=int, default=HIGH, help="MIDI number (default: %(default)s)")
    parser.add_argument("--step", type=int, default=1, help="semitones (default: %(default)s)")
    parser.add_argument("--instruments", help="names with commas between (default: all on offer)")
    parser.add_argument("--accompaniment", action="store_true", help="also what plays chords")
    parser.add_argument("--all-notes", action="store_true", help="a row for every note")
    options = parser.parse_args(arguments)
    known: Mapping[str, int] = INSTRUMENTS | (ACCOMPANIMENT if options.accompaniment else {})
    names = options.instruments.split(",") if options.instruments else list(known)
    pitches = range(options.low, options.high + 1, options.step)
    print("| instrument | notes | median cents | largest | level, dB | wrong |")
    print("|---|---|---|---|---|---|")
    failed = 0
    for name in names:
        notes = listen(
            known[name], pitches, synthesiser=options.synthesiser, soundfont=options.soundfont
        )
        failed += len(wrong(notes))
        lines = list(rows(name, notes))
        print("\n".join(lines[:1] + [row(n) for n in notes] if options.all_notes else lines))
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
