"""Thirty typed motifs x each verb -> what of it holds: a table.

    python benchmarks/verbs.py [--takes 2] [--model chain] [--page]

The motifs are those of `typed_motifs.py`. Pieces are judged from their notes: metre, length, range,
scale and last note (`checking.py`), and copies by looking all runs of the corpus up in a set. Only
which notes are the motif's own is asked of the sources.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from checking import Run, Wanted, copies, faults, known_runs
from constraints import as_notes, stated_places
from typed_motifs import typed_motifs

from generate.compose import prepare, takes
from generate.piece.composition import Composition
from generate.piece.scales import leading_note
from generate.plan.brief import Brief
from generate.plan.settings import MODELS, Settings
from generate.plan.verbs import VERBS
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "experiments" / "verbs.md"
BOUND = 8


@dataclass(frozen=True)
class Judged:
    """What was seen of one piece.

    Parameters
    ----------
    faults
        Constraints that are broken.
    copied
        Runs longer than the bound.
    new, new_after
        Share of notes that are not the motif's own: of all, and of those after the motif.
    heard
        Share of the motif's notes that open the piece, unchanged; 1 where none is to be heard.
    rhythm
        Share of the bars after the motif that have the rhythm of one of its bars.
    lift
        Mean pitch after the motif less that of the motif, in semitones.
    bars, seconds
        Length of what is written, and processor time.
    """

    faults: list[str]
    copied: int
    new: float
    new_after: float
    heard: float
    rhythm: float
    lift: float
    bars: int
    seconds: float


def bar_rhythms(melody: Melody) -> dict[int, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return onsets and durations of the notes that begin in each bar, from the barline."""
    number = (melody.onset - melody.downbeat) // melody.bar_ticks
    found = {}
    for bar in range(melody.bars):
        inside = number == bar
        onset = melody.onset[inside] - melody.downbeat - bar * melody.bar_ticks
        found[bar] = tuple(onset.tolist()), tuple(melody.duration[inside].tolist())
    return found


def opened(motif: Melody, piece: Melody) -> int:
    """Return how many notes of the motif open the piece, pitch, onset and duration as they were."""
    for note in range(min(len(motif), len(piece))):
        same = all(
            getattr(motif, name)[note] == getattr(piece, name)[note]
            for name in ("pitch", "onset", "duration")
        )
        if not same:
            return note
    return min(len(motif), len(piece))


def judged(brief: Brief, piece: Composition, known: set[Run], seconds: float) -> Judged:
    """Return what is seen of a piece."""
    frame, melody, motif = brief.frame, piece.melody, brief.theme.melody
    given = 0 if brief.left_out else len(motif)
    wanted = Wanted(brief.bars_written, frame.meter, frame.low, frame.high, frame.key.tonic, BOUND)
    broken = faults(as_notes(melody), melody.meter or (0, 0), wanted, melody.downbeat)
    own = np.array([source.is_statement for source in piece.sources])
    classes = {*frame.scale, leading_note(frame.key, frame.scale)}
    if brief.settings.verb in ("continue", "answer", "b-part"):
        drawn = [s.kind == "corpus" or s.rhythm is not None for s in piece.sources]
        if not set((melody.pitch[drawn] % 12).tolist()) <= classes:
            broken.append("outside the scale")
    places = stated_places(piece)
    rhythms = set(bar_rhythms(motif).values())
    first = 0 if brief.left_out else motif.bars
    later = [one for bar, one in bar_rhythms(melody).items() if bar >= first]
    return Judged(
        broken,
        copies(as_notes(melody), known, BOUND + 1, as_notes(motif), places),
        1.0 - float(own.mean()),
        1.0 - float(own[given:].mean()),
        1.0 if brief.left_out else opened(motif, melody) / len(motif),
        float(np.mean([one in rhythms for one in later])),
        float(melody.pitch[given:].mean() - motif.pitch.mean()),
        melody.bars,
        seconds,
    )


