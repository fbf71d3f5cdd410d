"""Bytes of a MusicXML file, plain or zipped, or of MEI -> text that is safe to parse.

Refused before any parser sees them: declared entities (an "entity bomb" grows to gigabytes), zip
files that grow beyond a limit, and scores so large that music21 would need minutes.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib
from html.entities import name2codepoint

from mer.errors import InputError

MAX_TEXT = 20_000_000
MAX_ARCHIVE = 100_000_000
MAX_MEMBERS = 1_000
MAX_TAGS = 1_000_000
MAX_ATTRIBUTES = 400_000
MAX_MEASURES = 10_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# Codings in which ASCII is ASCII, so that nothing can hide behind them, and UTF-16.
_CODINGS = frozenset(
    codecs.lookup(name).name
    for name in (
        *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "latin-1", "mac-roman"),
        *("mac-latin2", "mac-cyrillic", "mac-greek", "mac-turkish", "koi8-r", "koi8-u"),
        *(f"iso8859-{part}" for part in (*range(2, 12), *range(13, 17))),
        *(f"cp{page}" for page in (*range(1250, 1259), 437, 850, 852)),
        *("gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"),
    )
)
_OTHER_NAMES = {"x-mac-roman": "mac-roman", "macroman": "mac-roman", "ansi": "cp1252"}
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)(?:(\w{1,30});)?"
)
# Letters that HTML names and XML does not: eacute, ouml ...
_LETTERS = {name: chr(code) for name, code in name2codepoint.items()}
_SCORE = re.compile(rb"<score-(?:part|time)wise[\s>]")


def musicxml_text(content: bytes, remarks: list[str] | None = None) -> str:
    """Return the MusicXML in the bytes of a ``.musicxml``, ``.xml`` or ``.mxl`` file.

    The XML declaration and the document type are left out: the text is decoded. Sentences about
    what had to be mended are added to `remarks`.

    Raises
    ------
    InputError
        If it is damaged, too large, declares entities, or is no MusicXML score.

    Examples
    --------
    >>> musicxml_text(b"<?xml version='1.0'?><score-partwise><part/></score-partwise>")
    '<score-partwise><part/></score-partwise>'
    """
    remarks = [] if remarks is None else remarks
    member = _score_member(content, remarks) if content[:2] == b"PK" else content
    text = guarded_text(member, remarks)
    if not re.search(r"<score-(?:part|time)wise[\s>]", text):
        raise InputError("holds no MusicXML score (no <score-partwise> or <score-timewise>)")
    return text


def guarded_text(content: bytes, remarks: list[str]) -> str:
    """Return XML that is safe to parse, its declaration and document type left out.

    Raises
    ------
    InputError
        If it declares entities or a document type of its own, or is too large.

    Examples
    --------
    >>> guarded_text(b"<?xml version='1.0'?><mei/>", [])
    '<mei/>'
    """
    text = _well_formed(_decoded(content, remarks), remarks)
    if re.search(r"<!ENTITY", text, re.IGNORECASE):
        raise InputError("declares XML entities, which are not read (they can be a bomb)")
    if re.search(r"<!DOCTYPE[^>\[]*\[", text, re.IGNORECASE):
        raise InputError("has a document type with declarations of its own, which are not read")
    counts = (
        ("measures", len(re.findall(r"<measure[\s/>]", text)), MAX_MEASURES),
        ("tags", text.count("<"), MAX_TAGS),
        ("attributes", text.count("="), MAX_ATTRIBUTES),
    )
    for what, count, limit in counts:
        if count > limit:
            raise InputError(f"holds {count:,} {what}; at most {limit:,} are read")
    text = re.sub(r"\A[\s\ufeff]*<\?xml[^>]*\?>\s*", "", text)
    return re.sub(r"<!DOCTYPE[^>\[]*>\s*", "", text, count=1)


def _decoded(content: bytes, remarks: list[str]) -> str:
    """Return the text: as its first bytes say, as it declares, or as it can be read."""
    declared = re.match(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", content[:300])
    name = declared[1].decode("ascii") if declared else "utf-8"
    told = _told_by_bytes(content)
    if told:
        return _strictly(content, told)
    said = _canonical(name)
    known = said in _CODINGS
    if not known and _is_coding(name):  # such as UTF-7, in which other letters mean "<"
        raise InputError(f"is in the character coding {name!r}, which is not read; use UTF-8")
    # What is correct UTF-8 beyond ASCII was hardly ever meant as anything else.
    for coding in dict.fromkeys(["utf-8", said, "cp1252", "latin-1"] if known else ["utf-8"]):
        if coding.startswith("utf-16"):
            continue  # it would have told itself
        try:
            text = content.decode(coding)
        except UnicodeError:
            continue
        if coding != said and (not known or said.startswith("utf-16") or not content.isascii()):
            remarks.append(f"read the text as {coding}, not as {name}, which it says it is")
        return text
    if not known:
        raise InputError(f"is in the character coding {name!r}, which is not read; use UTF-8")
    raise InputError(f"is not text in {name}, as it should be")


def _is_coding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _well_formed(text: str, remarks: list[str]) -> str:
    """Return the text without what no XML may hold, but programs and people write into it."""
    mended = _CONTROL.sub("", text)
    if mended != text:
        remarks.append("left out control characters, which XML may not hold")
    whole = _AMPERSAND.sub(
        lambda found: _LETTERS.get(found[1] or "", "&amp;" + found[0][1:]), mended
    )
    if whole != mended:
        remarks.append("mended ampersands that begin no XML entity")
    return whole


def _told_by_bytes(content: bytes) -> str:
    """Return the coding that a byte order mark or the zeros beside "<" tell; "" for none."""
    marks = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32"}
    marks |= {b"<\0\0\0": "utf-32-le", b"\0\0\0<": "utf-32-be"}
    marks |= {codecs.BOM_UTF8: "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    marks |= {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
    return next((name for mark, name in marks.items() if content.startswith(mark)), "")


def _strictly(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeError as error:
        if name == "utf-8-sig":
            return content[3:].decode("cp1252", "replace")
        raise InputError(f"is not text in {name}, as it should be") from error


def _canonical(name: str) -> str:
    try:
        return codecs.lookup(_OTHER_NAMES.get(name.lower(), name)).name
    except LookupError:
        return name


def _score_member(content: bytes, remarks: list[str]) -> bytes:
    """Return the score inside a zip file, unpacking no more than the limits allow."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_archive(members)
            return _score_in(archive, [m.filename for m in members], remarks)
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


