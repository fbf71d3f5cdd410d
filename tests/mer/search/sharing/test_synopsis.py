"""Variants side by side: hand-worked families, what a transposition changes, text and picture."""

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mer.__main__ import main
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.io import load_melody
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.sharing.synopsis import synopsis, variants_of
from mer.search.sharing.synopsis_picture import (
    folds,
    synopsis_as_json,
    synopsis_as_svg,
    synopsis_as_text,
)

STEPS = {"C": 60, "D": 62, "E": 64, "F": 65, "G": 67, "A": 69, "B": 71, "c": 72}


def tune(name, letters, *, up=0, ticks=480):
    """A letter is a quarter, a dot lengthens the one before, both in 4/4."""
    notes = [(STEPS[letter] + up, place) for place, letter in enumerate(letters) if letter != "."]
    onset = np.array([place for _, place in notes]) * ticks
    duration = np.append(np.diff(onset), ticks)
    melody = Melody(
        pitch=[pitch for pitch, _ in notes], onset=onset, duration=duration, meter=(4, 4)
    )
    return Tune(name, f"Tune {name}", "", melody)


FAMILY = [
    tune("a", "CDEFGAGEFEDCDEC."),
    tune("b", "CDEFGAGEFEDCDEC.", up=5),
    tune("c", "CDEFGcGEFEDCD.C.", up=-2),
]


def test_a_family_worked_by_hand():
    found = synopsis(FAMILY)
    assert found.transpositions == (0, 5, -2)
    assert found.table.tolist() == [
        list(range(15)),
        list(range(15)),
        [*range(13), -1, 13],
    ]
    assert [column.same for column in found.columns] == [*[3] * 5, 2, *[3] * 7, 2, 3]
    assert found.columns[5].present == 3
    assert found.columns[13].present == 2
    assert (found.agreement, found.same_kept) == (1.0, 1.0)
    assert found.stability == pytest.approx((13 * 3 + 2 * 2) / 45)
    assert found.consensus().pitch.tolist() == FAMILY[0].melody.pitch.tolist()
    assert found.consensus().onset.tolist() == FAMILY[0].melody.onset.tolist()


def test_the_one_with_most_of_it_keeps_the_time():
    first = tune("a", "CDEFGA.EFEDC")
    others = [tune(name, "CDEFGAGEFEDC", up=2) for name in "bc"]
    found = synopsis([first, *others]).consensus()
    assert found.pitch.tolist() == tune("", "CDEFGAGEFEDC").melody.pitch.tolist()
    assert found.onset.tolist() == list(range(0, 12 * 480, 480))


def test_a_note_that_the_keeper_lacks_stands_where_others_have_it():
    rows = ["CDEFGA.EFEDCDE", "CDEFGAGEFEDC.E", "CDEFGAGEFEDC.E"]
    found = synopsis([tune(str(n), row) for n, row in enumerate(rows)]).consensus()
    assert found.pitch.tolist()[6] == STEPS["G"]
    assert found.onset.tolist()[5:8] == [5 * 480, 6 * 480, 7 * 480]


@given(st.lists(st.integers(-7, 7), min_size=3, max_size=3))
@settings(max_examples=10)
def test_where_variants_lie_changes_nothing_else(shifts):
    moved = [
        Tune(one.tune_id, one.title, "", one.melody.transpose(shift))
        for one, shift in zip(FAMILY, shifts, strict=True)
    ]
    before, after = synopsis(FAMILY), synopsis(moved)
    assert after.table.tolist() == before.table.tolist()
    assert [c.same for c in after.columns] == [c.same for c in before.columns]


def test_how_slow_a_variant_is_written_changes_nothing():
    slow = tune("b", "CDEFGAGEFEDCDEC.", ticks=960)
    assert synopsis([FAMILY[0], slow]).table.tolist() == [list(range(15))] * 2


def test_one_tune_is_its_own_consensus():
    found = synopsis(FAMILY[:1])
    assert found.stability == found.agreement == found.same_kept == 1.0
    assert found.consensus().pitch.tolist() == FAMILY[0].melody.pitch.tolist()


def test_variants_are_found_in_a_corpus():
    other = tune("z", "cGcGEcGEcGcEGcEG")
    index = PhraseIndex.build(Corpus.from_tunes([*FAMILY, other]))
    assert [one.tune_id for one in variants_of("b", index)] == ["b", "a", "c"]
    elsewhere = Tune("", "mine", "", FAMILY[0].melody.transpose(1))
    assert [one.tune_id for one in variants_of(elsewhere, index, 1)] == ["", "a"]


