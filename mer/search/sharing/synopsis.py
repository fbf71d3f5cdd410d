"""Variants of a tune -> all of them in one table, the line they have in common, how stable it is.

Each two variants are aligned note for note, at the transposition at which each lies from the first
one; the pairwise alignments are brought into one table (`mer.alignment.multiple`). A column with a
note in more than half of the variants belongs to the consensus line, whose pitch is the most usual
one there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from mer.alignment.multiple import GAP, aligned_together, pairs_of
from mer.alignment.pairs import Pairs
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.notes.names import counted
from mer.search.index import PhraseIndex
from mer.search.sharing.stretches import Stretch, stretches
from mer.search.stack.comparison import corresponding, note_for_note
from mer.search.stack.pool import Pool
from mer.search.stack.query import MIN_QUERY_NOTES, Query

VARIANTS, MOST_VARIANTS = 8, 40
LEAST_SAME = 0.7
FEWEST_NOTES, MOST_NOTES = 8, 3000  # of a tune whose variants are looked for
_LEAST_OF_LONGER = 0.25  # share of the notes of the longer tune; strains may be written out
_LOOKED_AT = 24  # tunes that share most, from which variants are taken
_SHORTEST = 60  # ticks from a note of a consensus to the next, where others set it


@dataclass(frozen=True)
class Column:
    """Notes of several variants that answer each other.

    Parameters
    ----------
    pitch
        The most usual one, as the first variant has it.
    same
        How many variants have it.
    present
        How many have a note there.
    of
        How many variants there are.
    """

    pitch: int
    same: int
    present: int
    of: int

    @property
    def is_common(self) -> bool:
        """Whether more than half of the variants have a note there."""
        return 2 * self.present > self.of

    @property
    def stability(self) -> float:
        """Share of all variants that have the most usual pitch, 0 to 1."""
        return self.same / self.of


@dataclass(frozen=True, eq=False)
class Synopsis:
    """Variants of a tune, note under note.

    Parameters
    ----------
    variants
        The tunes; the first is the one that the others are compared with.
    transpositions
        Semitones from the first to each.
    table
        Shape (variants, columns): the notes of each, and -1 where it has none.
    pairs
        (variant, later variant) -> what their own alignment pairs.
    """

    variants: tuple[Tune, ...]
    transpositions: tuple[int, ...]
    table: Ints
    pairs: dict[tuple[int, int], Pairs]

    @cached_property
    def pitch(self) -> Ints:
        """Shape (variants, columns): pitches as the first variant has them; -1 for no note."""
        found = np.full(self.table.shape, GAP, dtype=np.int64)
        for row, (tune, shift) in enumerate(zip(self.variants, self.transpositions, strict=True)):
            there = self.table[row] != GAP
            found[row, there] = tune.melody.pitch[self.table[row, there]] - shift
        return found

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """What stands in each column; of two pitches that are as usual, the upper variant's."""
        found = []
        for pitches in self.pitch.T.tolist():
            held = Counter(pitch for pitch in pitches if pitch != GAP)
            most = max(held.values())
            pitch = next(p for p in pitches if p != GAP and held[p] == most)
            found.append(Column(pitch, most, sum(held.values()), len(pitches)))
        return tuple(found)

    @property
    def agreement(self) -> float:
        """Share of the pairs of the pairwise alignments that stand in one column, 0 to 1."""
        kept = total = 0
        for (one, other), pairs in self.pairs.items():
            kept += len(set(pairs) & set(pairs_of(self.table, one, other)))
            total += len(pairs)
        return kept / total if total else 1.0

    @property
    def same_kept(self) -> float:
        """How many notes stand under the same pitch, of those that the pairwise alignments pair so.

        Strains that return can be paired in several ways that are as good. Two alignments then
        disagree, and the table cannot keep the pairs of both, but it can keep as many same notes.
        """
        kept = total = 0
        for (one, other), pairs in self.pairs.items():
            upper, lower = self.pitch[one], self.pitch[other]
            kept += int(((upper == lower) & (upper != GAP)).sum())
            tunes = self.variants[one].melody, self.variants[other].melody
            shift = self.transpositions[other] - self.transpositions[one]
            total += sum(int(tunes[1].pitch[b] - tunes[0].pitch[a]) == shift for a, b in pairs)
        return kept / total if total else 1.0

    @property
    def stability(self) -> float:
        """Mean stability of the consensus line, 0 to 1."""
        return float(np.mean([one.stability for one in self.columns if one.is_common]))

    def consensus(self) -> Melody:
        """Return what most variants have, in the key of the first, in even time.

        The variant that has most of it keeps the time, and the metre is its own. A note that it
        lacks stands between those around it where it stands in the others; one for which there is
        no room is left out.

        Raises
        ------
        InputError
            If more than half of the variants have no note in common.
        """
        chosen = [place for place, one in enumerate(self.columns) if one.is_common]
        if not chosen:
            raise InputError("these tunes have no notes in common; fewer of them may have")
        keeper = int(np.argmax((self.table[:, chosen] != GAP).sum(axis=1)))
        kept = [place for place in chosen if self.table[keeper, place] != GAP]
        time = self.variants[keeper].melody
        onset = {place: int(time.onset[self.table[keeper, place]]) for place in kept}
        for here, there in pairwise(kept):
            onset |= self._between(here, there, onset)
        places = sorted(onset)
        starts = np.array([onset[place] for place in places])
        last = int(time.duration[self.table[keeper, kept[-1]]])
        first = self.variants[0].melody
        return Melody(
            pitch=np.array([self.columns[place].pitch for place in places]),
            onset=starts - starts[0],
            duration=np.append(np.diff(starts), last),
            meter=time.meter,
            key=first.key,
            tempo_bpm=time.tempo_bpm,
            downbeat=int(time.downbeat - starts[0]) % time.bar_ticks,
            title=f"{self.variants[0].title}, consensus of {len(self.variants)}",
        )

    def _between(self, here: int, there: int, onset: dict[int, int]) -> dict[int, int]:
        """Return the onsets of the common columns between two, where the other variants have them.

        Parameters
        ----------
        onset
            That of both, in ticks of the variant that keeps the time.
        """
        found: dict[int, int] = {}
        begin, length = onset[here], onset[there] - onset[here]
        before = begin
        for place in range(here + 1, there):
            if not self.columns[place].is_common:
                continue
            shares = []
            for row, tune in enumerate(self.variants):
                notes = self.table[row, [here, place, there]]
                if GAP not in notes:
                    start, middle, end = tune.melody.onset[notes].tolist()
                    shares.append((middle - start) / (end - start))
            if not shares:
                continue
            grid = _SHORTEST * round(float(np.median(shares)) * length / _SHORTEST)
            if before + _SHORTEST <= begin + grid <= onset[there] - _SHORTEST:
                found[place] = before = begin + grid
        return found


