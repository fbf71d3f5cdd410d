"""Bad input, command by command: one line on stderr, status 2, nothing written, soon and small.

What the readers say of each kind of damage is tested beside them; here it is what a user meets.
"""

import gzip
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from generate.__main__ import main as generate
from mer.__main__ import main as mer
from mer.io import save_melody
from mer.io.score.musicxml import musicxml
from mer.notes.key import Key
from mer.notes.melody import Melody

ROOT = Path(__file__).parents[1]
CPU_SECONDS, MEGABYTES = 5.0, 500.0

FOUR = Melody(pitch=[60, 62, 64, 67], onset=[0, 480, 960, 1440], duration=[480] * 4, key=Key(0))


def midi(*notes: bytes) -> bytes:
    """Return a MIDI file of one track."""
    track = b"".join(notes) + b"\0\xff\x2f\0"
    header = b"MThd" + (6).to_bytes(4) + b"\0\0\0\1\1\xe0"
    return header + b"MTrk" + len(track).to_bytes(4) + track


def note(pitch: int, *, channel: int = 0, ticks: int = 96) -> bytes:
    return bytes((0, 0x90 | channel, pitch, 64, ticks, 0x80 | channel, pitch, 0))


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 13))
BOMB = f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "lol">{LAUGHS}]><score-partwise>&l12;'
RESTS = musicxml(FOUR).replace("<note><pitch>", "<note><rest/><!--").replace("</pitch>", "-->")

