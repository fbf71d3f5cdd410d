"""The command ``python -m generate explain``: a piece, and what each of its sources does in it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from generate.plan.verbs import check_drawing, check_taken, verb_named
from generate.report.counterfactual import Counterfactual, counterfactual, source_tunes
from mer.errors import InputError
from mer.notes.names import counted, pitch_name
from mer.terminal import Parser, add_motif_options, motif_options, run

if TYPE_CHECKING:
    from generate.piece.composition import Composition
    from generate.plan.brief import Brief
    from mer.corpus.corpus import Corpus

_MOST_TUNES = 50
_SHADES = " ▁▂▃▄▅▆▇█"
_PER_LINE = 16
_SHOWN = 4  # notes that change most
_LEAST = 0.01  # of a probability: less is not told
_WHOSE = (
    "likelihoods: of the chain of the neighbours; the piece is drawn from a mixture of the chain "
    "with the predictive model"
)

# A brief and a generator -> a piece.
Write = Callable[["Brief", np.random.Generator], "Composition"]


def build_explain_parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    parser = Parser(
        prog="python -m generate explain",
        description="Make a piece, take each of its source tunes out of the corpus in turn, and "
        "say how the distribution of every note changes, and how many notes differ in the piece "
        "that the same random numbers make without the tune. The likelihoods are those of the "
        "chain of the neighbours; the piece is drawn from a mixture with the predictive model.",
    )
    parser.add_argument(
        "verb", nargs="?", default="continue", help="continue (the default), answer or b-part"
    )
    parser.add_argument("--seed", required=True, metavar="FILE", help="the motif, as for generate")
    parser.add_argument("--bars", type=int, help="length in bars")
    parser.add_argument("--k", type=int, default=12, help="neighbours to use (default: 12)")
    parser.add_argument(
        "--key", help="target key, such as 'D' or 'E dorian' (default: the motif's)"
    )
    parser.add_argument("--chords", metavar="LIST", help="the chords of the piece, as for generate")
    parser.add_argument("--corpus", metavar="NAME", help="a corpus by name, folder or file")
    parser.add_argument(
        "--rng-seed", type=int, default=0, metavar="N", help="the number that chance starts from"
    )
    parser.add_argument(
        "--tunes", type=int, default=3, metavar="N", help="how many tunes to take out (default: 3)"
    )
    parser.add_argument(
        "--tune-out", action="append", default=[], metavar="ID", help="take out this tune instead"
    )
    add_motif_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    return parser


def explain(arguments: Sequence[str], prepare: Any, write: Write) -> int:
    """Run the command; return 0, or 2 if the input cannot be used.

    Parameters
    ----------
    prepare
        What was read, index and settings -> brief, as ``generate`` makes it.
    write
        Brief and generator -> piece.
    """
    options = build_explain_parser().parse_intermixed_args(list(arguments))
    return run(lambda: _explain(options, prepare, write))


def _explain(options: argparse.Namespace, prepare: Any, write: Write) -> int:
    from generate.plan.settings import Settings
    from mer.io import read_melody
    from mer.search.index import PhraseIndex

    if not 1 <= options.tunes <= _MOST_TUNES:
        raise InputError(f"--tunes is {options.tunes}; 1 to {_MOST_TUNES} is supported")
    if options.rng_seed < 0:
        raise InputError(f"--rng-seed is {options.rng_seed}; it must be 0 or more")
    verb_named(options.verb)
    check_drawing(options.verb)
    if options.bars is not None:
        check_taken(options.verb, ["bars"], sign="--")
    settings = Settings(
        verb=options.verb,
        bars=options.bars,
        k=options.k,
        key=options.key,
        chords=options.chords,
    )
    reading = read_melody(Path(options.seed), **motif_options(options))
    for remark in reading.remarks:
        sys.stderr.write(f"{remark}\n")
    brief = prepare(reading, PhraseIndex.load(options.corpus), settings)
    piece = write(brief, np.random.default_rng(options.rng_seed))
    names = options.tune_out or [name for name, _, _ in source_tunes(piece)[: options.tunes]]
    told = []
    for name in names:
        found = counterfactual(brief, piece, name)
        other = write(found.brief, np.random.default_rng(options.rng_seed))
        told.append((found, differing(piece, other)))
    if options.json:
        values = [as_values(found, differs) for found, differs in told]
        sys.stdout.write(json.dumps(values, indent=1) + "\n")
        return 0
    sys.stdout.write(sharing(piece, brief.corpus) + "\n" + _WHOSE + "\n")
    for found, differs in told:
        sys.stdout.write("\n" + as_text(found, piece, differs) + "\n")
    return 0


def differing(piece: Composition, other: Composition) -> int:
    """Return how many notes of a piece another one has not: at their place, of their pitch."""
    there = set(zip(other.melody.onset.tolist(), other.melody.pitch.tolist(), strict=True))
    mine = zip(piece.melody.onset.tolist(), piece.melody.pitch.tolist(), strict=True)
    return sum(note not in there for note in mine)


def sharing(piece: Composition, corpus: Corpus) -> str:
    """Return the share that each source tune has in a piece, as lines of text.

    Parameters
    ----------
    corpus
        Where the titles of the tunes are found.
    """
    notes = len(piece.melody)
    motif = sum(source.is_statement for source in piece.sources)
    lines = [f"{counted(notes, 'note')}, {motif} of them the motif as it was given"]
    tunes = source_tunes(piece)
    labels = [f"{corpus.title(corpus.find(name))} ({name})" for name, _, _ in tunes]
    width = max(map(len, labels), default=0)
    for label, (_, pitches, rhythms) in zip(labels, tunes, strict=True):
        lines.append(
            f"  {label:<{width}} {pitches / notes:5.0%} of the pitches, {rhythms / notes:5.0%} of "
            "the durations"
        )
    return "\n".join(lines)


def as_text(found: Counterfactual, piece: Composition, differs: int) -> str:
    """Return what a tune does in a piece, in words and a row of bars."""
    change, bits = found.change, float(found.bits.sum())
    likely = f"{abs(bits):.1f} bits {'less' if bits > 0 else 'more'} likely"
    if round(abs(bits), 1) == 0:
        likely = "as likely as before"
    new = int(found.new.sum())
    arrived = ", ".join(found.arrived) or "no tune"
    lines = [
        f"Without {found.title} ({found.tune_id}), cited by {counted(found.pitches, 'note')} for "
        f"pitch and by {counted(found.rhythms, 'note')} for duration:",
        f"  {arrived} would be found in its place",
        f"  {change[found.new].mean() if new else 0.0:.0%} of what may follow, on average, would "
        f"go to other notes; the notes as written would be {likely}",
        f"  with the same random numbers {differs} of {counted(len(change), 'note')} would differ",
        f"  change of each note, from none to all (the motif: none), {_PER_LINE} notes a line:",
    ]
    shades = [_SHADES[min(int(value * 8.999), 8)] for value in change]
    names = [pitch_name(pitch) for pitch in piece.melody.pitch.tolist()]
    for start in range(0, len(names), _PER_LINE):
        part = slice(start, start + _PER_LINE)
        lines.append(("    " + "".join(f"{name:<5}" for name in names[part])).rstrip())
        lines.append(("    " + "".join(f"{shade * 2:<5}" for shade in shades[part])).rstrip())
    lines += _most_changed(found, names) or [
        "  no note as written is likelier or less likely by 1% or more"
    ]
    return "\n".join(lines)


def _most_changed(found: Counterfactual, names: Sequence[str]) -> list[str]:
    """Return a line for each of the notes that change most, if the change can be told."""
    lines: list[str] = []
    change = found.change
    for note in np.argsort(-change, kind="stable").tolist():
        first, second = found.likeliest(note)
        rows = (found.before[note], found.after[note])
        chances = [float(row[found.written[note]]) for row in rows]
        moved = abs(chances[0] - chances[1]) >= _LEAST or first != second
        if change[note] >= _LEAST and moved and len(lines) < _SHOWN:
            then = "" if first == second else f"; {pitch_name(second)} would be likeliest"
            lines.append(
                f"  note {note + 1}, {names[note]}: {chances[0]:.0%} likely, "
                f"{chances[1]:.0%} without{then}"
            )
    return lines


def as_values(found: Counterfactual, differs: int) -> dict[str, Any]:
    """Return the same as plain values."""
    return {
        "tune_id": found.tune_id,
        "title": found.title,
        "pitches": found.pitches,
        "rhythms": found.rhythms,
        "arrived": list(found.arrived),
        "bits": round(float(found.bits.sum()), 6),
        "differs": differs,
        "notes": [
            {
                "pitch": int(found.symbols[found.written[note]]),
                "new": bool(found.new[note]),
                "change": round(float(found.change[note]), 6),
                "bits": round(float(found.bits[note]), 6),
            }
            for note in range(len(found.written))
        ],
    }
