"""A large folder of MIDI files -> what adding it costs, once, again, and after a kill.

    python benchmarks/ingest.py [--files 20000] [--kills 3] [--seed 0] [--into DIR]

The files are tunes of the shipped corpus, varied as in `benchmarks/growth.py`; two of five have an
accompaniment in two more tracks, one of fifty is the transposed copy of another, and one of two
hundred is cut off. Every `mer corpus add` is a process of its own. Printed are its processor time,
with that of its workers, the largest memory of one of them, and time on the clock:

- a quarter, half and all of the files with one worker, and all with two: the files of the corpus
  are compared byte by byte;
- the same folder again, and with one file more: share of the first run;
- with two workers, killed (SIGKILL) at random moments, and then left to finish: how many batches
  were begun again that the killed run had in hand, and whether the corpus is the same.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from growth_tunes import varied

from mer.build.adding import BUNDLES
from mer.build.sources import grouped, listed_files
from mer.corpus.corpus import Tune
from mer.io import Sheet, save_sheet
from mer.io.sheet.sheet import Part
from mer.notes.melody import Melody
from mer.search.index import load_corpus

ROOT = Path(__file__).resolve().parent.parent
A_FOLDER = 500  # files
WORKERS = 2


@dataclass(frozen=True)
class Cost:
    """What a process took."""

    wall_sec: float
    cpu_sec: float
    peak_mib: float

    def __str__(self) -> str:
        return f"{self.cpu_sec:8.1f} CPU s {self.wall_sec:8.1f} s {self.peak_mib:6.0f} MiB"


def write_files(folder: Path, files: int, rng: np.random.Generator) -> None:
    """Write so many MIDI files, `A_FOLDER` in each folder."""
    tunes: Iterator[Tune] = varied(load_corpus(), 0, files)
    before: Melody | None = None
    for number, tune in enumerate(tqdm(tunes, total=files, desc="files", disable=None)):
        melody = replace(tune.melody, phrase_starts=(), beat_strength=None)
        if before is not None and number % 50 == 7:
            shift = 2 if before.pitch.max() < 120 else -2
            melody = before.transpose(shift)
        before = melody
        path = folder / f"{number // A_FOLDER:03}" / f"tune {number:06}.mid"
        path.parent.mkdir(parents=True, exist_ok=True)
        save_sheet(Sheet(parts=_parts(melody, rng)), path)
        if number % 200 == 11:
            path.write_bytes(path.read_bytes()[:30])


def _parts(melody: Melody, rng: np.random.Generator) -> tuple[Part, ...]:
    if rng.random() >= 0.4:
        return (Part(melody=melody),)
    low = int(melody.pitch.min()) - 12
    below = replace(melody, pitch=np.full(len(melody), max(low, 12)))
    third = replace(melody, pitch=np.full(len(melody), max(low + 4, 16)))
    return (
        Part(melody=melody, name="Melody"),
        Part(melody=third, name="Chords", program=48),
        Part(melody=below, name="Bass", program=32),
    )


def command(folder: Path, workers: int) -> list[str]:
    """Return the command that adds a folder."""
    add = [sys.executable, "-m", "mer", "corpus", "add", str(folder), "--into", "ingest"]
    return [*add, "--quiet", "--workers", str(workers)]


def started(home: Path, folder: Path, workers: int) -> subprocess.Popen[str]:
    """Start to add a folder to a corpus below `home`."""
    environment = os.environ | {"MER_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command(folder, workers),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def added(home: Path, folder: Path, workers: int) -> Cost:
    """Add a folder and return what it cost."""
    began = time.monotonic()
    process = started(home, folder, workers)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.stdout is not None
    said = process.stdout.read().splitlines()
    process.stdout.close()
    if process.returncode:
        raise SystemExit(f"corpus add failed with status {process.returncode}")
    print(f"    {said[-1]}", flush=True)
    return Cost(time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def corpus_bytes(home: Path) -> dict[str, str]:
    """Return the hash of each file of the index below a home."""
    files = [*(home / "ingest").glob("*.npz"), *(home / "ingest").glob("manifest.json")]
    return {path.name: _hash_of(path) for path in files}


def _hash_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def bundle_files(home: Path, ending: str) -> set[str]:
    """Return the names, without endings, of the files of the bundles below a home."""
    return {path.stem for path in (home / "ingest" / BUNDLES).glob(f"*/[!.]*.{ending}")}


def killed(
    home: Path, folder: Path, whole_sec: float, kills: int, rng: np.random.Generator
) -> None:
    """Kill a run again and again, each time after it made some bundles; let the last one end."""
    batches, again = len(list(grouped(listed_files(folder, [])))), 0
    for number in range(kills):
        before = bundle_files(home, "npz")
        process = started(home, folder, WORKERS)
        time.sleep(1 + rng.random() * whole_sec / (kills + 1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        time.sleep(0.5)  # its workers follow it
        made, begun = bundle_files(home, "npz"), bundle_files(home, "at")
        lost = len(before - made)
        again += len(begun) + lost
        print(
            f"  kill {number + 1}: {len(before):4} bundles before, "
            f"{len(made):4} of {batches} then; {len(begun)} in hand, {lost} lost"
        )
    cost = added(home, folder, WORKERS)
    print(f"  rest after the kills    {cost}")
    print(f"  batches done again: {again} in {kills} kills of {WORKERS} workers")


def measured(folder: Path, files: int, kills: int, rng: np.random.Generator) -> None:
    """Print everything about so many files; `folder` is empty."""
    music = folder / "music"
    # The largest memory of a process counts from that of the one that starts it: what writes the
    # files is another.
    writer = multiprocessing.get_context("spawn").Process(
        target=write_files, args=(music, files, np.random.default_rng(rng.integers(2**32)))
    )
    writer.start()
    writer.join()
    if writer.exitcode:
        raise SystemExit(f"writing the files failed with status {writer.exitcode}")
    homes = {name: folder / f"home-{name}" for name in ("one", "two", "killed")}
    listed = listed_files(music, [])
    for name, share in (("quarter", 4), ("half", 2)):
        part = folder / name
        for path in listed[: files // share]:
            (part / path.path).parent.mkdir(parents=True, exist_ok=True)
            os.link(music / path.path, part / path.path)
        cost = added(folder / f"home-{name}", part, 1)
        print(f"{files // share:6} files, 1 worker     {cost}")
    first = added(homes["one"], music, 1)
    print(f"{files:6} files, 1 worker     {first}")
    two = added(homes["two"], music, WORKERS)
    print(f"{files:6} files, {WORKERS} workers    {two}")
    one = corpus_bytes(homes["one"])
    print(f"the same bytes: {one == corpus_bytes(homes['two'])} ({len(one)} files)")
    again = added(homes["two"], music, 1)
    print(f"the same folder again   {again}: {again.cpu_sec / first.cpu_sec:.1%} of the first run")
    killed(homes["killed"], music, two.wall_sec, kills, rng)
    print(f"the same bytes after the kills: {one == corpus_bytes(homes['killed'])}")
    more = music / "000" / "tune 000000 more.mid"
    more.write_bytes((music / "000" / "tune 000000.mid").read_bytes())
    another = added(homes["two"], music, 1)
    print(f"one file more           {another}: {another.cpu_sec / first.cpu_sec:.1%}")


def main(arguments: list[str] | None = None) -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--into", help="an empty folder for files and corpora (a temporary one)")
    options = parser.parse_args(arguments)
    rng = np.random.default_rng(options.seed)
    if options.into:
        measured(Path(options.into).absolute(), options.files, options.kills, rng)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        measured(Path(folder), options.files, options.kills, rng)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
