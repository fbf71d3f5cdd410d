"""Kinds of MusicXML that mislead a reader, each with what it means, and damage."""

import contextlib
import io
import zipfile

import numpy as np
import pytest

from mer.errors import InputError
from mer.io import read_melody
from mer.notes.key import Key

C, D, E, F, G = ((step, 4) for step in "CDEFG")


def note(pitch, duration=None, *, more="", before=""):
    written = (
        "<rest/>"
        if pitch is None
        else f"<pitch><step>{pitch[0]}</step><octave>{pitch[1]}</octave></pitch>"
    )
    length = "" if duration is None else f"<duration>{duration}</duration>"
    return f"<note>{before}{written}{length}{more}</note>"


def time(beats=4, unit=4):
    return f"<time><beats>{beats}</beats><beat-type>{unit}</beat-type></time>"


def attributes(*inner, divisions=1):
    return f"<attributes><divisions>{divisions}</divisions>{''.join(inner)}</attributes>"


def forward(duration):
    return f"<forward><duration>{duration}</duration></forward>"


def backup(duration):
    return f"<backup><duration>{duration}</duration></backup>"


HEADER = "<part-list><score-part id='P1'><part-name>Flute</part-name></score-part></part-list>"


def score(*bars, second=()):
    parts = [bars, second] if second else [bars]
    written = "".join(
        f"<part id='P{number}'>"
        + "".join(f"<measure number='{n}'>{bar}</measure>" for n, bar in enumerate(part, 1))
        + "</part>"
        for number, part in enumerate(parts, 1)
    )
    return f"<score-partwise>{HEADER}{written}</score-partwise>"


