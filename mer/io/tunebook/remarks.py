"""What was mended on the way through a tune -> sentences for the user, no more than a few."""

from __future__ import annotations

from collections import Counter

from mer.io.tunebook.tokens import Token
from mer.notes.names import counted

MOST_SENTENCES = 5


class Remarks:
    """Sentences about one tune, in the order in which they arose.

    Examples
    --------
    >>> remarks = Remarks()
    >>> remarks.line = 4
    >>> remarks.sign(Token("unknown", "?", 6))
    >>> remarks.count("rounded {} to the nearest semitone", "microtone")
    >>> remarks.sentences()
    ("passed over '?' (line 4, column 6)", 'rounded 1 microtone to the nearest semitone')
    """

    def __init__(self) -> None:
        self.line = 1
        self._said: dict[str, None] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def say(self, sentence: str) -> None:
        """Add a sentence about the line that is being read."""
        self._said[f"{sentence} (line {self.line})"] = None

    def once(self, sentence: str) -> None:
        """Add a sentence about the whole tune."""
        self._said[sentence] = None

    def at(self, token: Token, sentence: str) -> None:
        """Add a sentence about the place of a token."""
        self._said[f"{sentence} (line {self.line}, column {token.column})"] = None

    def sign(self, token: Token) -> None:
        """Say that a sign was passed over."""
        self.at(token, f"passed over {token.text[:12]!r}")

    def count(self, sentence: str, noun: str) -> None:
        """Count one more case of a kind; the sentence has ``{}`` where the number goes."""
        self._counts[sentence, noun] += 1

    def sentences(self) -> tuple[str, ...]:
        """Return all sentences; of many only the first few, and how many more there are."""
        said = list(self._said)
        said += [form.format(counted(n, noun)) for (form, noun), n in self._counts.items()]
        if len(said) <= MOST_SENTENCES:
            return tuple(said)
        return (*said[:MOST_SENTENCES], f"and {len(said) - MOST_SENTENCES} more of the kind")
