"""Uploaded files and archives: what is taken, and what is refused."""

import io
import zipfile
from pathlib import Path

import pytest

from app.visitor import unpacking
from app.visitor.unpacking import music_files
from mer.errors import InputError

ABC = b"X:1\nT:Scale\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "visitor"
    made.mkdir()
    return made


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, contents in members.items():
            packed.writestr(name, contents)
    return path


def taken(file: Path, folder: Path) -> list[tuple[str, bytes]]:
    with music_files([file], folder) as (target, found):
        assert all(target in path.parents for path in found)
        return [(path.name, path.read_bytes()) for path in found]


def refused(file: Path, folder: Path) -> str:
    with pytest.raises(InputError) as error, music_files([file], folder):
        pass
    assert list(folder.iterdir()) == [], "something was left behind"
    words = str(error.value)
    assert "\n" not in words
    assert str(folder) not in words
    return words


def test_members_are_taken_and_removed_again(tmp_path: Path, folder: Path) -> None:
    members = {"tunes/a.abc": ABC, "tunes/b.ABC": ABC, "cover.png": b"x", "__MACOSX/._a.abc": b"x"}
    file = archive(tmp_path / "tunes.zip", members)
    assert taken(file, folder) == [("a.abc", ABC), ("b.abc", ABC)]
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../../evil.abc", "/etc/evil.abc", "..\\..\\evil.abc", "C:\\evil.abc", "a/../../e.abc"]
)
def test_paths_in_an_archive_lead_nowhere(tmp_path: Path, folder: Path, name: str) -> None:
    before = set(tmp_path.rglob("*.abc"))
    file = archive(tmp_path / "evil.zip", {name: ABC})
    assert [contents for _, contents in taken(file, folder)] == [ABC]
    assert set(tmp_path.rglob("*.abc")) == before


def test_odd_names_become_harmless(tmp_path: Path, folder: Path) -> None:
    file = archive(tmp_path / "odd.zip", {"<b>a & b</b>\x07.abc": ABC, ".abc": ABC, "-rf.abc": ABC})
    for name, _ in taken(file, folder):
        assert not set(name) & set("<>&/\x07")
        assert not name.startswith("-")


def test_a_bomb_is_refused_by_what_comes_out(tmp_path: Path, folder: Path) -> None:
    file = archive(tmp_path / "bomb.zip", {"a.mid": bytes(unpacking.MOST_FILE_BYTES + 1)})
    assert file.stat().st_size < 10_000
    assert "more than 2,000,000 bytes" in refused(file, folder)


def test_many_large_members_are_refused(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 1_000_000)
    file = archive(tmp_path / "large.zip", {f"{n}.mid": bytes(400_000) for n in range(4)})
    assert "MB of music files" in refused(file, folder)


def test_too_many_files_and_members_are_refused(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_FILES", 3)
    file = archive(tmp_path / "many.zip", {f"{n}.abc": ABC for n in range(4)})
    assert "more than 3 music files" in refused(file, folder)
    monkeypatch.setattr(unpacking, "MOST_MEMBERS", 2)
    assert "holds 4 files; at most 2" in refused(file, folder)


def test_lies_about_sizes_do_not_help(tmp_path: Path, folder: Path) -> None:
    file = archive(tmp_path / "lie.zip", {"a.mid": bytes(3_000_000)})
    contents = bytearray(file.read_bytes())
    directory = contents.index(b"PK\x01\x02")
    contents[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    file.write_bytes(contents)
    refused(file, folder)


@pytest.mark.parametrize("contents", [b"", b"PK\x03\x04 not an archive", ABC])
def test_damaged_archives_are_refused(tmp_path: Path, folder: Path, contents: bytes) -> None:
    file = tmp_path / "broken.zip"
    file.write_bytes(contents)
    assert "broken.zip: is damaged or no zip archive" in refused(file, folder)


def test_a_cut_archive_is_refused(tmp_path: Path, folder: Path) -> None:
    whole = archive(tmp_path / "whole.zip", {"a.abc": ABC * 40})
    contents = bytearray(whole.read_bytes())
    contents[45:60] = bytes(15)
    whole.write_bytes(contents)
    refused(whole, folder)


def test_an_encrypted_member_is_refused(tmp_path: Path, folder: Path) -> None:
    file = archive(tmp_path / "locked.zip", {"a.abc": ABC})
    contents = bytearray(file.read_bytes())
    contents[6] |= 1
    contents[contents.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(contents)
    assert "a.abc: is encrypted" in refused(file, folder)


def test_an_archive_in_an_archive_is_not_opened(tmp_path: Path, folder: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("a.abc", ABC)
    file = archive(tmp_path / "outer.zip", {"inner.zip": inner.getvalue()})
    assert "no music files" in refused(file, folder)


def test_other_files_are_refused(tmp_path: Path, folder: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir")
    assert "letter.txt: is no music file" in refused(letter, folder)