def synopsis(variants: Sequence[Tune]) -> Synopsis:
    """Return variants of a tune in one table, with what they have in common.

    Parameters
    ----------
    variants
        1 to 40 tunes of at least three notes; the others are compared with the first.

    Raises
    ------
    InputError
        If there are too few or too many, or one is too short or has more than 3,000 notes.

    Examples
    --------
    >>> beat = {"onset": range(0, 2400, 480), "duration": [480] * 5}
    >>> tune = Melody(pitch=[60, 62, 64, 65, 67], **beat)
    >>> other = Melody(pitch=[62, 64, 66, 69, 69], **beat)
    >>> found = synopsis([Tune("a", "A", "", tune), Tune("b", "B", "", other)])
    >>> found.transpositions, found.columns[3].stability, found.columns[4].stability
    ((0, 2), 0.5, 1.0)
    >>> found.consensus().pitch.tolist()
    [60, 62, 64, 65, 67]
    """
    tunes = tuple(variants)
    if not 1 <= len(tunes) <= MOST_VARIANTS:
        raise InputError(f"{len(tunes)} variants; 1 to {MOST_VARIANTS} are laid side by side")
    for tune in tunes:
        if len(tune.melody) < MIN_QUERY_NOTES:
            raise InputError(f"{tune.title or tune.tune_id} has fewer than {MIN_QUERY_NOTES} notes")
        _check_not_too_long(tune)
    columns = Corpus.from_tunes(_numbered(tunes)).columns("melody")
    pool = Pool(columns)
    queries = [Query.of(tune.melody) for tune in tunes]
    numbers = np.arange(len(tunes))
    _, moved = corresponding(pool, queries[0], numbers, None, local=True)
    # A tune lies where it does from itself, whatever the likeliest transposition is.
    shifts = np.where(numbers == 0, 0, moved).astype(np.int64)
    pairs: dict[tuple[int, int], Pairs] = {}
    weights: dict[tuple[int, int], float] = {}
    for one in range(len(tunes) - 1):
        others = np.arange(one + 1, len(tunes))
        part = Pool(columns.take(others))
        aligned = note_for_note(part, queries[one], shifts[others] - shifts[one])
        for other, notes in zip(others.tolist(), aligned, strict=True):
            pairs[one, other] = notes
            shift = int(shifts[other] - shifts[one])
            same = Stretch(tunes[one].melody, tunes[other], shift, notes).same["pitch"]
            shorter = min(len(tunes[one].melody), len(tunes[other].melody))
            weights[one, other] = 0.05 + same / shorter
    lengths = [len(tune.melody) for tune in tunes]
    table = aligned_together(lengths, pairs, weights)
    return Synopsis(tunes, tuple(shifts.tolist()), table, pairs)


