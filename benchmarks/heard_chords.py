"""Songs in several MIDI tracks, with no chord symbols -> the chords that are heard in them.

    python benchmarks/heard_chords.py [--styles hymn ballad pop waltz jig march] [--track Melody]

The twelve lead sheets of `benchmarks/given_chords.py`, each with its chords given, are accompanied
in each style, written to MIDI without the chord symbols and read again. Counted is the share of the
time in which root and kind, and root alone, are those that were given. The baseline puts chords
under the same melody without having heard the other tracks. With --track Bass the bass is taken as
the melody, and chords are heard with it in the tracks that are left.

The accompaniment is the one that mer writes, chords and bass; what others play is less regular.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from given_chords import LEAD_SHEETS, lead_sheet

from generate.harmony.arrangement import arrange, sheet_of
from generate.harmony.outline import Outline
from generate.piece.given_chords import GivenChord, lasting_chords
from mer.io import read_melody, save_sheet

STEP = 120
# A ninth chord in the tracks may well be called by its seventh; these count as the same kind.
_PLAIN = {"dominant-suspended": "dominant", "suspended-fourth": "major"}


def named(chords: Sequence[GivenChord], tick: int) -> tuple[int, str] | None:
    """Return root and kind of the chord at a tick."""
    one = next((one for one in chords if one.onset <= tick < one.end), None)
    return None if one is None else (one.name.root, _PLAIN.get(one.name.kind, one.name.kind))


def agreement(
    given: Sequence[GivenChord], found: Sequence[GivenChord], stop: int
) -> tuple[float, float]:
    """Return the share of the time in which root and kind, and root, are the same."""
    both = [(named(given, tick), named(found, tick)) for tick in range(0, stop, STEP)]
    known = [(one, other) for one, other in both if one is not None]
    same = np.mean([one == other for one, other in known])
    root = np.mean([other is not None and one[0] == other[0] for one, other in known])
    return float(same), float(root)


def main() -> None:
    """Write, read, count and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    styles = ["hymn", "ballad", "pop", "waltz", "jig", "march"]
    parser.add_argument("--styles", nargs="*", default=styles)
    parser.add_argument("--track", default="Melody")
    options = parser.parse_args()
    print("| style | songs | root and kind | root | baseline: root and kind | root |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for style in options.styles:
            rows, chosen = [], []
            for number in range(len(LEAD_SHEETS)):
                reading = lead_sheet(number, folder)
                stop = reading.melody.bars * reading.melody.bar_ticks
                given = lasting_chords(reading.chords, stop)
                try:
                    song = arrange(reading.melody, style, outline=Outline(given=given))
                except ValueError:
                    continue
                save_sheet(replace(sheet_of(song), symbols=(), repeats=False), folder / "song.mid")
                heard = read_melody(folder / "song.mid", track=options.track)
                assert heard.chords_are_heard or not heard.chords
                named_there = lasting_chords(heard.chords, stop)
                # The bass may begin later than the tune.
                later = reading.melody.downbeat - heard.melody.downbeat
                found = [one.later(later) for one in named_there]
                rows.append(agreement(given, found, stop))
                made = [
                    GivenChord(one.onset, one.end, one.name)
                    for one in arrange(reading.melody, style).chords
                ]
                chosen.append(agreement(given, made, stop))
            shares = [*np.mean(rows, axis=0), *np.mean(chosen, axis=0)]
            print(f"| {style} | {len(rows)} | {' | '.join(f'{share:.2f}' for share in shares)} |")


if __name__ == "__main__":
    main()
