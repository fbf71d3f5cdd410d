"""A piece and its brief -> credits: who made it, the tunes that its notes came from, its dance."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType

from generate.piece.composition import MOTIF, Composition
from generate.plan.brief import Brief
from mer import __version__
from mer.corpus.corpus import Corpus
from mer.io.sheet.sheet import Credits
from mer.notes.meter import Meter

# Word in the title of a tune -> metres in which that dance is written; longer words first.
_DANCES: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "strathspey": ("2/2", "4/4"),
        "slip jig": ("9/8",),
        "hornpipe": ("2/2", "2/4", "4/4"),
        "highland": ("2/2", "4/4"),
        "minuet": ("3/4", "3/8"),
        "polka": ("2/4",),
        "march": ("2/2", "2/4", "4/4", "6/8"),
        "waltz": ("3/4", "3/8"),
        "slide": ("12/8",),
        "reel": ("2/2", "2/4", "4/4"),
        "jig": ("6/8",),
    }
)
# Where titles name no dance.
_USUAL = MappingProxyType({"6/8": "jig", "9/8": "slip jig", "12/8": "slide"})


def credits_of(piece: Composition, brief: Brief) -> Credits:
    """Return the credits of a piece.

    The sources are the motif, if it has a title, and the tunes that notes were taken from, those of
    most notes first, each with its collection.
    """
    counts = Counter(source.tune_id for source in piece.sources if source.tune_id)
    corpus = brief.corpus
    numbers = [corpus.find(tune_id) for tune_id, _ in counts.most_common()]
    stated = any(source.kind == MOTIF for source in piece.sources)
    motif = [f"{brief.motif.title} (the motif)"] if stated and brief.motif.title else []
    return Credits(
        composer=f"mer {__version__}, {piece.verb}",
        sources=(*motif, *(_cited(corpus, number) for number in numbers)),
        rhythm=dance_of_piece(piece, brief),
    )


def dance_of_piece(piece: Composition, brief: Brief) -> str:
    """Return the dance of a piece, by the tunes that its notes came from (see `dance_of`)."""
    counts = Counter(source.tune_id for source in piece.sources if source.tune_id)
    corpus = brief.corpus
    named = {corpus.title(corpus.find(tune_id)): notes for tune_id, notes in counts.most_common()}
    return dance_of(Counter(named), piece.melody.meter)


def _cited(corpus: Corpus, number: int) -> str:
    return f"{corpus.title(number) or corpus.tune_id(number)} ({corpus.collection(number)})"


def dance_of(titles: Counter[str], meter: tuple[int, int] | None) -> str:
    """Return the dance that most notes come from, or else the usual one of the metre; "" for none.

    Parameters
    ----------
    titles
        Title of a tune to how many notes came from it. Titles often name the dance.

    Examples
    --------
    >>> dance_of(Counter({"Maguinnis' Delight - Reel": 4, "A Hornpipe": 3}), (2, 4))
    'reel'
    >>> dance_of(Counter({"A Reel": 9}), (6, 8)), dance_of(Counter(), (3, 4))
    ('jig', '')
    """
    if meter is None:
        return ""
    written = str(Meter(*meter))
    votes: Counter[str] = Counter()
    for title, notes in titles.items():
        named = (dance for dance in _DANCES if dance in title.lower())
        dance = next(named, "")
        if written in _DANCES.get(dance, ()):
            votes[dance] += notes
    return votes.most_common(1)[0][0] if votes else _USUAL.get(written, "")
