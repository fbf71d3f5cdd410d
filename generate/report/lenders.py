"""A piece -> which tunes lent its form, rhythm and notes, and where its chords are from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from generate.harmony.chords import Chord
from generate.piece.composition import CORPUS, TARGET, Composition, Source
from mer.corpus.corpus import Corpus
from mer.notes.names import counted

MOTIF_NAME, TARGET_NAME, OWN = "the motif", "the target", ""
_SHOWN = 2


class Lenders(NamedTuple):
    """Who lent what. Tunes go by their ids; the motif is ``"the motif"``.

    Parameters
    ----------
    form
        The tune that lent the form; the empty string where none did.
    rhythm
        For each lender how many notes have their durations from it, those of most notes first; the
        empty string for durations that were taken from nowhere.
    notes
        The same for pitches.
    chords
        For each origin (``"user"``, ``"plan"`` ...) how many chords have it.
    """

    form: str
    rhythm: tuple[tuple[str, int], ...]
    notes: tuple[tuple[str, int], ...]
    chords: tuple[tuple[str, int], ...] = ()


def lenders(piece: Composition, chords: Sequence[Chord] = ()) -> Lenders:
    """Return who lent what of a piece, and of the chords under it.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> from generate.piece.places import Place
    >>> melody = Melody(pitch=[60, 62, 64], onset=[0, 1, 2], duration=[1] * 3)
    >>> sources = (Source("motif", 0, 0), Source("motif", 1, 0),
    ...            Source("corpus", 7, 2, "a1", 1, rhythm=Place("b2", 1, 3)))
    >>> found = lenders(Composition(melody, sources, lender="b2"))
    >>> found.form, found.rhythm, found.notes
    ('b2', (('the motif', 2), ('b2', 1)), (('the motif', 2), ('a1', 1)))
    """
    return Lenders(
        piece.lender,
        _counts(_rhythm_of(source) for source in piece.sources),
        _counts(_named(source.kind, source.tune_id) for source in piece.sources),
        _counts(chord.origin for chord in chords),
    )


def _rhythm_of(source: Source) -> str:
    if source.has_own_rhythm:
        return OWN
    if source.rhythm is not None:
        return source.rhythm.tune_id or MOTIF_NAME
    return _named(source.kind, source.tune_id)


def _named(kind: str, tune_id: str) -> str:
    if kind == CORPUS:
        return tune_id
    return TARGET_NAME if kind == TARGET else MOTIF_NAME


def _counts(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(names).most_common())


def lent_values(found: Lenders) -> dict[str, Any]:
    """Return the same as plain values, for the report."""
    return {
        "form": found.form or None,
        "rhythm": [{"from": name or None, "notes": number} for name, number in found.rhythm],
        "notes": [{"from": name or None, "notes": number} for name, number in found.notes],
        "chords": [{"origin": name, "chords": number} for name, number in found.chords],
    }


def lent_line(corpus: Corpus, found: Lenders) -> str:
    """Return one line about who lent rhythm and notes, such as ``"rhythm by the motif ..."``."""
    parts = [("rhythm", found.rhythm), ("notes", found.notes)]
    return "; ".join(f"{what} from {_spoken(corpus, by)}" for what, by in parts)


def _spoken(corpus: Corpus, by: Sequence[tuple[str, int]]) -> str:
    said = [f"{_title(corpus, name)} ({number})" for name, number in by[:_SHOWN]]
    more = by[_SHOWN:]
    if more:
        others = counted(len(more), "other") if len(more) > 1 else _title(corpus, more[0][0])
        said.append(f"{others} ({sum(number for _, number in more)})")
    return ", ".join(said)


def _title(corpus: Corpus, name: str) -> str:
    if name in (MOTIF_NAME, TARGET_NAME):
        return name
    return (corpus.title(corpus.find(name)) or name) if name else "no tune"
