"""Melody + chords -> a second voice under it, note against note, in thirds and sixths alone.

Dynamic programming over what is allowed: every note lies a third or a sixth, major or minor, under
the melody (the last may be an octave under it), inside the key wherever the key has such a note.
Among these it moves little, keeps to thirds rather than sixths, and has chord tones on strong
places. The intervals hold for every note, whatever the melody.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generate.harmony.chords import Chord
from generate.harmony.texture.voicing import Voicing, cheapest
from mer.io.sheet.sheet import Part
from mer.notes.columns import Columns
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.notes.metrical_weight import beat_strength

INTERVALS = (3, 4, 8, 9)
_OCTAVE = 12
_SIXTH = 1.5  # what a sixth costs more than a third
_STRANGE = 6.0  # of a note outside the chord on a strong place, by its strength
_CLOSING_OCTAVE = 3.0
_VELOCITY = 62


def second_voice(melody: Melody, chords: Sequence[Chord], key: Key, *, program: int) -> Part:
    """Return the part of a second voice.

    Parameters
    ----------
    key
        Whose scale it keeps to.
    program
        General MIDI instrument, 0 to 127.

    Examples
    --------
    >>> tune = Melody(pitch=[76, 77, 79, 72], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> second_voice(tune, (), Key(0), program=73).melody.pitch.tolist()
    [72, 74, 71, 69]
    """
    strength = np.asarray(beat_strength(Columns.from_melodies([melody])), dtype=np.float64)
    choices: list[list[Voicing]] = []
    costs = []
    last = len(melody) - 1
    for note, (pitch, onset) in enumerate(
        zip(melody.pitch.tolist(), melody.onset.tolist(), strict=True)
    ):
        allowed = [pitch - interval for interval in INTERVALS]
        inside = [low for low in allowed if low % 12 in key.scale] or allowed
        found = [low for low in inside if low >= 0] or [pitch]
        tones = next((c.pitch_classes for c in chords if c.onset <= onset < c.end), ())
        price = [
            _SIXTH * (pitch - low > 4)
            + _STRANGE * float(strength[note]) * bool(tones and low % 12 not in tones)
            for low in found
        ]
        if note == last and pitch >= _OCTAVE:
            found, price = [*found, pitch - _OCTAVE], [*price, _CLOSING_OCTAVE]
        choices.append([(low,) for low in found])
        costs.append(np.array(price))
    path = cheapest(choices, costs)
    below = Melody(
        pitch=np.array([choices[note][choice][0] for note, choice in enumerate(path)]),
        onset=melody.onset,
        duration=melody.duration,
        meter=melody.meter,
        key=melody.key,
        tempo_bpm=melody.tempo_bpm,
        downbeat=melody.downbeat,
        phrase_starts=melody.phrase_starts,
    )
    return Part(melody=below, name="Harmony", program=program, velocity=_VELOCITY)
