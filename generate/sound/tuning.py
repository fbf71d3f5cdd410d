"""The bytes of a soundfont -> the same soundfont in tune, where it is known to be out of tune.

Known is TimGM6mb, which comes with pretty_midi and with the FluidSynth of Debian. Its whistle
sounds nine semitones flat and has no sound from G5 on; its accordion has two reeds to a note, an
octave apart, and many are 15 to 68 cents flat. Known is FluidR3_GM too, as Debian has it: its
whistle and some notes of recorder, violin and cello are sharp, its choir is flat, and two of
its samples beat; the lowest sample of the banjo is unclear; the violin has no Bb6, and the harp
sounds an octave low from C#6 on. The mended copy exists while a synthesiser reads it; other
instruments, and other soundfonts, stay as they are to the byte. `benchmarks/tuning.py` measures
every instrument.
"""

from __future__ import annotations

import hashlib
import mmap
import shutil
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

Bytes: TypeAlias = bytes | mmap.mmap

_KEYS, _FINE_TUNE, _INSTRUMENT = 43, 52, 41  # generators of the SoundFont format
_SIZES = {"phdr": 38, "pbag": 4, "pgen": 4, "inst": 22, "ibag": 4, "igen": 4, "shdr": 46}
_CORRECTION = 41  # where the record of a sample says by how many cents its pitch is corrected


class _Mending(NamedTuple):
    """What is wrong in one soundfont, and right.

    `cents` is (instrument, lowest key of the zone) -> the fine tuning that puts it in tune;
    `samples` the name of a sample -> its correction in cents, where zones have no fine tuning;
    `keys` (instrument, lowest key of the zone) -> the keys that the zone plays, first and last;
    `stand_ins` (General MIDI program, instrument) -> the instrument that plays it instead.
    """

    cents: Mapping[tuple[str, int], int] = MappingProxyType({})
    samples: Mapping[str, int] = MappingProxyType({})
    keys: Mapping[tuple[str, int], tuple[int, int]] = MappingProxyType({})
    stand_ins: Mapping[tuple[int, str], str] = MappingProxyType({})


_TIMGM6MB = _Mending(
    cents=MappingProxyType(
        {("Accordion0", key): cents for key, cents in ((0, 12), (45, 12), (57, 25), (73, 10))}
        | {("Accordion0", key): cents for key, cents in ((77, 23), (81, 64), (85, 64), (94, 64))}
        | {("Accordion1", key): cents for key, cents in ((0, 12), (45, 25), (51, 12), (57, 25))}
        | {("Accordion1", key): cents for key, cents in ((61, 10), (65, 23), (69, 64), (73, 64))}
        | {("Accordion1", key): cents for key, cents in ((81, 64), (85, 64), (89, 10), (99, 10))}
    ),
    stand_ins=MappingProxyType({(78, "Whistle"): "Piccolo"}),
)
_CHOIR = {"D#3": 32, "F#3": 30, "G#3": 14, "C4": 9, "D#4": 28, "F#4": 30} | {
    "A4": 22,
    "C5": 10,
    "D#5": 36,
    "F#5": 8,
    "D#6": 16,
    "A6": 11,
}
_FLUIDR3 = _Mending(
    cents=MappingProxyType({("Recorder", 73): 5, ("Cello", 82): 0, ("Cello", 85): 57}),
    samples=MappingProxyType(
        {"whistle": -9}
        | {f"Violin G#7({side})": -20 for side in "LR"}
        | {f"Ahh Choir {name}({side})": cents for name, cents in _CHOIR.items() for side in "LR"}
    ),
    keys=MappingProxyType(
        # The sample of the harp's B5 has the string below in it: the one before plays its notes.
        {("Violin", 90): (90, 94), ("Orchestral Harp", 76): (76, 98)}
        | {("Orchestral Harp", 82): (127, 127)}
        # The banjo plays its lowest notes with the sample above, which has a clear pitch.
        | {("Banjo", 0): (127, 127), ("Banjo", 53): (0, 58)}
        # The voices of the choir's lowest sample beat, and those of its third at G#2.
        | {("Ahh Choir", 0): (127, 127), ("Ahh Choir", 40): (0, 44), ("Ahh Choir", 43): (45, 45)}
    ),
)
# The digest is that of the chunk that holds presets, instruments and zones.
_MENDINGS: MappingProxyType[str, _Mending] = MappingProxyType(
    {
        # as pretty_midi has it, and as Debian does
        "8658d9cc67d1e770b224dcf33a3cfe36ea0d24c32e05dee6e685dd07faf3fd74": _TIMGM6MB,
        "c4d5dc94a159020f15dbafd6fe6c48775087797c678795467386560706a7e765": _TIMGM6MB,
        "bed54f105157d1c8676ba2151ec01aa5fa0240f967474725c908d8c868a6040b": _FLUIDR3,
    }
)


