"""Writers of an index: killed at every step, two at once, and beside readers; nothing is lost."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mer.search.segments.segment
import mer.search.segments.writing
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.segments.manifest import segments_of
from mer.search.segments.writing import Draft, merge_segments, remove_tunes

ROOT = Path(__file__).resolve().parents[4]


def tune(number, name=None):
    pitch = 60 + np.random.default_rng(number).integers(0, 12, 8)
    melody = Melody(pitch=pitch, onset=[240 * n for n in range(8)], duration=[240] * 8)
    return Tune(name or f"t{number}", f"Tune {number}", "mine", melody)


def add(folder, numbers, **how):
    with Draft(folder) as draft:
        for number in numbers:
            draft.add(tune(number))
        return draft.publish(**how)


def ids(folder):
    return [one.tune_id for one in PhraseIndex.load(folder).corpus]


def left_over(folder):
    """What lies in a folder and is in no manifest."""
    listed = {part.file.name for part in segments_of(folder)}
    return {path.name for path in folder.iterdir()} - listed - {"manifest.json", ".lock"}


def test_segments_are_written_as_soon_as_there_are_enough(tmp_path, monkeypatch):
    monkeypatch.setattr(mer.search.segments.writing, "MOST_SEQUENCES", 3)
    with Draft(tmp_path / "own") as draft:
        for number in range(8):
            draft.add(tune(number))
        assert [part.size.tunes for part in draft.segments] == [3, 3]
        assert not (tmp_path / "own" / "manifest.json").exists()
        draft.publish()
    assert [part.size.tunes for part in segments_of(tmp_path / "own")] == [3, 3, 2]
    assert left_over(tmp_path / "own") == set()


def test_adding_replaces_tunes_of_the_same_id(tmp_path):
    add(tmp_path / "own", range(4))
    with Draft(tmp_path / "own") as draft:
        draft.add(tune(9, "t2"))
        draft.add(tune(5))
        segments, replaced = draft.publish()
    assert (segments.size.tunes, replaced) == (5, 1)
    assert ids(tmp_path / "own") == ["t0", "t1", "t3", "t2", "t5"]
    assert PhraseIndex.load(tmp_path / "own").search(tune(9).melody, 1)[0].phrase.tune_id == "t2"
    assert add(tmp_path / "own", range(3), alone=True)[1] == 0
    assert ids(tmp_path / "own") == ["t0", "t1", "t2"]


def test_the_same_tunes_again_are_one_file(tmp_path):
    add(tmp_path / "own", range(4))
    before = sorted(path.name for path in (tmp_path / "own").iterdir())
    assert add(tmp_path / "own", range(4))[1] == 4
    assert sorted(path.name for path in (tmp_path / "own").iterdir()) == before


def test_merging_joins_what_is_small_and_changes_no_answer(tmp_path, monkeypatch):
    monkeypatch.setattr(mer.search.segments.writing, "MOST_SEQUENCES", 5)
    for numbers in (range(3), range(3, 5), range(5, 9), range(9, 14)):
        add(tmp_path / "own", numbers)
    remove_tunes(tmp_path / "own", ["t6", "t0"])
    query = tune(7).melody.cut(0, 6)
    before = PhraseIndex.load(tmp_path / "own")
    found = before.search(query, 12)
    assert merge_segments(tmp_path / "own") == (4, 3)
    assert PhraseIndex.load(tmp_path / "own").search(query, 12) == found
    assert before.search(query, 12) == found  # although its files are gone
    shown = []
    assert merge_segments(tmp_path / "own", lambda groups: shown.append(groups) or groups) == (3, 3)
    assert [len(group) for group in shown[0]] == [1, 1, 1]
    assert left_over(tmp_path / "own") == set()
    assert all(not len(part.dead) for part in segments_of(tmp_path / "own"))


def test_many_small_additions_are_merged(tmp_path, monkeypatch):
    monkeypatch.setattr(mer.search.segments.writing, "MOST_SPARE", 3)
    for number in range(8):
        add(tmp_path / "own", [number])
    assert [part.size.tunes for part in segments_of(tmp_path / "own")] == [5, 1, 1, 1]
    assert ids(tmp_path / "own") == [f"t{number}" for number in range(8)]
    assert left_over(tmp_path / "own") == set()


def test_a_draft_of_another_unit_changes_nothing(tmp_path):
    folder = tmp_path / "own"
    with Draft(folder, "melody") as draft:
        draft.add(tune(1))
        draft.publish()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputError, match="own holds whole melodies; phrases cannot join them"):
        add(folder, [2])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    add(folder, [2], alone=True)
    assert segments_of(folder)[0].unit == "phrase"


def test_two_tunes_of_one_id_are_refused(tmp_path):
    with pytest.raises(InputError, match="two tunes share the id 't1'"):
        add(tmp_path / "own", [1, 2, 1])


def test_what_a_writer_left_is_swept_and_what_another_writes_is_not(tmp_path):
    folder = tmp_path / "own"
    add(folder, range(2))
    for name in (".x.part", "segment-0.npz", ".7-8.npz"):
        (folder / name).write_text("half")
    (folder / ".draft-killed__").mkdir()
    (folder / ".draft-12345678").mkdir()
    for name in ("lock", "segment-1.npz", ".1-2.npz", ".segment-1.npz.9.part"):
        (folder / ".draft-12345678" / name).write_text("half")
    (folder / "notes.txt").write_text("the user's own")
    own = {"notes.txt", ".hidden", ".draft-letters", ".draft-abcdefgh", ".draft-87654321"}
    for name in own - {"notes.txt", ".draft-87654321"}:
        (folder / name).mkdir()
    (folder / ".draft-abcdefgh" / "segment-1.npz").write_text("beside what no draft holds")
    (folder / ".draft-abcdefgh" / "novel.txt").write_text("chapter 1")
    (folder / ".draft-87654321").write_text("a file")
    with Draft(folder) as draft:
        draft.add(tune(5))
        draft._write()
        add(folder, [6])
        assert left_over(folder) == {draft._place.name, *own}
        draft.publish()
    assert ids(folder) == ["t0", "t1", "t6", "t5"]
    assert left_over(folder) == own
    assert len(list((folder / ".draft-abcdefgh").iterdir())) == 2


def test_nothing_added_leaves_nothing(tmp_path):
    with pytest.raises(InputError, match="at least one tune"):
        add(tmp_path / "own", [])
    assert not (tmp_path / "own").exists()
    with Draft(tmp_path / "own") as draft:
        draft.add(tune(0))
        draft._write()
    assert not (tmp_path / "own").exists()


def test_saving_to_a_folder_links_what_is_stored(tmp_path):
    PhraseIndex.build(Corpus.from_tunes(map(tune, range(3)))).save(tmp_path / "one.npz")
    index = PhraseIndex.load(tmp_path / "one.npz").add([tune(4)]).remove("t1")
    index.save(tmp_path / "own")
    assert ids(tmp_path / "own") == ["t0", "t2", "t4"]
    assert segments_of(tmp_path / "own")[0].file.samefile(tmp_path / "one.npz")
    index.remove("t2").save(tmp_path / "own")
    assert ids(tmp_path / "own") == ["t0", "t4"]


# Each step that changes the disk is counted; a child is killed before step 0, 1, 2 ... until one
# gets to the end. After each, a reader must find all of the old or all of the new.
_KILLING = """
import os, shutil, signal, sys, json
from pathlib import Path
import mer.corpus.storage, mer.search.segments.segment, mer.search.segments.writing
sys.path.insert(0, sys.argv[2])
from test_writing import add, ids, left_over, merge_segments, remove_tunes

