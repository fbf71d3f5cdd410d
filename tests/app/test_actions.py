"""What the page does, without gradio: load, search, compose, play, save."""

import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app import actions
from app.actions import KEY_OF_MOTIF, METHOD_NAMES, Motif, Wishes, keys_offered, load_motif
from app.sessions import Sessions
from app.visits import Visits
from generate import audio
from generate.compose import METHODS
from generate.frame import LONGEST_MOTIF
from generate.synthesis import SYNTHESISERS
from mer.corpus import Corpus, Tune
from mer.errors import InputError
from mer.index import PhraseIndex
from mer.io import load_melody, save_melody
from mer.key import Key
from mer.melody import Melody
from mer.shipped import data_folder

MOTIF = Melody(
    pitch=[67, 69, 71, 74, 71, 69],
    onset=[0, 240, 480, 720, 960, 1200],
    duration=[240] * 6,
    meter=(4, 4),
    key=Key(7),
)


@pytest.fixture(scope="module")
def index() -> PhraseIndex:
    """An index of forty tunes that walk up and down the G major scale."""
    rng = np.random.default_rng(5)
    scale = np.array([62, 64, 66, 67, 69, 71, 72, 74, 76, 78, 79])
    tunes = []
    for number in range(40):
        steps = np.clip(5 + np.cumsum(rng.integers(-2, 3, 63)), 0, 10)
        pitch = np.append(scale[steps], 67)
        tunes.append(
            Tune(
                f"t{number}",
                f"Tune <{number}>",
                "made & up",
                Melody(
                    pitch=pitch,
                    onset=np.arange(64) * 240,
                    duration=np.full(64, 240),
                    meter=(4, 4),
                    key=Key(7),
                    phrase_starts=tuple(range(0, 64, 8)),
                ),
            )
        )
    return PhraseIndex.build(Corpus.from_tunes(tunes))


