"""mer: find the phrases nearest a motif in a corpus of tunes, and see why they match.

The public names are imported when they are first used, so that ``import mer`` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "Corpus": "mer.corpus",
    "Explanation": "mer.explanation",
    "Filter": "mer.filters",
    "InputError": "mer.errors",
    "Key": "mer.key",
    "Match": "mer.match",
    "Melody": "mer.melody",
    "Phrase": "mer.melody",
    "PhraseIndex": "mer.index",
    "Tune": "mer.corpus",
    "evaluate": "mer.evaluation",
    "load_corpus": "mer.index",
    "load_labelled": "mer.io.labelled",
    "load_melody": "mer.io",
    "read_melody": "mer.io",
    "save_melody": "mer.io",
}

__all__ = [
    "Corpus",
    "Explanation",
    "Filter",
    "InputError",
    "Key",
    "Match",
    "Melody",
    "Phrase",
    "PhraseIndex",
    "Tune",
    "evaluate",
    "load_corpus",
    "load_labelled",
    "load_melody",
    "read_melody",
    "save_melody",
]

if TYPE_CHECKING:
    from mer.corpus import Corpus, Tune
    from mer.errors import InputError
    from mer.evaluation import evaluate
    from mer.explanation import Explanation
    from mer.filters import Filter
    from mer.index import PhraseIndex, load_corpus
    from mer.io import load_melody, read_melody, save_melody
    from mer.io.labelled import load_labelled
    from mer.key import Key
    from mer.match import Match
    from mer.melody import Melody, Phrase


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'mer' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
