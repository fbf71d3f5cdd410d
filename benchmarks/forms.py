"""Pieces as MIDI files -> how many of the returns that their plans name are there to be heard.

    python benchmarks/forms.py [--pieces 500]

Pieces of 8 and of 16 bars are composed from the first two bars of tunes, those tunes left out, half
of them to a plan that a neighbour lends and half to a form. Each is written as MIDI and read again;
only the file is looked at. Of a plan, a bar that returns exactly must have the onsets and pitches
of the earlier bar, one that is moved the same onsets and pitches so many steps of the scale away,
a variation the same notes in its head and tail, and a bar that takes the rhythm the same onsets. Of
a form, a section without a prime must begin as the first of its letter does, for as long as both
go on. Three things are left out of account, as the program says: the ending of a section (a plan's
last bar) is its own, a pick-up takes the end of the bar before it, and so does the motif where it
ends within a bar.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from distribution import MOTIF_BARS, first_bars, held_out

from generate.compose import prepare, takes
from generate.piece.composition import Composition
from generate.piece.self_similarity import EXACT, MOVED, NEW, RHYTHM, VARIED, Recurrence
from generate.plan.form import plan_form
from generate.plan.frame import Frame
from generate.plan.layout import moved_within
from generate.plan.settings import Settings
from mer.errors import InputError
from mer.io import load_melody, save_melody
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

LENGTHS = (8, 16)
FORMS = ("A B A C", "A A' B A", "A B A B", "A B C A")
Notes = list[tuple[int, int, int]]  # onset and end from the barline, pitch
LETTER = "letter of a form"


def notes_of(melody: Melody, first: int, stop: int) -> Notes:
    """Return what begins in some bars."""
    low = melody.downbeat + first * melody.bar_ticks
    high = melody.downbeat + stop * melody.bar_ticks
    inside = np.flatnonzero((melody.onset >= low) & (melody.onset < high))
    onset, end = melody.onset[inside] - low, melody.end[inside] - low
    return list(zip(onset.tolist(), end.tolist(), melody.pitch[inside].tolist(), strict=True))


def returns(recurrence: Recurrence, earlier: Notes, bar: Notes, frame: Frame) -> bool:
    """Return whether a bar takes from an earlier one what its plan says."""
    here = [(onset, pitch) for onset, _, pitch in bar]
    if recurrence.kind == RHYTHM:
        return [onset for onset, _ in here] == [onset for onset, _, _ in earlier]
    if recurrence.kind == MOVED:
        steps = recurrence.steps
        return here == [(onset, moved_within(pitch, steps, frame)) for onset, _, pitch in earlier]
    if recurrence.kind == VARIED:
        head, tail = recurrence.head, recurrence.tail
        kept = {(onset, p) for onset, end, p in earlier if end <= head or onset >= tail}
        return kept <= set(here)
    return here == [(onset, pitch) for onset, _, pitch in earlier]


def of_plan(
    piece: Composition, melody: Melody, motif: int, frame: Frame
) -> Iterator[tuple[str, bool]]:
    """Yield the kind of each return that a plan names, and whether the file has it.

    Parameters
    ----------
    motif
        How many bars the motif fills, begun ones included.
    """
    lead = melody.downbeat
    last = len(piece.plan) - 1
    for number, recurrence in enumerate(piece.plan[:-1]):
        if recurrence.kind == NEW or number < motif:
            continue
        earlier = notes_of(melody, recurrence.bar, recurrence.bar + 1)
        bar = notes_of(melody, number, number + 1)
        # Where a pick-up leads out of one of the two, what stands before it is compared.
        wall = melody.bar_ticks - lead
        follows = [piece.plan[n + 1] for n in (number, recurrence.bar) if n < last]
        if lead and (recurrence.bar < motif or any(f.bar == 0 and f.kind != NEW for f in follows)):
            earlier, bar = ([n for n in part if n[0] < wall] for part in (earlier, bar))
            if recurrence.kind == VARIED and recurrence.tail >= wall:
                recurrence = Recurrence(VARIED, recurrence.bar, 0, recurrence.head, wall)
        yield recurrence.kind, returns(recurrence, earlier, bar, frame)


def of_form(melody: Melody, bars: int, form: str, motif: int) -> Iterator[tuple[str, bool]]:
    """Yield, for each letter that comes again without a prime, whether it begins as before."""
    sections = plan_form(bars, form)
    first = {}
    for section in sections:
        origin = first.setdefault(section.letter, section)
        if origin is section or section.primes:
            continue
        # Endings are new each time: the last bar of a section is not compared.
        length = min(section.bars, origin.bars) - 1
        if section.letter == "A":
            length = min(length, motif)
        there = notes_of(melody, origin.start, origin.start + length)
        here = notes_of(melody, section.start, section.start + length)
        starts = [[(onset, pitch) for onset, _, pitch in part] for part in (there, here)]
        yield LETTER, starts[0] == starts[1]


def main() -> None:
    """Compose, write, read and count."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--pieces", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    index = PhraseIndex.load(None)
    rng = np.random.default_rng(options.seed)
    drawn = held_out(index.corpus, options.pieces, rng, max(LENGTHS))
    seen: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    missing: list[str] = []
    refused = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "piece.mid"
        for place, number in enumerate(tqdm(drawn, disable=None, unit="piece")):
            tune = index.corpus.tune(number)
            bars = LENGTHS[place // 2 % len(LENGTHS)]
            form = FORMS[place // 4 % len(FORMS)] if place % 2 else None
            motif = first_bars(tune.melody, MOTIF_BARS)
            asked = f"{tune.tune_id}, {bars} bars, {form or 'plan'}"
            try:
                brief = prepare(motif, index.remove([tune.tune_id]), Settings(bars=bars, form=form))
                piece = takes(brief, np.random.default_rng([options.seed, number]), 1)[0]
            except InputError as error:
                missing.append(f"{asked}: {error}")
                refused += 1
                continue
            save_melody(piece.melody, path)
            melody = load_melody(path)
            filled = -(-(int(motif.end[-1]) - motif.downbeat) // motif.bar_ticks)
            found = (
                of_plan(piece, melody, filled, brief.frame)
                if form is None
                else of_form(melody, bars, form, filled)
            )
            for name, there in found:
                seen[name] += 1
                kept[name] += there
                if not there:
                    missing.append(f"{asked}: {name}")
    print("\n".join(missing), file=sys.stderr)
    print(f"{len(drawn)} pieces, {refused} refused\n")
    print("| returns | planned | heard in the file |\n|---|---|---|")
    for name in (EXACT, MOVED, VARIED, RHYTHM, LETTER):
        print(f"| {name} | {seen[name]} | {kept[name]} |")
    print(f"| all | {seen.total()} | {kept.total()} |")


if __name__ == "__main__":
    main()
