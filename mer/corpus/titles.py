"""A title or an id, and a corpus -> the tune that is meant."""

from __future__ import annotations

from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.names import counted

_SHOWN = 4
_ALIKE = 0.75  # of letters in common, among titles that are suggested


def tune_named(corpus: Corpus, name: str) -> int:
    """Return the number of the tune with this id, this title, or this in its title.

    Upper and lower case are the same. What comes first in this order is taken.

    Raises
    ------
    InputError
        If the name is empty, there is none, or several have an equal claim; the message names some,
        with their ids.

    Examples
    --------
    >>> from mer.corpus.corpus import Tune
    >>> from mer.notes.melody import Melody
    >>> note = Melody(pitch=[60], onset=[0], duration=[480])
    >>> corpus = Corpus.from_tunes([Tune(i, t, "", note) for i, t in [("1", "Reel"), ("2", "Jig")]])
    >>> tune_named(corpus, "2"), tune_named(corpus, "reel"), tune_named(corpus, "ji")
    (1, 0, 1)
    """
    wanted = name.strip().casefold()
    if not wanted:
        raise InputError("no tune has an empty name; give its title or its id")
    (number,) = corpus.found([name]).tolist()
    if number >= 0:
        return int(number)
    titles = [corpus.title(tune).casefold() for tune in range(len(corpus))]
    found = [tune for tune, title in enumerate(titles) if title == wanted]
    if not found:
        found = [tune for tune, title in enumerate(titles) if wanted in title]
    if not found:
        raise InputError(f"no tune is called {name!r} in this corpus; {_nearest(corpus, wanted)}")
    if len(found) > 1:
        some = ", ".join(f"{corpus.tune_id(t)} ({corpus.title(t)})" for t in found[:_SHOWN])
        more = ", ..." if len(found) > _SHOWN else ""
        raise InputError(
            f"{counted(len(found), 'tune')} are called {name!r}: {some}{more}; give an id"
        )
    return found[0]


def _nearest(corpus: Corpus, wanted: str) -> str:
    """Return what to try instead of a title that there is not: those that are written alike."""
    from difflib import get_close_matches

    titles = {title.casefold(): title for title in map(corpus.title, range(len(corpus)))}
    near = get_close_matches(wanted, titles, n=3, cutoff=_ALIKE)
    if not near:
        return "give its title or its id"
    return f"did you mean {' or '.join(repr(titles[one]) for one in near)}?"
