"""Melodies -> a ranking by `midisimx`, a trained encoder of MIDI files whose wheel holds a model.

    python -m venv peer && peer/bin/python -m pip install midisimx numpy
    peer/bin/python benchmarks/repertoires.py FILE --methods midisimx,interval,vector

The wheel (Apache-2.0; 6.49 million parameters, 128 numbers a file, trained on whole pieces of many
genres) needs torch, some gigabytes on Linux, which is why it has an environment of its own and is
no extra of this package. Melodies are written as MIDI files and read by its own functions. A query
is as it stands; every other melody is in twelve transpositions, the nearest of which counts, as the
package does itself. Tokens are pooled with its weights: pitches and chords count double. What the
wheel's authors trained on a larger model is not in the wheel and was not tried.
"""

from __future__ import annotations

import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from measures import Rank, ranking

from mer.errors import InputError
from mer.io import save_melody
from mer.notes.arrays import Floats, Ints
from mer.search.stack.pool import Pool

TRANSPOSITIONS = 6  # semitones each way
WEIGHTS = {(128, 256): 2, (384, 718): 2}
MISSING = "the peer midisimx is not installed; see benchmarks/trained_peer.py"


def nearest(query: Floats, rows: Floats, owner: Ints, size: int) -> Floats:
    """Return the greatest cosine of a query with the rows of each melody, shape (size,).

    Parameters
    ----------
    query
        Shape (D,).
    rows
        Shape (R, D).
    owner
        Shape (R,): the melody that each row belongs to.

    Examples
    --------
    >>> rows = np.array([[1.0, 0.0], [0.0, 2.0], [0.0, -1.0]])
    >>> nearest(np.array([0.0, 3.0]), rows, np.array([0, 1, 0]), 2).tolist()
    [0.0, 1.0]
    """
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(query)
    best = np.full(size, -1.0)
    np.maximum.at(best, owner, rows @ query / np.maximum(lengths, 1e-9))
    return best


def midisimx(pool: Pool) -> Rank:
    """Rank by the cosine of the vectors of the model in the wheel."""
    if find_spec("midisimx") is None:
        raise InputError(MISSING)
    import midisimx as peer
    import torch

    model = peer.load_tiny_model(device="cpu", verbose=False)[0]
    own: list[list[int]] = []
    moved: list[list[int]] = []
    owner: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "melody.mid")
        for number in range(len(pool)):
            save_melody(pool.columns.melody(number), path)
            own += peer.midi_to_tokens(path, transpose_factor=0, verbose=False)
            ways = peer.midi_to_tokens(path, transpose_factor=TRANSPOSITIONS, verbose=False)
            moved += ways
            owner += [number] * len(ways)

    def rows(tokens: list[list[int]]) -> Floats:
        longest = max(len(sequence) for sequence in tokens)
        found = peer.get_embeddings_bf16(
            model,
            tokens,
            seq_len=longest,
            device=torch.device("cpu"),
            pooling="weighted_mean",
            token_type_weights=WEIGHTS,
            use_bfloat16=False,
            return_numpy=True,
            verbose=False,
            show_progress_bar=False,
        )
        return np.asarray(found, dtype=np.float64)

    queries, others, of = rows(own), rows(moved), np.array(owner)
    return ranking(lambda query: nearest(queries[query], others, of, len(pool)))
