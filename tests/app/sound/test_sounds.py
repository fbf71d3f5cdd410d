"""Sounds are made when they are wanted, once, and have the same address for the same music."""

import threading
from pathlib import Path

import pytest

from app.sound import sounds as kept
from app.sound.sounds import QUICK, SMALL, Offer, Sounds
from app.visitor.limits import LaterError
from generate.sound import audio, compressed
from generate.sound.audio import render
from mer.errors import InputError
from mer.notes.melody import Melody
from tests.app.conftest import clicks

TUNE = Melody(pitch=[69, 71, 73], onset=[0, 480, 960], duration=[480] * 3)
FLUTE = Offer(TUNE, 73, 120.0)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every sound is clicks; the names of the files that are written."""
    names: list[str] = []
    monkeypatch.setattr(audio, "SYNTHESISERS", {"clicks": clicks})
    write = kept.write_bytes
    monkeypatch.setattr(
        kept, "write_bytes", lambda path, data: (names.append(path.name), write(path, data))[1]
    )
    return names


def test_an_offer_is_an_address_and_a_file_when_it_is_wanted(
    tmp_path: Path, made: list[str]
) -> None:
    sounds = Sounds(tmp_path / "sounds")
    address = sounds.offer(FLUTE)
    assert address == sounds.offer(Offer(TUNE, 73, 120.0))
    assert address != sounds.offer(Offer(TUNE, 73, 121.0))
    assert not made
    name = address.removeprefix("sound/")
    path = sounds.file(name)
    assert sounds.file(name) == path
    assert made == [path.name]
    assert path.suffix == (".mp3" if compressed.can_compress() else ".wav")
    wav = sounds.wav(name)
    assert wav[:4] == b"RIFF"
    assert sounds.wav(name) == wav
    assert len(made) == len(set(made))
    assert len(path.read_bytes()) < len(wav) or path.suffix == ".wav"


def test_what_is_likely_to_be_wanted_is_made_meanwhile(tmp_path: Path, made: list[str]) -> None:
    sounds = Sounds(tmp_path)
    name = sounds.offer(FLUTE, soon=QUICK).removeprefix("sound/")
    quick = sounds.file(name, kind=QUICK)
    assert made == [quick.name]
    assert quick.suffix == (".flac" if compressed.can_compress("FLAC") else ".wav")


def test_a_note_leads_to_the_tune_it_comes_from(tmp_path: Path, made: list[str]) -> None:
    sounds = Sounds(tmp_path)
    name = sounds.offer(FLUTE, lambda note: TUNE.cut(note, 3)).removeprefix("sound/")
    assert sounds.file(name, 1) != sounds.file(name, 0) == sounds.file(name)
    plain = sounds.offer(Offer(TUNE, 0, 90.0)).removeprefix("sound/")
    with pytest.raises(InputError, match="cite nothing"):
        sounds.file(plain, 0)


def test_what_was_offered_too_long_ago_is_gone(
    tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_MOST_OFFERED", 2)
    monkeypatch.setattr(kept, "_MOST_KEPT", {".mp3": 1, ".wav": 1})
    sounds = Sounds(tmp_path)
    names = [sounds.offer(Offer(TUNE, 73, tempo)).removeprefix("sound/") for tempo in (90.0, 100.0)]
    old, new = map(sounds.file, names)
    assert not old.exists()
    assert new.exists()
    sounds.offer(FLUTE)
    with pytest.raises(InputError, match="no longer here"):
        sounds.file(names[0])


def test_what_is_kept_outlives_all_later_offers(
    tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_MOST_OFFERED", 1)
    sounds = Sounds(tmp_path)
    name = sounds.offer(FLUTE, lambda note: TUNE.cut(note, 3), kept=True).removeprefix("sound/")
    sounds.offer(FLUTE)
    for tempo in (90.0, 100.0):
        sounds.offer(Offer(TUNE, 73, tempo))
    assert sounds.file(name, 1).is_file()


def test_a_file_that_is_gone_is_made_again(tmp_path: Path, made: list[str]) -> None:
    sounds = Sounds(tmp_path)
    name = sounds.offer(FLUTE).removeprefix("sound/")
    sounds.file(name).unlink()
    assert sounds.file(name).is_file()


def test_no_more_wait_than_can_be_made(
    tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_MOST_WAITING", 2)
    go_on = threading.Event()
    monkeypatch.setattr(Offer, "rendered", lambda offer, _: go_on.wait() and render(offer.music))
    sounds = Sounds(tmp_path)
    names = [
        sounds.offer(Offer(TUNE, 73, tempo)).rpartition("/")[2] for tempo in (90.0, 91.0, 92.0)
    ]
    first, _ = map(sounds.making, names[:2])
    with pytest.raises(LaterError, match="too many sounds"):
        sounds.making(names[2])
    assert sounds.making(names[0]) is first
    sounds.offer(Offer(TUNE, 73, 93.0), soon=SMALL)
    go_on.set()
    assert all(sounds.file(name).is_file() for name in names[:2])
    assert sounds.file(names[2]).is_file()


def test_nothing_is_made_once_closed(
    tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_AT_A_TIME", 1)
    go_on = threading.Event()
    monkeypatch.setattr(Offer, "rendered", lambda offer, _: go_on.wait() and render(offer.music))
    sounds = Sounds(tmp_path)
    names = [
        sounds.offer(Offer(TUNE, 73, tempo)).rpartition("/")[2] for tempo in (90.0, 91.0, 92.0)
    ]
    under_way, waits = map(sounds.making, names[:2])
    sounds.close()
    go_on.set()
    assert under_way.result().is_file()
    assert waits.cancelled()
    for name in names[1:]:
        with pytest.raises(LaterError, match="closing"):
            sounds.file(name)


def test_what_cannot_be_rendered_is_refused_each_time(tmp_path: Path) -> None:
    slow = Melody(pitch=[60] * 3, onset=[0, 9600, 19200], duration=[9600] * 3)
    sounds = Sounds(tmp_path)
    name = sounds.offer(Offer(slow, 73, 1.0)).removeprefix("sound/")
    for _ in range(2):
        with pytest.raises(InputError, match="at most 600"):
            sounds.file(name)
