"""Music -> a player with the sound inside it, small enough to stand in a notebook.

One channel of a quarter of the samples (11,025 or 12,000 a second), as MP3 where that can be
written, else as WAV: what a melody needs to be recognised, and no more. `generate.sound.audio`
gives the whole sound.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

import numpy as np

from generate.sound.audio import Rendering, render, wav
from generate.sound.compressed import can_compress
from mer.io.sheet.sheet import FLUTE, Part
from mer.notes.melody import Melody

_PART = 4
_LEVEL = 0.9  # of MP3, 0 (best) to 1: about 13 kbit a second here


@dataclass(frozen=True, eq=False)
class Player:
    """Music as a notebook plays it: the last line of a cell, ``Player(melody)``.

    Parameters
    ----------
    music
        A melody, or parts that sound together.
    program
        General MIDI instrument of a melody, 0 to 127.
    tempo_bpm
        Quarter notes a minute; by default the melody's own tempo, or 120.
    label
        What a screen reader says of the player; by default the title.

    Examples
    --------
    >>> tune = Melody(pitch=[69, 71], onset=[0, 480], duration=[480, 480], title="<Two>")
    >>> Player(tune)._repr_html_()[:57]
    '<audio controls aria-label="&lt;Two&gt;" src="data:audio/'
    """

    music: Melody | Sequence[Part]
    program: int = FLUTE
    tempo_bpm: float | None = None
    label: str = ""

    def sound(self) -> tuple[str, bytes]:
        """Return the kind of the sound, such as ``"audio/mpeg"``, and the contents of its file.

        Raises
        ------
        InputError
            If an option is out of range, or the music is too long.
        """
        small = _small(render(self.music, program=self.program, tempo_bpm=self.tempo_bpm))
        if not can_compress():
            return "audio/wav", wav(replace(small, samples=np.repeat(small.samples, 2, axis=1)))
        import soundfile

        content = io.BytesIO()
        soundfile.write(
            content,
            small.samples,
            small.sample_rate,
            format="MP3",
            subtype="MPEG_LAYER_III",
            compression_level=_LEVEL,
            bitrate_mode="AVERAGE",
        )
        return "audio/mpeg", content.getvalue()

    def _repr_html_(self) -> str:
        """Return the player as HTML that needs nothing from elsewhere."""
        kind, contents = self.sound()
        title = self.music.title if isinstance(self.music, Melody) else ""
        label = escape(self.label or title or "a melody")
        inside = base64.b64encode(contents).decode()
        return f'<audio controls aria-label="{label}" src="data:{kind};base64,{inside}"></audio>'


def _small(sound: Rendering) -> Rendering:
    """Return one channel at a quarter of the rate, which MP3 knows as it does the whole."""
    whole = len(sound.samples) // _PART * _PART
    mean = sound.samples[:whole].mean(axis=1).reshape(-1, _PART).mean(axis=1)
    return replace(sound, samples=mean[:, None], sample_rate=sound.sample_rate // _PART)
