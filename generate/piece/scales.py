"""Motif + wish -> the pitch classes that new notes are taken from.

A motif on a five-note scale stays on it, unless the tunes that its continuation is made of have
more (`generate.plan.material.on_scale`); in minor the leading note is raised where it leads home.
"""

from __future__ import annotations

from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.notes.names import counted, letter_semitones

# Semitones from the lowest note of each scale; every rotation counts.
_FIVE_NOTES: dict[str, tuple[int, ...]] = {
    "pentatonic": (0, 2, 4, 7, 9),
    "in": (0, 1, 5, 7, 8),
}
_ENOUGH_NOTES = 8
_LEADING_NOTE = 11
_RAISED_IN = ("minor",)
_FEWEST = 3


def scale_of(wish: str | None, motif: Melody, key: Key) -> tuple[int, ...]:
    """Return the pitch classes of a piece, from the tonic upwards.

    Parameters
    ----------
    wish
        ``"key"`` for the seven notes of the key, ``"pentatonic"`` for five of them,
        ``"chromatic"``, or note names such as ``"C D E G A"``. None takes the key, or the motif's
        own scale if that is one of five notes, the tonic among them.
    motif
        In the key of the piece.

    Raises
    ------
    InputError
        If the wish cannot be read, or names fewer than three notes.

    Examples
    --------
    >>> from mer.notes.key import Key
    >>> tune = Melody(pitch=[60, 62, 64], onset=[0, 1, 2], duration=[1, 1, 1])
    >>> scale_of("pentatonic", tune, Key(0)), scale_of("F# A C", tune, Key(0))
    ((0, 2, 4, 7, 9), (0, 6, 9))
    """
    if wish is None:
        own = _five_notes(motif)
        # Without its tonic a piece could not come home.
        return _from_tonic(own, key) if key.tonic in own else key.scale
    minor = (key.tonic + 3) % 12 in key.scale
    five = (0, 3, 5, 7, 10) if minor else _FIVE_NOTES["pentatonic"]
    named = {
        "key": key.scale,
        "pentatonic": tuple((key.tonic + step) % 12 for step in five),
        "chromatic": tuple(range(12)),
    }
    chosen = set(named[wish.lower()]) if wish.lower() in named else _named_notes(wish)
    return _from_tonic(chosen, key)


def leading_note(key: Key, scale: tuple[int, ...]) -> int | None:
    """Return the pitch class that is raised where it leads to the tonic; None if none is.

    That is the seventh degree of a minor key whose scale has it.

    Examples
    --------
    >>> from mer.notes.key import Key
    >>> leading_note(Key(9, "minor"), Key(9, "minor").scale)
    8
    """
    raised = key.mode in _RAISED_IN and (key.tonic + _LEADING_NOTE - 1) % 12 in scale
    return (key.tonic + _LEADING_NOTE) % 12 if raised else None


def _from_tonic(classes: set[int] | tuple[int, ...], key: Key) -> tuple[int, ...]:
    return tuple(sorted(set(classes), key=lambda pitch_class: (pitch_class - key.tonic) % 12))


def _five_notes(motif: Melody) -> set[int]:
    """Return the scale of the motif if it is one of five notes that are known."""
    own = set((motif.pitch % 12).tolist())
    if len(motif) < _ENOUGH_NOTES:
        return set()
    rotations = ({(r + s) % 12 for s in steps} for steps in _FIVE_NOTES.values() for r in range(12))
    return own if any(own == rotation for rotation in rotations) else set()


def _named_notes(text: str) -> set[int]:
    found = set()
    for name in text.replace(",", " ").split():
        try:
            found.add(letter_semitones(name) % 12)
        except InputError as error:
            raise InputError(
                f"cannot read the scale {text!r} at {name!r}; write key, pentatonic, chromatic "
                "or notes such as 'C D E G A'"
            ) from error
    if len(found) < _FEWEST:
        raise InputError(
            f"the scale {text!r} has {counted(len(found), 'note')}; at least {_FEWEST} are needed"
        )
    return found
