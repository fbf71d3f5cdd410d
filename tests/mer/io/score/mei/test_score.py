"""Kinds of MEI, each with what it means."""

import pytest

from mer.errors import InputError
from mer.io import read_melody
from mer.io.score.mei.score import mei_parts

HEAD = '<mei xmlns="http://www.music-encoding.org/ns/mei"><music><body><mdiv><score>'
TAIL = "</score></mdiv></body></music></mei>"


def note(name, dur="4", **more):
    given = "".join(f' {key.replace("_", ".")}="{value}"' for key, value in more.items())
    length = f' dur="{dur}"' if dur else ""
    return f'<note pname="{name[0]}" oct="{name[1]}"{length}{given}/>'


def bars(*inner, signs="", beside=()):
    beside = [*beside, *[""] * len(inner)]
    written = "".join(
        f'<measure n="{n}"><staff n="1"><layer n="1">{bar}</layer></staff>{beside[n - 1]}</measure>'
        for n, bar in enumerate(inner, 1)
    )
    staff = '<staffGrp><staffDef n="1" lines="5"/></staffGrp>'
    return f"<scoreDef {signs}>{staff}</scoreDef><section>{written}</section>"


@pytest.fixture
def read(tmp_path):
    def reader(body, name="x.mei"):
        path = tmp_path / name
        path.write_text(HEAD + body + TAIL)
        return read_melody(path)

    return reader


def heard(reading):
    melody = reading.melody
    columns = melody.pitch, melody.onset / 480, melody.duration / 480
    return [(int(p), float(o), float(d)) for p, o, d in zip(*columns, strict=True)]


