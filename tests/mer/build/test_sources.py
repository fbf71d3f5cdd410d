"""Listing a folder, and batches that stay when other files come and go."""

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mer.build.sources import MOST_BYTES, MOST_FILES, SourceFile, grouped, listed_files

PATHS = st.sets(st.integers(0, 5000), min_size=1, max_size=300)


def files(numbers: set[int]) -> list[SourceFile]:
    return [SourceFile(f"{number:05}.mid", 1, 1) for number in sorted(numbers)]


@given(PATHS, st.integers(0, 5000))
def test_a_new_file_changes_one_batch(numbers: set[int], more: int) -> None:
    before, after = list(grouped(files(numbers))), list(grouped(files(numbers | {more})))
    assert [file for group in after for file in group] == files(numbers | {more})
    assert len(set(before) - set(after)) <= 1
    assert len(set(after) - set(before)) <= 2  # one that was cut in two


def test_batches_have_bounds() -> None:
    many = files(set(range(5000)))
    groups = list(grouped(many))
    assert max(map(len, groups)) <= MOST_FILES
    assert 50 < len(many) / len(groups) < 150
    large = [SourceFile(f"{number}.mid", MOST_BYTES // 2, 1) for number in range(4)]
    assert [len(group) for group in grouped(large)] == [2, 2]
    assert list(grouped([SourceFile("one.abc", MOST_BYTES * 3, 1)]))
    assert list(grouped([])) == []


def test_a_listing_has_music_of_all_folders_by_path(tmp_path: Path) -> None:
    for name in ("b.mid", "a/z.ABC", "a/b/c.Mxl", "notes.txt", "mid", "song.wav", ".mid"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("12345")
    (tmp_path / "gone.mid").symlink_to(tmp_path / "nowhere")
    os.utime(tmp_path / "b.mid", ns=(5, 7))
    problems: list[str] = []
    found = listed_files(tmp_path, problems)
    assert [file.path for file in found] == ["a/b/c.Mxl", "a/z.ABC", "b.mid", "gone.mid"]
    assert found[2] == SourceFile("b.mid", 5, 7)
    assert found[3].size == -1
    assert problems == []
    closed: list[str] = []
    listed_files(tmp_path / "none", problems, closed=closed)
    assert closed == ["."]
    assert problems == [f"{tmp_path / 'none'}: cannot be entered (No such file or directory)"]
