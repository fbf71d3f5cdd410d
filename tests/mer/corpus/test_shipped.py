from pathlib import Path

import pytest

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
