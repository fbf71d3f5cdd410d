"""The page "Is it new?": what is checked, what is told of it, the table, the variants of a tune."""

import csv
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from app.compose.visits import Visits
from app.corpora.newness import checks as newness_checks
from app.corpora.newness.check_cards import verdict
from app.corpora.newness.checkables import MOST_NOTES, Checkable, checkables, uploaded
from app.corpora.newness.checks import MOST_ROWS, Checks
from app.visitor.library import Library
from app.visitor.motifs import typed_motif
from mer.errors import InputError
from mer.io import save_melody
from mer.io.reading import Reading
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.sharing.check import check

VISITOR = "ann"


@pytest.fixture
def checks(visits: Visits) -> Checks:
    return Checks(Library(visits.index, visits.sessions), visits.sounds, visits.sessions)


@pytest.fixture
def quoted(walking_index: PhraseIndex) -> Checkable:
    """Notes 16 to 40 of a tune, a fourth higher, between notes that no tune has."""
    tune = walking_index.corpus.tune(7).melody
    strange = [61, 73, 61, 73, 61, 73, 61, 73]
    pitch = np.concatenate([strange, tune.pitch[16:40] + 5, strange])
    melody = Melody(
        pitch=pitch,
        onset=np.arange(len(pitch)) * 240,
        duration=np.full(len(pitch), 240),
        meter=(4, 4),
    )
    return Checkable.of("Mine & <yours>", Reading(melody))


@pytest.fixture
def table(visits: Visits) -> Callable[[str], list[dict[str, str]]]:
    """Read the table that a page links to."""

    def read(page: str) -> list[dict[str, str]]:
        found = re.search(r'href="gradio_api/file=([^"]+\.csv)"', page)
        assert found is not None
        with Path(found[1]).open(newline="") as file:
            return list(csv.DictReader(file))

    return read


def test_a_quotation_is_told_with_its_place_and_transposition(
    checks: Checks, quoted: Checkable, table: Callable[[str], list[dict[str, str]]]
) -> None:
    page, rows = checks.check(quoted, (), None, VISITOR)
    assert "Tune &lt;7&gt;" in page
    assert "Mine &amp; &lt;yours&gt;" in page
    assert "<yours>" not in page
    # Eight notes are a bar of 4/4: bar 2 on is the tune, from its bar 3 on.
    assert "bars 2-4 here, bars 3-5 there" in page
    assert "5 semitones lower" in page
    assert "is no proof that it is new" in page
    assert len(rows) == 1
    (row,) = table(page)
    assert row["file"] == "Mine & <yours>"
    assert (row["pitch_notes"], row["pitch_transposition"]) == ("24", "-5")
    assert row["most_tune_id"] == "t7"


def test_the_table_has_a_row_for_each_check_of_the_visit(
    checks: Checks, quoted: Checkable, table: Callable[[str], list[dict[str, str]]]
) -> None:
    _, rows = checks.check(quoted, (), None, VISITOR)
    _, rows = checks.check(replace(quoted, name="again"), rows, None, VISITOR)
    page, rows = checks.check(quoted, rows, None, VISITOR)
    assert [row["file"] for row in table(page)] == ["again", "Mine & <yours>"]
    assert "2 checks of this visit" in page
    many = tuple(row | {"file": str(n)} for n, row in enumerate(rows * MOST_ROWS))
    _, kept = checks.check(quoted, many, None, VISITOR)
    assert len(kept) == MOST_ROWS
    # Of the files before, all but the last few are gone.
    for _ in range(6):
        page, _ = checks.check(quoted, rows, None, VISITOR)
    assert len(list(checks.sessions.folder(VISITOR).glob("check-*.csv"))) == 4
    assert table(page)


