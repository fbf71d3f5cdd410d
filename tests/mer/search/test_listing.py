"""One line that shows an alignment, and names of picture files."""

import json
from pathlib import Path

import numpy as np
import pytest

from mer.corpus.corpus import Corpus, Tune
from mer.notes.melody import Melody, Phrase
from mer.search.index import PhraseIndex
from mer.search.listing import (
    alignment_line,
    matches_as_json,
    matches_as_text,
    picture_name,
)
from mer.search.match import Match


def match(query, found, pairs, transposition=0, tune_id="t"):
    phrase = Phrase(tune(found), tune_id, "T", "c", 1, 0, len(found))
    return Match(phrase, 0.5, transposition, pairs, {}, 0, tune(query))


def tune(pitch):
    onset = [480 * note for note in range(len(pitch))]
    return Melody(pitch=pitch, onset=onset, duration=[480] * len(pitch))


@pytest.mark.parametrize(
    ("query", "found", "pairs", "line"),
    [
        ([60, 62, 64], [60, 62, 64], ((0, 0), (1, 1), (2, 2)), "C D E"),
        ([60, 62, 64], [60, 61, 64], ((0, 0), (1, 1), (2, 2)), "C (C#) E"),
        ([60, 62, 64], [60, 64], ((0, 0), (2, 1)), "C - E"),
        ([60, 64], [60, 62, 64], ((0, 0), (1, 2)), "C + E"),
        ([60] * 3 + [62] + [60] * 3, [62], ((3, 0),), "- - - D - - -"),
        ([60] * 4 + [62] + [60] * 40, [62], ((4, 0),), "… D …"),
        ([62], [60] * 40 + [62, 60], ((0, 40),), "… D +"),
        ([62] + [60] * 9 + [64], [62, 64], ((0, 0), (10, 1)), "D" + " -" * 9 + " E"),
        ([60, 62], [80, 90], (), "…"),
        ([60], [80], (), "- +"),
        # Below octave 0 the name of a note has a minus sign, which is no gap.
        ([5, 7, 10], [5, 7, 11], ((0, 0), (1, 1), (2, 2)), "F G (B)"),
    ],
)
def test_hand_worked(query, found, pairs, line):
    assert alignment_line(match(query, found, pairs)) == line


def test_the_query_is_transposed():
    assert alignment_line(match([60, 62], [65, 68], ((0, 0), (1, 1)), 5)) == "F (Ab)"


def test_a_query_much_longer_than_the_phrase_takes_one_short_line():
    long = list(range(30, 90)) * 8
    text = matches_as_text([match(long, [40, 41, 42], ((10, 0), (11, 1), (12, 2)))])
    assert text.splitlines()[-1].split() == ["…", "E", "F", "F#", "…"]
    assert max(map(len, text.splitlines())) < 100


@pytest.mark.parametrize(
    ("unit", "heading", "number"), [("phrase",) * 2 + ("1",), ("melody", "notes", "3")]
)
def test_melodies_have_no_number_of_a_phrase(unit, heading, number):
    header, row, _ = matches_as_text([match([60], [60, 62, 64], ((0, 0),))], unit=unit).split("\n")
    assert header.split()[3] == heading
    assert row.split()[-3] == number


@pytest.mark.parametrize(
    ("tune_id", "name"),
    [
        ("oneills-0012", "01-oneills-0012-phrase-1.svg"),
        ("../../a b", "01-a-b-phrase-1.svg"),
        ("琴", "01-tune-phrase-1.svg"),
        ("x" * 300, f"01-{'x' * 60}-phrase-1.svg"),
    ],
)
def test_picture_names_stay_in_their_folder(tune_id, name):
    assert picture_name(1, match([60], [60], (), tune_id=tune_id)) == name


SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "matches.schema.json").read_text())
KINDS = {
    "integer": int,
    "number": (int, float),
    "string": str,
    "array": list,
    "object": dict,
    "null": type(None),
}


def fits(value, schema):
    """Whether a value is as a schema says; of what the published one uses."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(isinstance(value, KINDS[kind]) for kind in kinds):
        return False
    if isinstance(value, list):
        sizes = schema.get("minItems", 0), schema.get("maxItems", len(value))
        return sizes[0] <= len(value) <= sizes[1] and all(fits(v, schema["items"]) for v in value)
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        return set(value) == set(schema["required"]) == set(known) and all(
            fits(value[name], known[name]) for name in known
        )
    if isinstance(value, dict):
        return all(fits(one, schema["additionalProperties"]) for one in value.values())
    if isinstance(value, int | float):
        low = schema.get("minimum", value), schema.get("exclusiveMinimum", value - 1)
        return value >= low[0] and value > low[1] and value <= schema.get("maximum", value)
    return True


@pytest.mark.parametrize("method", ["motif", "by-pitch", "by-rhythm"])
def test_json_is_as_the_published_schema_says(method):
    pitch = [60, 62, 64, 65, 67, 65, 64, 62]
    tune = Melody(pitch=pitch, onset=np.arange(8) * 480, duration=np.full(8, 480))
    index = PhraseIndex.build(Corpus.from_tunes([Tune("a", "A", "mine", tune)]))
    told = json.loads(json.dumps(matches_as_json(index.search(tune, method=method))))
    assert told
    assert fits(told, SCHEMA)
    assert not fits([told[0] | {"rank": "first"}], SCHEMA)
    assert not fits([told[0] | {"more": 1}], SCHEMA)
