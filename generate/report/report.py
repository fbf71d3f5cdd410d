"""Compositions -> a JSON report: the settings, the neighbours, and the source of every note.

The report holds all that is needed to check a piece against the corpus: cited pitch + transposition
= written pitch, for every note. Equal inputs give equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from generate.harmony.arrangement import Arrangement, describe_chords
from generate.harmony.chords import Chord
from generate.originality.borrowing import Borrowing, nearest_tunes
from generate.piece.composition import MOTIF, Composition, Source
from generate.piece.places import Place
from generate.piece.plan_text import plan_values
from generate.plan.brief import Brief
from generate.report.lenders import lenders, lent_values
from mer import __version__
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.meter import Meter
from mer.search.sharing.runs import Run

FORMAT_VERSION = 1


def describe(
    brief: Brief,
    pieces: Sequence[Composition],
    *,
    seed_path: str,
    rng_seed: int,
    outputs: Sequence[Mapping[str, str]] = (),
    arrangements: Sequence[Arrangement] = (),
) -> dict[str, Any]:
    """Return the report as plain values.

    Parameters
    ----------
    brief
        What the pieces were written to.
    pieces
        The compositions.
    seed_path, rng_seed
        The seed file as it was named, and the rng seed.
    outputs
        Per piece, the files that it was written to, by kind (``"midi"``, ``"wav"`` ...).
    arrangements
        Per piece, the arrangement whose chords the report lists.
    """
    settings = asdict(brief.settings)
    settings["key"] = None if brief.settings.key is None else str(brief.settings.key)
    frame = brief.frame
    return {
        "format_version": FORMAT_VERSION,
        "product": f"mer {__version__}",
        "seed": {"path": seed_path, **_motif(brief.motif)},
        "target": None if brief.target is None else _motif(brief.target),
        "settings": settings,
        "rng_seed": rng_seed,
        "frame": {
            "meter": _meter(frame.meter),
            "beat": Meter(*frame.meter).beat_name,
            "beats_a_minute": _beats(brief),
            "bars": brief.bars_written,
            "pickup_quarter": frame.pickup / TICKS_PER_QUARTER,
            "key": str(frame.key),
            "scale": list(frame.scale),
            "form": [section._asdict() for section in frame.sections]
            if brief.settings.form
            else None,
            "low": frame.low,
            "high": frame.high,
        },
        "remarks": list(
            dict.fromkeys([*brief.remarks, *(r for piece in pieces for r in piece.remarks)])
        ),
        "neighbours": [
            {
                "tune_id": match.phrase.tune_id,
                "title": match.phrase.title,
                "collection": match.phrase.collection,
                "phrase": match.phrase.number,
                "similarity": round(float(match.similarity), 6),
                "transposition": int(match.transposition),
            }
            for match in brief.matches
        ],
        "pieces": [
            _piece(
                brief,
                piece,
                dict(outputs[number]) if outputs else {},
                arrangements[number].chords if arrangements else (),
            )
            | ({"harmony": describe_chords(arrangements[number])} if arrangements else {})
            for number, piece in enumerate(pieces)
        ],
    }


def as_json(description: Mapping[str, Any]) -> str:
    """Return the report as text, one key to a line, always in the same order."""
    return json.dumps(description, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _piece(
    brief: Brief, piece: Composition, files: dict[str, str], chords: Sequence[Chord]
) -> dict[str, Any]:
    run = brief.originality.longest_run(piece.melody, piece.sources)
    notes = _notes(piece.melody)
    for note, source in zip(notes, piece.sources, strict=True):
        note["source"] = _source(source)
        note["operators"] = list(source.operators)
    return {
        "files": files,
        "verb": piece.verb,
        "bars": piece.melody.bars,
        "notes": notes,
        "motif_places": [place._asdict() for place in piece.returns],
        "plan": _plan(piece),
        "planned": (
            None if piece.planned is None else plan_values(piece.planned, brief.frame.meter)
        ),
        "lent": lent_values(lenders(piece, chords)),
        "surprise": _surprise(brief, piece),
        "originality": _originality(brief, run) | _compared(brief, piece, run),
    }


def _plan(piece: Composition) -> dict[str, Any] | None:
    """Return which tune lent the plan, and which bar each bar takes after (both from 1)."""
    if not piece.plan:
        return None
    bars = [
        {"bar": number, "takes": recurrence.kind, "of_bar": recurrence.bar + 1 or None}
        | ({"steps": recurrence.steps} if recurrence.steps else {})
        for number, recurrence in enumerate(piece.plan, start=1)
    ]
    return {"lent_by": piece.lender or None, "bars": bars}


def _surprise(brief: Brief, piece: Composition) -> dict[str, Any]:
    """Return the bits of each note under the chain of the brief, and their mean over new notes."""
    from generate.markov.surprise import bits_of

    bits = bits_of(brief, piece.melody)
    new = [source.kind != MOTIF or source.rhythm is not None for source in piece.sources]
    return {
        "target_bits": piece.target_bits,
        "mean_bits_of_new_notes": round(float(bits[new].mean()), 4) if any(new) else None,
        "bits": [round(value, 4) for value in bits.tolist()],
    }


def _motif(melody: Melody) -> dict[str, Any]:
    return {
        "notes": _notes(melody),
        "meter": _meter(melody.meter),
        "key": None if melody.key is None else str(melody.key),
    }


def _notes(melody: Melody) -> list[dict[str, Any]]:
    return [
        {"pitch": pitch, "onset_quarter": onset, "duration_quarter": duration}
        for pitch, onset, duration in zip(
            melody.pitch.tolist(),
            melody.onset_quarter.tolist(),
            melody.duration_quarter.tolist(),
            strict=True,
        )
    ]


def _source(source: Source) -> dict[str, Any]:
    cited: dict[str, Any] = {
        "kind": source.kind,
        "tune_id": source.tune_id or None,
        "phrase": source.phrase or None,
        "note": source.note,
        "transposition": source.transposition,
        "context": source.context,
    }
    if source.rhythm is not None:
        cited["rhythm"] = _place(source.rhythm)
    return cited


def _place(place: Place) -> dict[str, Any]:
    return {
        "tune_id": place.tune_id or None,
        "phrase": place.phrase or None,
        "note": place.note,
    } | ({"operator": place.operator} if place.operator else {})


def _originality(brief: Brief, run: Run) -> dict[str, Any]:
    found = run.tune >= 0
    return {
        "longest_copied_run": run.notes,
        "begins_at_note": run.start,
        "tune_id": brief.corpus.tune_id(run.tune) if found else None,
        "title": brief.corpus.title(run.tune) if found else None,
        "note": run.note,
    }


def _compared(brief: Brief, piece: Composition, run: Run) -> dict[str, Any]:
    """Return how human tunes compare, where that is known, and the tunes nearest to the piece."""
    human = Borrowing.load()
    known = human.fits(brief.corpus)
    return {
        "human_tunes_that_share_more": (
            round(human.share_above(run.notes, bars=piece.melody.bars), 4) if known else None
        ),
        "nearest": [
            {
                "tune_id": match.phrase.tune_id,
                "title": match.phrase.title,
                "phrase": match.phrase.number,
                "similarity": round(float(match.similarity), 6),
            }
            for match in nearest_tunes(piece, brief.index)
        ],
    }


def _beats(brief: Brief) -> float | None:
    """Return the tempo as people write it, or None if it is left open."""
    tempo = brief.tempo_bpm
    return None if tempo is None else round(Meter(*brief.frame.meter).beats_a_minute(tempo), 3)


def _meter(meter: tuple[int, int] | None) -> str | None:
    return None if meter is None else str(Meter(*meter))
