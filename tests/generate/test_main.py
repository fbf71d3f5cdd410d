import json
from pathlib import Path

import mido
import numpy as np
import pytest

from generate.__main__ import main
from generate.plan.verbs import VERBS
from mer.corpus.shipped import data_folder
from mer.io import load_melody, save_melody
from mer.notes.key import Key
from mer.notes.melody import Melody

MOTIF = Melody(
    pitch=np.array([64, 64, 65, 67, 67, 65, 64, 62]),
    onset=np.arange(8) * 480,
    duration=np.full(8, 480),
    meter=(4, 4),
    key=Key(0),
)


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    path = tmp_path / "motif.mid"
    save_melody(MOTIF, path)
    return path


# Where it is not what chooses the notes that counts.
QUICK = ("--model", "chain")


def run(seed: Path, index_file: str, *options: str) -> int:
    return main(["--seed", str(seed), "--corpus", index_file, *options])


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_default_writes_beside_the_seed_and_tells(
    seed: Path, index_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(seed, index_file) == 0
    made = load_melody(seed.with_name("motif-generated.mid"))
    assert made.bars == 8
    assert made.pitch[:8].tolist() == MOTIF.pitch.tolist()
    shown = capsys.readouterr().out
    assert "invented" in shown
    assert "8 bars of 4/4 in C major" in shown
    assert run(seed, index_file, "--bars", "1", *QUICK) == 0
    assert ", 1 bar of 4/4 in C major" in capsys.readouterr().out
    assert files(seed.parent) == {"motif.mid", "motif-generated.mid"}


def test_count_numbers_every_output(seed: Path, index_file: str) -> None:
    out, report = seed.with_name("new.mid"), seed.with_name("report.json")
    options = ["--out", str(out), "--musicxml", "--count", "3", "--report", str(report), "--quiet"]
    assert run(seed, index_file, *options, *QUICK) == 0
    names = {f"new-0{n}.{ending}" for n in (1, 2, 3) for ending in ("mid", "musicxml")}
    assert files(seed.parent) == names | {"motif.mid", "report.json"}
    contents = {(seed.parent / f"new-0{n}.mid").read_bytes() for n in (1, 2, 3)}
    assert len(contents) == 3
    pieces = json.loads(report.read_text())["pieces"]
    assert [Path(piece["files"]["midi"]).name for piece in pieces] == [
        "new-01.mid",
        "new-02.mid",
        "new-03.mid",
    ]


def test_same_seed_same_bytes(seed: Path, index_file: str) -> None:
    outputs = []
    for name, number in (("a", "5"), ("b", "5"), ("c", "6")):
        folder = seed.parent / name
        folder.mkdir()
        options = ["--out", str(folder / "x.mid"), "--rng-seed", number, "--quiet"]
        assert run(seed, index_file, *options, *QUICK) == 0
        outputs.append((folder / "x.mid").read_bytes())
    assert outputs[0] == outputs[1] != outputs[2]


def test_musical_options_are_kept(seed: Path, index_file: str) -> None:
    options = ["--bars", "4", "--key", "Eb", "--low", "C4", "--high", "84", "--tempo", "90"]
    options += ["--instrument", "violin", "vary", "--accompany", "none", "--quiet"]
    assert run(seed, index_file, *options) == 0
    path = seed.with_name("motif-generated.mid")
    made = load_melody(path)
    assert made.bars == 4
    assert made.key == Key.parse("Eb")
    assert made.tempo_bpm == pytest.approx(90)
    assert made.pitch.min() >= 60
    assert {
        m.program for t in mido.MidiFile(path).tracks for m in t if m.type == "program_change"
    } == {40}


@pytest.mark.parametrize("options", [[], ["--keep-bars", "1"]])
def test_a_tempo_counts_the_beats_of_the_metre(
    seed: Path, index_file: str, options: list[str]
) -> None:
    report = seed.with_name("report.json")
    asked = ["--meter", "6/8", "--tempo", "80", "--quiet", "--report", str(report)]
    assert run(seed, index_file, *asked, *options, *QUICK) == 0
    made = load_melody(seed.with_name("motif-generated.mid"))
    assert (made.meter, made.tempo_bpm) == ((6, 8), 120.0)
    told = json.loads(report.read_text())
    assert told["settings"]["tempo_bpm"] == 120.0
    assert (told["frame"]["beat"], told["frame"]["beats_a_minute"]) == ("dotted quarter", 80.0)


def test_some_bars_of_the_seed_are_taken(
    seed: Path, index_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = load_melody(seed)
    asked = ["--from-bar", "1", "--to-bar", "1", "--bars", "4"]
    assert run(seed, index_file, *asked, *QUICK) == 0
    assert "note: took bars 1 to 1 of" in capsys.readouterr().out
    assert len(load_melody(seed, from_bar=1, to_bar=1)) < len(whole)
    assert run(seed, index_file, "--to-bar", "99") == 2
    assert f"there is no bar 99; the tune has {whole.bars} bar" in capsys.readouterr().err


def test_wav_beside_the_midi(seed: Path, index_file: str) -> None:
    pytest.importorskip("generate.sound.audio")
    asked = ["--wav", "--bars", "2", "--tempo", "300", "--quiet"]
    assert run(seed, index_file, *asked, *QUICK) == 0
    assert seed.with_name("motif-generated.wav").read_bytes()[:4] == b"RIFF"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["dream"], "unknown verb 'dream'; choose one of continue, answer, b-part, vary"),
        (["answer", "--bars", "4"], "--bars goes with continue, vary, morph or stitch, not with"),
        (["b-part", "--form", "A B"], "--form goes with continue, not with b-part"),
        (["vary", "--scale", "key"], "--scale goes with continue, answer or b-part, not with vary"),
        (["stitch", "--model", "chain"], "--model goes with continue, answer or b-part"),
        (["morph", "--keep-bars", "1"], "--keep-bars goes with continue, not with morph"),
        (["--to", "motif.mid"], "--to goes with morph, not with continue"),
        (
            ["--keep-bars", "1", "--bars", "4"],
            "--keep-bars keeps the piece as it is; leave out --bars",
        ),
        (["--keep-bars", "1", "--form", "A B"], "leave out --form"),
        (["--keep-bars", "1", "--key", "D"], "leave out --key"),
        (["--keep-bars", "1", "--no-motif"], "leave out --no-motif"),
        (["--with-motif", "--no-motif"], "not allowed with argument --with-motif"),
        (["--bars", "0"], "bars is 0"),
        (["--bars", "many"], "--bars: invalid int value: 'many'"),
        (["--key", "H"], "cannot read the key 'H'"),
        (["--low", "deep"], "cannot read the note 'deep'"),
        (["--count", "0"], "--count is 0"),
        (["--max-copy", "1"], "max-copy is 1"),
        (["--instrument", "kazoo"], "unknown instrument 'kazoo'"),
        (["--instrument", "128"], "instrument is 128; 0 to 127 is supported"),
        (["--tempo", "0"], "--tempo is 0; 20 to 400"),
        (["--rng-seed", "-1"], "--rng-seed is -1"),
        (["--corpus", "nowhere.npz"], "nowhere.npz"),
        (["--out", "new.wav"], "must end in .mid"),
        (["--out", "no/such/folder/new.mid"], "there is no folder"),
        (["--out", "new.mid", "--report", "new.mid"], "two outputs have the name"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["--track", "7"], "7"),
    ],
)
def test_bad_options_give_one_line_and_no_file(
    options: list[str],
    message: str,
    seed: Path,
    index_file: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(seed.parent)
    try:
        status = run(seed, index_file, *options)
    except SystemExit as left:  # how argparse leaves
        status = int(left.code or 0)
    shown = capsys.readouterr()
    assert status == 2
    assert shown.out == ""
    assert shown.err.startswith("error: ")
    assert shown.err.count("\n") == 1
    assert message in shown.err
    assert files(seed.parent) == {"motif.mid"}


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        ("empty.mid", b""),
        ("text.mid", b"This is not music."),
        ("cut.mid", b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x01\xe0MTrk\x00\x00\x01"),
        ("strange.txt", b"C D E"),
        ("broken.abc", b"X:1\nK:\n|:|\n"),
    ],
)
def test_bad_seeds_give_one_line_and_no_file(
    name: str,
    contents: bytes,
    tmp_path: Path,
    index_file: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bad = tmp_path / name
    bad.write_bytes(contents)
    assert run(bad, index_file) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith("error: ")
    assert shown.err.count("\n") == 1
    assert files(tmp_path) == {name}


def test_a_missing_seed_a_folder_and_a_short_motif(
    tmp_path: Path, index_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    save_melody(MOTIF.cut(0, 2), tmp_path / "two.mid")
    for name in ("missing.mid", "two.mid", "."):
        options = ["--out", str(tmp_path / "new.mid")]
        assert run(tmp_path / name, index_file, *options) == 2
        assert capsys.readouterr().err.startswith("error: ")
    assert files(tmp_path) == {"two.mid"}


def test_the_seed_is_never_overwritten(
    seed: Path, index_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = seed.read_bytes()
    assert run(seed, index_file, "--out", str(seed)) == 2
    assert "would overwrite a file that is read" in capsys.readouterr().err
    assert seed.read_bytes() == before


@pytest.mark.parametrize("asked", [["--help"], ["answer", "-h"]])
def test_the_help_names_every_verb(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(asked)
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    assert all(verb in text for verb in VERBS)


@pytest.mark.parametrize(("options", "bars"), [([], 2), (["--with-motif"], 4)])
def test_a_verb_may_stand_anywhere(
    seed: Path, index_file: str, options: list[str], bars: int
) -> None:
    asked = ["--model", "chain", *options, "answer", "--quiet"]
    assert run(seed, index_file, *asked) == 0
    assert load_melody(seed.with_name("motif-generated.mid")).bars == bars
    first = seed.with_name("motif-generated.mid").read_bytes()
    arguments = ["answer", "--seed", str(seed), "--corpus", index_file, "--model", "chain"]
    assert main([*arguments, *options, "--quiet"]) == 0
    assert seed.with_name("motif-generated.mid").read_bytes() == first


def test_a_cut_is_said_and_reported(
    seed: Path, index_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report = seed.with_name("report.json")
    options = ["--bars", "2", "--model", "chain", "--report", str(report)]
    assert run(seed, index_file, *options) == 0
    said = "only the first bar of the motif's 2 is heard in a piece of 2 bars"
    assert f"note: {said}" in capsys.readouterr().out
    assert any(said in remark for remark in json.loads(report.read_text())["remarks"])


@pytest.mark.skipif(
    not (data_folder() / "folk" / "index.npz").is_file(),
    reason="the shipped corpus has not been built",
)
@pytest.mark.parametrize("verb", ["continue", "stitch", "vary"])
def test_the_shipped_corpus_is_the_default(verb: str, seed: Path) -> None:
    report = seed.with_name("report.json")
    options = [verb, "--report", str(report), "--quiet"]
    assert main(["--seed", str(seed), *options]) == 0
    description = json.loads(report.read_text())
    assert len(description["neighbours"]) == 12
    notes = description["pieces"][0]["notes"]
    assert all("kind" in note["source"] for note in notes)


def test_a_morph_without_room_is_said_and_reported(
    seed: Path, index_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report = seed.with_name("report.json")
    options = ["morph", "--bars", "2", "--report", str(report)]
    assert run(seed, index_file, *options) == 0
    assert "too short for a morph" in capsys.readouterr().out
    assert any("too short" in remark for remark in json.loads(report.read_text())["remarks"])


def test_wrong_instruments_and_bars_are_refused_before_anything_is_written(
    seed: Path, index_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(seed, index_file, "--instrument", "200") == 2
    assert "instrument is 200; 0 to 127 is supported" in capsys.readouterr().err
    assert run(seed, index_file, "--keep-bars", "1-2") == 2
    assert "--keep-bars keeps all 2 bars" in capsys.readouterr().err
    assert files(seed.parent) == {"motif.mid"}


def test_a_long_stretch_that_is_kept_is_searched_by_its_beginning(
    tmp_path: Path, index_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = Melody(
        pitch=60 + np.arange(40) % 7, onset=np.arange(40) * 480, duration=[480] * 40, meter=(4, 4)
    )
    save_melody(whole, tmp_path / "whole.mid")
    assert run(tmp_path / "whole.mid", index_file, "--keep-bars", "1-9", *QUICK) == 0
    assert "the search uses the first 24 of the 36 notes" in capsys.readouterr().out
