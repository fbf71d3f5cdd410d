"""An instrument and a pitch -> how a key of the screen piano sounds on it.

Every third pitch is made; the page plays those between a semitone faster or slower. A key is
struck for a second, and its sound is cut short with a fade: it is for tapping a melody on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.sound.sounds import Offer
from generate.sound.audio import Rendering
from generate.sound.instruments import INSTRUMENTS
from mer.errors import InputError
from mer.notes.melody import TICKS_PER_QUARTER, Melody

STEPS_APART = 3  # semitones
LOWEST, HIGHEST = 24, 123  # octaves 1 to 9, as far as the keys of the page go
_STRUCK_SEC, _HEARD_SEC, _FADE_SEC = 1.2, 1.6, 0.3


@dataclass(frozen=True)
class StruckKey(Offer):
    """A single note that is cut short."""

    def rendered(self, soundfont: Path | None) -> Rendering:
        """Return its sound."""
        whole = super().rendered(soundfont)
        rate = whole.sample_rate
        samples = whole.samples[: round(_HEARD_SEC * rate)].copy()
        fading = min(round(_FADE_SEC * rate), len(samples))
        samples[len(samples) - fading :] *= np.linspace(1, 0, fading, dtype=np.float32)[:, None]
        return replace(whole, samples=samples)


def struck_key(program: int, pitch: int) -> StruckKey:
    """Return what a key sounds like.

    Parameters
    ----------
    program
        General MIDI instrument, one of `INSTRUMENTS`.
    pitch
        MIDI pitch, a multiple of `STEPS_APART` from `LOWEST` to `HIGHEST`.

    Raises
    ------
    InputError
        If there is no such key or instrument.

    Examples
    --------
    >>> struck_key(73, 60).music.pitch.tolist(), struck_key(73, 60).tempo_bpm
    ([60], 60.0)
    >>> struck_key(73, 61)
    Traceback (most recent call last):
    mer.errors.InputError: there is no key 61; every third from 24 to 123 has a sound
    """
    if program not in INSTRUMENTS.values():
        raise InputError(f"no instrument of the page has number {program}")
    if not LOWEST <= pitch <= HIGHEST or pitch % STEPS_APART:
        raise InputError(
            f"there is no key {pitch}; every third from {LOWEST} to {HIGHEST} has a sound"
        )
    ticks = round(_STRUCK_SEC * TICKS_PER_QUARTER)
    note = Melody(pitch=np.array([pitch]), onset=np.array([0]), duration=np.array([ticks]))
    return StruckKey(note, program, 60.0)