def _score_in(archive: zipfile.ZipFile, names: list[str], remarks: list[str]) -> bytes:
    """Return the first score that the container names, or else the first that there is."""
    wanted = _named_by_container(archive, names)
    others = [
        name
        for name in names
        if name.lower().endswith((".musicxml", ".xml"))
        and not name.startswith(("META-INF/", "__MACOSX/"))
    ]
    first: bytes | None = None
    for name in dict.fromkeys([*wanted, *others]):
        if name not in names:
            continue
        content = _unpacked(archive, name)
        if _SCORE.search(content.replace(b"\0", b"")):
            if wanted and name != wanted[0]:
                remarks.append(f"took {name!r} of the zip file, which names {wanted[0]!r} first")
            return content
        first = content if first is None else first
    if first is None:
        raise InputError("is a zip file without a MusicXML score in it")
    return first


def _named_by_container(archive: zipfile.ZipFile, names: list[str]) -> list[str]:
    """Return the files that the container names, in its order."""
    if "META-INF/container.xml" not in names:
        return []
    container = _unpacked(archive, "META-INF/container.xml")[:100_000].replace(b"\0", b"")
    found = re.findall(r"full-path\s*=\s*[\"']([^\"']+)[\"']", container.decode("utf-8", "replace"))
    return [name.removeprefix("./").lstrip("/")[:200] for name in found]


def _unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    # The size that the zip file states may be a lie: stop at the limit while unpacking.
    with archive.open(name) as stream:
        content = stream.read(MAX_TEXT + 1)
    if len(content) > MAX_TEXT:
        raise InputError(f"unpacks to more than {MAX_TEXT:,} bytes, the most that is read")
    return content
