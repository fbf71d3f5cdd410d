"""What a search found: a phrase, how near it is, and which notes correspond."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mer.melody import Melody, Phrase

if TYPE_CHECKING:
    from mer.explanation import Explanation

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Match:
    """A phrase found by a search, and why.

    Parameters
    ----------
    phrase
        The phrase and where it stands.
    similarity
        0 (nothing in common) to 1 (the same up to transposition and tempo).
    transposition
        Semitones to add to the query to bring it to the phrase.
    pairs
        Corresponding notes: (query note, phrase note), both counted from 0.
    contributions
        What each part adds to the similarity; the values sum to it exactly.
    number
        Number of the phrase in the index, from 0.
    query
        What was searched for.
    """

    phrase: Phrase
    similarity: float
    transposition: int
    pairs: Pairs
    contributions: dict[str, float]
    number: int
    query: Melody

    def explain(self) -> Explanation:
        """Return why the phrase matched: note by note, as shared figures, as text and picture."""
        from mer.explanation import Explanation  # only those who ask pay for it

        return Explanation(self)