mer.search.segments.writing.MOST_SEQUENCES = 3
folder = Path(sys.argv[1]) / "own"
WORK = {
    "build": lambda: add(folder, range(20, 24), alone=True),
    "add": lambda: add(folder, [2, 8, 9, 10]),
    "remove": lambda: remove_tunes(folder, ["t1", "t3"]),
    "merge": lambda: merge_segments(folder),
}
STEPS = [(Path, "replace"), (Path, "unlink"), (Path, "mkdir"), (Path, "rmdir"), (os, "fsync"),
         (os, "link"), (shutil, "rmtree"), (mer.corpus.storage, "_write_member")]
os.fsync = lambda number: None  # the disk does not die here, only the process

def killed_at(step, work):
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    count = 0
    def counted(function):
        def before(*given, **named):
            nonlocal count
            if function is member and given[1] != "tunes.pitch.npy":
                return function(*given, **named)
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1
            return function(*given, **named)
        return before
    member = mer.corpus.storage._write_member
    for home, name in STEPS:
        setattr(home, name, counted(getattr(home, name)))
    work()
    os._exit(0)

for numbers in ([0, 1], [2, 3], [4]):
    add(folder, numbers)
if sys.argv[3] == "merge":
    remove_tunes(folder, ["t1"])
shutil.copytree(folder, folder.with_name("first"))

def start():
    shutil.rmtree(folder)
    shutil.copytree(folder.with_name("first"), folder)

work = WORK[sys.argv[3]]
start()
old = ids(folder)
work()
new = ids(folder)
outcomes = []
for step in range(0, 1000, 2):
    start()
    killed = killed_at(step, work)
    found = ids(folder)
    assert found in (old, new), (step, found)
    if sys.argv[3] != "remove" or found == old:
        work()
    assert ids(folder) == new, step
    assert not left_over(folder), (step, left_over(folder))
    outcomes.append(found == new)
    if not killed:
        break
print(json.dumps(outcomes))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
@pytest.mark.parametrize("work", ["build", "add", "remove", "merge"])
def test_killed_at_any_step_it_leaves_the_old_or_the_new(tmp_path, work):
    command = [sys.executable, "-c", _KILLING, str(tmp_path), str(Path(__file__).parent), work]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    assert len(outcomes) > (1 if work == "remove" else 6)
    assert outcomes[-1]
    if work != "merge":  # which leaves the same tunes
        assert not outcomes[0]
        assert outcomes == sorted(outcomes)  # once published, it stays so


_ADDING = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_writing import add
sys.stdin.readline()
for number in range(int(sys.argv[3]), int(sys.argv[3]) + 8):
    add(Path(sys.argv[1]), [number])
"""


def test_two_writers_at_once_and_a_reader_lose_nothing(tmp_path):
    folder = tmp_path / "own"
    add(folder, [0])
    here = str(Path(__file__).parent)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _ADDING, str(folder), here, str(first)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
        )
        for first in (100, 200)
    ]
    for writer in writers:
        writer.stdin.write(b"go\n")
        writer.stdin.close()
    seen = 1
    while any(writer.poll() is None for writer in writers):
        index = PhraseIndex.load(folder)
        assert len(index) >= seen
        seen = len(index)
        assert index.search(tune(0).melody, 1)[0].phrase.tune_id == "t0"
        if seen > 4:
            merge_segments(folder)
    assert [writer.returncode for writer in writers] == [0, 0]
    wanted = {"t0", *(f"t{first + n}" for first in (100, 200) for n in range(8))}
    assert set(ids(folder)) == wanted
    assert left_over(folder) == set()
