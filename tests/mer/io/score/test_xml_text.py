"""XML and zip files that would hurt are refused before they are parsed."""

import io
import struct
import zipfile

import pytest

from mer.errors import InputError
from mer.io.score.xml_text import MAX_TEXT, musicxml_text

SCORE = "<score-partwise><part/></score-partwise>"
ENTITIES = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
BOMB = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">{ENTITIES}]>{SCORE}'
CONTAINER = '<container><rootfiles><rootfile full-path="b.xml"/></rootfiles></container>'


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        SCORE.encode(),
        b"\xef\xbb\xbf" + SCORE.encode(),
        SCORE.encode("utf-16"),
        SCORE.encode("utf-16-le"),
        SCORE.encode("utf-16-be"),
        f"<?xml version='1.0' encoding='ISO-8859-1'?>\n{SCORE}".encode("latin-1"),
        f'<?xml version="1.0"?>\n<!DOCTYPE score-partwise SYSTEM "x.dtd">\n{SCORE}'.encode(),
        zipped(a_xml=SCORE),
        zipped(a_xml="<x/>", b_xml=SCORE, **{"META-INF__container_xml": CONTAINER}),
        zipped(a_musicxml=SCORE, **{"META-INF__container_xml": "<nothing/>"}),
    ],
)
def test_plain_and_zipped_scores_become_the_same_text(content):
    assert musicxml_text(content) == SCORE


@pytest.mark.parametrize("coding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_entity_bomb_is_refused_in_any_coding(coding):
    with pytest.raises(InputError, match="XML entities"):
        musicxml_text(BOMB.encode(coding))


def test_an_entity_bomb_is_refused_in_a_zip_file():
    with pytest.raises(InputError, match="XML entities"):
        musicxml_text(zipped(a_xml=BOMB))


@pytest.mark.parametrize("coding", ["utf-7", "cp037", "idna"])
def test_a_coding_that_could_hide_something_is_refused(coding):
    text = f'<?xml version="1.0" encoding="{coding}"?>{SCORE}'
    with pytest.raises(InputError, match="character coding"):
        musicxml_text(text.encode())


WRONG = {
    "own declarations": (f"<!DOCTYPE x [<!ELEMENT a ANY>]>{SCORE}".encode(), "declarations"),
    "no score": (b"<html/>", "no <score-partwise>"),
    "half utf-16": (b"\xff\xfe" + SCORE.encode("utf-16-le")[:-1], "not text in utf-16"),
    "measures": (f"<score-partwise>{'<measure/>' * 10_001}".encode(), "10,001 measures"),
    "tags": (b"<score-partwise>" + b"<a>" * 1_000_000, "1,000,001 tags"),
    "attributes": (b"<score-partwise " + b'a="" ' * 400_001 + b"/>", "400,001 attributes"),
    "broken zip": (b"PK\3\4" + bytes(40), "damaged zip"),
    "empty zip": (zipped(), "without a MusicXML score"),
    "no score in zip": (zipped(a_txt="x"), "without a MusicXML score"),
    "zip bomb": (zipped(a_xml=" " * (MAX_TEXT + 1)), "20,000,001 bytes in one file"),
    "wide zip bomb": (
        zipped(a_xml=SCORE, **{f"x{i}": bytes(MAX_TEXT) for i in range(6)}),
        "unpacks to 120,000,040 bytes",
    ),
    "many files": (zipped(**{f"x{i}": "" for i in range(1001)}), "1,001 files"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name):
    content, message = WRONG[name]
    with pytest.raises(InputError, match=message):
        musicxml_text(content)


def test_a_zip_bomb_that_lies_about_its_size_is_stopped():
    size = MAX_TEXT + 1000
    honest = zipped(a_xml=" " * size)
    liar = honest.replace(struct.pack("<L", size), struct.pack("<L", 100))
    assert liar != honest
    with pytest.raises(InputError, match=r"damaged zip|more than"):
        musicxml_text(liar)


def test_an_encrypted_zip_file_is_refused():
    content = bytearray(zipped(a_xml=SCORE))
    content[content.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(InputError, match="encrypted"):
        musicxml_text(bytes(content))


@pytest.mark.parametrize("coding", ["nonsense", "MacOSRoman", "unicode"])
def test_a_coding_that_nobody_knows_is_read_as_utf_8(coding):
    remarks = []
    text = musicxml_text(f'<?xml version="1.0" encoding="{coding}"?>{SCORE}'.encode(), remarks)
    assert text == SCORE
    assert remarks == [f"read the text as utf-8, not as {coding}, which it says it is"]


@pytest.mark.parametrize("coding", ["utf-32", "utf-32-be", "utf-32-le"])
def test_utf_32_tells_itself(coding):
    assert musicxml_text(SCORE.encode(coding)) == SCORE


def test_what_no_xml_may_hold_is_mended():
    remarks = []
    title = "<!-- A & B \x0b &eacute; &#233; &amp; -->"
    text = musicxml_text((SCORE + title).encode(), remarks)
    assert text.removeprefix(SCORE) == "<!-- A &amp; B  é &#233; &amp; -->"
    assert len(remarks) == 2
