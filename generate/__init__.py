"""generate: neighbours of a motif -> new melodies in which every note cites its source.

The public names are imported when they are first used, so that ``import generate`` stays quick. The
functions that share the name of their module are taken from there:
``from generate.compose import compose``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOMES = {
    "Arrangement": "generate.harmony.arrangement",
    "Borrowing": "generate.originality.borrowing",
    "Chord": "generate.harmony.chords",
    "Composition": "generate.piece.composition",
    "Extras": "generate.harmony.arrangement",
    "Fragment": "generate.piece.composition",
    "VERBS": "generate.plan.verbs",
    "MelodyModel": "generate.prediction",
    "OPERATORS": "generate.piece.operators",
    "Outline": "generate.harmony.outline",
    "Plan": "generate.piece.planned",
    "Player": "generate.sound.player",
    "lenders": "generate.report.lenders",
    "load_plan": "generate.piece.plan_reader",
    "plan_drawing": "generate.report.plan_drawing",
    "plan_text": "generate.piece.plan_text",
    "read_plan": "generate.piece.plan_reader",
    "Settings": "generate.plan.frame",
    "Source": "generate.piece.composition",
    "accompany": "generate.harmony.texture.accompaniment",
    "arrange": "generate.harmony.arrangement",
    "compose_many": "generate.compose",
    "counterfactual": "generate.report.counterfactual",
    "describe": "generate.report.report",
    "Exercise": "generate.prediction.practice.exercises",
    "Question": "generate.prediction.practice.exercises",
    "draw_exercise": "generate.prediction.practice.exercises",
    "draw_question": "generate.prediction.practice.exercises",
    "harmonise": "generate.harmony.harmony",
    "prepare_infill": "generate.markov.infill",
    "reroll": "generate.markov.infill",
    "retakes": "generate.compose",
    "outline_of": "generate.report.outlines",
    "nearest_tunes": "generate.originality.borrowing",
    "prepare": "generate.compose",
    "render": "generate.sound.audio",
    "save_arrangement": "generate.harmony.arrangement",
    "save_wav": "generate.sound.audio",
}

__all__ = [
    "OPERATORS",
    "VERBS",
    "Arrangement",
    "Borrowing",
    "Chord",
    "Composition",
    "Exercise",
    "Extras",
    "Fragment",
    "MelodyModel",
    "Outline",
    "Plan",
    "Player",
    "Question",
    "Settings",
    "Source",
    "accompany",
    "arrange",
    "compose_many",
    "counterfactual",
    "describe",
    "draw_exercise",
    "draw_question",
    "harmonise",
    "lenders",
    "load_plan",
    "nearest_tunes",
    "outline_of",
    "plan_drawing",
    "plan_text",
    "prepare",
    "prepare_infill",
    "read_plan",
    "render",
    "reroll",
    "retakes",
    "save_arrangement",
    "save_wav",
]

if TYPE_CHECKING:
    from generate.compose import compose_many, prepare, retakes
    from generate.harmony.arrangement import Arrangement, Extras, arrange, save_arrangement
    from generate.harmony.chords import Chord
    from generate.harmony.harmony import harmonise
    from generate.harmony.outline import Outline
    from generate.harmony.texture.accompaniment import accompany
    from generate.markov.infill import prepare_infill, reroll
    from generate.originality.borrowing import Borrowing, nearest_tunes
    from generate.piece.composition import Composition, Fragment, Source
    from generate.piece.operators import OPERATORS
    from generate.piece.plan_reader import load_plan, read_plan
    from generate.piece.plan_text import plan_text
    from generate.piece.planned import Plan
    from generate.plan.settings import Settings
    from generate.plan.verbs import VERBS
    from generate.prediction import MelodyModel
    from generate.prediction.practice.exercises import (
        Exercise,
        Question,
        draw_exercise,
        draw_question,
    )
    from generate.report.counterfactual import counterfactual
    from generate.report.lenders import lenders
    from generate.report.outlines import outline_of
    from generate.report.plan_drawing import plan_drawing
    from generate.report.report import describe
    from generate.sound.audio import render, save_wav
    from generate.sound.player import Player


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'generate' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
