"""mer: find the phrases nearest a motif in a corpus of tunes, and see why they match.

The public names are imported when they are first used, so that ``import mer`` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "METHODS": "mer.search.stack.methods",
    "Corpus": "mer.corpus.corpus",
    "Explanation": "mer.search.match",
    "Filter": "mer.corpus.filters",
    "InputError": "mer.errors",
    "Key": "mer.notes.key",
    "KeyVote": "mer.search.keys",
    "Match": "mer.search.match",
    "Melody": "mer.notes.melody",
    "Meter": "mer.notes.meter",
    "Phrase": "mer.notes.melody",
    "Pattern": "mer.search.sharing.holding",
    "PhraseIndex": "mer.search.index",
    "Pool": "mer.search.stack.pool",
    "Tune": "mer.corpus.corpus",
    "check": "mer.search.sharing.check",
    "similarity_matrix": "mer.search.likeness",
    "synopsis": "mer.search.sharing.synopsis",
    "variants_of": "mer.search.sharing.synopsis",
    "duplicates": "mer.search.sharing.duplicates",
    "evaluate": "mer.evaluation.metrics",
    "guess_key": "mer.search.keys",
    "holding": "mer.search.sharing.holding",
    "load_corpus": "mer.search.index",
    "load_labelled": "mer.evaluation.labelled",
    "load_melody": "mer.io",
    "measure": "mer.evaluation.table",
    "measure_method": "mer.evaluation.table",
    "more_like": "mer.search.graphs",
    "rank": "mer.search.stack.methods",
    "read_melody": "mer.io",
    "read_tracks": "mer.io.midi.played",
    "save_melody": "mer.io",
}

__all__ = [
    "METHODS",
    "Corpus",
    "Explanation",
    "Filter",
    "InputError",
    "Key",
    "KeyVote",
    "Match",
    "Melody",
    "Meter",
    "Pattern",
    "Phrase",
    "PhraseIndex",
    "Pool",
    "Tune",
    "check",
    "duplicates",
    "evaluate",
    "guess_key",
    "holding",
    "load_corpus",
    "load_labelled",
    "load_melody",
    "measure",
    "measure_method",
    "more_like",
    "rank",
    "read_melody",
    "read_tracks",
    "save_melody",
    "similarity_matrix",
    "synopsis",
    "variants_of",
]

if TYPE_CHECKING:
    from mer.corpus.corpus import Corpus, Tune
    from mer.corpus.filters import Filter
    from mer.errors import InputError
    from mer.evaluation.labelled import load_labelled
    from mer.evaluation.metrics import evaluate
    from mer.evaluation.table import measure, measure_method
    from mer.io import load_melody, read_melody, save_melody
    from mer.io.midi.played import read_tracks
    from mer.notes.key import Key
    from mer.notes.melody import Melody, Phrase
    from mer.notes.meter import Meter
    from mer.search.graphs import more_like
    from mer.search.index import PhraseIndex, load_corpus
    from mer.search.keys import KeyVote, guess_key
    from mer.search.likeness import similarity_matrix
    from mer.search.match import Explanation, Match
    from mer.search.sharing.check import check
    from mer.search.sharing.duplicates import duplicates
    from mer.search.sharing.holding import Pattern, holding
    from mer.search.sharing.synopsis import synopsis, variants_of
    from mer.search.stack.methods import METHODS, rank
    from mer.search.stack.pool import Pool


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'mer' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