@pytest.fixture
def visits(index: PhraseIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Visits:
    plain = "plain synthesiser"
    monkeypatch.setattr(audio, "SYNTHESISERS", {plain: SYNTHESISERS[plain]})
    folder = tmp_path / "motifs"
    folder.mkdir()
    save_melody(MOTIF, folder / "walk-up.mid")
    examples = actions.example_motifs(folder)
    return Visits(index, None, Sessions(tmp_path / "visitors"), examples)


def test_methods_of_the_page_are_those_of_the_generator() -> None:
    assert sorted(METHOD_NAMES.values()) == sorted(METHODS)


def test_every_key_on_offer_is_understood() -> None:
    for name in keys_offered():
        assert (Wishes(key=name).settings().key is None) == (name == KEY_OF_MOTIF)


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        (Wishes(method="magic"), "magic"),
        (Wishes(key="H major"), "H major"),
        (Wishes(bars=0), "bars"),
        (Wishes(tempo_bpm=5000), "tempo"),
    ],
)
def test_bad_wishes(wishes: Wishes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        wishes.settings()
    with pytest.raises(InputError, match="kazoo"):
        _ = Wishes(instrument="kazoo").program


def test_examples_are_named_and_sorted(tmp_path: Path) -> None:
    save_melody(MOTIF, tmp_path / "slow_air.mid")
    save_melody(replace(MOTIF, title="Étude <1>"), tmp_path / "b.musicxml")
    save_melody(replace(MOTIF, title="a jig"), tmp_path / "c.mid")
    (tmp_path / "README.md").write_text("no motif")
    examples = actions.example_motifs(tmp_path)
    assert list(examples) == ["a jig", "Slow air", "Étude <1>"]
    assert examples["a jig"].melody.pitch.tolist() == MOTIF.pitch.tolist()


def test_the_shipped_examples_can_all_be_used() -> None:
    examples = actions.example_motifs(data_folder() / "motifs")
    assert len(examples) >= 5
    assert all(3 <= len(motif.melody) <= LONGEST_MOTIF for motif in examples.values())


def test_load_motif_in_each_format(tmp_path: Path) -> None:
    for suffix in (".mid", ".musicxml"):
        save_melody(MOTIF, tmp_path / f"my-tune{suffix}")
        motif = load_motif(tmp_path / f"my-tune{suffix}")
        assert motif.melody.pitch.tolist() == MOTIF.pitch.tolist()
        assert motif.name == "My tune"


def test_a_long_tune_is_cut_and_said_to_be(tmp_path: Path) -> None:
    notes = 200
    save_melody(
        Melody(pitch=[60] * notes, onset=np.arange(notes) * 480, duration=[480] * notes),
        tmp_path / "long.mid",
    )
    motif = load_motif(tmp_path / "long.mid")
    assert len(motif.melody) == LONGEST_MOTIF
    assert any("200" in remark for remark in motif.remarks)


def test_a_very_slow_motif_is_cut_or_refused(tmp_path: Path) -> None:
    slow = Melody(pitch=[60] * 8, onset=np.arange(8) * 19_200, duration=[19_200] * 8)
    save_melody(slow, tmp_path / "slow.mid")
    assert len(load_motif(tmp_path / "slow.mid").melody) == 6  # 20 s each
    slower = Melody(pitch=[60] * 4, onset=np.arange(4) * 30_000, duration=[30_000] * 4)
    save_melody(slower, tmp_path / "slower.mid", tempo_bpm=30)
    with pytest.raises(InputError, match="120"):
        load_motif(tmp_path / "slower.mid")


def test_bad_uploads_do_not_tell_the_folder(tmp_path: Path) -> None:
    (tmp_path / "text.mid").write_text("no music")
    (tmp_path / "empty.abc").write_text("")
    (tmp_path / "unknown.xyz").write_text("x")
    (tmp_path / "big.mid").write_bytes(b"MThd" + bytes(actions.UPLOAD_LIMIT_BYTES))
    save_melody(MOTIF.cut(0, 2), tmp_path / "two.mid")
    for name in ("text.mid", "empty.abc", "unknown.xyz", "big.mid", "gone.mid", "two.mid"):
        with pytest.raises(InputError) as caught:
            load_motif(tmp_path / name)
        assert str(tmp_path) not in str(caught.value)
        assert "\n" not in str(caught.value)


def test_hostile_names_make_harmless_files() -> None:
    names = {
        "../../etc/passwd": "etc-passwd-take-1",
        "<script>alert(1)</script>": "script-alert-1-script-take-1",
        "日本": "motif-take-1",
        "x" * 500: "x" * 40 + "-take-1",
    }
    for name, stem in names.items():
        assert actions.file_stem(Motif(MOTIF, name), 1) == stem


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_find_and_compose(visits: Visits, method: str) -> None:
    motif, card = visits.choose_example("Walk up", "ann")
    assert "Walk up" in card
    assert card.count("<rect") == len(MOTIF)
    wishes = Wishes(method=method, take=3, max_copy=12)
    steps = list(visits.find_and_compose(motif, wishes, "ann"))
    assert "Searching 320 phrases" in steps[0].status
    assert steps[1].neighbours.count("<article") == 5
    assert "<audio" not in steps[1].neighbours
    last = steps[-1]
    assert "Done in" in last.status
    assert last.neighbours.count("<audio") == 5
    assert last.result.count("<audio") == 1
    assert method in last.result
    assert "<0>" not in last.neighbours + last.result
    assert last.midi is not None
    assert last.wav is not None
    assert last.midi.name == "walk-up-take-3.mid"
    assert len(load_melody(last.midi)) == last.result.count("<rect")
    with wave.open(str(last.wav)) as file:
        assert file.getnchannels() == 2


def test_same_take_same_music_other_take_other_music(visits: Visits) -> None:
    motif, _ = visits.choose_example("Walk up", "ann")

    def midi(take: int) -> bytes:
        last = list(visits.find_and_compose(motif, Wishes(take=take), "ann"))[-1]
        assert last.midi is not None
        return last.midi.read_bytes()

    assert midi(1) == midi(1)
    assert midi(1) != midi(2)


def test_visitors_do_not_share_and_leave_nothing(visits: Visits) -> None:
    visits.choose_example("Walk up", "ann")
    visits.choose_example("Walk up", "ben")
    root = visits.sessions.root
    assert len(list(root.iterdir())) == 2
    visits.sessions.remove("ann")
    assert list(root.iterdir()) == [visits.sessions.folder("ben")]
    visits.sessions.remove("ben")
    visits.sessions.remove("nobody")
    assert list(root.iterdir()) == []


def test_unknown_example(visits: Visits) -> None:
    with pytest.raises(InputError, match="Nonsense"):
        visits.choose_example("Nonsense", "ann")
