"""Melody + matches -> its key: a vote of the tunes that it was found in.

A search knows keys up to transposition: where the query, moved by so many semitones, lies on a tune
in D, its own tonic lies as many semitones below D. Tunes in which a motif returns so say what it is
in, better than its few notes do: these fit several keys.

Each tune has one vote, weighted by similarity squared, and so have all tunes of one title. The
votes for a tonic, as a share of all, are weighed against how well the notes fit its keys: the
logarithm of the share, plus a multiple of the correlation with the key profile
(`mer.notes.key.key_fits`) and of the share of time in the scale. Where most tunes of a corpus are
in major, a vote for minor counts more, by the root of their proportion: half of what Bayes' rule
would give, so that the commoner kind keeps an edge. Dorian parts from minor and mixolydian from
major by the one degree in which they differ, as far as that sounds. The multiples were chosen on
openings of the shipped tunes other than those that `benchmarks/keys.py` reports on. Chords that are
given count like notes: all of them together as long as the melody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mer.notes.arrays import Floats, Ints
from mer.notes.key import MODE_SCALES, MODES, Key, key_fits, share_outside
from mer.notes.meter import TICKS_PER_QUARTER

if TYPE_CHECKING:
    from mer.corpus.corpus import Corpus
    from mer.notes.chord_names import ChordName
    from mer.notes.melody import Melody
    from mer.search.index import PhraseIndex
    from mer.search.match import Match

# How many matches are asked.
VOTERS = 30
_IS_MINOR = tuple(3 in scale for scale in MODE_SCALES.values())
_MAJOR, _MINOR = MODES.index("major"), MODES.index("minor")
_POWER, _FIT, _INSIDE, _SMALLEST_SHARE = 2.0, 3.0, 5.0, 0.03
# A key contradicts a melody of which more than this sounds outside its scale, if another leaves at
# most half of that outside.
_OUTSIDE, _LEFT = 0.2, 0.5
# The usual mode with a major and with a minor third, the modal one, the degree that only the latter
# has (semitones), those that speak against it, and how much more is asked for it: minor tunes often
# raise their sixth.
_TWINS = {
    False: ("major", "mixolydian", 10, (11,), 0.0),
    True: ("minor", "dorian", 9, (8, 11), 1.0),
}
# What the votes count there, and each note of an eighth or more.
_SWAY, _DEGREE = 0.5, 2.0


class KeyVote:
    """What the tunes of some matches say of the key of their query.

    Parameters
    ----------
    query
        Three notes or more.
    matches
        Where it was found, best first.
    minor_share
        Share of the tunes that were searched whose third is minor, 0 to 1; .5 weighs all votes
        alike.
    chords
        What stands under the query, if that is known.

    Examples
    --------
    >>> from mer.corpus.corpus import Corpus, Tune
    >>> from mer.notes.melody import Melody
    >>> from mer.search.index import PhraseIndex
    >>> tune = Melody(pitch=[62, 64, 65, 67, 69], onset=[0, 1, 2, 3, 4], duration=[1] * 5,
    ...               key=Key.parse("F"))
    >>> index = PhraseIndex.build(Corpus.from_tunes([Tune("t", "A Tune", "mine", tune)]))
    >>> motif = replace(tune.transpose(2), key=None)
    >>> vote = KeyVote(motif, index.search(motif))
    >>> str(vote.key), vote.voters, vote.agreeing
    ('G major', 1, 1)
    """

    def __init__(
        self,
        query: Melody,
        matches: Sequence[Match],
        minor_share: float = 0.5,
        chords: Sequence[ChordName] = (),
    ) -> None:
        self.query, self.matches = query, matches
        self.minor_share, self.chords = minor_share, chords

    @cached_property
    def _votes(self) -> list[tuple[Key, float]]:
        """The key that each tune votes for, and its weight: each title once, by its best match."""
        found: dict[str, tuple[Key, float]] = {}
        best = max((match.similarity for match in self.matches), default=0.0) or 1.0
        for match in self.matches:
            phrase, key = match.phrase, match.phrase.melody.key
            family = phrase.title.strip().casefold() or phrase.tune_id
            if key is not None and family not in found:
                weight = (match.similarity / best) ** _POWER
                found[family] = (key.transpose(-match.transposition), weight)
        return list(found.values())

    @cached_property
    def _sounding(self) -> tuple[Ints, Ints]:
        """Pitches and durations of the notes, and of the tones of the chords."""
        pitch, duration = self.query.pitch, self.query.duration
        tones = np.array([tone for chord in self.chords for tone in chord.pitch_classes], dtype=int)
        each = int(duration.sum()) // max(len(tones), 1)
        return np.append(pitch, tones), np.append(duration, np.full(len(tones), each))

    @cached_property
    def _shares(self) -> Floats:
        """Share of the votes of each key, shape (12, modes)."""
        common = min(max(self.minor_share, 0.01), 0.99)
        rarity = np.where(_IS_MINOR, np.sqrt((1.0 - common) / common), 1.0)
        weight = np.zeros((12, len(MODES)))
        for key, vote in self._votes:
            weight[key.tonic, MODES.index(key.mode)] += vote
        weight *= rarity
        return weight / (weight.sum() or 1.0)

    @cached_property
    def key(self) -> Key:
        """The key that has most for it; without matches the one whose profile fits best."""
        pitch, duration = self._sounding
        fits = key_fits(pitch, duration, final_weight=0.0).reshape(2, 12)
        notes = np.empty((12, len(MODES)))
        for tonic, mode in np.ndindex(notes.shape):
            outside = share_outside(pitch, duration, Key(tonic, MODES[mode]))
            notes[tonic, mode] = _FIT * fits[int(_IS_MINOR[mode]), tonic] - _INSIDE * outside
        usual = [_MAJOR, _MINOR]
        tonic = int(np.argmax(_log(self._shares.sum(axis=1)) + notes[:, usual].max(axis=1)))
        # A mode that no tune votes for is not guessed.
        known = [mode for mode, share in enumerate(self._shares[tonic]) if share or mode in usual]
        merit = (_log(self._shares[tonic]) + notes[tonic])[known]
        return Key(tonic, self._mode(tonic, minor=_IS_MINOR[known[int(np.argmax(merit))]]))

    def _mode(self, tonic: int, *, minor: bool) -> str:
        """Return which of two modes with one third it is: minor or dorian, major or mixolydian.

        They differ in one degree. What sounds of it counts, beside the votes: a short motif often
        has none of it, and then the commoner mode stays.
        """
        usual, modal, own, other, bias = _TWINS[minor]
        pitch, duration = self._sounding
        degree = (pitch - tonic) % 12
        length = np.minimum(duration / TICKS_PER_QUARTER * 2.0, 1.0)
        shares = [self._shares[tonic][MODES.index(mode)] for mode in (modal, usual)]
        vote = _SWAY * float(np.diff(_log(np.array(shares[::-1])))[0])
        heard = float(length[degree == own].sum() - length[np.isin(degree, other)].sum())
        return modal if vote + _DEGREE * heard > bias else usual

    @property
    def voters(self) -> int:
        """How many tunes have a vote."""
        return len(self._votes)

    @property
    def agreeing(self) -> int:
        """How many of them vote for the tonic of the key."""
        return sum(key.tonic == self.key.tonic for key, _ in self._votes)

    def __str__(self) -> str:
        heard = ["its notes", *["its chords"] * bool(self.chords)]
        if not self.voters:
            return f"{self.key}, by {' and '.join(heard)} alone"
        share = f"{self.agreeing} of {self.voters}"
        if 3 * self.agreeing < self.voters:  # the notes decided against the vote
            near = f"of the tunes nearest to it {share} have that tonic"
            return f"{self.key}, by {' and '.join(heard)}; {near}"
        near = f"the tunes nearest to it ({share} have that tonic)"
        return f"{self.key}, by {', '.join(heard)} and {near}"


def guess_key(
    query: Melody,
    index: PhraseIndex,
    *,
    matches: Sequence[Match] | None = None,
    chords: Sequence[ChordName] = (),
) -> KeyVote:
    """Return the vote on the key of a melody; `KeyVote.key` is the result.

    Parameters
    ----------
    matches
        What a search has found already; without them there is one more search.
    chords
        What stands under the melody, if that is known.

    Raises
    ------
    InputError
        If the melody is too short or too long to search for.
    """
    found = index.search(query, VOTERS, distinct=True) if matches is None else matches
    return KeyVote(query, found, _minor_share(index.corpus), chords)


def is_doubtful(query: Melody) -> bool:
    """Return whether a melody has no key, or much of it does not belong to its key."""
    key = query.key
    return key is None or share_outside(query.pitch, query.duration, key) > _OUTSIDE


def with_key(
    query: Melody,
    index: PhraseIndex,
    matches: Sequence[Match] | None = None,
    *,
    name: str = "motif",
    chords: Sequence[ChordName] = (),
) -> tuple[Melody, tuple[str, ...]]:
    """Return the melody with a key, and a remark if that is not the one it came with.

    The key that it has stays, unless it contradicts the notes: more than a fifth of the time sounds
    notes that the key does not have, and the key of the vote leaves at most half as much outside.

    Parameters
    ----------
    matches
        What a search has found already; without them there is one more search, if need be.
    name
        What the user calls the melody.
    chords
        What stands under it, if that is known.
    """
    if not is_doubtful(query):
        return query, ()
    vote = guess_key(query, index, matches=matches, chords=chords)
    if query.key is None:
        said = f"the {name} has no key signature; it is taken to be in {vote}"
        return replace(query, key=vote.key), (said,)
    outside = share_outside(query.pitch, query.duration, query.key)
    if share_outside(query.pitch, query.duration, vote.key) > _LEFT * outside:
        return query, ()
    said = (
        f"the {name} says {query.key}, but {outside:.0%} of it sounds notes outside that key; it "
        f"is taken to be in {vote}"
    )
    return replace(query, key=vote.key), (said,)


def _log(share: Floats) -> Floats:
    return np.asarray(np.log(share + _SMALLEST_SHARE))


def _minor_share(corpus: Corpus) -> float:
    known = corpus.tunes.mode[corpus.tunes.tonic >= 0]
    return float(np.take(_IS_MINOR, known).mean()) if len(known) else 0.5