# File name -> content, and what is said of it.
FILES: dict[str, tuple[bytes, str]] = {
    "empty.mid": (b"", "is empty"),
    "cut.mid": (midi(note(60), note(62))[:-19], "holds no notes; track 1 is cut short"),
    "text.mid": (b"I am not music.", "is not a MIDI file"),
    "silent.mid": (midi(), "holds no notes"),
    "drums.mid": (midi(note(36, channel=9), note(38, channel=9)), "holds only drums"),
    "one.mid": (midi(note(60)), "has 1 note"),
    "two.mid": (midi(note(60), note(62)), "has 2 notes"),
    "many.mid": (midi(note(60) * 100_000), "holds more than 20,000 notes"),
    "lengthless.mid": (midi(note(60, ticks=0) * 4), "zero length"),
    "empty.musicxml": (b"", "is empty"),
    "bomb.musicxml": (BOMB.encode(), "declares XML entities"),
    "cut.musicxml": (musicxml(FOUR).encode()[:-90], "cannot be read as MusicXML"),
    "rests.musicxml": (RESTS.encode(), "holds no notes"),
    "text.mxl": (b"PK not a zip file", "is a damaged zip file"),
    "empty.abc": (b"", "is empty"),
    "words.abc": (b"X:1\nM:6/8\nK:G\nNot a note here", "is text and no music"),
    "rests.abc": (b"X:1\nK:C\nz4|z4|", "has no music"),
    "text.krn": (b"hello", "is not a kern file"),
    "rests.krn": (b"**kern\n*M4/4\n4r\n4r\n*-\n", "holds no notes"),
    "text.mei": (b"hello", "holds no MEI score"),
    "cut.mei": (b"<mei><music><body>", "cannot be read as MEI"),
    "bomb.mei": (BOMB.replace("score-partwise", "mei").encode(), "declares XML entities"),
    "text.pae": (b"hello", "is no Plaine & Easie"),
    "rests.pae": (b"%G-2 4-2-", "holds no notes"),
    "figures.pae": (b"@data:!" + b"'4C" * 1000 + b"!" + b"f" * 1000, "signs once figures"),
    "text.gabc": (b"Kyrie eleison", "is no GABC"),
    "keyless.gabc": (b"Ky(f)ri(g)e(h)", "has no clef"),
    "text.volpiano": (b"Kyrie eleison", "is no Volpiano"),
    "rests.volpiano": (b"1---3---4", "holds no notes"),
    "sound.mp3": (b"ID3", "is not audio that can be read; save it as 16-bit WAV"),
    "call.m4a": (b"x", "cannot read files that end in '.m4a'; save the recording as WAV"),
    "noending": (b"x", "noending: the name has no ending, which"),
}
LINE = {"id": "a", "family": "f", "pitch": [60, 62], "onset": [0, 1], "duration": [1, 1]}
LINES: dict[str, tuple[bytes, str]] = {
    "empty.jsonl": (b"", "contains no melody"),
    "text.jsonl": (b"hello\n", "text.jsonl, line 1: is not JSON ('hello')"),
    "list.jsonl": (b"[1]\n", "is not a JSON object"),
    "bare.jsonl": (b'{"id": "a"}\n', "'pitch' is missing"),
    "deep.jsonl": (b"[" * 100_000, "line 1"),
    "binary.jsonl": (b"\xff\xfe\0", "is not text"),
    "nan.jsonl": (json.dumps(LINE | {"onset": [0, float("nan")]}).encode(), "an onset is outside"),
    "zero.jsonl": (
        json.dumps(LINE | {"duration": [1, 0]}).encode(),
        "every duration must be above 0",
    ),
    "back.jsonl": (json.dumps(LINE | {"onset": [1, 0]}).encode(), "onsets must rise"),
    "pitch.jsonl": (json.dumps(LINE | {"pitch": [60, 999]}).encode(), "pitch 999 is outside"),
    "alone.jsonl": (json.dumps(LINE).encode(), "no two melodies share a family"),
    "twice.jsonl": (f"{json.dumps(LINE)}\n{json.dumps(LINE)}".encode(), "occurs twice"),
    "cut.jsonl.gz": (gzip.compress(json.dumps(LINE).encode(), mtime=0)[:-12], "cannot be read"),
}
GENERATE: dict[str, str] = {
    "--bars 0": "bars is 0; 1 to 128",
    "--bars -4": "bars is -4",
    "--bars 100000": "bars is 100000",
    "--bars many": "invalid int value",
    "--k 0": "k is 0; 1 to 200",
    "--count 0": "--count is 0; 1 to 100",
    "--count 1000": "--count is 1000",
    "--tempo 0": "--tempo is 0; 20 to 400",
    "--tempo nan": "tempo is nan",
    "--key H": "cannot read the key 'H'",
    "--key C-klingon": "unknown mode in key 'C-klingon'",
    "--low 80 --high 60": "--low 80 is above --high 60",
    "--low C5 --high C4": "--low C5 is above --high C4",
    "--first C#9": "the first note C#9 is outside the range",
    "--chords xx": "'xx' is no chord",
    "--chords |": "no chords in '|'",
    "--accompany polka": "--accompany is 'polka'",
    "--accompany drone --chords Am": "a drone has no chords",
    "--max-copy-pitch 5": "max-copy-pitch is 5; 6 to 64",
    "--low deep": "cannot read the note 'deep'",
    f"--low {'9' * 5000}": "cannot read the note",
    f"--track {'9' * 5000}": "no track",
    "--track 7": "no track '7'",
    f"--instrument {'9' * 5000}": "unknown instrument",
    "--instrument kazoo": "unknown instrument 'kazoo'",
    "--instrument 128": "instrument is 128; 0 to 127 is supported",
    "--corpus nowhere": "no corpus 'nowhere'",
    "--corpus good.mid": "not a mer index file",
    "--soundfont good.mid --wav": "is not a SoundFont",
    "dream": "choose one of continue, answer, b-part, vary",
    "--max-copy 1": "max-copy is 1; 2 to 64",
    "stitch --max-copy 2": "cannot keep to max-copy 2 notes",
    "--rng-seed -1": "--rng-seed is -1",
    "--out good.mid": "would overwrite a file that is read",
    "--out none/new.mid": "there is no folder",
    "--out good.mid/new.mid": "there is no folder",
    f"--out {'x' * 300}.mid": "File name too long",
    "--out /": "is not a file name",
    "--out new.txt": "must end in .mid",
    "--wav new.mp3": "must end in .wav",
    "--report .": "is a folder",
    "--report new.mid": "two outputs have the name",
    "--low 0 --high 127 --bars 128 --wav --tempo 20": "at most 600 are rendered",
    "--nonsense": "unrecognized arguments",
}
SEARCH: dict[str, str] = {
    "--k 0": "k is 0",
    "--k -3": "k is -3",
    "--k x": "invalid int value",
    "--corpus nowhere": "no corpus 'nowhere'",
    "--corpus good.mid": "not a mer index file",
    "--track 7": "no track '7'",
    "--meter 99/99": "no tune in 99/99 in this corpus; its metres are ",
}
EVALUATE: dict[str, str] = {
    "--method dream": "unknown method 'dream'",
    "--background none.jsonl": "none.jsonl",
    "--background good.mid": "good.mid",
    "--json none/figures.json": "there is no folder none",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory of the test, with a good motif and good labelled melodies."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MER_HOME", str(tmp_path / "home"))
    save_melody(FOUR, tmp_path / "good.mid")
    lines = [json.dumps(LINE | {"id": name}) for name in "abc"]
    (tmp_path / "good.jsonl").write_text("\n".join(lines))
    return tmp_path


@pytest.fixture
def refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[[Callable[[list[str]], int], list[str]], str]:
    """Return a function that runs a command, checks how it refuses, and returns what it says."""

    def run(main: Callable[[list[str]], int], arguments: list[str]) -> str:
        before = sorted(folder.rglob("*"))
        try:
            status = main(arguments)
        except SystemExit as stop:  # how argparse leaves
            status = int(stop.code or 0)
        shown = capsys.readouterr()
        assert status == 2
        assert shown.out == ""
        assert shown.err.startswith("error: ")
        assert shown.err.endswith("\n")
        assert shown.err.count("\n") == 1
        assert sorted(folder.rglob("*")) == before
        return shown.err

    return run


