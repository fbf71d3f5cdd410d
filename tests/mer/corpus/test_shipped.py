import hashlib
import json
from pathlib import Path

import pytest

from mer.__main__ import main
from mer.build.commands import corpus as corpus_command
from mer.corpus import shipped
from mer.corpus.shipped import data_folder, first_folder, soundfont_folder
from mer.errors import InputError


def test_folders_are_there() -> None:
    assert data_folder().is_dir()
    assert soundfont_folder().is_dir()


def test_a_wheel_is_preferred_to_a_foreign_folder_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert first_folder(tmp_path, "mer_data", "data") == tmp_path / "data"
    (tmp_path / "mer_data").mkdir()
    assert first_folder(tmp_path, "mer_data", "data") == tmp_path / "mer_data"


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(InputError, match=r"mer_data, data .*install mer again"):
        first_folder(tmp_path, "mer_data", "data")


def test_a_damaged_or_missing_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    (folder / "folk").mkdir(parents=True)
    files = {"folk/index.npz": b"the pack", "memories.npz": bytes(range(200))}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    noted = {
        name: {"sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()
    }
    (folder / "manifest.json").write_text(json.dumps({"files": noted}))
    monkeypatch.setattr(shipped, "data_folder", lambda: folder)
    assert shipped.check_shipped() == 2

    # One byte is turned over, in the middle; nothing else notices that.
    content = bytearray(files["memories.npz"])
    content[100] ^= 0xFF
    (folder / "memories.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"memories\.npz is damaged: .*install mer again"):
        shipped.check_shipped()
    (folder / "memories.npz").unlink()
    with pytest.raises(InputError, match=r"memories\.npz is missing; install mer again"):
        shipped.check_shipped()


def test_the_command_looks_at_what_is_shipped_beside_the_corpus(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged() -> int:
        raise InputError("vector.npz is damaged")

    assert main(["corpus", "check", "--quiet"]) == 0
    assert "files that are shipped with them: all as they were written" in capsys.readouterr().out
    monkeypatch.setattr(corpus_command, "check_shipped", damaged)
    assert main(["corpus", "check", "--quiet"]) == 2
    assert "vector.npz is damaged" in capsys.readouterr().err
