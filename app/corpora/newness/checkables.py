"""The visitor's motif, takes and files -> what can be checked: notes with a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.visitor.motifs import Motif, load_motif
from mer.io.passage import bar_numbers
from mer.io.reading import Reading
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.notes.names import counted

MOTIF = "motif"
MOST_NOTES = 400
_MOST_TAKES = 8
_OF_A_TAKE = "where a take states the motif, it shares what the motif shares"


@dataclass(frozen=True, eq=False)
class Checkable:
    """What is checked.

    Parameters
    ----------
    name
        What it is called.
    melody
        Its notes.
    bars
        Shape (notes,): the number of the bar in which each note begins.
    remarks
        What was left out.
    of_a_file
        Whether it was uploaded here; else it is the motif or a take.
    """

    name: str
    melody: Melody
    bars: Ints
    remarks: tuple[str, ...] = ()
    of_a_file: bool = False

    @classmethod
    def of(cls, name: str, whole: Reading, *, of_a_file: bool = False) -> Checkable:
        """Return as much of a melody as is checked."""
        melody, bars = whole.melody, bar_numbers(whole)
        remarks = tuple(whole.remarks)
        if len(melody) > MOST_NOTES:
            said = f"the first {MOST_NOTES} of {counted(len(melody), 'note')} are checked"
            melody, bars, remarks = melody.cut(0, MOST_NOTES), bars[:MOST_NOTES], (*remarks, said)
        return cls(name, melody, bars, remarks, of_a_file)

    def is_same(self, other: Checkable | None) -> bool:
        """Return whether these are the same notes under the same name."""
        return other is not None and (self.name, self.melody) == (other.name, other.melody)


def checkables(
    motif: Motif | None, takes: Sequence[tuple[str, Melody]] | None
) -> dict[str, Checkable]:
    """Return what there is to check beside files, by its key; the motif comes first.

    Examples
    --------
    >>> from app.visitor.motifs import typed_motif
    >>> tune = typed_motif("C4 D E").melody
    >>> known = checkables(typed_motif("C4 D E F", "Mine"), [("Take 1", tune)])
    >>> [(key, one.name, len(one.melody)) for key, one in known.items()]
    [('motif', 'The motif: Mine', 4), ('take 0', 'Take 1', 3)]
    """
    found = {}
    if motif is not None:
        found[MOTIF] = Checkable.of(f"The motif: {motif.name}", Reading(motif.melody))
    for place, (name, melody) in enumerate(tuple(takes or ())[:_MOST_TAKES]):
        found[f"take {place}"] = Checkable.of(name, Reading(melody, (_OF_A_TAKE,)))
    return found


def uploaded(path: Path) -> Checkable:
    """Return all of the melody in a file.

    Raises
    ------
    InputError
        If it cannot be used; the message names the file without its folder.
    """
    motif = load_motif(path)
    whole = Reading(motif.melody) if motif.whole is None else motif.whole
    return Checkable.of(motif.name, whole, of_a_file=True)
