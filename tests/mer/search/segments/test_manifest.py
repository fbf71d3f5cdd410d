"""The manifest: what it lists is opened, whatever else lies there; anything odd is refused."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

import mer.search.segments.manifest
from mer.corpus.corpus import Corpus, Tune
from mer.corpus.storage import load_arrays, save_arrays
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex, load_corpus
from mer.search.segments.manifest import open_segments, segments_of, write_manifest
from mer.search.segments.segment import KIND, VERSION
from mer.search.segments.writing import Draft, check_segments, remove_tunes


def tune(number):
    pitch = 60 + np.random.default_rng(number).integers(0, 12, 8)
    melody = Melody(pitch=pitch, onset=[240 * n for n in range(8)], duration=[240] * 8)
    return Tune(f"t{number}", f"Tune {number}", "mine", melody)


@pytest.fixture
def folder(tmp_path):
    for numbers in (range(4), range(4, 6)):
        with Draft(tmp_path / "own") as draft:
            for number in numbers:
                draft.add(tune(number))
            draft.publish()
    remove_tunes(tmp_path / "own", ["t1"])
    return tmp_path / "own"


def test_a_folder_is_loaded_as_it_was_left(folder):
    index = PhraseIndex.load(folder)
    assert [one.tune_id for one in index.corpus] == ["t0", "t2", "t3", "t4", "t5"]
    fresh = PhraseIndex.build(Corpus.from_tunes(map(tune, (0, 2, 3, 4, 5))))
    query = tune(4).melody.cut(1, 7)
    assert index.search(query, 5) == fresh.search(query, 5)
    assert len(index.store.parts) == 2
    assert len(load_corpus(folder)) == 5


def test_one_file_is_an_index_of_one_segment(folder, tmp_path):
    PhraseIndex.load(folder).save(tmp_path / "one" / "index.npz")
    index = PhraseIndex.load(tmp_path / "one")
    assert len(index.store.parts) == 1
    with Draft(tmp_path / "one") as draft:
        draft.add(tune(9))
        draft.publish()
    assert [part.size.tunes for part in segments_of(tmp_path / "one")] == [5, 1]


CHANGES = {
    "no JSON": lambda made: "{",
    "a list": lambda made: [],
    "another kind": lambda made: made | {"kind": "x"},
    "another version": lambda made: made | {"version": 99},
    "other views": lambda made: made | {"views": ["x"]},
    "another unit": lambda made: made | {"unit": "melody"},
    "no segment": lambda made: made | {"segments": []},
    "segments missing": lambda made: {k: made[k] for k in made if k != "segments"},
    "segment no table": lambda made: made | {"segments": [3]},
    "a file elsewhere": lambda made: changed(made, file="../x.npz"),
    "a file that is not there": lambda made: changed(made, file="segment-0.npz"),
    "a file of a name too long": lambda made: changed(made, file="x" * 5000),
    "a file of no name": lambda made: changed(made, file=7),
    "a file twice": lambda made: made | {"segments": [*made["segments"], made["segments"][1]]},
    "brackets without end": lambda made: "[" * 200_000,
    "a number without end": lambda made: changed(made, notes=float("inf")),
    "a count of 31 digits": lambda made: changed(made, sequences=10**30),
    "a count below nothing": lambda made: changed(made, notes=-1),
    "too many notes": lambda made: changed(made, notes=10**9),
    "no sequence": lambda made: changed(made, sequences=0),
    "a count that is a text": lambda made: changed(made, tunes="3"),
    "all removed": lambda made: changed(made, removed=[0, 1, 2, 3], tunes=0),
    "removed half": lambda made: changed(made, removed=[0.5]),
    "removed twice": lambda made: changed(made, removed=[1, 1], tunes=2),
    "removed out of order": lambda made: changed(made, removed=[2, 1], tunes=2),
    "removed out of range between": lambda made: changed(made, removed=[0, 99, 1], tunes=1),
    "removed of 31 digits": lambda made: changed(made, removed=[10**30]),
    "a count too high": lambda made: changed(made, tunes=5),
    "removed out of range": lambda made: changed(made, removed=[7]),
    "removed before the first": lambda made: changed(made, removed=[-1]),
    "removed no number": lambda made: changed(made, removed=["x"]),
}


def changed(made, **fields):
    return made | {"segments": [made["segments"][0] | fields, *made["segments"][1:]]}


@pytest.mark.parametrize("name", CHANGES)
def test_an_odd_manifest_is_refused(folder, name):
    path = folder / "manifest.json"
    made = CHANGES[name](json.loads(path.read_text()))
    path.write_text(made if isinstance(made, str) else json.dumps(made))
    with pytest.raises(InputError, match=r"(manifest|segment-0)\.\w+ .*build"):
        PhraseIndex.load(folder)


DAMAGE = {
    "is missing, though manifest.json lists it": lambda path: path.unlink(),
    "is damaged or not a mer index file": lambda path: path.write_bytes(b"garbage"),
    "is damaged or not a mer index file;": lambda path: path.write_bytes(path.read_bytes()[:999]),
    "holds 'mer corpus' version 2": lambda path: Corpus.from_tunes([tune(1)]).save(path),
}


@pytest.mark.parametrize("message", DAMAGE)
def test_the_message_names_the_segment_that_is_damaged(folder, message):
    path = segments_of(folder)[1].file
    DAMAGE[message](path)
    with pytest.raises(InputError, match=re.escape(f"{path} {message}")):
        open_segments(folder / "manifest.json")


@pytest.fixture
def damaged(folder):
    """Return a function that changes one array of the first segment of the folder."""

    def change(name, changed):
        path = segments_of(folder)[0].file
        arrays, header = load_arrays(path, kind=KIND, version=VERSION)
        copied = {key: array.copy() for key, array in arrays.items()}
        save_arrays(path, copied | {name: changed(copied[name])}, header)
        return path

    return change


def test_arrays_that_do_not_fit_together_are_refused(folder, damaged):
    path = segments_of(folder)[0].file
    whole = path.read_bytes()
    arrays, _ = load_arrays(path, kind=KIND, version=VERSION)
    for name in arrays:
        damaged(name, lambda array: array[:-1])
        with pytest.raises(InputError, match=re.escape(f"{path} is damaged: its arrays do not")):
            segments_of(folder)
        path.write_bytes(whole)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sets.four-note.sequences_", 255),
        ("tunes.bounds", 10**6),
        ("texts.id_bytes", 255),
    ],
)
def test_a_search_names_the_file_that_is_damaged(folder, damaged, name, value):
    def changed(array):
        array[:-1] = value
        return array

    path = damaged(name, changed)
    with pytest.raises(InputError, match=re.escape(f"{path} is damaged; 'mer corpus check' says")):
        PhraseIndex.load(folder).search(tune(0).melody)


def test_a_check_compares_the_counts_with_the_files(folder):
    check_segments(segments_of(folder))
    path = folder / "manifest.json"
    path.write_text(json.dumps(changed(json.loads(path.read_text()), notes=23)))
    with pytest.raises(InputError, match="does not hold what its manifest says"):
        check_segments(segments_of(folder))


def test_a_folder_that_is_a_file_is_what_is_reported(folder):
    with pytest.raises(InputError, match=r"cannot write .*manifest\.json: Not a directory"):
        write_manifest(folder / "manifest.json", segments_of(folder))


def test_nothing_is_listed_that_could_not_be_opened(folder):
    before, (one, two) = (folder / "manifest.json").read_text(), segments_of(folder)
    for segments, message in [
        ([one, replace(two, unit="melody")], "cannot hold phrases and whole melodies in one"),
        ([two, two], "cannot hold a segment twice"),
        ([one, two.without([0, 1])], "at least one tune"),
        ([], "at least one tune"),
    ]:
        with pytest.raises(InputError, match=message):
            write_manifest(folder, segments)
    assert (folder / "manifest.json").read_text() == before


def test_counts_that_lie_are_found_out_at_the_latest_by_a_search(folder):
    path = folder / "manifest.json"
    path.write_text(json.dumps(changed(json.loads(path.read_text()), sequences=2)))
    with pytest.raises(InputError, match="does not hold what its manifest says"):
        PhraseIndex.load(folder).search(tune(0).melody)


def test_a_reader_tries_again_when_files_go_while_it_opens_them(folder, monkeypatch):
    listed, calls = mer.search.segments.manifest._listed, []

    def merged_meanwhile(path, text):
        calls.append(text)
        if len(calls) == 1:
            mer.search.segments.writing.merge_segments(folder)
        return listed(path, text)

    monkeypatch.setattr(mer.search.segments.manifest, "_listed", merged_meanwhile)
    # The writer opens the segments too: its own call comes second.
    assert open_segments(folder / "manifest.json").size.tunes == 5
    assert len(calls) == 3
    assert len(set(calls)) == 2
