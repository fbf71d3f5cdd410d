"""Pieces, as they are arranged, and the names of their files -> files, all at the very end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from generate.harmony.arrangement import Arrangement
from generate.piece.composition import Composition
from generate.plan.brief import Brief
from generate.report.credits import credits_of
from generate.report.outputs import Outputs
from mer.notes.melody import Melody


class Finished(NamedTuple):
    """A piece, as it is arranged, and its files."""

    piece: Composition
    arranged: Arrangement
    files: Outputs


class ReportFile(NamedTuple):
    """Where the report goes, and what it says of the run: the seed file and the rng seed."""

    path: Path
    seed_path: str
    rng_seed: int


def titled(pieces: Sequence[Composition], name: str) -> list[Melody]:
    """Return the melodies of pieces with titles that say which motif they follow.

    Parameters
    ----------
    name
        What the motif is called.
    """
    numbers = [""] if len(pieces) == 1 else [f", take {n}" for n in range(1, len(pieces) + 1)]
    return [
        replace(piece.melody, title=f"After {name}{number}")
        for piece, number in zip(pieces, numbers, strict=True)
    ]


def write_all(
    brief: Brief,
    finished: Sequence[Finished],
    *,
    soundfont: str | None = None,
    report: ReportFile | None = None,
    picture: Path | None = None,
) -> tuple[str, ...]:
    """Write all files and return the remarks about the sound.

    Parameters
    ----------
    soundfont
        The soundfont for the sound; by default the one that is found.
    report
        The report, if there is to be one.
    picture
        Where the plan of the first piece is drawn, if it is to be.

    Raises
    ------
    InputError
        If the music cannot be rendered, or a file cannot be written.
    """
    sounds = []
    if any(one.files.wav for one in finished):
        from generate.sound.audio import render

        sounds = [render(one.arranged.parts, soundfont=soundfont) for one in finished]
    texts = [] if report is None else [(_report(brief, finished, report), report.path)]
    texts += [] if picture is None else [(_drawn(brief, finished[0]), picture)]
    for number, one in enumerate(finished):
        sound = sounds[number] if sounds else None
        one.files.save(one.arranged, sound, credits_of(one.piece, brief))
    for text, path in texts:
        from mer.io.reading import write_text

        write_text(text, path)
    return sounds[0].remarks if sounds else ()


def _drawn(brief: Brief, one: Finished) -> str:
    from generate.report.plan_drawing import told_plan

    chords, given = one.arranged.chords, brief.given_plan
    return told_plan(brief.corpus, one.piece, chords, given=given)


def _report(brief: Brief, finished: Sequence[Finished], report: ReportFile) -> str:
    from generate.report.report import as_json, describe

    facts = describe(
        brief,
        [one.piece for one in finished],
        seed_path=report.seed_path,
        rng_seed=report.rng_seed,
        outputs=[one.files.named() for one in finished],
        arrangements=[one.arranged for one in finished],
    )
    return as_json(facts)
