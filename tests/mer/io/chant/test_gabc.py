"""GABC, worked out by hand: clefs, altered notes and how far they hold, signs that are no notes."""

import pytest

from mer.errors import InputError
from mer.io import read_melody
from mer.io.chant.gabc import chant_of_gabc

# Notes in brackets -> pitches. C4 is 60; on the clef c4 the letters a to m are A2 to F4.
KINDS = {
    "all letters on c4": (
        "(c4) A(abcdefghijklm)",
        [45, 47, 48, 50, 52, 53, 55, 57, 59, 60, 62, 64, 65],
    ),
    "c3 has C on the third line": ("(c3) A(hf)", [60, 57]),
    "c2 and c1": ("(c2) A(f) (c1) B(d)", [60, 60]),
    "f3 has F on the third line": ("(f3) A(hg)", [53, 52]),
    "f4": ("(f4) A(j)", [53]),
    "cb3 has a flat throughout": ("(cb3) A(g) B(g,g)", [58, 58, 58]),
    "a flat holds until the word ends": ("(c4) A(ixi)b(i) c(i)", [58, 58, 59]),
    "a flat holds until the bar": ("(c4) A(ixi)(,)b(i)", [58, 59]),
    "a natural restores": ("(c4) A(ixiiyi)", [58, 59]),
    "a natural against the clef": ("(cb4) A(iiyi)", [58, 59]),
    "a sharp": ("(c4) A(f#fg)", [54, 55]),
    "repeated notes": ("(c4) A(gss)b(gvvv)c(gsss)d(gv)e(gs)", [55] * 10),
    "capitals are notes": ("(c4) A(hGF)", [57, 55, 53]),
    "liquescents, quilismas, episemas": (
        "(c4) A(g~)b(gwh)c(h_'1)d(h.)e(h<)f(-g)",
        [55, 55, 57, 57, 57, 57, 55],
    ),
    "a custos is no note": ("(c4) A(gh+) (z) b(gz0)", [55, 55]),
    "asides are no notes": ("(c4) A(g[nh:3]h)", [55, 57]),
    "a clef within": ("(c4) A(h) (c3) b(h)", [57, 60]),
    "a divided clef": ("(c2@c4) A(f)", [60]),
    "rests of text": (
        "(c4) <v>\\greletter{(a)}</v>A(g) <sp>V/</sp>.(h) % (f)\n b(f)",
        [55, 57, 53],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sung(kind):
    text, pitches = KINDS[kind]
    chant = chant_of_gabc(text)
    assert chant.pitch == pitches
    assert chant.remarks == []


def test_bars_end_phrases_and_a_stroke_does_not():
    assert chant_of_gabc("(c4) A(gh) (,) b(g) (`) c(f) (;) d(e) (::)").breaths == [2, 4, 5]


def test_the_neumes_of_manuscripts_are_left_out():
    assert chant_of_gabc("name:A;\nnabc-lines:1;\n%%\n(c4) A(f|vi)b(g|pu|h|cl)").pitch == [
        53,
        55,
        57,
    ]


def test_the_name_is_the_title():
    assert chant_of_gabc("name: Dies irae ;\nmode:1;\n%%\n(c4) Di(f)").title == "Dies irae"


def test_a_strange_sign_is_told():
    assert chant_of_gabc("(c4) A(g?h)").remarks == [
        "passed over 1 sign that GABC does not have: '?'"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [("Kyrie eleison", "no notes stand in"), ("Ky(f)ri(g)e(h)", "has no clef")],
)
def test_what_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        chant_of_gabc(text)


@pytest.mark.parametrize(
    ("name", "text"), [("x.gabc", "(c4) Ky(f)ri(gfg)"), ("x.volpiano", "1---g--h")]
)
def test_a_chant_is_one_part(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    assert read_melody(path, track=1).melody == read_melody(path).melody
    for track in (2, "organ"):
        with pytest.raises(InputError, match=f"no part '{track}'; there is only one part"):
            read_melody(path, track=track)