def _numbered(tunes: Sequence[Tune]) -> list[Tune]:
    """Return the tunes with ids that differ, as a corpus needs them."""
    return [Tune(str(number), tune.title, "", tune.melody) for number, tune in enumerate(tunes)]


def variants_of(
    tune: Tune | str, index: PhraseIndex, k: int = VARIANTS, *, least: float = LEAST_SAME
) -> list[Tune]:
    """Return a tune and those of a corpus that are variants of it, best first: at most `k` of them.

    Parameters
    ----------
    tune
        One from elsewhere, or the id of one of the corpus.
    least
        Share of the notes of the shorter tune that must be the same, transposed, 0 to 1. They must
        be a quarter of those of the longer one, too.

    Raises
    ------
    InputError
        If there is no such tune, it has fewer than 8 or more than 3,000 notes, `k` is not
        positive, or `least` is no share.
    """
    if not 0.0 <= least <= 1.0:
        raise InputError(f"least is {least}; a share of 0 to 1 is supported")
    if not 1 <= k < MOST_VARIANTS:
        raise InputError(f"k is {k}; 1 to {MOST_VARIANTS - 1} variants are laid side by side")
    corpus = index.corpus
    first = corpus.tune(corpus.find(tune)) if isinstance(tune, str) else tune
    _check_length(first)
    near: list[tuple[float, Tune]] = []
    for one in stretches(first.melody, index, max(_LOOKED_AT, 2 * k)):
        same = one.same["pitch"]
        shorter, longer = sorted((len(first.melody), len(one.tune.melody)))
        share = same / shorter
        enough = shorter >= FEWEST_NOTES and same >= _LEAST_OF_LONGER * longer
        if share >= least and enough and one.tune != first:
            near.append((share, one.tune))
    near.sort(key=lambda found: (-found[0], found[1].tune_id))
    return [first, *(tune for _, tune in near[:k])]


def _check_length(tune: Tune) -> None:
    """Refuse a tune of which variants cannot be told, or not in reasonable time."""
    notes, name = len(tune.melody), tune.title or tune.tune_id
    if notes < FEWEST_NOTES:
        raise InputError(
            f"{name} has {counted(notes, 'note')}; variants are told by at least {FEWEST_NOTES}"
        )
    _check_not_too_long(tune)


def _check_not_too_long(tune: Tune) -> None:
    notes = len(tune.melody)
    if notes > MOST_NOTES:
        raise InputError(
            f"{tune.title or tune.tune_id} has {notes:,} notes; variants have at most "
            f"{MOST_NOTES:,}: take fewer bars of a file (--from-bar, --to-bar)"
        )
