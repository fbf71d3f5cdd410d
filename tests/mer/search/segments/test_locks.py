"""One writer at a time: who waits is told of it, and a place that cannot be locked is an error."""

import threading
from pathlib import Path

import pytest
from filelock import Timeout

from mer.errors import InputError
from mer.search.segments import locks
from mer.search.segments.locks import LOCK, held_lock, lock_at, sole_writer


def test_the_lock_is_in_the_folder_which_goes_if_nothing_comes_into_it(tmp_path):
    folder = tmp_path / "own"
    with sole_writer(folder):
        with pytest.raises(Timeout):
            lock_at(folder / LOCK).acquire(timeout=0)
        (folder / "manifest.json").write_text("{}")
    assert sorted(path.name for path in folder.iterdir()) == [LOCK, "manifest.json"]
    assert list(tmp_path.iterdir()) == [folder]
    lock_at(folder / LOCK).acquire(timeout=0).lock.release()
    with sole_writer(tmp_path / "empty"):
        pass
    assert not (tmp_path / "empty").exists()


def test_who_waits_is_told_after_a_while_and_then_gets_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(locks, "_QUIET_SEC", 0.01)
    folder, told, done = tmp_path / "own", threading.Event(), []

    class Listening:
        def write(self, text):
            done.append(text)
            told.set()

    def waiting():
        with sole_writer(folder):
            done.append("mine")

    other = threading.Thread(target=waiting)
    with sole_writer(folder):
        (folder / "something").touch()
        monkeypatch.setattr(locks.sys, "stderr", Listening())
        other.start()
        assert told.wait(20)
        assert "mine" not in done
    other.join(20)
    (line, last) = done
    assert line == f"waiting for another process that changes {folder} (lock: {folder / LOCK})\n"
    assert last == "mine"


def test_a_lock_that_was_removed_by_its_holder_is_not_taken_for_one(tmp_path, monkeypatch):
    """The file that was locked is gone by then: another may hold the one that is there now."""
    path, taken = tmp_path / "own" / LOCK, []

    class Late:
        """A lock that gets hold of the file when it has been replaced."""

        def acquire(self, timeout=None):
            if not taken:
                path.unlink()
                path.touch()
            taken.append(path.stat().st_ino)

        def release(self):
            taken.append("released")

    monkeypatch.setattr(locks, "lock_at", lambda path: Late())
    with held_lock(path, path.parent):
        assert taken == [taken[0], "released", path.stat().st_ino]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no place where nobody may write")
@pytest.mark.parametrize("folder", ["/proc", "/proc/own", "/proc/self/own"])
def test_a_place_that_cannot_be_locked_is_an_error_at_once(folder):
    with (
        pytest.raises(InputError, match=f"{folder}: cannot be written"),
        sole_writer(Path(folder)),
    ):
        pytest.fail("nobody can write there")


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "own").write_text("mine")
    with pytest.raises(InputError, match="own: cannot be written"), sole_writer(tmp_path / "own"):
        pytest.fail("it is a file")
    assert (tmp_path / "own").read_text() == "mine"
