"""Files, recordings and typed notes become motifs; what cannot be used is refused in one line."""

import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.compose.wishes import Wishes
from app.visitor.motifs import (
    BARS_OF_A_TUNE,
    LONGEST_PROGRESSION,
    MOST_BARS,
    MOST_NOTES,
    RECORDING_LIMIT_BYTES,
    UPLOAD_LIMIT_BYTES,
    Passage,
    another_passage,
    example_motifs,
    heard_motif,
    load_motif,
    named_motif,
    typed_motif,
)
from mer.corpus.corpus import Corpus, Tune
from mer.corpus.shipped import data_folder
from mer.errors import InputError
from mer.io import save_melody
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

MOTIF = Melody(
    pitch=[67, 69, 71, 74, 71, 69],
    onset=[0, 240, 480, 720, 960, 1200],
    duration=[240] * 6,
    meter=(4, 4),
    key=Key(7),
)


def test_examples_are_named_and_sorted(tmp_path: Path) -> None:
    save_melody(MOTIF, tmp_path / "slow_air.mid")
    save_melody(replace(MOTIF, title="Étude <1>"), tmp_path / "b.musicxml")
    save_melody(replace(MOTIF, title="a jig"), tmp_path / "c.mid")
    (tmp_path / "README.md").write_text("no motif")
    examples = example_motifs(tmp_path)
    assert list(examples) == ["a jig", "Slow air", "Étude <1>"]
    assert examples["a jig"].melody.pitch.tolist() == MOTIF.pitch.tolist()


def test_the_shipped_examples_can_all_be_used() -> None:
    examples = example_motifs(data_folder() / "motifs")
    assert len(examples) >= 5
    assert all(3 <= len(motif.melody) <= MOST_NOTES for motif in examples.values())
    assert all(motif.melody.bars <= BARS_OF_A_TUNE for motif in examples.values())


def test_load_motif_in_each_format(tmp_path: Path) -> None:
    for suffix in (".mid", ".musicxml"):
        save_melody(MOTIF, tmp_path / f"my-tune{suffix}")
        motif = load_motif(tmp_path / f"my-tune{suffix}")
        assert motif.melody.pitch.tolist() == MOTIF.pitch.tolist()
        assert motif.name == "My tune"


def test_a_long_tune_is_cut_and_said_to_be(tmp_path: Path) -> None:
    notes = 400
    save_melody(
        Melody(pitch=[60] * notes, onset=np.arange(notes) * 480, duration=[480] * notes),
        tmp_path / "long.mid",
    )
    motif = load_motif(tmp_path / "long.mid")
    assert motif.melody.bars in (4, BARS_OF_A_TUNE)
    assert any("of 100 to the end of a phrase" in remark for remark in motif.remarks)
    chosen = another_passage(motif, Passage(from_bar=2, to_bar=90))
    assert len(chosen.melody) == 4 * MOST_BARS
    assert any("the first 64 bars of 89" in remark for remark in chosen.remarks)


TWO_STRAINS = """X:1
T:Two strains
M:4/4
L:1/8
K:G
GABc d2d2|e2d2 B4|GABc d2e2|d2B2 A4|GABc d2d2|e2d2 B4|A2B2 A2F2|G4 G4|
d2e2 d2B2|c2d2 c2A2|d2e2 d2B2|A2B2 A4|d2e2 d2B2|c2d2 c2A2|GABc d2F2|G4 G4|]
"""


def test_of_a_tune_that_is_pasted_the_first_strain_is_the_motif() -> None:
    motif = typed_motif(TWO_STRAINS, opening=True)
    assert motif.melody.bars == 8
    assert motif.name == "Two strains"
    assert motif.span == (1, 8)
    assert any("the opening, 8 bars of 16" in remark for remark in motif.remarks)
    # What names its notes one by one is a motif as it is, however long.
    whole = typed_motif(TWO_STRAINS)
    assert whole.melody.bars == 16
    assert typed_motif(whole.text, opening=True).melody.bars == 16


def test_bars_of_many_notes_are_fewer(tmp_path: Path) -> None:
    notes = 1200
    quick = Melody(
        pitch=[60, 62] * 600, onset=np.arange(notes) * 60, duration=[60] * notes, meter=(4, 4)
    )
    save_melody(quick, tmp_path / "quick.mid")
    motif = load_motif(tmp_path / "quick.mid")
    chosen = another_passage(motif, Passage(from_bar=1, to_bar=38))
    assert len(chosen.melody) == MOST_NOTES == 32 * 32
    assert typed_motif(motif.text).melody == motif.melody


def test_a_very_slow_motif_is_cut_or_refused(tmp_path: Path) -> None:
    slow = Melody(pitch=[60] * 8, onset=np.arange(8) * 1920, duration=[1920] * 8)
    save_melody(slow, tmp_path / "slow.mid", tempo_bpm=7.5)
    assert len(load_motif(tmp_path / "slow.mid").melody) == 7  # 32 s each
    slower = Melody(pitch=[60] * 4, onset=np.arange(4) * 30_000, duration=[30_000] * 4)
    save_melody(slower, tmp_path / "slower.mid", tempo_bpm=15)
    with pytest.raises(InputError, match="240"):
        load_motif(tmp_path / "slower.mid")


