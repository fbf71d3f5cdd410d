"""A player holds the sound of its music, small, and nothing that leads elsewhere."""

import base64
import io
import re
import wave
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from generate.sound import audio, player
from generate.sound.audio import render
from generate.sound.compressed import can_compress
from generate.sound.player import Player
from generate.sound.synthesis import SYNTHESISERS
from mer.errors import InputError
from mer.notes.melody import Melody

TUNE = Melody(
    pitch=[69, 71, 73, 69], onset=[0, 480, 960, 1440], duration=[480] * 4, title='A "tune" <b>'
)


@pytest.fixture(autouse=True)
def additive_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the synthesiser play that is there on every machine."""
    last = list(SYNTHESISERS)[-1]
    monkeypatch.setattr(audio, "SYNTHESISERS", {last: SYNTHESISERS[last]})


def test_it_is_an_element_with_the_sound_inside() -> None:
    html = Player(TUNE)._repr_html_()
    element = ET.fromstring(html.replace("controls", 'controls=""'))
    assert element.tag == "audio"
    assert element.get("aria-label") == TUNE.title
    kind, inside = re.fullmatch(r"data:(audio/\w+);base64,(.*)", element.get("src") or "").groups()
    assert (kind, base64.b64decode(inside)) == Player(TUNE).sound()
    assert Player(TUNE, label="Two & two")._repr_html_().count("Two &amp; two") == 1


def test_it_is_a_twentieth_of_the_whole_sound() -> None:
    if not can_compress():
        pytest.skip("MP3 cannot be written here")
    kind, contents = Player(TUNE).sound()
    assert kind == "audio/mpeg"
    assert 20 * len(contents) < len(audio.wav(render(TUNE)))


def test_without_mp3_it_is_wav_as_long_as_the_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "can_compress", lambda: False)
    kind, contents = Player(TUNE, tempo_bpm=240).sound()
    assert kind == "audio/wav"
    with wave.open(io.BytesIO(contents)) as file:
        rate, frames = file.getframerate(), file.getnframes()
        heard = np.frombuffer(file.readframes(frames), dtype="<i2").reshape(-1, 2)[:, 0]
    assert rate in (11_025, 12_000)
    assert frames / rate == pytest.approx(render(TUNE, tempo_bpm=240).duration_sec, abs=0.001)
    # The first note, A4, is what sounds first.
    first = heard[: rate // 8].astype(float)
    spectrum = np.abs(np.fft.rfft(first * np.hanning(len(first))))
    assert np.argmax(spectrum) * rate / len(first) == pytest.approx(440, abs=8)


def test_what_cannot_be_played_is_refused() -> None:
    with pytest.raises(InputError, match="tempo"):
        Player(TUNE, tempo_bpm=-1).sound()