def pieces(
    verb: str, index: PhraseIndex, known: set[Run], model: str, count: int
) -> Iterator[tuple[str, Judged | str]]:
    """Yield the name of each motif and what is seen of its pieces, or why there is none."""
    drawn = {"model": model} if VERBS[verb].method == "markov" else {}
    for number, (name, motif) in enumerate(typed_motifs().items()):
        try:
            brief = prepare(motif, index, Settings(verb=verb, **drawn))
            began = time.process_time()
            made = takes(brief, np.random.default_rng(number), count)
        except InputError as error:
            yield name, str(error)
            continue
        seconds = (time.process_time() - began) / count
        for piece in made:
            yield name, judged(brief, piece, known, seconds)


def row(verb: str, found: list[tuple[str, Judged | str]]) -> str:
    """Return the line of a verb."""
    seen = [one for _, one in found if isinstance(one, Judged)]
    refused = len(found) - len(seen)
    quotes = verb == "stitch"
    share = {
        name: np.array([getattr(one, name) for one in seen])
        for name in ("new", "new_after", "heard", "rhythm", "lift", "seconds")
    }
    after = share["new_after"]
    return (
        f"| {verb} | {len(seen)} | {refused} | {sum(bool(one.faults) for one in seen)} "
        f"| {'quotes' if quotes else sum(bool(one.copied) for one in seen)} "
        f"| {int((share['heard'] == 1).sum())} "
        f"| {share['new'].mean():.0%} | {after.mean():.0%} ({after.min():.0%}) "
        f"| {share['rhythm'].mean():.0%} | {share['lift'].mean():+.1f} "
        f"| {np.median(share['seconds']):.2f} |"
    )


HEAD = """| verb | pieces | refused | broken | copies | motif whole | new \
| new after the motif (least) | bars in its rhythm | semitones higher | s |
|---|---|---|---|---|---|---|---|---|---|---|"""


def main() -> None:
    """Print the table, and write the page if asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--takes", type=int, default=2, help="pieces of each motif")
    parser.add_argument("--model", default=MODELS[1], choices=MODELS)
    parser.add_argument("--verbs", nargs="+", default=list(VERBS), choices=VERBS)
    parser.add_argument("--page", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    options = parser.parse_args()
    index = PhraseIndex.load()
    tunes = (as_notes(index.corpus.tune(n).melody) for n in range(len(index.corpus)))
    known = known_runs(tunes, BOUND + 1)
    lines = [HEAD]
    for verb in options.verbs:
        found = list(pieces(verb, index, known, options.model, options.takes))
        for name, one in found:
            told = one if isinstance(one, str) else "; ".join(one.faults)
            copied = "" if isinstance(one, str) or verb == "stitch" or not one.copied else "a copy"
            if told or copied:
                print(f"  {verb}, {name}: {told}{copied}", file=sys.stderr)
        lines.append(row(verb, found))
        print("\n".join(lines[-2:] if len(lines) == 2 else lines[-1:]), flush=True)
    if options.page:
        PAGE.write_text(page(lines, options.takes, options.model), encoding="utf-8")


def page(lines: list[str], count: int, model: str) -> str:
    """Return the experiment's page."""
    command = f"python benchmarks/verbs.py --takes {count} --model {model} --page"
    return (
        "# What each verb makes of thirty typed motifs\n\n"
        f"`{command}`\n\nMotifs of 2, 4 and 8 bars in 4/4, 3/4, 6/8 and 5/4, major, minor and "
        "modal, half of them with a\npick-up (`benchmarks/typed_motifs.py`).\n\n"
        + "\n".join(lines)
        + "\n\n*Broken*: metre, length, range, scale or last note is not as asked. *Copies*: runs "
        f"of more than {BOUND} notes\nof a tune. *Motif whole*: pieces that open with all notes of "
        "the motif, unchanged (an answer opens with none,\nand its motif counts as whole). *New*: "
        "notes that are not the motif's own, in its own rhythm.\n"
    )


if __name__ == "__main__":
    main()