def in_tune(content: bytes) -> bytes:
    """Return a soundfont with its known faults mended; `content` itself if none is known.

    Parameters
    ----------
    content
        A whole soundfont file. Damaged ones are returned as they are.

    Examples
    --------
    >>> in_tune(b"RIFF, and nothing else")
    b'RIFF, and nothing else'
    """
    patches = [*_patches(content)]
    if not patches:
        return content
    right = bytearray(content)
    for at, amount in patches:
        right[at : at + len(amount)] = amount
    return bytes(right)


@contextmanager
def file_in_tune(font: Path) -> Iterator[Path]:
    """Lend the path of a soundfont in tune: `font` itself, or a copy that lasts for the block.

    Raises
    ------
    OSError
        If the soundfont cannot be read, or there is no room for the copy.
    """
    with font.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        patches = [*_patches(content)]
    if not patches:
        yield font
        return
    with TemporaryDirectory(prefix="mer-", ignore_cleanup_errors=True) as folder:
        copy = Path(shutil.copyfile(font, Path(folder) / font.name))
        with copy.open("r+b") as written:
            for at, amount in patches:
                written.seek(at)
                written.write(amount)
        yield copy


def _patches(content: Bytes) -> Iterator[tuple[int, bytes]]:
    """Yield where a known soundfont is wrong, and the bytes that are right there."""
    span = _structure(content)
    mending = None if span is None else _MENDINGS.get(hashlib.sha256(content[span]).hexdigest())
    if mending is None:
        return
    tables = _tables(content)
    names = [_name(content, at) for at in tables["inst"]]
    tuned = {zone: (_FINE_TUNE, struct.pack("<h", cents)) for zone, cents in mending.cents.items()}
    spread = {zone: (_KEYS, bytes(keys)) for zone, keys in mending.keys.items()}
    for (instrument, lowest), (generator, amount) in (*tuned.items(), *spread.items()):
        for zone in _zones(content, tables, "inst", names.index(instrument)):
            if _KEYS in zone and content[zone[_KEYS]] == lowest:
                yield zone[generator], amount
    samples = [_name(content, at) for at in tables.get("shdr", ())]
    for name, cents in mending.samples.items():
        yield tables["shdr"][samples.index(name)] + _CORRECTION, struct.pack("<b", cents)
    presets = [struct.unpack_from("<HH", content, at + 20) for at in tables["phdr"]]
    for (program, instrument), stand_in in mending.stand_ins.items():
        for zone in _zones(content, tables, "phdr", presets.index((program, 0))):
            if _INSTRUMENT in zone and names[_number(content, zone[_INSTRUMENT])] == instrument:
                yield zone[_INSTRUMENT], struct.pack("<H", names.index(stand_in))


def _structure(content: Bytes) -> slice | None:
    # RIFF holds three lists one after another: INFO, sdta and pdta.
    at = 12
    while content[:4] == b"RIFF" and at + 12 <= len(content):
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        if content[at : at + 4] == b"LIST" and content[at + 8 : at + 12] == b"pdta":
            return slice(at + 8, at + 8 + length)
        at += 8 + length + length % 2
    return None


def _tables(content: Bytes) -> dict[str, range]:
    """Return where the records of each table of presets and instruments begin."""
    span = _structure(content)
    if span is None:
        raise KeyError("pdta")
    found, at = {}, span.start + 4
    while at < span.stop:
        name, length = struct.unpack_from("<4sI", content, at)
        size = _SIZES.get(name.decode("latin-1"))
        if size is not None:
            found[name.decode()] = range(at + 8, at + 8 + length, size)
        at += 8 + length
    return found


def _name(content: Bytes, at: int) -> str:
    return bytes(content[at : at + 20]).partition(b"\0")[0].decode("latin-1")


def _zones(
    content: Bytes, tables: Mapping[str, range], kind: str, number: int
) -> Iterator[dict[int, int]]:
    """Yield, for each zone of an instrument or a preset, generator -> where its amount stands."""
    first = {"phdr": 24, "inst": 20}[kind]  # where a record says which zone is its first
    bags, generators = (tables[kind[0] + rest] for rest in ("bag", "gen"))
    start, stop = (_number(content, tables[kind][n] + first) for n in (number, number + 1))
    for bag in range(start, stop):
        begin, end = _number(content, bags[bag]), _number(content, bags[bag + 1])
        yield {_number(content, at): at + 2 for at in generators[begin:end]}


def _number(content: Bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 2], "little")