C, D, E, F = note("c4"), note("d4"), note("e4"), note("f4")
TWO = note("g4", "2")
KINDS = {
    "a tuplet": (
        bars(f'<tuplet num="3" numbase="2">{C}{D}{E}</tuplet>{F}{C}'),
        [(60, 0, 2 / 3), (62, 2 / 3, 2 / 3), (64, 4 / 3, 2 / 3), (65, 2, 1), (60, 3, 1)],
    ),
    "dots": (bars(note("c4", "2", dots=1) + D), [(60, 0, 3), (62, 3, 1)]),
    "a tie by attributes": (
        bars(note("c4", "1", tie="i"), note("c4", "2", tie="t") + TWO),
        [(60, 0, 6), (67, 6, 2)],
    ),
    "a tie by ids, over the bar": (
        bars(
            f"{D}" + '<note xml:id="a" pname="c" oct="4" dur="2" dots="1"/>',
            '<note xml:id="b" pname="c" oct="4" dur="4"/>' + D,
            beside=['<tie startid="#a" endid="#b"/>'],
        ),
        [(62, 0, 1), (60, 1, 4), (62, 5, 1)],
    ),
    "rests": (
        bars(f'{C}<rest dur="4"/><space dur="2"/>', "<mRest/>", D),
        [(60, 0, 1), (62, 8, 1)],
    ),
    "several bars of rest": (
        bars(C + D + E, '<multiRest num="2"/>', F, signs='meter.count="3" meter.unit="4"'),
        [(60, 0, 1), (62, 1, 1), (64, 2, 1), (65, 9, 1)],
    ),
    "a repeated bar": (
        bars(C + D + TWO, "<mRpt/>"),
        [(60, 0, 1), (62, 1, 1), (67, 2, 2), (60, 4, 1), (62, 5, 1), (67, 6, 2)],
    ),
    "a chord": (
        bars(f'<chord dur="2">{note("c4", "")}{note("e4", "")}</chord>{D}'),
        [(64, 0, 2), (62, 2, 1)],
    ),
    "a grace note": (bars(note("b4", grace="acc") + C + D), [(60, 0, 1), (62, 1, 1)]),
    "the lemma of a variant": (
        bars(f"<app><rdg>{E}</rdg><lem>{C}</lem></app>{D}"),
        [(60, 0, 1), (62, 1, 1)],
    ),
    "a correction": (
        bars(f"<choice><sic>{E}</sic><corr>{C}</corr></choice>{D}"),
        [(60, 0, 1), (62, 1, 1)],
    ),
    "accidentals that are said hold for one note": (
        bars(note("c4", accid_ges="s") + C, signs='key.sig="2s"'),
        [(61, 0, 1), (60, 1, 1)],
    ),
    "accidentals that are not said hold in their bar": (
        bars(note("f4", accid="n") + F, F, signs='key.sig="1s"'),
        [(65, 0, 1), (65, 1, 1), (66, 2, 1)],
    ),
    "mensural values": (
        bars(note("c4", "brevis") + note("d4", "semibrevis")),
        [(60, 0, 8), (62, 8, 4)],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_heard(read, kind):
    body, wanted = KINDS[kind]
    found = heard(read(body))
    assert [pitch for pitch, _, _ in found] == [pitch for pitch, _, _ in wanted]
    for ours, theirs in zip(found, wanted, strict=True):
        assert ours == pytest.approx(theirs)


def test_signatures_title_and_tempo(read):
    reading = read(
        bars(C, D + E + F, signs='meter.count="3" meter.unit="4" key.sig="3f" midi.bpm="96"')
    )
    melody = reading.melody
    assert (melody.meter, str(melody.key), melody.tempo_bpm) == ((3, 4), "Eb major", 96)
    assert melody.downbeat == 480


def test_an_instrument_that_transposes(read):
    body = bars(C + D).replace('lines="5"', 'lines="5" trans.semi="-2"')
    assert heard(read(body))[0][0] == 58


NEUMES = (
    "<section><staff n='1'><layer>"
    "<syllable><syl>A</syl><neume><nc pname='g' oct='3'/><nc pname='a' oct='3'/></neume></syllable>"
    "<divLine/>"
    "<syllable><accid ploc='b' oloc='3' accid='f'/>"
    "<neume><nc pname='b' oct='3'/></neume></syllable>"
    "<syllable><neume><nc pname='b' oct='3'/></neume></syllable>"
    "<divLine/><syllable><neume><nc pname='b' oct='3'/></neume></syllable>"
    "</layer></staff></section>"
)


def test_neumes_have_no_rhythm_and_bars_end_phrases(read):
    reading = read(NEUMES)
    assert reading.melody.pitch.tolist() == [55, 57, 58, 58, 59]
    assert not reading.melody.rhythm_known
    assert reading.melody.phrase_starts == (0, 2, 4)


def test_mei_in_a_file_that_ends_in_xml(read):
    assert heard(read(bars(C + D), "x.xml")) == [(60, 0, 1), (62, 1, 1)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<section>", "ParseError"),
        (bars("<mRest/>"), "holds no notes"),
        ("<app>" * 20_000 + "</app>" * 20_000, "holds no notes"),
        (f"<section>{'<app>' * 20_000}{C}{'</app>' * 20_000}</section>", "nested too deep"),
    ],
)
def test_what_is_refused(read, body, said):
    with pytest.raises(InputError, match=said):
        read(body)


def test_what_is_no_mei(tmp_path):
    path = tmp_path / "x.mei"
    path.write_text("<score-partwise/>")
    with pytest.raises(InputError, match="holds no MEI score"):
        read_melody(path)


def two_layers(high, low):
    layers = f'<layer n="1">{high}</layer><layer n="2">{low}</layer>'
    return f'<measure><staff n="1">{layers}</staff></measure>'


def test_a_repeated_bar_of_two_layers_takes_each_layer_once():
    again = two_layers("<mRpt/>", "<mRpt/>")
    text = two_layers(note("g4", "1"), note("c4", "1")) + again * 15
    parts, _, _ = mei_parts(f"{HEAD}<section>{text}</section>{TAIL}")
    found = sorted((found.start, found.pitch) for found in parts[0].notes)
    assert found == [(4 * bar, pitch) for bar in range(16) for pitch in (60, 67)]


def test_a_bar_that_is_repeated_twice_in_a_layer_does_not_fill_the_memory(read):
    text = bars(C, *["<mRpt/><mRpt/>"] * 40)
    with pytest.raises(InputError, match="20,001 notes; at most 20,000 are read"):
        read(text)