def test_bad_uploads_do_not_tell_the_folder(tmp_path: Path) -> None:
    (tmp_path / "text.mid").write_text("no music")
    (tmp_path / "empty.abc").write_text("")
    (tmp_path / "unknown.xyz").write_text("x")
    (tmp_path / "big.mid").write_bytes(b"MThd" + bytes(UPLOAD_LIMIT_BYTES))
    save_melody(MOTIF.cut(0, 2), tmp_path / "two.mid")
    for name in ("text.mid", "empty.abc", "unknown.xyz", "big.mid", "gone.mid", "two.mid"):
        with pytest.raises(InputError) as caught:
            load_motif(tmp_path / name)
        assert str(tmp_path) not in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_motif_is_what_its_text_says(tmp_path: Path) -> None:
    save_melody(replace(MOTIF, phrase_starts=(0, 3)), tmp_path / "tune.mid")
    motif = load_motif(tmp_path / "tune.mid")
    assert typed_motif(motif.text).melody == motif.melody
    for example in example_motifs(data_folder() / "motifs").values():
        assert typed_motif(example.text).melody == example.melody


def test_music_made_here_becomes_a_motif() -> None:
    long = Melody(pitch=[60, 62] * 140, onset=np.arange(280) * 480, duration=[480] * 280)
    motif = named_motif(long, "Sakura, take 2")
    assert motif.name == "Sakura, take 2"
    assert len(motif.melody) == 4 * MOST_BARS


def test_tempo_of_a_motif_has_limits() -> None:
    assert typed_motif("tempo=300 C D E").tempo_bpm == 240
    assert typed_motif("tempo=20 C D E").tempo_bpm == 40
    assert typed_motif("tempo=96.4 C D E").tempo_bpm == 96
    # In beats: a jig without a tempo is no slower than a march without one.
    assert typed_motif("6/8 tempo=300 C D E").tempo_bpm == 360
    assert typed_motif("6/8 C D E").beats_a_minute == 96


def whistled(path: Path, pitches: list[int]) -> None:
    rate, length = 16_000, 0.4
    time = np.arange(int(rate * length)) / rate
    swell = np.minimum(1, np.minimum(time, length - time) / 0.05)
    tones = [swell * np.sin(2 * np.pi * 440 * 2 ** ((p - 69) / 12) * time) for p in pitches]
    samples = np.concatenate([*(0.6 * tone for tone in tones), np.zeros(rate // 4)])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32_000).astype("<i2").tobytes())


def test_a_recording_is_heard(tmp_path: Path) -> None:
    pytest.importorskip("swift_f0", reason="the extra for recordings is not installed")
    whistled(tmp_path / "blob.wav", [67, 69, 71, 72, 74])
    motif = heard_motif(tmp_path / "blob.wav")
    assert motif.melody.pitch.tolist() == [67, 69, 71, 72, 74]
    assert motif.name == "Your melody"
    assert any("heard 5 notes" in remark for remark in motif.remarks)


def test_a_recording_is_written_as_the_corpus_knows_it(tmp_path: Path) -> None:
    pytest.importorskip("swift_f0", reason="the extra for recordings is not installed")
    pitches = [67, 69, 71, 72, 74, 71]
    whistled(tmp_path / "song.wav", pitches)
    plain = heard_motif(tmp_path / "song.wav").melody
    step = int(plain.onset[1] - plain.onset[0])
    for known in (step // 2, step, step * 2):
        tune = Melody(pitch=pitches, onset=np.arange(6) * known, duration=[known] * 6)
        index = PhraseIndex.build(Corpus.from_tunes([Tune("s", "Song", "mine", tune)]))
        motif = heard_motif(tmp_path / "song.wav", index)
        assert np.diff(motif.melody.onset).tolist() == [known] * 5
        assert any("as the corpus knows it best" in said for said in motif.remarks) == (
            known != step
        )
        assert motif.melody.duration_sec.sum() == pytest.approx(plain.duration_sec.sum(), rel=0.02)


def test_recordings_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("la la la")
    (tmp_path / "big.wav").write_bytes(bytes(RECORDING_LIMIT_BYTES + 1))
    for name in ("note.txt", "big.wav"):
        with pytest.raises(InputError) as caught:
            heard_motif(tmp_path / name)
        assert str(tmp_path) not in str(caught.value)
        assert name in str(caught.value)


def test_chords_that_change_all_the_time_are_told_bar_by_bar(tmp_path: Path) -> None:
    bar = '"Am"A2 B "G7"c d2 "F#m7"e2|"Dm7"d2 c "E7"B A2 "Bbmaj7"G2|'
    file = tmp_path / "song.abc"
    file.write_text("X:1\nT:Song\nM:4/4\nL:1/8\nK:Am\n" + bar * 31 + '"C"A8|"D"A8|\n')
    progression = load_motif(file).progression
    assert 0 < len(progression) <= LONGEST_PROGRESSION
    assert Wishes(progression=progression).settings().chords
