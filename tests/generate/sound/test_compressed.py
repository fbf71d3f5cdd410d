"""MP3: small, and each note begins where it does in the samples."""

import io
from collections.abc import Callable

import numpy as np
import pytest

from generate.sound.audio import Rendering
from generate.sound.compressed import can_compress, flac, mp3


@pytest.mark.parametrize(("kind", "write"), [("MP3", mp3), ("FLAC", flac)])
def test_a_click_stays_where_it_is(kind: str, write: Callable[[Rendering], bytes]) -> None:
    soundfile = pytest.importorskip("soundfile", reason="soundfile is not installed")
    if not can_compress(kind):
        pytest.skip(f"this libsndfile writes no {kind}")
    samples = np.zeros((48_000, 2), dtype=np.float32)
    samples[[4_800, 30_000]] = 0.7
    content = write(Rendering(samples, 48_000, "clicks"))
    heard, rate = soundfile.read(io.BytesIO(content))
    assert rate == 48_000
    assert len(heard) == len(samples)
    loud = np.abs(heard).max(axis=1)
    assert int(loud[:20_000].argmax()) == 4_800
    assert 20_000 + int(loud[20_000:].argmax()) == 30_000
