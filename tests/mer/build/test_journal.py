"""The journal of what has been read."""

from pathlib import Path

from mer.build.journal import append_to_journal, load_journal, source_key
from mer.io.tunebook.tunes import TuneReading
from mer.notes.key import Key
from mer.notes.melody import Melody

MELODY = Melody(
    pitch=[60, 62, 64],
    onset=[0, 320, 640],
    duration=[320, 320, 320],
    meter=(6, 8),
    key=Key(10, "minor"),
    tempo_bpm=90.5,
    downbeat=320,
    phrase_starts=(0, 2),
    title="Ä tune",
)
READ = [TuneReading(3, "Ä tune", MELODY), TuneReading(4, "Bad", None, "no key")]


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    journal = tmp_path / "new" / "essen.jsonl"
    append_to_journal(journal, "a", READ)
    append_to_journal(journal, "b", [])
    assert load_journal(journal) == {"a": READ, "b": []}


def test_a_line_cut_short_is_ignored_and_does_not_spoil_the_next(tmp_path: Path) -> None:
    journal = tmp_path / "essen.jsonl"
    append_to_journal(journal, "a", READ)
    content = journal.read_bytes()
    journal.write_bytes(content + content[: len(content) // 2])
    assert load_journal(journal) == {"a": READ}
    append_to_journal(journal, "b", READ)
    assert load_journal(journal) == {"a": READ, "b": READ}


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    assert load_journal(tmp_path / "none.jsonl") == {}


def test_the_key_changes_with_content_and_recipe(tmp_path: Path) -> None:
    path = tmp_path / "a.abc"
    path.write_text("X:1")
    first = source_key(path, "1")
    assert source_key(path, "1") == first
    assert source_key(path, "2") != first
    path.write_text("X:2")
    assert source_key(path, "1") != first
