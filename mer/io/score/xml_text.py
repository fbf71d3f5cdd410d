"""Bytes of a MusicXML file, plain or zipped -> text that is safe to parse.

Refused before any parser sees them: declared entities (an "entity bomb" grows to gigabytes), zip
files that grow beyond a limit, and scores so large that music21 would need minutes.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib

from mer.errors import InputError
from mer.io.reading import MAX_NOTES

MAX_TEXT = 20_000_000
MAX_ARCHIVE = 100_000_000
MAX_MEMBERS = 1_000
MAX_TAGS = 1_000_000
MAX_ATTRIBUTES = 400_000
MAX_MEASURES = 10_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CODINGS = frozenset(
    codecs.lookup(name).name for name in ("utf-8", "utf-16", "latin-1", "ascii", "cp1252")
)


def musicxml_text(content: bytes) -> str:
    """Return the MusicXML in the bytes of a ``.musicxml``, ``.xml`` or ``.mxl`` file.

    The XML declaration and the document type are left out: the text is decoded.

    Raises
    ------
    InputError
        If it is damaged, too large, declares entities, or is no partwise MusicXML score.

    Examples
    --------
    >>> musicxml_text(b"<?xml version='1.0'?><score-partwise><part/></score-partwise>")
    '<score-partwise><part/></score-partwise>'
    """
    text = _decoded(_score_member(content) if content[:2] == b"PK" else content)
    if re.search(r"<!ENTITY", text, re.IGNORECASE):
        raise InputError("declares XML entities, which are not read (they can be a bomb)")
    if re.search(r"<!DOCTYPE[^>\[]*\[", text, re.IGNORECASE):
        raise InputError("has a document type with declarations of its own, which are not read")
    if not re.search(r"<score-partwise[\s>]", text):
        timewise = "; a timewise score must be converted" if "<score-timewise" in text else ""
        raise InputError(f"holds no MusicXML score (no <score-partwise>){timewise}")
    counts = (
        ("notes", len(re.findall(r"<note[\s/>]", text)), MAX_NOTES),
        ("measures", len(re.findall(r"<measure[\s/>]", text)), MAX_MEASURES),
        ("tags", text.count("<"), MAX_TAGS),
        ("attributes", text.count("="), MAX_ATTRIBUTES),
    )
    for what, count, limit in counts:
        if count > limit:
            raise InputError(f"holds {count:,} {what}; at most {limit:,} are read")
    text = re.sub(r"\A\s*<\?xml[^>]*\?>\s*", "", text)
    return re.sub(r"<!DOCTYPE[^>\[]*>\s*", "", text, count=1)


def _decoded(content: bytes) -> str:
    declared = re.match(rb"\s*<\?xml[^>]*?encoding=[\"']([\w.-]{1,40})[\"']", content[:300])
    name = declared[1].decode("ascii") if declared else "utf-8"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        name = "utf-16"
    elif content[:2] in (b"<\0", b"\0<"):
        name = "utf-16-le" if content[:1] == b"<" else "utf-16-be"
    elif content[:3] == codecs.BOM_UTF8:
        name = "utf-8-sig"
    elif _canonical(name) not in _CODINGS:
        raise InputError(f"is in the character coding {name!r}, which is not read; use UTF-8")
    try:
        return content.decode(name)
    except (UnicodeError, LookupError) as error:
        raise InputError(f"is not text in {name}, as it should be") from error


def _canonical(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name


def _score_member(content: bytes) -> bytes:
    """Return the score inside a zip file, unpacking no more than the limits allow."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_archive(members)
            return _unpacked(archive, _score_name(archive, [m.filename for m in members]))
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        LookupError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"is a damaged zip file ({error})") from error


def _check_archive(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise InputError(f"is a zip file of {len(members):,} files; at most {MAX_MEMBERS:,} fit")
    total = sum(member.file_size for member in members)
    if total > MAX_ARCHIVE:
        raise InputError(f"unpacks to {total:,} bytes; at most {MAX_ARCHIVE:,} are read")
    for member in members:
        if member.file_size > MAX_TEXT:
            raise InputError(
                f"unpacks to {member.file_size:,} bytes in one file; at most {MAX_TEXT:,} are read"
            )
        if member.flag_bits & 1:
            raise InputError("is an encrypted zip file, which is not read")
        if member.compress_type not in _METHODS:
            raise InputError("is a zip file packed in an unusual way, which is not read")


def _score_name(archive: zipfile.ZipFile, names: list[str]) -> str:
    """Return the score that the container names, or else the first one that looks like it."""
    if "META-INF/container.xml" in names:
        container = _unpacked(archive, "META-INF/container.xml")[:100_000]
        named = re.search(
            r"full-path\s*=\s*[\"']([^\"']+)[\"']", container.decode("utf-8", "replace")
        )
        if named and named[1] in names:
            return named[1]
    scores = [
        name
        for name in names
        if name.lower().endswith((".musicxml", ".xml")) and not name.startswith("META-INF/")
    ]
    if not scores:
        raise InputError("is a zip file without a MusicXML score in it")
    return scores[0]


def _unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    # The size that the zip file states may be a lie: stop at the limit while unpacking.
    with archive.open(name) as stream:
        content = stream.read(MAX_TEXT + 1)
    if len(content) > MAX_TEXT:
        raise InputError(f"unpacks to more than {MAX_TEXT:,} bytes, the most that is read")
    return content
