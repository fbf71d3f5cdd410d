"""Sound -> MP3 or FLAC, which every browser plays.

MP3 has a tenth of the bytes of a WAV file, and is written in three times the time that the samples
take. FLAC has half of the bytes, and is written in next to no time: for a sound that somebody waits
for. An MP3 file says how much silence the encoder put before and after, so that browsers leave it
out: the first note begins where it does in the WAV file.
"""

from __future__ import annotations

import io
from functools import cache

from generate.sound.audio import Rendering

# Of variable bit rate, 0 (best) to 1: about 100 kbit a second for one stereo instrument.
_LEVEL = 0.5


@cache
def can_compress(kind: str = "MP3") -> bool:
    """Return whether ``"MP3"`` or ``"FLAC"`` can be written here: it takes the extra ``audio``."""
    try:
        import soundfile
    except (ImportError, OSError):  # the package, or the library it stands for
        return False
    return kind in soundfile.available_formats()


def mp3(rendering: Rendering) -> bytes:
    """Return sound as the contents of an MP3 file; only where `can_compress` says so.

    Examples
    --------
    >>> from generate.sound.audio import render
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[69, 71, 73], onset=[0, 480, 960], duration=[480, 480, 960])
    >>> sound = render(tune, tempo_bpm=240)
    >>> not can_compress() or len(mp3(sound)) < sound.samples.size / 2
    True
    """
    import soundfile

    content = io.BytesIO()
    soundfile.write(
        content,
        rendering.samples,
        rendering.sample_rate,
        format="MP3",
        subtype="MPEG_LAYER_III",
        compression_level=_LEVEL,
    )
    return content.getvalue()


def flac(rendering: Rendering) -> bytes:
    """Return sound as the contents of a FLAC file, 16 bits a sample; only where it can be written.

    Examples
    --------
    >>> from generate.sound.audio import render
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[69, 71, 73], onset=[0, 480, 960], duration=[480, 480, 960])
    >>> sound = render(tune, tempo_bpm=240)
    >>> not can_compress("FLAC") or flac(sound)[:4] == b"fLaC"
    True
    """
    import soundfile

    content = io.BytesIO()
    soundfile.write(
        content, rendering.samples, rendering.sample_rate, format="FLAC", subtype="PCM_16"
    )
    return content.getvalue()
