"""From a file to a new MIDI file, through the library: read, search, look, compose, write."""

import argparse

import numpy as np

import generate
import mer
from mer.corpus.shipped import data_folder

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("new", nargs="?", default="new.mid", help="file to write (default: new.mid)")
options = parser.parse_args()

# 1. A file becomes a melody: pitches, onsets and durations, in ticks of 1/480 quarter.
motif = mer.load_melody(data_folder() / "motifs" / "londonderry-air.mid")
print(f"{len(motif)} notes: {motif.pitch.tolist()}, intervals {motif.interval.tolist()}")

# 2. The shipped index holds the phrases of some thousands of tunes. Search it.
index = mer.PhraseIndex.load()
for match in index.search(motif, k=5):
    phrase = match.phrase
    print(f"{match.similarity:.2f}  {phrase.title} ({phrase.collection}), phrase {phrase.number}")

    # 3. Why did it match? Note against note, after the transposition.
    pairs = [(motif.pitch[q] + match.transposition, phrase.melody.pitch[p]) for q, p in match.pairs]
    same = sum(bool(moved == found) for moved, found in pairs)
    print(f"      {same} of {len(motif)} notes are the same, moved by {match.transposition}")

# 4. Grow eight bars out of the neighbours. The same number gives the same music.
settings = generate.Settings(verb="continue")
(piece,) = generate.compose_many(motif, index, settings, np.random.default_rng(1), 1)

# 5. Every note says where it comes from. Here are the last eight.
for pitch, source in zip(piece.melody.pitch[-8:], piece.sources[-8:], strict=True):
    print(pitch, source.tune_id or "the motif", f"note {source.note}, {source.transposition:+d}")

mer.save_melody(piece.melody, options.new)
