"""Collections of tune books -> a corpus on disk, with its index.

Reading takes a while (some hundred tunes a second), so it runs in several processes. Tunes are
written as soon as there are enough for a segment, so that memory does not grow with their number.
The corpus takes its place on disk at the very end, all at once: an interrupted build changes
nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mer.build.batches import Batch, batches, read_batches
from mer.build.collections import Collection, collection_named, source_files
from mer.corpus.corpus import Tune
from mer.io.tunebook.tunes import TuneReading
from mer.notes.melody import Melody
from mer.notes.names import counted
from mer.notes.phrases import phrases_in_sections, with_phrases
from mer.search.segments.writing import Draft

MIN_NOTES = 8


@dataclass
class Tally:
    """What became of the tunes of one collection; `marked` counts those with phrases notated."""

    collection: str
    files: int = 0
    tunes: int = 0
    phrases: int = 0
    notes: int = 0
    marked: int = 0
    duplicates: int = 0
    short: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        left_out = (
            f"left out: {counted(self.duplicates, 'duplicate')}, "
            f"{self.short:,} under {MIN_NOTES} notes, "
            f"{len(self.problems):,} unreadable"
        )
        tunes, phrases = counted(self.tunes, "tune"), counted(self.phrases, "phrase")
        return f"{self.collection}: {tunes}, {phrases} ({left_out})"


def build_collections(
    names: Sequence[str],
    folder: str | Path,
    *,
    progress: bool = False,
    workers: int = 1,
) -> list[Tally]:
    """Read collections out of the installed music21; save them, with an index, in `folder`.

    Parameters
    ----------
    names
        Keys of `mer.build.collections.COLLECTIONS`.
    folder
        Where the corpus is written, in place of what was there.
    progress
        Whether to show a progress bar on stderr, where that is a terminal.
    workers
        How many processes read files.

    Raises
    ------
    InputError
        If a name is unknown, music21 is missing, or the folder cannot be written.
    """
    tallies: list[Tally] = []
    seen: set[bytes] = set()

    def found() -> Iterator[Tune]:
        for collection in [collection_named(name) for name in names]:
            files = list(source_files(collection))
            chosen = batches(collection, files)
            read = read_batches(chosen, workers=workers)
            tally = Tally(collection.name, files=len(files))
            tallies.append(tally)
            for batch, readings in _with_bar(read, len(chosen), collection.title, progress):
                yield from _kept(collection, _named(batch, readings), seen, tally)

    with Draft(Path(folder)) as draft:
        for tune in unique_ids(found()):
            draft.add(tune)
        draft.publish(alone=True)
    return tallies


def _with_bar(items: Iterable[Any], total: int, title: str, progress: bool) -> Iterable[Any]:
    if not progress:
        return items
    from tqdm import tqdm

    bar: Iterable[Any] = tqdm(items, total=total, desc=title, unit="batch", disable=None)
    return bar


def _named(batch: Batch, readings: Iterable[TuneReading]) -> Iterator[tuple[str, TuneReading]]:
    stem = batch.path.stem.removesuffix("opus")
    form = batch.collection.id_format
    for reading in readings:
        yield form.format(stem=stem, file=batch.place, number=reading.number), reading


def _kept(
    collection: Collection,
    readings: Iterable[tuple[str, TuneReading]],
    seen: set[bytes],
    tally: Tally,
) -> Iterator[Tune]:
    """Return the tunes worth keeping, with their phrases, and count what became of all."""
    sections = collection.convention.marks == "sections"
    for tune_id, reading in readings:
        melody = reading.melody
        if melody is None:
            tally.problems.append(f"{tune_id} {reading.title!r}: {reading.problem}")
        elif len(melody) < MIN_NOTES:
            tally.short += 1
        elif (notes := notes_of(melody)) in seen:
            tally.duplicates += 1
        else:
            seen.add(notes)
            # Lines of a song and fermatas are phrases; sections of a dance are not.
            marked = bool(melody.phrase_starts)
            tally.marked += marked
            melody = phrases_in_sections(melody) if sections else with_phrases(melody)
            tally.tunes += 1
            tally.notes += len(melody)
            tally.phrases += len(melody.phrase_starts)
            yield Tune(tune_id, reading.title, collection.title, melody, marked and not sections)


def notes_of(melody: Melody) -> bytes:
    """Return 16 bytes that are equal for melodies with the same pitches, onsets and durations."""
    told = hashlib.blake2b(digest_size=16)
    for column in (melody.pitch, melody.onset, melody.duration):
        told.update(b"|" + column.tobytes())
    return told.digest()


def unique_ids(tunes: Iterable[Tune]) -> Iterator[Tune]:
    """Yield the tunes, the second of an id renamed ``id-2``, and so on."""
    times: Counter[str] = Counter()
    taken: set[str] = set()
    for tune in tunes:
        name = tune.tune_id
        while name in taken:
            times[tune.tune_id] += 1
            name = f"{tune.tune_id}-{times[tune.tune_id] + 1}"
        taken.add(name)
        yield tune if name == tune.tune_id else tune._replace(tune_id=name)
