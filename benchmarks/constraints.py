"""1,000 melodies under length, metre, range, end and copy bound: what is kept, and how fast.

The melodies are written to MIDI files, and these are judged by `checking`, which shares no code
with the sampler. The time is that of a whole melody, rhythm, form and citations included, once the
neighbours have been retrieved, in processor time; beside it stands a plain order-3 chain without
any constraint, drawn
in the same run. ``--page`` also writes docs/experiments/constraints.md.

    python benchmarks/constraints.py [--melodies 1000] [--bounds 4 6 8 12] [--page]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from checking import Note, Run, Wanted, copies, faults, known_runs, read

from generate.compose import prepare, takes
from generate.markov.demands import alphabet_of
from generate.piece.composition import Composition, statement_runs
from generate.plan.brief import Brief
from generate.plan.settings import Settings
from generate.sampling.chain import Chain
from mer.errors import InputError
from mer.io import load_melody, save_melody
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "experiments" / "constraints.md"
MOTIFS = 20
SHIPPED = 14  # the others are phrases of the corpus


def motifs(index: PhraseIndex) -> list[Melody]:
    """Return the shipped motifs and phrases of the corpus, 20 in all."""
    folder = ROOT / "data" / "motifs"
    paths = sorted(p for p in folder.iterdir() if p.suffix in (".mid", ".abc", ".krn"))
    found = [load_melody(path) for path in paths][:SHIPPED]
    rng = np.random.default_rng(0)
    while len(found) < MOTIFS:
        melody = index.corpus.phrase(int(rng.integers(index.corpus.n_phrases))).melody
        if len(melody) >= 6 and melody.meter is not None and np.ptp(melody.pitch) <= 12:
            found.append(melody)
    return found


def wishes(motif: Melody, number: int, bound: int) -> Settings:
    """Return what is asked: lengths from 4 to 16 bars, a range of about two octaves."""
    low = int(motif.pitch.min()) - 5
    return Settings(
        bars=(8, 4, 16, 12, 6)[number % 5],
        low=max(low, 0),
        high=min(max(low + 22, int(motif.pitch.max()) + 2), 127),
        max_copy=bound,
    )


def as_notes(melody: Melody) -> list[Note]:
    """Return the notes of a melody as plain tuples."""
    columns = (melody.pitch, melody.onset, melody.duration)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def stated_places(piece: Composition) -> list[tuple[int, int]]:
    """Return first note, and note after the last, of each place where the motif is stated."""
    stated = statement_runs(piece.sources)
    runs = (np.flatnonzero(stated == run) for run in range(int(stated.max()) + 1))
    return [(int(notes[0]), int(notes[-1]) + 1) for notes in runs]


def plain(chain: Chain, notes: int, rng: np.random.Generator) -> list[int]:
    """Return symbols drawn from a chain of order 3 without constraints."""
    drawn: list[int] = []
    for position in range(notes):
        back = min(position, chain.order)
        row = chain.tables[back][tuple(drawn[position - back :])]
        reached = np.cumsum(row)
        drawn.append(min(int(np.searchsorted(reached, rng.random() * reached[-1])), len(row) - 1))
    return drawn


def measured(
    briefs: list[Brief], melodies: int, known: set[Run], bound: int, folder: Path
) -> dict[str, object]:
    """Return how many melodies keep to everything, and the times."""
    seconds, chain_seconds, wrong, copied, refused, whole = [], [], 0, 0, 0, 0
    for number in range(melodies):
        brief = briefs[number % len(briefs)]
        rng = np.random.default_rng(number)
        began = time.process_time()
        try:
            piece = takes(brief, rng, 1)[0]
        except InputError as error:
            refused += 1
            print(f"  refused: {error}")
            continue
        seconds.append(time.process_time() - began)
        symbols = alphabet_of(brief, ())
        chain = brief.chain(symbols)
        began = time.process_time()
        plain(chain, len(piece), rng)
        chain_seconds.append(time.process_time() - began)
        path = folder / "piece.mid"
        save_melody(piece.melody, path)
        notes, meter = read(path)
        frame, settings = brief.frame, brief.settings
        assert settings.low is not None
        assert settings.high is not None
        wanted = Wanted(
            settings.bars, frame.meter, settings.low, settings.high, frame.key.tonic, bound
        )
        found = faults(notes, meter, wanted, frame.pickup)
        runs = copies(notes, known, bound + 1, as_notes(brief.motif), stated_places(piece))
        wrong += bool(found or runs)
        if runs:
            print(f"  motif {number % len(briefs)}, melody {number}: a copy of {bound + 1} notes")
        copied += bool(runs)
        whole += piece.returns[0].notes == piece.returns[0].stated
        for fault in found:
            print(f"  motif {number % len(briefs)}, melody {number}: {fault}")
    return {
        "bound": bound,
        "melodies": melodies,
        "satisfied": melodies - wrong - refused,
        "with_longer_copies": copied,
        "refused": refused,
        "motif_whole": whole,
        "median_ms": round(1e3 * statistics.median(seconds), 2),
        "p90_ms": round(1e3 * float(np.quantile(seconds, 0.9)), 2),
        "plain_chain_median_ms": round(1e3 * statistics.median(chain_seconds), 2),
    }


def page(rows: list[dict[str, object]], melodies: int, tunes: int) -> str:
    """Return the experiment's page."""
    bounds = " ".join(str(row["bound"]) for row in rows)
    table = "\n".join(
        "| {bound} | {satisfied} of {melodies} | {with_longer_copies} | {refused} "
        "| {motif_whole} | {median_ms} | {p90_ms} | {plain_chain_median_ms} "
        "| {setup_ms_per_motif} |".format_map(row)
        for row in rows
    )
    return f"""# Do composed melodies keep to every constraint, and what does that cost?

`python benchmarks/constraints.py --melodies {melodies} --bounds {bounds} --page`

{melodies} melodies for each copy bound, from {MOTIFS} motifs ({SHIPPED} shipped ones, the others
phrases of the corpus), by the verb `continue`: 4 to 16 bars, a range of about two octaves, the end
on the tonic, no run of more than the bound's notes shared with any of the {tunes:,} tunes.

| bound, notes | all constraints kept | with a longer copy | refused | opens with the motif whole \
| median ms | 90% ms | plain chain, median ms | set-up, ms per motif |
|---|---|---|---|---|---|---|---|---|
{table}

*Refused* counts the takes for which no melody was found; they are not among those that keep the
constraints. Where the motif and all that may follow it are copies of a tune, the statements of the
motif give way: it breaks off earlier, and under the tightest bounds some of its returns fall away.
So it is not always stated as far as its section has room for it, and one column counts how often
it is at the start.

The times are processor time on one core for a whole take: rhythm, form, pitches, citations and all
further tries. The {MOTIFS} motifs take turns; the first take of each, which fills tables, counts
like the others. The retrieval is in the set-up. The plain chain is the same
order-3 chain drawn forwards with no constraint at all.

## How it is judged

`benchmarks/checking.py` imports nothing of the product. Each melody is written to a MIDI file, read
back with pretty_midi, and its length, metre, range, overlaps and last note are compared with what
was asked. For copies, all runs of one note more than the bound are taken from the notes of every
tune of the corpus and kept as a plain set of tuples (intervals, and proportions as reduced
fractions, of durations and of times between onsets); so transposition and tempo hide nothing. A
run of the file that is in the set is a copy.

The exemptions: a run is the user's own, and no copy, only if the motif as it was given holds the
same run and it stands wholly inside a place where the motif is stated. The piece itself reports
these places, so the checker takes them on trust, but a run that is not in the motif is counted
wherever it stands, in a varied statement too, and so is one that crosses the edge of a statement.
What
is asked (bars, range, tonic, metre, pick-up) comes from the settings and the frame of the piece.
"""


