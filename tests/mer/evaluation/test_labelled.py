"""Labelled melodies: rounding to ticks worked by hand, and errors with file and line."""

import gzip
import json

import pytest

from mer.errors import InputError
from mer.evaluation.labelled import Labelled, load_labelled, save_labelled
from mer.notes.key import Key
from mer.notes.melody import Melody


@pytest.fixture
def load(tmp_path):
    def loader(*records, name="x.jsonl"):
        path = tmp_path / name
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        return load_labelled(path)

    return loader


def tune(**changes):
    return {"id": "a", "pitch": [60, 62], "onset": [0, 1], "duration": [1, 1]} | changes


def test_all_fields(load):
    (labelled,) = load(
        tune(
            family="F",
            collection="c",
            titles=["T", "U"],
            meter="6/8",
            key="E minor",
            phrase_starts=[0, 1],
            beat_strength=[0.5, 1],
            onset=[2.5, 3],
            duration=[0.5, 1],
        )
    )
    assert labelled.family == "F"
    assert labelled.titles == ("T", "U")
    melody = labelled.melody
    assert melody.title == "T"
    assert melody.meter == (6, 8)
    assert melody.key == Key(4, "minor")
    assert melody.phrase_starts == (0, 1)
    assert melody.beat_strength.tolist() == [0.5, 1.0]
    assert melody.onset.tolist() == [0, 240]
    assert melody.downbeat == 240


def test_what_is_missing_is_unknown(load):
    (labelled,) = load(tune(meter="free", key="H moll", family=None))
    assert labelled.family is None
    assert labelled.melody.meter is None
    assert labelled.melody.key is None
    assert labelled.melody.downbeat == 0


def test_without_beat_strength_bars_start_at_quarter_0(load):
    (labelled,) = load(tune(onset=[3, 4], meter="4/4"))
    assert labelled.melody.downbeat == 480


def test_thirds_become_exact_triplets(load):
    (labelled,) = load(
        tune(pitch=[60, 62, 64], onset=[0, 0.333, 0.667], duration=[0.334, 0.333, 0.333])
    )
    assert labelled.melody.onset.tolist() == [0, 160, 320]
    assert labelled.melody.duration.tolist() == [160, 160, 160]


def test_overlaps_are_trimmed_and_vanishing_notes_last_a_tick(load):
    (labelled,) = load(tune(onset=[0, 0.5], duration=[0.6, 0.0001]))
    assert labelled.melody.duration.tolist() == [240, 1]


def test_of_notes_on_one_tick_the_last_stays(load):
    (labelled,) = load(
        tune(
            pitch=[60, 62, 64],
            onset=[0, 1, 1.0001],
            duration=[1, 0.0001, 1],
            phrase_starts=[0, 1],
            beat_strength=[1, 0.5, 0.25],
        )
    )
    assert labelled.melody.pitch.tolist() == [60, 64]
    assert labelled.melody.phrase_starts == (0, 1)
    assert labelled.melody.beat_strength.tolist() == [1.0, 0.25]


def test_blank_lines_and_gzip(tmp_path):
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(gzip.compress(f"\n{json.dumps(tune())}\n\n".encode()))
    assert len(load_labelled(path)) == 1


WRONG = {
    "no object": ([1], "not a JSON object"),
    "no id": ({"pitch": [60]}, "'id' is missing"),
    "no onset": ({"id": 1, "pitch": [60]}, "'onset' is missing"),
    "lengths": (tune(onset=[0]), "differ in length: 2, 1, 2"),
    "empty": (tune(pitch=[]), "'pitch' is empty"),
    "text": (tune(pitch=["a", "b"]), "'pitch' must be a list of numbers"),
    "nested": (tune(pitch=[[60], [62]]), "'pitch' must be a list of numbers"),
    "ragged": (tune(pitch=[[60], 62]), "inhomogeneous"),
    "no list": (tune(pitch=60), "'pitch' must be a list of numbers"),
    "high": (tune(pitch=[60, 128]), "pitch 128"),
    "zero": (tune(duration=[0, 1]), "every duration must be above 0"),
    "negative": (tune(onset=[-1, 1]), "an onset is outside 0"),
    "nan": (tune(onset=[0, float("nan")]), "an onset is outside 0"),
    "infinite": (tune(duration=[1, float("inf")]), "every duration must be above 0"),
    "falling": (tune(onset=[1, 0]), "onsets must rise"),
    "phrases": (tune(phrase_starts=[0, 5]), "phrase starts"),
    "strength": (tune(beat_strength=[1]), "beat strength has 1 values for 2 notes"),
    "titles": (tune(titles="T"), "'titles' must be a list"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_file_and_line(load, name):
    record, message = WRONG[name]
    with pytest.raises(InputError, match=rf"x\.jsonl, line 2: .*{message}"):
        load(tune(id="first"), record)


def test_an_id_must_not_come_twice(load):
    with pytest.raises(InputError, match="line 2: id 'a' occurs twice"):
        load(tune(), tune())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "contains no melody"),
        (b"{", "line 1: "),
        (b"[" * 100_000, "line 1: "),
        (b"\xff\xfe", "is not text"),
        (b"\x1f\x8bnonsense", "cannot be read"),
        (gzip.compress(b"{}" * 100, mtime=0)[:20], "cannot be read"),
    ],
)
def test_files_that_are_no_json_lines(tmp_path, content, message):
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        load_labelled(path)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_labelled(tmp_path / "missing.jsonl")
    with pytest.raises(InputError, match="is a folder"):
        load_labelled(tmp_path)


def test_the_same_melodies_give_the_same_bytes(tmp_path):
    melodies = [Labelled("a", None, Melody(pitch=[60], onset=[0], duration=[160]))]
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        save_labelled(melodies, tmp_path / name)
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()
