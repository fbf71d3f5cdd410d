"""Installed music21 -> the shipped corpus pack `data/folk`, what is learned from it, the manifest.

    python data/rebuild.py            rebuild, and replace what is there
    python data/rebuild.py --check    rebuild elsewhere, and compare byte for byte
    python data/rebuild.py --manifest only write anew what the files beside the pack add up to

Nothing in the files depends on the day, the machine or the number of processes; with the same
versions of music21 and numpy they come out the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent
if str(DATA.parent) not in sys.path:
    sys.path.insert(0, str(DATA.parent))

from generate.plan.expectation import MEMORIES, save_memories  # noqa: E402
from mer.build.collections import SHIPPED_NAMES, Collection, collection_named  # noqa: E402
from mer.build.corpora import Tally, build_collections  # noqa: E402
from mer.corpus.shipped import INDEX, SHIPPED  # noqa: E402
from mer.search.index import PhraseIndex  # noqa: E402

MANIFEST = "manifest.json"
SHIPPED_KINDS = (".npz", ".json", ".abc", ".mid", ".krn", ".mxl", ".musicxml")


def build_pack(folder: Path, *, workers: int = 1, progress: bool = True) -> list[Tally]:
    """Write the pack, its memories and its manifest; return what became of each collection."""
    built = folder / "segments"
    tallies = build_collections(SHIPPED_NAMES, built, progress=progress, workers=workers)
    index = PhraseIndex.load(built)
    index.save(folder / SHIPPED / INDEX)
    save_memories(index.corpus, folder / MEMORIES)
    shutil.rmtree(built)
    _write(manifest(folder, tallies), folder)
    return tallies


def count_again() -> None:
    """Write composers, works and checksums into the manifest anew; the pack stays as it is."""
    noted = json.loads((DATA / MANIFEST).read_text(encoding="utf-8"))
    for entry in noted["collections"]:
        left_out = entry.pop("left_out")  # stays the last
        entry |= {"works": works(collection_named(entry["name"])), "left_out": left_out}
    noted["files"] = checksums(DATA) | others(DATA)
    _write(noted, DATA)


def _write(noted: dict[str, Any], folder: Path) -> None:
    text = json.dumps(noted, indent=1, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def manifest(folder: Path, tallies: Sequence[Tally]) -> dict[str, Any]:
    """Return what the pack in `folder` holds, where it comes from, and its checksums."""
    collections = []
    for tally in tallies:
        source = collection_named(tally.collection)
        collections.append(
            {
                "name": source.name,
                "title": source.title,
                "source": source.source,
                "year": source.year,
                "encoders": source.encoders,
                "licence": source.licence,
                "files": tally.files,
                "tunes": tally.tunes,
                "phrases": tally.phrases,
                "notes": tally.notes,
                "works": works(source),
                "left_out": {
                    "duplicates": tally.duplicates,
                    "under_8_notes": tally.short,
                    "unreadable": sorted(tally.problems),
                },
            }
        )
    return {
        "format": 1,
        "built_from": {"music21": version("music21"), "numpy": version("numpy")},
        "tunes": sum(tally.tunes for tally in tallies),
        "phrases": sum(tally.phrases for tally in tallies),
        "notes": sum(tally.notes for tally in tallies),
        "collections": collections,
        "files": checksums(folder) | others(DATA),
    }


def works(source: Collection) -> dict[str, str]:
    """Return composer and work of each tune, by its id, of a collection of our own writing."""
    found: dict[str, str] = {}
    if source.home != "mer":
        return found
    for path in sorted(DATA.glob(source.pattern)):
        for tune in path.read_text(encoding="utf-8").split("\nX:")[1:]:
            number, *lines = tune.splitlines()
            fields = {line[:1]: line[2:].strip() for line in reversed(lines) if line[1:2] == ":"}
            tune_id = source.id_format.format(stem=path.stem, number=int(number))
            found[tune_id] = f"{fields['C']}: {fields['S']}"
    return found


def checksums(folder: Path) -> dict[str, dict[str, Any]]:
    """Return bytes and SHA-256 of every file of the pack, by its path below `folder`."""
    return {
        path.relative_to(folder).as_posix(): _checksum(path)
        for path in sorted([*(folder / SHIPPED).rglob("*"), folder / MEMORIES])
        if path.is_file()
    }


def others(folder: Path) -> dict[str, dict[str, Any]]:
    """Return bytes and SHA-256 of what else is shipped beside the pack: models, themes, motifs."""
    pack = {(folder / name).resolve() for name in checksums(folder)}
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): _checksum(path)
        for path in found
        if path.suffix in SHIPPED_KINDS
        and path.resolve() not in pack
        and path.name != MANIFEST
        and not path.relative_to(folder).as_posix().startswith(".")  # what is being built
    }


def differences(folder: Path, other: Path) -> list[str]:
    """Return the names of the files of the pack that are not the same in both folders."""
    names = {MANIFEST, *checksums(folder), *checksums(other)}
    return sorted(name for name in names if _content(folder / name) != _content(other / name))


def _checksum(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def main() -> int:
    """Run the script and return its exit status."""
    parser = argparse.ArgumentParser(description="Rebuild the corpus pack from music21.")
    parser.add_argument("--check", action="store_true", help="compare with what is there")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--manifest", action="store_true", help="write only the checksums of what is there anew"
    )
    options = parser.parse_args()
    if options.manifest:
        count_again()
        return 0
    with tempfile.TemporaryDirectory(dir=DATA, prefix=".rebuild-") as name:
        folder = Path(name)
        tallies = build_pack(folder, workers=options.workers)
        for tally in tallies:
            print(tally)
        if options.check:
            different = differences(folder, DATA)
            print("differs: " + ", ".join(different) if different else "the same, byte for byte")
            return 1 if different else 0
        # The folder is emptied first: no file of an older pack may stay behind.
        shutil.rmtree(DATA / SHIPPED, ignore_errors=True)
        (folder / SHIPPED).rename(DATA / SHIPPED)
        (folder / MEMORIES).replace(DATA / MEMORIES)
        (folder / MANIFEST).replace(DATA / MANIFEST)
    return 0


if __name__ == "__main__":
    sys.exit(main())
