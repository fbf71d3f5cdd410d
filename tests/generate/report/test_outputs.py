"""The names of the files of several takes, and those that cannot be written."""

from pathlib import Path

import pytest

from generate.report.outputs import Outputs, check_outputs, outputs_of
from mer.errors import InputError


def test_one_take_has_plain_names_and_several_have_numbers() -> None:
    (one,) = outputs_of(Path("a/new.mid"), 1, wav="", musicxml="b/score.mxl")
    assert one.named() == {"midi": "a/new.mid", "wav": "a/new.wav", "musicxml": "b/score.mxl"}
    many = outputs_of(Path("new.midi"), 12, musicxml="")
    (tune,) = outputs_of(Path("new.mid"), 1, abc="")
    assert tune.named() == {"midi": "new.mid", "abc": "new.abc"}
    assert many[0].named() == {"midi": "new-01.midi", "musicxml": "new-01.musicxml"}
    assert many[11].named() == {"midi": "new-12.midi", "musicxml": "new-12.musicxml"}
    assert len(many) == 12


def midi(path: Path) -> list[Outputs]:
    return [Outputs(path, None, None)]


def test_files_that_can_be_written_leave_nothing_behind(tmp_path: Path) -> None:
    seed = tmp_path / "seed.mid"
    seed.write_bytes(b"MThd")
    check_outputs(midi(tmp_path / "new.MID"), tmp_path / "report", [seed])
    check_outputs([Outputs(tmp_path / "a.midi", tmp_path / "a.wav", tmp_path / "a.mxl")], None, [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seed.mid"]


def test_files_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    seed = tmp_path / "seed.mid"
    seed.write_bytes(b"MThd")
    (tmp_path / "folder.mid").mkdir()
    for path, message in (
        (tmp_path / "new.wav", r"new\.wav: the name must end in \.mid or \.midi"),
        (tmp_path / "lost" / "new.mid", "there is no folder"),
        (tmp_path / "folder.mid", "is a folder; name a file"),
        (seed, "would overwrite a file that is read"),
    ):
        with pytest.raises(InputError, match=message):
            check_outputs(midi(path), None, [seed])
    with pytest.raises(InputError, match=r"two outputs have the name \S*new\.mid"):
        check_outputs(midi(tmp_path / "new.mid"), tmp_path / "new.mid", [])


def test_one_file_under_two_spellings_is_still_one(tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    with pytest.raises(InputError, match="two outputs have the name"):
        check_outputs(midi(tmp_path / "new.mid"), tmp_path / "two" / ".." / "new.mid", [])
