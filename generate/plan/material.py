"""Matches -> the tunes they come from, brought into the key and register of the piece.

The neighbours decide what a composition is made of. A retrieved phrase brings its whole tune along,
because what a tune does after a phrase is what continues the motif best.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from generate.piece.composition import CORPUS, Fragment, Source
from generate.piece.degrees import in_scale
from generate.piece.places import Place
from generate.plan.frame import Frame
from generate.plan.verbs import verb_named
from mer.corpus.corpus import Tune
from mer.notes.arrays import Ints
from mer.notes.key import estimate_key
from mer.notes.melody import Melody

if TYPE_CHECKING:
    from generate.plan.settings import Settings
    from mer.search.index import PhraseIndex
    from mer.search.match import Match

# How much it counts that the tonics coincide, and that the matched notes lie on the motif, beside
# the share of notes that fall into the scale.
_TONIC_BONUS = 0.3
_MATCH_BONUS = 0.1
# Tunes that are asked for a plan where the neighbours have too few, and what each counts.
_OTHERS, _FAR = 40, 0.05
# Notes: a shorter motif is in too many tunes to be anyone's own. Tunes: fewer do not lend enough.
_FEWEST_TELLING, _FEWEST_OTHERS = 6, 3
_FIVE = 5  # pitch classes of a pentatonic scale


class Neighbour:
    """A tune that holds one or more of the retrieved phrases.

    Parameters
    ----------
    tune
        The tune as it stands in the corpus.
    matches
        Its matches, best first.
    shift
        Semitones that bring it into the key and register of the piece.
    weight
        How much the tune counts, 1 for the nearest.
    """

    def __init__(self, tune: Tune, matches: tuple[Match, ...], shift: int, weight: float) -> None:
        self.tune, self.matches = tune, matches
        self.shift, self.weight = shift, weight

    @cached_property
    def pitch(self) -> Ints:
        """The pitches in the key and register of the piece, shape (notes,)."""
        return self.tune.melody.pitch + self.shift

    @cached_property
    def phrase_bounds(self) -> tuple[int, ...]:
        """First notes of the phrases, and the number of notes."""
        return (*(self.tune.melody.phrase_starts or (0,)), len(self.tune.melody))

    def place(self, note: int) -> Place:
        """Return where a note of the tune stands in the corpus."""
        phrase = bisect_right(self.phrase_bounds, note)
        return Place(self.tune.tune_id, phrase, note)

    def source(self, note: int, transposition: int, context: int = 0) -> Source:
        """Return the citation of a note of the tune."""
        place = self.place(note)
        return Source(CORPUS, note, transposition, place.tune_id, place.phrase, context=context)

    def fragment(self, start: int, stop: int) -> Fragment | None:
        """Return notes `start` to `stop` in the key of the piece; None beyond the MIDI range."""
        if self.pitch[start:stop].min() < 0 or self.pitch[start:stop].max() > 127:
            return None
        melody = self.tune.melody.cut(start, stop).transpose(self.shift)
        return Fragment(melody, tuple(self.source(n, self.shift) for n in range(start, stop)))


def gather(
    matches: Sequence[Match], index: PhraseIndex, frame: Frame, moved: int
) -> list[Neighbour]:
    """Return the tunes of the matches, each once, in the order of their best match.

    Parameters
    ----------
    moved
        Semitones by which the motif itself was moved into the key of the piece.
    """
    by_tune: dict[int, list[Match]] = {}
    for match in matches:
        whole = index.unit == "melody"
        number = match.number if whole else int(index.corpus.phrase_tune[match.number])
        by_tune.setdefault(number, []).append(match)
    best = max((match.similarity for match in matches), default=1.0) or 1.0
    found = []
    for number, own in by_tune.items():
        tune = index.corpus.tune(number)
        shift = shift_into(tune.melody, frame, moved - own[0].transposition)
        # Squared, so that the nearest lead; relative, so that far-off motifs have neighbours too.
        weight = (max(match.similarity for match in own) / best) ** 2
        found.append(Neighbour(tune, tuple(own), shift, weight))
    return found


def lending(
    matches: Sequence[Match], index: PhraseIndex, motif: Melody, bound: int
) -> Sequence[Match]:
    """Return the matches without those in the motif's own tune, or all where few others are left.

    Its own tune shares more notes in a row with the motif than may be copied, in any rhythm, or all
    of a shorter motif. What it does next is just what may not be written again.

    Parameters
    ----------
    bound
        Longest run, in notes, that may be copied.
    """
    telling = min(len(motif), bound + 1)
    if telling < _FEWEST_TELLING:
        return matches
    tunes = {match.phrase.tune_id for match in matches}
    melodies = {name: index.corpus.tune(index.corpus.find(name)).melody for name in tunes}
    own = {name for name in tunes if longest_shared(motif, melodies[name]) >= telling}
    others = [match for match in matches if match.phrase.tune_id not in own]
    return others if len(tunes) - len(own) >= _FEWEST_OTHERS else matches


def longest_shared(first: Melody, second: Melody) -> int:
    """Return the most notes in a row that two melodies share, transposed or not, in any rhythm.

    Examples
    --------
    >>> beats = {"onset": range(0, 2400, 480), "duration": [480] * 5}
    >>> tune = Melody(pitch=[60, 62, 64, 65, 67], **beats)
    >>> longest_shared(tune, Melody(pitch=[50, 67, 69, 70, 72], **beats))
    4
    """
    same = np.diff(first.pitch)[:, None] == np.diff(second.pitch)
    run = np.zeros(len(second) - 1, dtype=np.int64)
    longest = 0
    for row in same:
        run = np.where(row, np.concatenate([[0], run[:-1]]) + 1, 0)
        longest = max(longest, int(run.max(initial=0)))
    return longest + 1


def on_scale(frame: Frame, neighbours: Sequence[Neighbour], settings: Settings) -> Frame:
    """Return the frame of a piece that goes on, its scale the key's if its neighbours have more.

    Of the shipped tunes that begin with eight to twenty-four notes of the five of a pentatonic
    scale, one in twenty has no other note; where such tunes are at home, most of the neighbours
    have none either. Five notes with semitones among them are no accident of a beginning.
    """
    classes = [set((neighbour.pitch % 12).tolist()) for neighbour in neighbours]
    weight = [neighbour.weight for neighbour in neighbours]
    staying = sum(w for w, own in zip(weight, classes, strict=True) if len(own) <= _FIVE)
    settled = settings.scale is not None or len(frame.scale) != _FIVE or not neighbours
    goes_on = verb_named(settings.verb).method == "markov"
    semitones = any((one + 1) % 12 in frame.scale for one in frame.scale)
    if settled or not goes_on or semitones or 2 * staying >= sum(weight):
        return frame
    return frame._replace(scale=frame.key.scale)


def other_tunes(index: PhraseIndex, frame: Frame, known: Sequence[Neighbour]) -> list[Neighbour]:
    """Return some tunes in the metre of the piece beside the ones that were found: far neighbours.

    They are the same for every piece of a metre and a key.
    """
    corpus = index.corpus
    columns = corpus.columns("melody")
    taken = {neighbour.tune.tune_id for neighbour in known}
    fitting = np.flatnonzero((columns.meter == frame.meter).all(axis=1))
    stride = max(1, -(-len(fitting) // _OTHERS))
    tunes = [corpus.tune(int(number)) for number in fitting[::stride]]
    return [
        Neighbour(tune, (), shift_into(tune.melody, frame, 0), _FAR)
        for tune in tunes
        if tune.tune_id not in taken
    ]


def shift_into(melody: Melody, frame: Frame, matched: int) -> int:
    """Return the transposition that puts most of the tune into the scale, tonic on tonic.

    Its octave is the one in which the tune lies nearest to the middle of the range.
    """
    key = melody.key or estimate_key(melody.pitch, melody.duration)
    moves = np.arange(12)
    inside = in_scale(melody.pitch[:, None] + moves, frame.key)
    merit = (inside * melody.duration[:, None]).sum(axis=0) / melody.duration.sum()
    merit[(frame.key.tonic - key.tonic) % 12] += _TONIC_BONUS
    merit[matched % 12] += _MATCH_BONUS
    best = int(np.argmax(merit))
    distance = (frame.low + frame.high) / 2 - float(melody.pitch.mean()) - best
    return best + 12 * round(distance / 12)
