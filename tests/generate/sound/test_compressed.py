"""MP3: small, and each note begins where it does in the samples."""

import io

import numpy as np
import pytest

from generate.sound.audio import Rendering
from generate.sound.compressed import can_compress, mp3


def test_a_click_stays_where_it_is() -> None:
    soundfile = pytest.importorskip("soundfile", reason="soundfile is not installed")
    if not can_compress():
        pytest.skip("this libsndfile writes no MP3")
    samples = np.zeros((48_000, 2), dtype=np.float32)
    samples[[4_800, 30_000]] = 0.7
    content = mp3(Rendering(samples, 48_000, "clicks"))
    heard, rate = soundfile.read(io.BytesIO(content))
    assert rate == 48_000
    assert len(heard) == len(samples)
    loud = np.abs(heard).max(axis=1)
    assert int(loud[:20_000].argmax()) == 4_800
    assert 20_000 + int(loud[20_000:].argmax()) == 30_000