def main() -> None:
    """Print a row for each bound, and write the page if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--melodies", type=int, default=1000, help="for each bound")
    parser.add_argument("--bounds", type=int, nargs="+", default=[4, 6, 8, 12])
    parser.add_argument("--page", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    index = PhraseIndex.load()
    columns = index.corpus.columns("melody")
    tunes: list[list[Note]] = []
    for start, stop in zip(columns.bounds[:-1].tolist(), columns.bounds[1:].tolist(), strict=True):
        part = slice(start, stop)
        values = (columns.pitch[part], columns.onset[part], columns.duration[part])
        tunes.append(list(zip(*(column.tolist() for column in values), strict=True)))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for bound in options.bounds:
            began = time.process_time()
            briefs = [
                prepare(motif, index, wishes(motif, number, bound))
                for number, motif in enumerate(motifs(index))
            ]
            prepared = time.process_time() - began
            known = known_runs(tunes, bound + 1)
            row = measured(briefs, options.melodies, known, bound, Path(folder))
            row["setup_ms_per_motif"] = round(1e3 * prepared / len(briefs), 1)
            rows.append(row)
            print(json.dumps(row), flush=True)
    if options.page:
        PAGE.write_text(page(rows, options.melodies, len(tunes)), encoding="utf-8")
    if options.json is not None:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
