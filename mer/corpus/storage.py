"""Named arrays and a JSON header <-> one ``.npz`` file that is mapped into memory, not read.

The file is an ordinary uncompressed ``.npz``, so ``numpy.load`` opens it anywhere. It differs from
numpy's in two ways: every array starts at a multiple of 64 bytes (the padding sits in the zip
entry's extra field), so that it can be mapped; and writing goes to a file beside the target that
then takes its name, so that a build killed half-way leaves the old file as it was. Dates are fixed,
so the same arrays give the same bytes. Nothing is pickled.
"""

from __future__ import annotations

import json
import math
import mmap
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mer.errors import InputError
from mer.notes.arrays import Array, Arrays, Ints

_ALIGNMENT = 64
_HEADER = "header.json"
_DATE = (1980, 1, 1, 0, 0, 0)
_LOCAL_HEADER_BYTES = 30
_PADDING_ID = 0x4D52  # any private id: readers skip extra fields that they do not know
_CHUNK = 1 << 20
# How numpy begins an array on disk. An index has some hundred arrays, and numpy's own reader, which
# parses Python, takes longer for these than everything else that is done to open it.
_HEAD = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([^']+)', 'fortran_order': (True|False), "
    rb"'shape': \(([0-9, ]*)\), \} *\n",
    re.DOTALL,
)
_LONGEST_HEAD = 4096
# What zipfile, json and numpy raise for a damaged file.
_DAMAGE = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)


def save_arrays(path: str | Path, arrays: Mapping[str, Array], header: Mapping[str, Any]) -> None:
    """Write `arrays` and `header` to `path`, all or nothing.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    target = Path(path)
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as archive:
            text = json.dumps(header, sort_keys=True, ensure_ascii=True).encode()
            archive.writestr(zipfile.ZipInfo(_HEADER, _DATE), text)
            for name in sorted(arrays):
                _write_member(archive, f"{name}.npy", arrays[name])
        _settle(beside)
        beside.replace(target)
    except OSError as error:
        raise InputError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # the first error is the one to report
            beside.unlink(missing_ok=True)


def _settle(path: Path) -> None:
    """Wait until what was written is on the disk, so that a power cut cannot empty it later."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def _write_member(archive: zipfile.ZipFile, name: str, array: Array) -> None:
    contents = BytesIO()
    np.lib.format.write_array(contents, np.ascontiguousarray(array), allow_pickle=False)
    entry = zipfile.ZipInfo(name, _DATE)
    assert archive.fp is not None
    start = archive.fp.tell() + _LOCAL_HEADER_BYTES + len(name.encode())
    gap = -start % _ALIGNMENT
    if gap < 4:  # an extra field needs four bytes for itself
        gap += _ALIGNMENT
    entry.extra = struct.pack("<HH", _PADDING_ID, gap - 4) + bytes(gap - 4)
    archive.writestr(entry, contents.getvalue())


def load_arrays(
    path: str | Path, *, kind: str, version: int, verify: bool = True
) -> tuple[Arrays, dict[str, Any]]:
    """Return the arrays of `path`, mapped read-only, and its header.

    Parameters
    ----------
    path
        A file written by `save_arrays`.
    kind, version
        What the header must say under ``"kind"`` and ``"version"``.
    verify
        Whether to compare every array with its checksum, which reads the whole file once.

    Raises
    ------
    InputError
        If the file is missing, damaged, or of another kind or version.
    """
    source = Path(path)
    try:
        with source.open("rb") as stream:
            mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        with zipfile.ZipFile(source) as archive:
            header = json.loads(archive.read(_HEADER))
            entries = [entry for entry in archive.infolist() if entry.filename != _HEADER]
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputError(f"no {kind} file at {source}") from error
    except _DAMAGE as error:
        raise InputError(f"{source} is damaged or not a {kind} file; build it again") from error
    if not isinstance(header, dict):
        raise InputError(f"{source} is damaged or not a {kind} file; build it again")
    if header.get("kind") != kind or header.get("version") != version:
        raise InputError(
            f"{source} holds {header.get('kind')!r} version {header.get('version')!r}; "
            f"this release reads {kind!r} version {version}: build it again"
        )
    view = memoryview(mapped)
    arrays = {e.filename.removesuffix(".npy"): _member(view, e, source, verify) for e in entries}
    return arrays, header


def verify_arrays(path: str | Path) -> None:
    """Compare every array of a file with its checksum, which reads all of it.

    Raises
    ------
    InputError
        If the file is missing or damaged.
    """
    source = Path(path)
    try:
        with zipfile.ZipFile(source) as archive:
            damaged = archive.testzip()
    except _DAMAGE as error:
        raise InputError(f"{source} is damaged or missing; build it again") from error
    if damaged is not None:
        raise InputError(f"{source} is damaged at {damaged!r}; build it again")


def _member(view: memoryview, entry: zipfile.ZipInfo, source: Path, verify: bool) -> Array:
    damaged = InputError(f"{source} is damaged at {entry.filename!r}; build it again")
    if entry.header_offset + _LOCAL_HEADER_BYTES > len(view):
        raise damaged
    name_bytes, extra_bytes = struct.unpack_from("<HH", view, entry.header_offset + 26)
    start = entry.header_offset + _LOCAL_HEADER_BYTES + name_bytes + extra_bytes
    stop = start + entry.file_size
    if entry.compress_type != zipfile.ZIP_STORED or stop > len(view):
        raise damaged
    if verify and _checksum(view[start:stop]) != entry.CRC:
        raise damaged
    told = _HEAD.match(view[start : min(stop, start + _LONGEST_HEAD)])
    if told is None:
        raise damaged
    kind, order, sizes = (part.decode() for part in told.groups())
    try:
        shape = tuple(int(size) for size in sizes.split(",") if size.strip())
        flat = np.frombuffer(view, np.dtype(kind), math.prod(shape), start + told.end())
    except (ValueError, TypeError, SyntaxError, OverflowError) as error:
        raise damaged from error
    return flat.reshape(shape, order="F" if order == "True" else "C")


def _checksum(contents: memoryview) -> int:
    value = 0
    for start in range(0, len(contents), _CHUNK):
        value = zlib.crc32(contents[start : start + _CHUNK], value)
    return value


def pack_strings(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint8], Ints]:
    """Return the texts as one UTF-8 byte column, and their boundaries, shape (texts + 1,)."""
    encoded = [text.encode() for text in texts]
    bounds = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), bounds


def unpack_string(column: npt.NDArray[np.uint8], bounds: Ints, position: int) -> str:
    """Return text number `position` of a column made by `pack_strings`."""
    return column[bounds[position] : bounds[position + 1]].tobytes().decode()