def test_of_two_checks_at_once_neither_takes_the_table_of_the_other(
    checks: Checks,
    quoted: Checkable,
    table: Callable[[str], list[dict[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = threading.Barrier(2, timeout=60)
    written = newness_checks.write_bytes

    def together(path: Path, contents: bytes) -> None:
        written(path, contents)
        both.wait()

    monkeypatch.setattr(newness_checks, "write_bytes", together)
    with ThreadPoolExecutor(2) as pool:
        names = ("one", "two")
        tasks = [
            pool.submit(checks.check, replace(quoted, name=name), (), None, VISITOR)
            for name in names
        ]
        pages = [task.result()[0] for task in tasks]
    assert [table(page)[0]["file"] for page in pages] == ["one", "two"]


@pytest.mark.parametrize(
    ("same", "said"),
    [
        (24, "All of it, or nearly, is in Tune <7>"),
        (16, "Much of it is in Tune <7>"),
        (8, "A part of it is in "),
        (4, "Little of it is in any tune here: at most "),
    ],
)
def test_the_verdict_says_how_much_is_shared(
    walking_index: PhraseIndex, same: int, said: str
) -> None:
    tune = walking_index.corpus.tune(7).melody.cut(0, 24)
    pitch = tune.pitch.copy()
    pitch[same:] = 60 + np.arange(24 - same) % 2 * 11
    words = verdict(check(replace(tune, pitch=pitch), walking_index))
    assert words.startswith(said)


def test_nothing_shared_is_said(checks: Checks) -> None:
    strange = Melody(pitch=[30, 61, 35, 90], onset=[0, 7, 1000, 1007], duration=[5] * 4)
    page, _ = checks.check(Checkable.of("Odd", Reading(strange)), (), None, VISITOR)
    assert "No tune here shares much of it" in page
    assert "no run of 4 notes is shared" in page
    assert "is no proof that it is new" in page


def test_chant_is_checked_without_its_rhythm(checks: Checks) -> None:
    chant = typed_motif("(c4) Ky(f)ri(gfg)e(h) e(g)le(f)i(e)son(d)").melody
    page, _ = checks.check(Checkable.of("Chant", Reading(chant)), (), None, VISITOR)
    assert '<span class="why">contour' in page
    assert "rhythm" not in page


def test_what_there_is_to_check(tmp_path: Path) -> None:
    motif = typed_motif("C4 D E F", "Mine")
    melody = motif.melody
    known = checkables(motif, [(f"Take {n}", melody) for n in range(1, 20)])
    assert list(known)[:3] == ["motif", "take 0", "take 1"]
    assert len(known) == 9
    assert checkables(None, None) == {}
    assert known["motif"].is_same(checkables(motif, [])["motif"])
    assert not known["motif"].is_same(known["take 0"])
    assert not known["motif"].is_same(None)

    long = Melody(pitch=[60, 62] * 300, onset=np.arange(600) * 240, duration=[240] * 600)
    save_melody(long, tmp_path / "long.mid")
    checkable = uploaded(tmp_path / "long.mid")
    assert (len(checkable.melody), len(checkable.bars)) == (MOST_NOTES, MOST_NOTES)
    assert f"the first {MOST_NOTES} of 600 notes are checked" in checkable.remarks
    with pytest.raises(InputError, match=r"^none\.mid") as caught:
        uploaded(tmp_path / "none.mid")
    assert str(tmp_path) not in str(caught.value)


def test_variants_are_drawn_and_each_can_be_heard(
    checks: Checks, walking_index: PhraseIndex
) -> None:
    tune = walking_index.corpus.tune(3).melody
    changed = tune.pitch.copy()
    changed[[5, 20, 40]] += 1
    mine = Checkable.of("Mine", Reading(replace(tune, pitch=changed - 2)))
    page = checks.variants("", mine, None, VISITOR)
    assert "Variants of Mine" in page
    assert page.count("<audio") == 3  # the consensus, mine and the tune
    assert "What most of them have" in page
    assert "2 semitones higher there" in page
    found = re.search(r'href="gradio_api/file=([^"]+\.svg)"', page)
    assert found is not None
    assert ElementTree.parse(found[1]).getroot().tag.endswith("svg")

    page = checks.variants("t3", None, None, VISITOR)
    assert "Variants of Tune &lt;3&gt;" in page
    assert "No other tune here has most of its notes" in page


def test_what_cannot_be_checked_is_refused(checks: Checks, quoted: Checkable) -> None:
    with pytest.raises(InputError, match="choose a motif"):
        checks.check(None, (), None, VISITOR)
    with pytest.raises(InputError, match="choose a motif"):
        checks.variants("", None, None, VISITOR)
    with pytest.raises(InputError, match="no tune 't99'"):
        checks.variants("t99", quoted, None, VISITOR)
    short = Checkable.of("Short", Reading(quoted.melody.cut(0, 2)))
    with pytest.raises(InputError, match="2 notes"):
        checks.check(short, (), None, VISITOR)