def test_a_scrap_of_a_long_tune_is_no_variant():
    long = tune("long", "CDEFGAGE" + "GcGEcAFDBGEDcBAG" * 3)
    index = PhraseIndex.build(Corpus.from_tunes([tune("scrap", "CDEFGAGE"), long]))
    assert [one.tune_id for one in variants_of("scrap", index, least=0.0)] == ["scrap"]
    assert [one.tune_id for one in variants_of("long", index, least=0.0)] == ["long"]


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        (7, "mine has 7 notes; variants are told by at least 8"),
        (3001, "mine has 3,001 notes; .*3,000: take fewer bars .*--from-bar, --to-bar"),
    ],
)
def test_what_is_too_short_or_too_long(notes, said):
    index = PhraseIndex.build(Corpus.from_tunes(FAMILY))
    long = Melody(pitch=[60] * notes, onset=np.arange(notes) * 480, duration=[480] * notes)
    with pytest.raises(InputError, match=said):
        variants_of(Tune("", "mine", "", long), index)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: synopsis([]), "0 variants; 1 to 40"),
        (lambda: synopsis([tune("a", "CD")]), "has fewer than 3 notes"),
        (lambda: variants_of("a", PhraseIndex.build(Corpus.from_tunes(FAMILY)), 0), "k is 0"),
        (lambda: variants_of("a", PhraseIndex.build(Corpus.from_tunes(FAMILY)), least=2), "least"),
    ],
)
def test_what_is_refused(call, said):
    with pytest.raises(InputError, match=said):
        call()


def test_text_and_picture():
    found = synopsis(FAMILY)
    text = synopsis_as_text(found)
    assert text.splitlines()[0] == (
        "Tune a: 3 variants, 15 notes that most of them have, 13 of these the same in all"
    )
    assert "(C)" in text
    assert "2/3" in text
    picture = ET.fromstring(synopsis_as_svg(found))
    kinds = [one.get("class") for one in picture.iter() if one.tag.endswith("rect")]
    assert {kind: kinds.count(kind) for kind in ("same", "other", "stable")} == {
        "same": 43,
        "other": 1,
        "stable": 15,
    }


def test_counts_of_many_variants_stand_apart():
    other = tune("b", "CDEFGcGEFEDCDEC.")
    text = synopsis_as_text(synopsis([*[FAMILY[0]] * 7, *[other] * 5]))
    counts = text.splitlines()[3].split()
    assert counts[:6] == ["12/12"] * 5 + ["7/12"]


def test_rows_of_one_title_are_told_apart():
    mine = Tune("", "Tune a", "", FAMILY[0].melody)
    again = Tune("a-" + "long" * 20, "Tune a", "", FAMILY[0].melody)
    found = synopsis([mine, FAMILY[0], again, FAMILY[1]])
    text = synopsis_as_text(found)
    rows = text.splitlines()[4:8]
    assert [row[:15].rstrip() for row in rows[:2]] == ["Tune a (file)", "Tune a (a)"]
    assert rows[2].startswith("Tune a (a-longlo…onglong)")
    assert rows[3].startswith("Tune b ")
    assert all(name in synopsis_as_svg(found) for name in ("Tune a (file)", "Tune a (a)"))


def test_what_few_have_is_folded():
    found = synopsis([FAMILY[0], FAMILY[1], tune("c", "CDEFGAGEBcBcBcBcFEDCDEC.")])
    assert [len(fold) for fold in folds(found) if len(fold) > 1] == [8]
    assert "+8" in synopsis_as_text(found)
    assert sum(map(len, folds(found))) == len(found.columns)


def test_json():
    told = json.loads(json.dumps(synopsis_as_json(synopsis(FAMILY))))
    assert told["variants"][2]["notes"][12:] == [12, None, 13]
    assert told["columns"][5] == {"pitch": 69, "same": 2, "present": 3, "common": True}


def test_the_command(tmp_path, capsys):
    picture, line = tmp_path / "a.svg", tmp_path / "a.abc"
    asked = ["bach-bwv244.54", "--svg", str(picture), "--consensus", str(line)]
    assert main(["synopsis", *asked]) == 0
    assert "9 variants" in capsys.readouterr().out
    ET.fromstring(picture.read_text())
    assert len(load_melody(line)) > 35
    assert main(["synopsis", str(line), "--k", "2", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["variants"]) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no such tune at all"], "no tune is called"),
        (["bach-bwv244.54", "--k", "0"], "k is 0"),
        (["bach-bwv244.54", "--consensus", "x.txt"], "must end in one of"),
        (["bach-bwv244.54", "--svg", "none/x.svg"], "none/x.svg: there is no folder none"),
        (["bach-bwv244.54", "--svg", "data"], "data is a folder; name a file"),
        (["bach-bwv244.54", "--svg", "s.png"], "s.png: must end in .svg"),
        (["bach-bwv244.54", "--from-bar", "3"], "--from-bar goes with a file"),
        (["bach-bwv244.54", "--tune", "2"], "--tune goes with a file"),
        (["bach-bwv244.54", "--meter", "3/4"], "--meter goes with a file"),
        (["bach-bwv244.54", "--quantise", "off"], "--quantise goes with a file"),
    ],
)
def test_the_command_refuses(arguments, said, capsys):
    assert main(["synopsis", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_what_is_read_is_not_overwritten(tmp_path, capsys):
    file = tmp_path / "tune.abc"
    file.write_text("X:1\nM:4/4\nL:1/4\nK:C\nCDEF|GAGF|EDCD|E4|\n")
    before = file.read_bytes()
    assert main(["synopsis", str(file), "--consensus", str(file)]) == 2
    assert "would overwrite the tune that is read" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_a_table_of_tunes_that_are_too_long_is_refused():
    long = tune("a", "CD" * 1501)
    with pytest.raises(InputError, match="3,002 notes"):
        synopsis([long, FAMILY[0]])
