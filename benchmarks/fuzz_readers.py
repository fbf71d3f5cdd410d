"""Damaged music files -> what the readers make of them: nothing may crash, hang or lie.

    python benchmarks/fuzz_readers.py [--files 5000] [--seed 1] [--keep FOLDER] [--ending .mei ...]

The seeds are the motifs and the gallery that come with the project, and small files of each format
below. Each file is damaged by `damaged`: its bytes, its tokens or its structure. A worker process
reads it; it has 5 seconds of the processor, and 500 MB more than it begins with. Two kinds of
damage are checked for what is read, too: a file that is cut must not read as a whole one without a
word, where its format says how it ends; and a sign without meaning, put into the music of a
text, must not change what is read without a word.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import random
import re
import resource
import signal
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from fuzz_seeds import ABC, GABC, KERN, MEI, MIDI, PLAINE, SCORE, VOLPIANO

from mer.errors import InputError
from mer.io import LOADERS, RECORDINGS, read_melody

ROOT = Path(__file__).resolve().parent.parent
LIMIT_SEC = 5.0
LIMIT_BYTES = 500_000_000
STRANGE = "?@§\u00a4"


class Sample(NamedTuple):
    """A damaged file: its ending, its bytes, how it was damaged, and the seed that it was."""

    ending: str
    content: bytes
    damage: str
    seed: bytes


class Outcome(NamedTuple):
    """What became of a file: the kind, what was said, seconds, bytes more than before."""

    kind: str
    said: str
    seconds: float
    grown: int


def seeds(folder: Path | None = None) -> list[tuple[str, bytes]]:
    """Return ending and bytes of the files that are damaged."""
    found = [(".musicxml", SCORE.encode()), (".abc", ABC.encode()), (".krn", KERN.encode())]
    found += [(".mid", MIDI), (".mxl", zipped(SCORE.encode())), (".mei", MEI.encode())]
    found += [(".pae", PLAINE.encode()), (".gabc", GABC.encode())]
    found += [(".volpiano", VOLPIANO.encode())]
    endings = [ending for ending in LOADERS if ending not in RECORDINGS]
    folders = [ROOT / "data" / "motifs", ROOT / "docs" / "gallery", *([folder] if folder else [])]
    for place in folders:
        for path in sorted(place.rglob("*")):
            if path.suffix.lower() in endings and path.stat().st_size < 200_000:
                found.append((path.suffix.lower(), path.read_bytes()))
    return found


def zipped(score: bytes) -> bytes:
    """Return a score in a zip file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("score.musicxml", score)
    return held.getvalue()


