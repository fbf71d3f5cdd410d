"""Pitches of a chant and where it breathes -> `Reading`. Each note is a quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mer.errors import InputError
from mer.io.reading import MAX_NOTES, Notation, Reading, reading_of, without_rhythm
from mer.io.voices import Voice, choose_voice
from mer.notes.melody import TICKS_PER_QUARTER


@dataclass
class Chant:
    """What a file of chant says.

    Parameters
    ----------
    pitch
        MIDI numbers.
    breaths
        How many notes stand before each bar that ends a phrase.
    title
        As the file has it.
    remarks
        What was passed over.
    """

    pitch: list[int] = field(default_factory=list)
    breaths: list[int] = field(default_factory=list)
    title: str = ""
    remarks: list[str] = field(default_factory=list)

    def reading(self, *, track: int | str | None = None) -> Reading:
        """Return the chant as a melody in even quarters, with a phrase from breath to breath.

        Raises
        ------
        InputError
            If there are no notes, or too many, or `track` is not the only part.

        Examples
        --------
        >>> Chant([62, 65, 64, 62], [2, 4]).reading().melody.phrase_starts
        (0, 2)
        """
        if not self.pitch:
            raise InputError("holds no notes")
        if len(self.pitch) > MAX_NOTES:
            raise InputError(f"{len(self.pitch):,} notes; at most {MAX_NOTES:,} are read")
        onset = np.arange(len(self.pitch)) * TICKS_PER_QUARTER
        length = np.full(len(onset), TICKS_PER_QUARTER)
        ends = [(count - 1) * TICKS_PER_QUARTER for count in self.breaths if count]
        voice = Voice("part 1", np.array(self.pitch), onset, length)
        _, said = choose_voice([voice], track=track, kind="part")
        remarks = (*self.remarks, *([said] if said else []))
        notation = Notation(title=self.title, phrase_ends=ends, remarks=remarks)
        return without_rhythm(reading_of(voice, notation))


def told(signs: Sequence[str], what: str) -> list[str]:
    """Return a remark on signs that were passed over, if there are any.

    Examples
    --------
    >>> told(["?", "?", "!"], "that Volpiano does not have")
    ["passed over 3 signs that Volpiano does not have: '?' '!'"]
    """
    if not signs:
        return []
    some = " ".join(repr(sign) for sign in list(dict.fromkeys(signs))[:8])
    return [f"passed over {len(signs)} sign{'s' * (len(signs) != 1)} {what}: {some}"]