@pytest.mark.parametrize("name", FILES)
def test_a_bad_motif(folder: Path, refused, name: str) -> None:
    content, message = FILES[name]
    (folder / name).write_bytes(content)
    options = ["--out", "new.mid", "--wav", "--musicxml", "--report", "new.json"]
    for said in (refused(generate, ["--seed", name, *options]), refused(mer, ["search", name])):
        assert message in said


@pytest.mark.parametrize("name", ["missing.mid", "folder.mid", "pipe.mid", "x" * 300 + ".mid", ""])
def test_a_motif_that_is_no_file(folder: Path, refused, name: str) -> None:
    (folder / "folder.mid").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.mid")
    for said in (refused(generate, ["--seed", name]), refused(mer, ["search", name])):
        assert any(word in said for word in ("no such file", "folder", "regular", "too long"))


@pytest.mark.parametrize("options", GENERATE)
def test_bad_options_of_generate(refused, options: str) -> None:
    out = [] if "--out" in options else ["--out", "new.mid"]
    assert GENERATE[options] in refused(generate, ["--seed", "good.mid", *out, *options.split()])


@pytest.mark.parametrize("options", SEARCH)
def test_bad_options_of_search(refused, options: str) -> None:
    assert SEARCH[options] in refused(mer, ["search", "good.mid", *options.split()])


@pytest.mark.parametrize("name", LINES)
def test_bad_labelled_melodies(folder: Path, refused, name: str) -> None:
    content, message = LINES[name]
    (folder / name).write_bytes(content)
    assert message in refused(mer, ["evaluate", name, "--quiet"])


@pytest.mark.parametrize("options", EVALUATE)
def test_bad_options_of_evaluate(refused, options: str) -> None:
    assert EVALUATE[options] in refused(
        mer, ["evaluate", "good.jsonl", "--quiet", *options.split()]
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may do anything")
def test_a_locked_file_and_a_locked_folder(folder: Path, refused) -> None:
    (folder / "locked.mid").write_bytes(midi(note(60) * 3))
    (folder / "locked.mid").chmod(0)
    assert "cannot be read" in refused(mer, ["search", "locked.mid"])
    (folder / "locked").mkdir(mode=0o500)
    arguments = ["--seed", "good.mid", "--out", "locked/new.mid"]
    assert "cannot write here" in refused(generate, arguments)


def test_a_line_break_in_a_name_stays_in_one_line(refused) -> None:
    assert "no such file" in refused(generate, ["--seed", "two\nlines.mid"])


LAUNCHER = """
import resource, subprocess, sys
status = subprocess.call([sys.executable, *sys.argv[1:]], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(status, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def measured(folder: Path, *arguments: str) -> tuple[int, str, float, float]:
    """Run a command by itself; return status, stderr, processor seconds and megabytes."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    # What a process has used so far is inherited by its children: a small one stands between.
    launched = subprocess.run(
        [sys.executable, "-S", "-c", LAUNCHER, "-m", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=True,
    )
    status, seconds, memory = map(float, launched.stdout.split())
    unit = 1e6 if sys.platform == "darwin" else 1e3  # bytes there, kilobytes elsewhere
    return int(status), launched.stderr, seconds, memory / unit


def zip_bomb() -> bytes:
    path = Path("bomb.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("score.musicxml", bytes(200_000_000))
    return path.read_bytes()


HEAVY: dict[str, Callable[[], bytes]] = {
    "many.mid": lambda: FILES["many.mid"][0],
    "bomb.musicxml": lambda: FILES["bomb.musicxml"][0],
    "bomb.mxl": zip_bomb,
}


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not measure its children")
@pytest.mark.parametrize("name", HEAVY)
def test_what_is_heavy_is_refused_soon_and_in_little_memory(folder: Path, name: str) -> None:
    (folder / name).write_bytes(HEAVY[name]())
    status, said, seconds, megabytes = measured(folder, "generate", "--seed", name)
    assert (status, said.count("\n"), said[:7]) == (2, 1, "error: ")
    assert seconds < CPU_SECONDS
    assert megabytes < MEGABYTES


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not measure its children")
def test_an_odd_motif_and_the_widest_range_take_little_too(folder: Path) -> None:
    wide = np.array([0, 127, 0, 127, 60])
    odd = Melody(pitch=wide, onset=np.arange(5) * 480, duration=np.full(5, 480))
    save_melody(odd, folder / "wide.mid")
    options = ("--low", "0", "--high", "127", "--max-copy", "3")
    status, said, seconds, megabytes = measured(folder, "generate", "--seed", "wide.mid", *options)
    assert status in (0, 2), said
    assert seconds < CPU_SECONDS
    assert megabytes < MEGABYTES