def by_bytes(content: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Return the content with a few bytes changed, put in, taken out or doubled."""
    out = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 16))):
        place = rng.randrange(len(out) + 1)
        end = min(len(out), place + rng.choice((1, 1, 2, 4, 40)))
        act = rng.randrange(5)
        if act == 0 and place < len(out):
            out[place] ^= 1 << rng.randrange(8)
        elif act == 1:
            out[place:place] = rng.randbytes(rng.choice((1, 2, 8)))
        elif act == 2:
            del out[place:end]
        elif act == 3:
            out[place:place] = out[place:end] * rng.choice((1, 3, 200))
        else:
            out[place:end] = bytes([rng.choice((0, 127, 128, 255, 32, 10))]) * (end - place)
    return bytes(out)


def by_tokens(content: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Return the content with words, signs or numbers changed, doubled, exchanged or borrowed."""
    words = _words(content)
    lent = _words(rng.choice(others))
    for _ in range(rng.choice((1, 1, 2, 5))):
        place = rng.randrange(len(words))
        act = rng.randrange(6)
        if act == 0:
            words[place] = rng.choice(lent)
        elif act == 1:
            words[place] = b""
        elif act == 2:
            words[place] *= rng.choice((2, 5, 1000))
        elif act == 3:
            other = rng.randrange(len(words))
            words[place], words[other] = words[other], words[place]
        elif act == 4:
            numbers = [n for n, word in enumerate(words) if word.isdigit()] or [place]
            huge = (b"0", b"-1", b"99999999999999999999", b"1e9", b"0.0001", b"7")
            words[rng.choice(numbers)] = rng.choice(huge)
        else:
            words[place:place] = [rng.choice(lent), rng.choice(lent)]
    return b"".join(words)


def _words(content: bytes) -> list[bytes]:
    return re.findall(rb"[A-Za-z]+|\d+|\s+|.", content, re.DOTALL) or [b""]


def by_structure(content: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Return the content with whole lines, elements or chunks moved, lost, nested or mixed."""
    parts = [part for part in re.split(rb"(?<=\n)|(?=<)|(?=MTrk)|(?=\x00\xff)", content) if part]
    act = rng.randrange(6)
    place, other = rng.randrange(len(parts)), rng.randrange(len(parts))
    if act == 0:
        del parts[place]
    elif act == 1:
        parts[place], parts[other] = parts[other], parts[place]
    elif act == 2:
        parts[place:place] = parts[min(place, other) : max(place, other)]
    elif act == 3:
        rng.shuffle(parts)
    elif act == 4:
        lent = rng.choice(others)
        return content[: rng.randrange(len(content) + 1)] + lent[rng.randrange(len(lent) + 1) :]
    else:
        parts[place] *= rng.choice((10, 1000))
    return b"".join(parts)[:20_000_000]


def cut(content: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Return the first part of the content, between a tenth and nine tenths."""
    return content[: rng.randrange(len(content) // 10, 9 * len(content) // 10)]


def strange_sign(content: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Return the text with a sign without meaning in place of a note, or beside one."""
    text = content.decode("utf-8")
    if "<note" in text:
        places = [found.span(1) for found in re.finditer(r"<(?:step|octave)>(.*?)<", text)]
    elif "**kern" in text:
        places = [found.span(1) for found in re.finditer(r"(?m)^(\d+[.]*[a-gA-G]+)", text)]
    elif looks := next((looks for sign, looks in _NOTES.items() if sign in text), None):
        # What stands before a stem is a sign of GABC.
        signs = STRANGE.replace("@", "") if "(c4)" in text else STRANGE
        place = rng.choice([found.span(1) for found in re.finditer(looks, text)])
        return (text[: place[0]] + rng.choice(signs) + text[place[1] :]).encode()
    else:
        body = text.index("K:")
        places = [
            found.span(1) for found in re.finditer(r"[|\]] ?([A-Ga-g])(?![:\]])", text[body:])
        ]
        places = [(a + body, b + body) for a, b in places]
    if not places:
        return content
    begin, end = rng.choice(places)
    return (text[:begin] + rng.choice(STRANGE) + text[end:]).encode()


DAMAGES: dict[str, Callable[[bytes, random.Random, list[bytes]], bytes]] = {
    "bytes": by_bytes,
    "tokens": by_tokens,
    "structure": by_structure,
    "cut": cut,
    "sign": strange_sign,
}
TEXTS = (".abc", ".krn", ".musicxml", ".xml", ".mei", ".pae", ".gabc", ".volpiano")
ENDLESS = (".abc", ".pae", ".gabc", ".volpiano")
# How the notes of a format look, where they are easily told.
_NOTES = {
    "<mei": r"pname='([a-g])'",
    "@data": r"(?<=[A-G{/'])([A-G])",
    "(c4)": r"\([a-m]*?([a-m])[a-m]*\)",
    "1---": r"-([a-s])-",
}


def damaged(
    count: int, seed: int, folder: Path | None = None, endings: tuple[str, ...] = ()
) -> Iterator[Sample]:
    """Yield so many damaged files, the same for the same seed; only with these endings, if any."""
    rng = random.Random(seed)
    held = [one for one in seeds(folder) if not endings or one[0] in endings]
    for number in range(count):
        ending, content = held[number % len(held)]
        others = [other for kind, other in held if kind == ending]
        kinds = [kind for kind in DAMAGES if kind != "sign" or ending in TEXTS]
        damage = rng.choice(kinds)
        try:
            yield Sample(ending, DAMAGES[damage](content, rng, others), damage, content)
        except UnicodeDecodeError:
            yield Sample(ending, by_bytes(content, rng, others), "bytes", content)


Notes = tuple[tuple[int, int, int], ...]


def reading(content: bytes, path: Path) -> tuple[str, Notes, str]:
    """Return whether a file is read, refused or crashes its reader; its notes; what is said."""
    path.write_bytes(content)
    try:
        found = read_melody(path)
    except InputError as error:
        return "refused", (), str(error)
    except TooLongError:
        return "hang", (), ""
    except MemoryError:
        return "over 500 MB", (), ""
    except Exception as error:  # whatever it is, it is a fault
        return "crash", (), f"{type(error).__name__}: {error}"
    melody = found.melody
    columns = (melody.pitch, melody.onset, melody.duration)
    rows = tuple(zip(*(column.tolist() for column in columns), strict=True))
    return "read with remarks" if found.remarks else "read", rows, "; ".join(found.remarks)


def judged(sample: Sample, path: Path) -> tuple[str, str]:
    """Return what became of a damaged file, and what was said."""
    kind, notes, said = reading(sample.content, path)
    if kind == "refused" and (said.count("\n") or str(path) not in said):
        return "crash", f"the message is not one line with the name of the file: {said}"
    if kind.startswith("read") and sample.damage in ("cut", "sign"):
        whole, before, told = reading(sample.seed, path)
        if whole.startswith("read") and said == told and not silent(sample, notes, before):
            return "wrong success", f"{len(before)} notes, now {len(notes)}, and nothing is said"
    return kind, said


def silent(sample: Sample, notes: Notes, before: Notes) -> bool:
    """Return whether a damage may pass without a word.

    It may if the notes are the same, and where a format says nowhere how it ends also if the file
    is cut.
    """
    return notes == before or (sample.damage == "cut" and sample.ending in ENDLESS)


class TooLongError(BaseException):
    """The time is over."""


def _stop(*_: object) -> None:
    raise TooLongError


def work(pipe: Connection, folder: str) -> None:
    """Read the files that come through a pipe, until there are no more."""
    signal.signal(signal.SIGVTALRM, _stop)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    while (sample := pipe.recv()) is not None:
        path = Path(folder) / f"damaged{sample.ending}"
        began = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT_SEC)
        kind, said = judged(sample, path)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        seconds = time.process_time() - began
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        grown = (used - most) * (1 if sys.platform == "darwin" else 1024)
        kind = "over 500 MB" if grown > LIMIT_BYTES else kind
        pipe.send(Outcome(kind, said, seconds, grown))


class Worker:
    """A process that reads one file after another, and is begun anew when it hangs or dies."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._begin()

    def _begin(self) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=work, args=(theirs, self._folder))
        self._process.start()
        theirs.close()

    def read(self, sample: Sample) -> Outcome:
        """Return what became of a file."""
        self._pipe.send(sample)
        try:
            if self._pipe.poll(30 * LIMIT_SEC):
                outcome: Outcome = self._pipe.recv()
                if outcome.kind == "over 500 MB":
                    self._again()
                return outcome
            found = Outcome("hang", "", LIMIT_SEC, 0)
        except EOFError:
            found = Outcome("crash", "the process died", 0.0, 0)
        self._again()
        return found

    def _again(self) -> None:
        self._process.kill()
        self._process.join()
        self._begin()

    def end(self) -> None:
        """Let the process end."""
        self._pipe.send(None)
        self._process.join()


def main() -> int:
    """Read the files and print the counts; the status is 1 if there was a fault."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--files", type=int, default=5000, help="how many (default: 5000)")
    parser.add_argument("--seed", type=int, default=1, help="of the damage (default: 1)")
    parser.add_argument("--from", dest="folder", type=Path, help="a folder with more seeds")
    parser.add_argument("--ending", nargs="+", default=[], help="only such files, as .mei .pae")
    parser.add_argument("--keep", type=Path, help="folder for the files that are read wrongly")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    slowest, largest = 0.0, 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        worker = Worker(folder)
        endings = tuple(options.ending)
        samples = damaged(options.files, options.seed, options.folder, endings)
        for number, sample in enumerate(samples):
            outcome = worker.read(sample)
            counts[outcome.kind] += 1
            slowest, largest = max(slowest, outcome.seconds), max(largest, outcome.grown)
            if outcome.kind not in SOUND:
                print(f"{number}{sample.ending} ({sample.damage}): {outcome.kind}: {outcome.said}")
                if options.keep:
                    options.keep.mkdir(exist_ok=True)
                    (options.keep / f"{number}{sample.ending}").write_bytes(sample.content)
        worker.end()
    for kind in KINDS:
        print(f"{counts[kind]:6,} {kind}")
    print(f"slowest {slowest:.2f} s, largest {largest / 1e6:.0f} MB more than at the beginning")
    return int(any(counts[kind] for kind in KINDS if kind not in SOUND))


SOUND = ("read", "read with remarks", "refused")
KINDS = (*SOUND, "crash", "hang", "over 500 MB", "wrong success")

if __name__ == "__main__":
    sys.exit(main())
