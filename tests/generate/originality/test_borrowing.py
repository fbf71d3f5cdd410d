import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from generate.originality.borrowing import Borrowing, first_bars, nearest_tunes, shared_runs
from generate.piece.composition import Composition, Source
from mer.corpus.corpus import Corpus, Tune
from mer.search.index import PhraseIndex, load_corpus

SCRIPT = Path(__file__).resolve().parents[3] / "benchmarks" / "borrowing.py"


@pytest.fixture(scope="module")
def regenerator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("borrowing_benchmark", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_shipped_table_is_what_the_regenerator_makes(regenerator: ModuleType) -> None:
    corpus, shipped = load_corpus(), Borrowing.load()
    assert shipped.fits(corpus)
    tunes = regenerator.sampled(corpus, regenerator.TUNES)
    assert {corpus.tune_id(tune) for tune in tunes} == set(shipped.tunes)
    some = regenerator.measured(corpus, tunes[::57])
    assert len(some.tunes) >= 7
    assert some.tunes == {key: shipped.tunes[key] for key in some.tunes}


def test_text_and_table_agree(tmp_path: Path) -> None:
    shipped = Borrowing.load()
    path = tmp_path / "again.json"
    path.write_text(shipped.as_json(), encoding="utf-8")
    again = Borrowing.load(path)
    assert (again.notes, again.tunes) == (shipped.notes, shipped.tunes)


def test_tunes_of_the_same_title_are_not_borrowed_from(corpus: Corpus) -> None:
    tunes = [corpus.tune(number) for number in range(6)]
    twin = Tune("twin", tunes[0].title.upper(), "other", tunes[0].melody)
    copy = Tune("copy", "Another", "other", tunes[0].melody)
    length = len(first_bars(tunes[0].melody, 8))
    with_twin = shared_runs(Corpus.from_tunes([*tunes, twin]), 0, (8,))
    with_copy = shared_runs(Corpus.from_tunes([*tunes, copy]), 0, (8,))
    assert with_twin[0] < length
    assert with_copy[0] == length


def test_share_above_falls_with_the_run() -> None:
    known = Borrowing.load()
    shares = [known.share_above(run, bars=8) for run in range(0, 30)]
    assert shares[0] == 1.0
    assert (np.diff(shares) <= 0).all()


def test_nearest_tunes_of_a_quotation(index: PhraseIndex, corpus: Corpus) -> None:
    tune = corpus.tune(7)
    notes = range(len(tune.melody))
    quoted = Composition(tune.melody, tuple(Source("corpus", n, 0, "t7", 1) for n in notes))
    found = nearest_tunes(quoted, index, k=2)
    assert found[0].phrase.tune_id == "t7"
    assert found[0].similarity == pytest.approx(1.0)
    assert len({match.phrase.tune_id for match in found}) == len(found) == 2
    stated = Composition(tune.melody, tuple(Source("motif", n, 0) for n in notes))
    assert nearest_tunes(stated, index) == []