@pytest.fixture
def read(tmp_path):
    def reader(text, name="x.musicxml", **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_melody(path, **options)

    return reader


def heard(reading):
    melody = reading.melody
    columns = melody.pitch, melody.duration / 480, melody.onset / 480
    return [(int(p), float(d), float(o)) for p, d, o in zip(*columns, strict=True)]


CUE = "<cue/>"
CHORD = "<chord/>"
WORDS = "<direction><direction-type><words>dolce</words></direction-type></direction>"
TIE = "<tie type='{}'/>"
# What -> (bars, notes).
KINDS = {
    "a cue note is silent": (
        [attributes(time()) + note(C, 2) + note(G, 2, before=CUE), note(D, 4)],
        [(60, 2, 0), (62, 4, 4)],
    ),
    "all of a cue chord is silent": (
        [
            attributes(time())
            + note(C, 2)
            + note(E, 1, before=CUE)
            + note(G, 1, before=CUE + CHORD)
            + note(D, 1)
        ],
        [(60, 2, 0), (62, 1, 3)],
    ),
    "one note of a chord is a cue": (
        [attributes(time()) + note(C, 2) + note(G, 2, before=CUE + CHORD) + note(D, 2)],
        [(60, 2, 0), (62, 2, 2)],
    ),
    "a whole bar of cue notes": (
        [
            attributes(time()) + note(C, 4),
            note(E, 2, before=CUE) + note(F, 2, before=CUE),
            note(D, 4),
        ],
        [(60, 4, 0), (62, 4, 8)],
    ),
    "a grace note of cue size takes no time": (
        [attributes(time()) + note(E, before="<grace/>" + CUE) + note(C, 4)],
        [(60, 4, 0)],
    ),
    "a cue note in a second voice": (
        [attributes(time()) + note(C, 4) + backup(4) + note(G, 4, before=CUE), note(D, 4)],
        [(60, 4, 0), (62, 4, 4)],
    ),
    "a tie goes on beside cue notes": (
        [
            attributes(time()) + note(C, 4, more=TIE.format("start")),
            note(C, 1, more=TIE.format("stop")) + note(G, 3, before=CUE),
        ],
        [(60, 5, 0)],
    ),
    **{
        f"{name} between the notes of a chord": (
            [
                attributes(time(3))
                + note(C, 1)
                + between
                + note(E, 1, before=CHORD)
                + between
                + note(G, 1, before=CHORD)
                + note(D, 2),
                note(F, 3),
            ],
            [(67, 1, 0), (62, 2, 1), (65, 3, 3)],
        )
        for name, between in {
            "words": WORDS,
            "a harmony": "<harmony><root><root-step>C</root-step></root></harmony>",
            "a figured bass": "<figured-bass><figure/><duration>1</duration></figured-bass>",
            "a sound": "<sound dynamics='80'/>",
            "attributes": "<attributes><clef><sign>G</sign></clef></attributes>",
            "a print": "<print new-system='yes'/>",
        }.items()
    },
    "a forward ends a bar": (
        [attributes(time()) + note(C, 1) + forward(3), note(D, 4)],
        [(60, 1, 0), (62, 4, 4)],
    ),
    "forwards stand for rests": (
        [attributes(time()) + forward(1) + note(C, 1) + forward(1) + note(E, 1), note(D, 4)],
        [(60, 1, 0), (64, 1, 2), (62, 4, 3)],
    ),
    "a forward does not reach beyond the bar": (
        [attributes(time(2)) + note(C, 1) + forward(3), note(D, 2)],
        [(60, 1, 0), (62, 2, 2)],
    ),
    "an empty bar lasts as the metre says": (
        [attributes(time(3)) + note(C, 3), "", note(D, 3)],
        [(60, 3, 0), (62, 3, 6)],
    ),
    "a bar that is not full is short": (
        [attributes(time()) + note(C, 3), note(D, 4)],
        [(60, 3, 0), (62, 4, 3)],
    ),
    "a bar of rest that is written too long": (
        [
            attributes(time(3)) + note(C, 3),
            note(None, 4).replace("<rest/>", "<rest measure='yes'/>"),
            note(D, 3),
        ],
        [(60, 3, 0), (62, 3, 6)],
    ),
    "a voice named twice": (
        [attributes(time(2)) + note(C, 1, more="<voice>1</voice><voice>2</voice>") + note(D, 1)],
        [(60, 1, 0), (62, 1, 1)],
    ),
    "lengths come from the signs where there are no durations": (
        [
            attributes(time(2))
            + note(C, more="<type>eighth</type><dot/>")
            + note(D, more="<type>16th</type>")
            + note(E, more="<type>quarter</type>")
        ],
        [(60, 0.75, 0), (62, 0.25, 0.75), (64, 1, 1)],
    ),
    "divisions change": (
        [attributes(time(2), divisions=2) + note(C, 4), attributes(divisions=6) + note(D, 12)],
        [(60, 2, 0), (62, 2, 2)],
    ),
    "an alter in quarter tones": (
        [attributes(time(1)) + note(C, 1).replace("</step>", "</step><alter>0.5</alter>")],
        [(61, 1, 0)],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_read_as_it_is_meant(read, kind):
    bars, notes = KINDS[kind]
    assert heard(read(score(*bars))) == notes


def test_what_was_left_out_is_said(read):
    bar = (
        attributes(time())
        + note(C, 2)
        + note(G, 1, before=CUE)
        + note(D, more="<type>quarter</type>")
    )
    assert read(score(bar)).remarks == (
        "left out 1 cue note, which no one plays",
        "took the length of 1 note from the sign, because there is no duration",
    )


PLAIN = score(attributes(time()) + note(C, 1) + note(D, 3), note(E, 4))
NOTES = [(60, 1, 0), (62, 3, 1), (64, 4, 4)]


def timewise(second=""):
    return (
        f"<score-timewise>{HEADER}<measure number='1'><part id='P1'>{attributes(time())}"
        f"{note(C, 1)}{note(D, 3)}</part></measure><measure number='2'><part id='P1'>{note(E, 4)}"
        f"</part>{second}</measure></score-timewise>"
    )


def zipped(container, **members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        if container is not None:
            files = "".join(f"<rootfile full-path='{name}'/>" for name in container)
            archive.writestr("META-INF/container.xml", f"<container>{files}</container>")
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return stream.getvalue()


def test_a_timewise_score_is_a_partwise_one_turned_round(read):
    assert heard(read(timewise())) == heard(read(PLAIN)) == NOTES
    assert heard(read(zipped(["a.xml"], a_xml=timewise()), "x.mxl")) == NOTES
    second = f"<part id='P2'>{attributes()}{note(('C', 3), 4)}</part>"
    assert heard(read(timewise(second), track=2)) == [(48, 4, 0)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped(["a.pdf", "b.xml"], a_pdf="%PDF", b_xml=PLAIN), "names 'a.pdf' first"),
        (zipped(["a.mp3", "b.musicxml"], a_mp3="ID3", b_musicxml=PLAIN), "names 'a.mp3' first"),
        (zipped(["gone.xml"], b_xml=PLAIN), "names 'gone.xml' first"),
        (zipped(["a.xml", "b.xml"], a_xml="<opus/>", b_xml=PLAIN), "names 'a.xml' first"),
        (zipped(["/b.xml"], b_xml=PLAIN), ""),
        (zipped(["b.score"], b_score=PLAIN), ""),
        (zipped([], b_xml=PLAIN), ""),
        (zipped(None, b_musicxml=PLAIN), ""),
        (zipped(None, a_xml="<x/>", b_xml=PLAIN), ""),
    ],
)
def test_the_score_in_a_container_is_found(read, content, said):
    reading = read(content, "x.mxl")
    assert heard(reading) == NOTES
    assert any(said in remark for remark in reading.remarks) if said else not reading.remarks


TITLED = PLAIN.replace("<part-list>", "<work><work-title>Brännvin</work-title></work><part-list>")


@pytest.mark.parametrize(
    ("declared", "coding", "mended"),
    [
        ("UTF-8", "utf-8", False),
        ("UTF-8", "utf-8-sig", False),
        ("UTF-16", "utf-16", False),
        ("UTF-8", "utf-16", False),
        ("UTF-16", "utf-8", True),
        ("UTF-16", "cp1252", True),
        ("UTF-8", "cp1252", True),
        ("ISO-8859-1", "latin-1", False),
        ("ISO-8859-1", "utf-8", True),
        ("windows-1252", "cp1252", False),
        ("macintosh", "mac-roman", False),
        ("x-mac-roman", "mac-roman", False),
        ("us-ascii", "utf-8", True),
    ],
)
def test_a_coding_that_is_wrongly_declared_is_seen(read, declared, coding, mended):
    text = f'<?xml version="1.0" encoding="{declared}"?>\n{TITLED}'
    reading = read(text.encode(coding))
    assert (heard(reading), reading.melody.title) == (NOTES, "Brännvin")
    assert any("read the text as" in remark for remark in reading.remarks) == mended


def test_divisions_that_are_not_said(read):
    bare = f"<attributes>{time()}</attributes>"
    assert heard(read(score(bare + note(C, 1) + note(D, 3)))) == [(60, 1, 0), (62, 3, 1)]
    # 0 says nothing either; the sign of the note does.
    signed = note(C, 6, more="<type>half</type>") + note(D, 6, more="<type>half</type>")
    assert heard(read(score(attributes(time(), divisions=0) + signed))) == [(60, 2, 0), (62, 2, 2)]
    first = attributes(time(), divisions=4) + note(C, 16)
    reading = read(score(first, second=[bare + note(D, 8) + note(E, 8)]), track=2)
    assert heard(reading) == [(62, 2, 0), (64, 2, 2)]
    assert "took 4 <divisions> for a quarter, which the part leaves out" in reading.remarks
    assert heard(read(score(first, second=[bare + note(D, 4)]), track=2)) == [(62, 4, 0)]


def metronome(unit, number, *, sound="", dots=0):
    mark = (
        f"<beat-unit>{unit}</beat-unit>{'<beat-unit-dot/>' * dots}<per-minute>{number}</per-minute>"
    )
    return (
        f"<direction><direction-type><metronome>{mark}</metronome></direction-type>{sound}"
        "</direction>"
    )


@pytest.mark.parametrize(
    ("mark", "tempo"),
    [
        (metronome("quarter", "c. 80"), 80),
        (metronome("half", "ca 60"), 120),
        (metronome("half", "ca. 60", sound="<sound tempo='112.5'/>"), 112.5),
        (metronome("quarter", "80", dots=1), 120),
        (metronome("eighth", "120-126"), 60),
        (metronome("quarter", "fast"), None),
        (metronome("quarter", "fast", sound="<sound tempo='90'/>"), 90),
        ("<sound tempo='72'/>", 72),
        ("<sound tempo='0'/>", None),
        (WORDS.replace("dolce", "\u2669 = ca. 66"), 66),
        (WORDS, None),
    ],
)
def test_tempo_is_read_from_text(read, mark, tempo):
    assert read(score(attributes(time()) + mark + note(C, 4))).melody.tempo_bpm == tempo


def test_instruments_sound_as_they_sound(read):
    key = "<key><fifths>2</fifths><mode>dorian</mode></key>"
    down = "<transpose><chromatic>-2</chromatic><octave-change>-1</octave-change></transpose>"
    reading = read(score(attributes(key, time(), down) + note(E, 4)))
    assert reading.melody.pitch.tolist() == [50]
    assert reading.melody.key == Key(2, "dorian")  # E dorian is written
    clarinet = attributes(time(), "<transpose><chromatic>-3</chromatic></transpose>")
    back = attributes("<transpose><chromatic>0</chromatic></transpose>")
    assert read(score(clarinet + note(C, 4), back + note(C, 4))).melody.pitch.tolist() == [57, 60]


def test_staves_are_parts_and_bars_meet(read):
    staff = "<staff>{}</staff>"
    piano = score(
        attributes(time(), "<staves>2</staves>")
        + note(G, 3, more=staff.format(1))
        + backup(3)
        + note(C, 4, more=staff.format(2) + TIE.format("start")),
        note(C, 4, more=staff.format(2) + TIE.format("stop"))
        + backup(4)
        + note(E, 4, more=staff.format(1)),
    )
    reading = read(piano)
    assert heard(reading) == [(67, 3, 0), (64, 4, 4)]
    assert "took part 1 'Flute' of 2" in reading.remarks[0]
    assert "2 'Flute, staff 2'" in reading.remarks[0]
    assert heard(read(piano, track=2)) == [(60, 8, 0)]


def test_a_part_that_leaves_signs_out_has_those_of_another(read):
    key = "<key><fifths>-1</fifths><mode>major</mode></key>"
    first = attributes(key, time(3)) + metronome("quarter", "90") + note(G, 3)
    melody = read(score(first, first, second=[note(C, 3), note(D, 3)]), track=2).melody
    assert (melody.meter, melody.key, melody.tempo_bpm) == ((3, 4), Key(5), 90)


def test_more_notes_than_the_limit_are_counted_in_the_part_that_is_used(read):
    many = [attributes() + note(C, 1)] + [note(C, 1) * 200] * 100
    text = score(attributes(time()) + note(G, 4), second=many)
    assert heard(read(text, track=1)) == [(67, 4, 0)]
    with pytest.raises(InputError, match="at most"):
        read(text, track=2)


def test_mutated_scores_are_refused_or_read(read):
    rng = np.random.default_rng(11)
    tags = [b"note", b"chord", b"duration", b"measure", b"part", b"backup", b"step", b"octave"]
    values = [b"0", b"-1", b"99999999", b"1e9", b"", b"NaN", b"H", b"4"]
    seeds = [score(*bars).encode() for bars, _ in list(KINDS.values())[:12]] + [
        timewise().encode(),
        TITLED.encode(),
    ]
    for turn in range(200):
        content = seeds[turn % len(seeds)]
        for _ in range(int(rng.integers(1, 4))):
            place = int(rng.integers(0, len(content)))
            old, new = (tags[int(rng.integers(len(tags)))] for _ in range(2))
            content = [
                lambda c, p: c[:p] + bytes([int(rng.integers(256))]) + c[p + 1 :],
                lambda c, p: c[:p] + c[p + int(rng.integers(1, 30)) :],
                lambda c, p, old=old, new=new: c.replace(old, new),
                lambda c, p: c[:p] + c[p:].replace(b">1<", b">" + values[p % 8] + b"<", 1),
                lambda c, p: c[:p] + c[p:].replace(b">4<", b">" + values[p % 8] + b"<", 1),
            ][int(rng.integers(5))](content, place)
        with contextlib.suppress(InputError):
            assert len(read(content or b"x").melody) >= 1
