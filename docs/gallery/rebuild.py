"""Shipped motifs -> the twelve examples of this folder: MIDI, compressed sound, piano roll, page.

    python docs/gallery/rebuild.py [--out FOLDER]

Every example is one command line, run as a user would. The sound is written as MP3 if the package
`soundfile` is installed and a soundfont is found whose sound may be shipped, else left out; it
depends on the synthesiser and the soundfont, which the page names. MIDI files and piano rolls are
the same bytes on every run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import numpy as np

from generate.__main__ import main as generate
from generate.sound.soundfont import find_soundfont
from mer.io.midi.events import midi_file
from mer.notes.drawing import escape

ROOT = Path(__file__).resolve().parent.parent.parent
LARGEST = 1_500_000  # bytes of the whole folder
SOUND_RATE = 22_050
MOTIF, CORPUS, FADED, INK = "#b45309", "#0f766e", "#cbd5e1", "#475569"
# Soundfonts whose licence lets recordings of them be shipped, and what it asks to be said.
MAY_BE_SHIPPED = {
    "FluidR3_GM.sf2": "(c) Frank Wen, MIT licence",
    "FluidR3Mono_GM.sf3": "(c) Frank Wen and Michael Cowgill, MIT licence",
    "MuseScore_General.sf3": "(c) Frank Wen, Michael Cowgill and S. Christian Collins, MIT licence",
}
PLANNED = ("londonderry",)  # whose plans are drawn as well
WIDTH, ROW, MARGIN, HEADING = 960.0, 4.0, 24.0, 20.0


class Example(NamedTuple):
    """Name of the files, motif, further options, and a sentence on what to listen for."""

    name: str
    motif: str
    options: str
    text: str


EXAMPLES = (
    Example("ode", "ode-to-joy.musicxml", "", "as it comes: a hymn, with a flute above the organ"),
    Example(
        "scarborough",
        "scarborough-fair.mid",
        "--instrument recorder --rng-seed 2",
        "a waltz in dorian: its chords are those of the mode, bVII and v among them",
    ),
    Example(
        "greensleeves",
        "greensleeves.abc",
        "--instrument oboe --second-voice --bars 16 --form \"A A' B A''\" --rng-seed 1",
        "sixteen bars of 6/8 in the form A A' B A'': the motif comes back varied",
    ),
    Example(
        "kettle",
        "kettle-lane.krn",
        "--instrument bagpipe --ornaments --rng-seed 3",
        "a jig for pipes over drones, with cuts and rolls",
    ),
    Example(
        "frere",
        "frere-jacques.mid",
        "stitch --instrument clarinet",
        "whole phrases of other tunes, quoted and cited",
    ),
    Example(
        "ah-vous",
        "ah-vous-dirai-je.mid",
        "vary --accompany march --instrument piano --tempo 96",
        "the motif, varied",
    ),
    Example(
        "londonderry",
        "londonderry-air.mid",
        "--accompany ballad --instrument violin --tempo 76 --bars 16 --surprise calm",
        "a slow ballad; calm",
    ),
    Example(
        "korobeiniki",
        "korobeiniki.mid",
        '--chords "Am E7 | Am | Dm | E7 Am" --accompany pop --instrument accordion --rng-seed 1',
        "in minor, over chords that were asked for",
    ),
    Example(
        "bakehouse",
        "bakehouse-stairs.mid",
        "b-part --max-copy-pitch 8 --instrument violin --tempo 120",
        "a B part that shares no more than eight notes in a row with any tune, whatever the rhythm",
    ),
    Example(
        "minuet",
        "minuet-in-g.mxl",
        "morph --to data/motifs/ode-to-joy.musicxml --bars 16 --instrument harp",
        "from the minuet to the Ode to Joy, through phrases that lie between them",
    ),
    Example(
        "sakura",
        "sakura.mid",
        "--accompany drone --instrument flute --tempo 72 --rng-seed 1",
        "a scale that chords do not suit, over a held fifth",
    ),
    Example(
        "auld",
        "auld-lang-syne.mid",
        "--bars 12 --instrument 'tin whistle' --accompany reel --rng-seed 5",
        "with a pick-up, which has no chord",
    ),
)


class Made(NamedTuple):
    """What came of an example."""

    example: Example
    command: str
    piece: dict[str, Any]
    frame: dict[str, Any]
    seconds: float


def make(example: Example, folder: Path) -> Made:
    """Run the command of an example and write its files."""
    import shlex

    options = shlex.split(example.options)
    midi = folder / f"{example.name}.mid"
    with tempfile.TemporaryDirectory() as name:
        report, sound = Path(name) / "report.json", Path(name) / "sound.wav"
        arguments = ["--seed", str(ROOT / "data" / "motifs" / example.motif), "--out", str(midi)]
        arguments += [*options, "--report", str(report), "--wav", str(sound), "--quiet"]
        if example.name in PLANNED:
            arguments += ["--plan-picture", str(folder / f"{example.name}-plan.svg")]
        if generate(arguments) != 0:
            raise SystemExit(f"{example.name}: the command failed")
        told = json.loads(report.read_text(encoding="utf-8"))
        seconds = compress(sound, folder / f"{example.name}.mp3")
    piece = told["pieces"][0]
    roll = piano_roll(piece, told["frame"], midi)
    (folder / f"{example.name}.svg").write_text(roll, encoding="utf-8")
    command = (
        f"python -m generate --seed data/motifs/{example.motif} --out {example.name}.mid "
        f"{example.options}"
    )
    return Made(example, command, piece, told["frame"], seconds)


def compress(sound: Path, target: Path) -> float:
    """Write a WAV file as MP3 in mono, if that can be done here; return its length in seconds."""
    with wave.open(str(sound)) as file:
        rate = file.getframerate()
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    samples = frames.reshape(-1, 2).mean(axis=1) / 32_768.0
    font = find_soundfont()
    try:
        import soundfile
    except ImportError:
        font = None
    if font is None or font.name not in MAY_BE_SHIPPED:
        return len(samples) / rate
    length = round(len(samples) * SOUND_RATE / rate)
    spectrum = np.fft.rfft(samples)[: length // 2 + 1]
    slower = np.fft.irfft(spectrum, length) * length / len(samples)
    soundfile.write(
        target, slower, SOUND_RATE, format="MP3", bitrate_mode="VARIABLE", compression_level=0.95
    )
    return len(samples) / rate


def accompaniment(midi: Path) -> list[tuple[int, float, float]]:
    """Return pitch, onset and duration, in quarters from the first barline of the file."""
    file = midi_file(midi.read_bytes())
    found = []
    for track in file.tracks[2:]:  # the first holds no notes, the second the melody
        for spans in track.spans.values():
            for pitch, start, end in spans:
                found.append((pitch, start / file.resolution, (end - start) / file.resolution))
    return found


def piano_roll(piece: dict[str, Any], frame: dict[str, Any], midi: Path) -> str:
    """Return the picture of a piece: melody by source, accompaniment faded, chord symbols."""
    above, below = map(int, frame["meter"].split("/"))
    bar = above * 4 / below
    lead = -frame["pickup_quarter"] % bar  # silence before a pick-up in the MIDI file
    under = [(pitch, onset - lead, length) for pitch, onset, length in accompaniment(midi)]
    notes = piece["notes"]
    end = frame["pickup_quarter"] + bar * frame["bars"]
    pitches = [note["pitch"] for note in notes] + [pitch for pitch, _, _ in under]
    top, height = max(pitches), HEADING + ROW * (max(pitches) - min(pitches) + 1) + 6

    def x(quarter: float) -> float:
        return MARGIN + (WIDTH - 2 * MARGIN) * quarter / end

    def bars(colour: str, spans: Sequence[tuple[int, float, float]]) -> Iterator[str]:
        for pitch, onset, length in spans:
            wide = max(x(onset + length) - x(onset) - 1, 1.5)
            yield (
                f'<rect x="{x(onset):.1f}" y="{HEADING + ROW * (top - pitch):.1f}" '
                f'width="{wide:.1f}" height="{ROW}" fill="{colour}"/>'
            )

    def of(kind: str) -> list[tuple[int, float, float]]:
        return [
            (note["pitch"], note["onset_quarter"], note["duration_quarter"])
            for note in notes
            if note["source"]["kind"] == kind
        ]

    lines = [
        f'<line x1="{x(q):.1f}" x2="{x(q):.1f}" y1="{HEADING - 4}" y2="{height}" stroke="{FADED}"/>'
        for q in np.arange(frame["pickup_quarter"], end + 1e-9, bar)
    ]
    symbols, last = [], ""
    for chord in piece.get("harmony", {}).get("chords", []):
        if chord["symbol"] != last:
            last = chord["symbol"]
            symbols.append(
                f'<text x="{x(chord["onset_quarter"]) + 2:.1f}" y="12" font-size="11" '
                f'fill="{INK}" font-family="sans-serif">{escape(last)}</text>'
            )
    body = [
        *lines,
        *bars(FADED, under),
        *bars(CORPUS, of("corpus")),
        *bars(MOTIF, of("motif") + of("target")),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" '
        f'role="img" aria-label="Piano roll">\n'
        f'<rect width="{WIDTH:.0f}" height="{height:.0f}" fill="#ffffff"/>\n'
        + "\n".join([*body, *symbols])
        + "\n</svg>\n"
    )


def page(made: Sequence[Made], folder: Path) -> str:
    """Return the text of the page."""
    font = find_soundfont()
    with_sound = any(folder.glob("*.mp3"))
    heard = (
        f"The sound is mono MP3, made with {font.name} ({MAY_BE_SHIPPED[font.name]})."
        if with_sound and font
        else "Sound is left out: there was no MP3 encoder, or no soundfont that may be shipped."
    )
    lines = [
        "# Gallery",
        "",
        "Twelve pieces grown from the shipped motifs, each by one command, as it came: none was",
        f"edited, and the numbers after `--rng-seed` are small. {heard}",
        "In the piano rolls, brown notes are the motifs', green ones come from corpus tunes, grey",
        "ones accompany; `--report` names the source of every note and chord. Chords come from",
        "the statistics of Bach chorales ([how many they get right](../experiments/harmony.md)).",
        "`python docs/gallery/rebuild.py` makes this folder again.",
        "",
    ]
    for example, command, piece, frame, seconds in made:
        kinds = [note["source"]["kind"] for note in piece["notes"]]
        facts = f"{piece['bars']} bars of {frame['meter']} in {frame['key']}, {seconds:.0f} s; "
        target = kinds.count("target")
        facts += f"{kinds.count('motif')} notes from the motif, "
        facts += f"{target} from the second motif, " if target else ""
        facts += f"{kinds.count('corpus')} from tunes"
        facts += f"; longest copied run {piece['originality']['longest_copied_run']} notes"
        links = f"[MIDI]({example.name}.mid)"
        if (folder / f"{example.name}.mp3").exists():
            links += f" · [sound]({example.name}.mp3)"
        lines += [
            f"## {example.motif.split('.')[0].replace('-', ' ').capitalize()}: {example.text}",
            "",
            f"    {command}",
            "",
            f"{facts}. {links}",
            "",
            f"![Piano roll of {example.name}]({example.name}.svg)",
            "",
        ]
        if example.name in PLANNED:
            lines += [
                "Its plan, as `--plan-picture` draws it:",
                "",
                f"![Plan of {example.name}]({example.name}-plan.svg)",
                "",
            ]
    return "\n".join(lines)


def main() -> None:
    """Make everything anew and check the size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        fresh = Path(name)
        made = [make(example, fresh) for example in EXAMPLES]
        (fresh / "README.md").write_text(page(made, fresh), encoding="utf-8")
        size = sum(path.stat().st_size for path in fresh.iterdir())
        if size > LARGEST:
            raise SystemExit(f"{size:,} bytes; at most {LARGEST:,} are wanted")
        for path in fresh.iterdir():
            shutil.copyfile(path, folder / path.name)


if __name__ == "__main__":
    main()
