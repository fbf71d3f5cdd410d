"""The map: what is drawn, what a click shows, what sets a group apart."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.explore import atlas as atlases
from app.explore.atlas import Atlas, Atlases
from app.explore.map import drawing, script, template
from app.explore.measures import DESCRIPTIONS
from app.explore.tours import Tours
from app.sound.sounds import Sounds
from app.visitor.library import Library
from app.visitor.motifs import Motif
from app.visitor.sessions import Sessions
from generate.sound import audio
from generate.sound.synthesis import SYNTHESISERS
from mer.corpus.corpus import Corpus, Tune
from mer.embeddings import REPRESENTATIONS
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

SCALE = np.array([60, 62, 64, 65, 67, 69, 71, 72, 74])

BY_SHAPE = ("step-curve", "directions")
LABELS = ("shape of the pitch curve", "main directions")


def melody(seed: int) -> Melody:
    rng = np.random.default_rng(seed)
    steps = np.clip(4 + np.cumsum(rng.integers(-2, 3, 32)), 0, 8)
    jig = seed % 2 == 0
    return Melody(
        pitch=SCALE[steps],
        onset=np.arange(32) * 240,
        duration=[240] * 32,
        meter=(6, 8) if jig else (4, 4),
        key=Key(0, "major" if jig else "dorian"),
        phrase_starts=(0, 8, 16, 24),
    )


@pytest.fixture(scope="module")
def index() -> PhraseIndex:
    tunes = [Tune(f"t{n}", f"Tune <{n}>", f"book {n % 3}", melody(n)) for n in range(40)]
    return PhraseIndex.build(Corpus.from_tunes(tunes))


@pytest.fixture(scope="module")
def atlas(index: PhraseIndex) -> Atlas:
    return Atlas(index)


@pytest.fixture
def tours(index: PhraseIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tours:
    plain = "plain synthesiser"
    monkeypatch.setattr(audio, "SYNTHESISERS", {plain: SYNTHESISERS[plain]})
    sessions = Sessions(tmp_path / "visitors")
    return Tours(Library(index, sessions), Atlases(), Sounds(tmp_path / "sounds"))


def test_every_representation_is_described() -> None:
    assert DESCRIPTIONS.keys() == REPRESENTATIONS.keys() - {"lsa"}
    for description in DESCRIPTIONS.values():
        assert description.misses.endswith(".")


@pytest.mark.parametrize("name", list(DESCRIPTIONS))
def test_every_representation_can_be_drawn(atlas: Atlas, name: str) -> None:
    motif = melody(3).cut(0, 8)
    drawn = drawing(atlas, name, motif=("mine", motif), takes=[("take 1", melody(77))])
    places = np.array(drawn["points"])
    assert places.shape == (160, 3)
    assert np.isfinite(places).all()
    inside = (places[:, :2] >= -0.05) & (places[:, :2] <= 1.05)
    assert inside.mean() > 0.98
    assert [mark["kind"] for mark in drawn["marks"]] == ["take", "motif"]
    for colouring in drawn["colourings"]:
        assert len(colouring["kinds"]) == 160
        assert max(colouring["kinds"]) < len(colouring["names"])
    json.dumps(drawn)


def test_a_phrase_lies_on_its_own_point(atlas: Atlas, index: PhraseIndex) -> None:
    for name in ("step-curve", "interval", "summary"):
        chart = atlas.chart(name)
        phrase = index.phrase(int(chart.numbers[5])).melody
        place = atlas.places(name, [phrase])[0]
        np.testing.assert_allclose(place, chart.places[5], atol=1e-5)


def test_neighbourhoods_keep_what_is_near(atlas: Atlas, index: PhraseIndex) -> None:
    pytest.importorskip("sklearn")
    drawn = drawing(atlas, "interval", "neighbourhoods", motif=("mine", melody(3).cut(0, 8)))
    assert len(drawn["points"]) == 160
    assert [mark["kind"] for mark in drawn["marks"]] == ["motif"]
    assert drawn["words"].startswith("Near points are alike; directions")
    plain, chart = atlas.chart("interval"), atlas.chart("interval", "neighbourhoods")
    assert chart is atlas.chart("interval", "neighbourhoods")
    assert (chart.group == plain.group).all()
    assert 0.5 < plain.trust < chart.trust <= 1.0
    assert f"Trustworthiness {chart.trust:.2f}" in drawn["words"]
    # A phrase that is on the map lies on its own point.
    phrase = index.phrase(int(chart.numbers[5])).melody
    place = atlas.places("interval", [phrase], "neighbourhoods")[0]
    np.testing.assert_allclose(place, chart.places[5])


def test_without_scikit_learn_there_is_a_message(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.manifold", None)
    with pytest.raises(InputError, match="needs scikit-learn"):
        atlas.chart("contour", "neighbourhoods")


@pytest.mark.parametrize("phrases", [1, 2, 3])
def test_few_phrases_are_a_map(phrases: int) -> None:
    tune = replace(melody(1), phrase_starts=(0, 8, 16)[:phrases])
    small = Atlas(PhraseIndex.build(Corpus.from_tunes([Tune("t", "Tune", "book", tune)])))
    for layout in ("directions", "neighbourhoods"):
        drawn = drawing(small, "step-curve", layout, takes=[("take 1", melody(3))])
        assert np.isfinite(np.array(drawn["points"])).all()
        assert len(drawn["points"]) == phrases


def test_kept_and_drawn_once(index: PhraseIndex) -> None:
    kept = Atlases()
    assert kept.of(index) is kept.of(index)
    one = kept.of(index)
    assert one.chart("contour") is one.chart("contour")
    assert one.view("four-note") is index.store.parts[0].sets["four-note"]  # type: ignore[attr-defined]


def test_the_sample_is_bounded_and_the_same_each_time(
    index: PhraseIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atlases, "SAMPLE", 50)
    first, second = Atlas(index), Atlas(index)
    assert len(first.sample) == 50
    assert (first.sample == second.sample).all()
    for name in ("vector", "contour"):
        rows = first.rows(name)
        assert len(rows) == 50
    # A slow representation knows its sample only; other phrases are taken apart when asked for.
    numbers = np.union1d(first.sample[:5], np.setdiff1d(np.arange(160), first.sample)[:5])
    found = first.similarity("vector", melody(3).cut(0, 8), numbers)
    whole = REPRESENTATIONS["vector"]().fit(first.sampled)
    for number, value in zip(numbers.tolist(), found.tolist(), strict=True):
        row = whole.transform(index.columns.take([number]))[0]
        query = whole.transform(Corpus.from_tunes([Tune("q", "", "", melody(3).cut(0, 8))]).tunes)
        assert value == pytest.approx(0.5 + 0.5 * float(row @ query[0]), abs=1e-5)


def test_drawing_as_text(tours: Tours) -> None:
    motif = Motif(melody(5).cut(0, 8), "</script><b>mine")
    drawn = json.loads(tours.drawing(BY_SHAPE, motif, (), None))
    kinds = [mark["kind"] for mark in drawn["marks"]]
    assert kinds.count("neighbour") == 10
    assert kinds[-1] == "motif"
    assert [mark["rank"] for mark in drawn["marks"][:-1]] == list(range(10, 0, -1))
    assert json.loads(tours.drawing(LABELS, None, (), None))["marks"] == []
    with pytest.raises(InputError, match="unknown representation 'colour'"):
        tours.drawing(("colour", "directions"), motif, (), None)
    with pytest.raises(InputError, match="unknown layout 'round'; known: directions, neigh"):
        tours.drawing(("step-curve", "round"), motif, (), None)


def test_a_phrase_is_shown_with_its_player(tours: Tours, tmp_path: Path) -> None:
    card = tours.card(tours.phrase(6.0, None))
    assert "Tune &lt;1&gt;" in card
    assert "phrase 3" in card
    assert card.count("<rect") == 8
    assert "<audio" in card
    assert not [*tmp_path.rglob("*.wav"), *tmp_path.rglob("*.mp3")]
    for wrong in (-1, 160, 1.5, None):
        with pytest.raises(InputError, match="there is no phrase"):
            tours.phrase(wrong, None)


def test_a_group_is_explained(tours: Tours, index: PhraseIndex) -> None:
    jigs = np.flatnonzero(index.columns.meter[:, 1] == 8)[:60]
    told = tours.reasons(", ".join(map(str, jigs.tolist())), None)
    assert "What these 60 have in common" in told
    assert "more often 6/8" in told
    assert "more often major" in told


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ("", "no phrase is chosen"),
        ("1,2", "at least 3"),
        ("1,2,x", "not all of these are numbers"),
        ("1,2,999999", "not all of these are numbers"),
        ("1,2,-3", "not all of these are numbers"),
        ("9" * 40, "not all of these are numbers"),
        ("1," * 30_000, "at most 20,000"),
    ],
)
def test_bad_groups_are_one_line(tours: Tours, numbers: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as error:
        tours.reasons(numbers, None)
    assert len(str(error.value)) < 160


def test_script_and_template_load_nothing() -> None:
    for text in (script(), template()):
        assert "http" not in text
        assert "{{" not in text
        assert "innerHTML" not in text
