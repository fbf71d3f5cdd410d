"""What the command line needs around composing: note names, checks of targets, text, tables."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generate.originality.borrowing import Borrowing
from generate.piece.composition import CORPUS, MOTIF, TARGET, Composition
from generate.plan.brief import Brief
from mer.errors import InputError
from mer.io.reading import write_bytes
from mer.notes.names import counted

if TYPE_CHECKING:
    from mer.search.index import PhraseIndex
    from mer.search.match import Match

_LETTER_CLASS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_TITLE_WIDTH = 34


def note_number(text: str) -> int:
    """Return the MIDI number of a note name or number; C4 is 60.

    Raises
    ------
    InputError
        If the text is neither.

    Examples
    --------
    >>> note_number("C4"), note_number("Bb3"), note_number("72")
    (60, 58, 72)
    """
    if re.fullmatch(r"\d{1,4}", text):
        return int(text)
    found = re.fullmatch(r"([A-Ga-g])([#b]?)(-?\d)", text.strip())
    if found is None:
        raise InputError(f"cannot read the note {text!r}; write for example C4, F#5 or 60")
    letter, accidental, octave = found.groups()
    shift = {"": 0, "#": 1, "b": -1}[accidental]
    return 12 * (int(octave) + 1) + _LETTER_CLASS[letter.upper()] + shift


def load_index(corpus: str | None) -> PhraseIndex:
    """Return the index of the shipped corpus, or of the one with this name or folder."""
    from mer.search.index import PhraseIndex

    return PhraseIndex.load(corpus)


def check_writable(paths: Mapping[Path, Sequence[str]], seed: Path) -> None:
    """Check, before anything is computed, that every file can be written.

    Parameters
    ----------
    paths
        Each file with the endings that its name may have; none stands for any.
    seed
        The file that must not be overwritten.

    Raises
    ------
    InputError
        If a name or a folder will not do.
    """
    for path, endings in paths.items():
        if endings and path.suffix.lower() not in endings:
            raise InputError(f"{path}: the name must end in {' or '.join(endings)}")
        if path.is_dir():
            raise InputError(f"{path}: is a folder; name a file to write")
        if not path.parent.is_dir():
            raise InputError(f"{path}: there is no folder {path.parent}")
        if path.exists() and seed.exists() and path.samefile(seed):
            raise InputError(f"{path}: would overwrite the seed; choose another name")
    for folder in sorted({path.parent for path in paths}):
        probe = folder / f".{os.getpid()}.part"
        try:
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise InputError(f"{folder}: cannot write here: {error.strerror or error}") from error


def write_text(text: str, path: Path) -> None:
    """Write a text file, all or nothing.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    # A file name that is no Unicode text becomes an escape, which JSON can hold.
    write_bytes(path, text.encode(errors="backslashreplace"))


def neighbour_table(matches: Sequence[Match]) -> Iterator[str]:
    """Yield the lines of a table of neighbours."""
    yield f"      similar  shift  phrase  {'title':<{_TITLE_WIDTH}}  collection"
    for number, match in enumerate(matches, 1):
        phrase = match.phrase
        title = phrase.title or phrase.tune_id
        title = title if len(title) <= _TITLE_WIDTH else title[: _TITLE_WIDTH - 1] + "…"
        yield (
            f"{number:>4}  {match.similarity:>7.3f}  {match.transposition:>+5d}  "
            f"{phrase.number:>6}  {title:<{_TITLE_WIDTH}}  {phrase.collection}"
        )


def summary(brief: Brief, piece: Composition) -> str:
    """Return one line on what was made: size, key, sources, longest copied run."""
    frame = brief.frame
    kinds = Counter(source.kind for source in piece.sources)
    tunes = len({source.tune_id for source in piece.sources if source.kind == CORPUS})
    target = f", {kinds[TARGET]} from the target" if kinds[TARGET] else ""
    run = brief.originality.longest_run(piece.melody, piece.sources)
    text = (
        f"{piece.method}, {counted(frame.bars, 'bar')} of {frame.meter[0]}/{frame.meter[1]} in "
        f"{frame.key}, "
        f"{counted(len(piece), 'note')}: {kinds[MOTIF]} from the motif{target}, "
        f"{kinds[CORPUS]} from {counted(tunes, 'tune')}"
    )
    if run.tune < 0:
        return f"{text}; nothing copied"
    title = brief.corpus.title(run.tune) or brief.corpus.tune_id(run.tune)
    text += f"; longest copied run {counted(run.notes, 'note')} ({title})"
    human = Borrowing.load()
    if human.fits(brief.corpus):
        share = human.share_above(run.notes, bars=piece.melody.bars)
        text += f", and {share:.0%} of human tunes share a longer one"
    return text
