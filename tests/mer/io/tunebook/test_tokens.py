"""Signs of ABC music are told apart, and what is no music is told from it."""

import pytest

from mer.io.tunebook.tokens import is_music, is_text, tokens, written


def kinds(line: str) -> list[str]:
    return [token.kind for token in tokens(line) if token.kind != "space"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("A,,B'c'/d//e3/2", ["note"] * 5),
        ("^^c __d =e ^/f _3/2g", ["note"] * 5),
        ("z2 x Z4 X", ["rest"] * 4),
        ("[CE]2 [K:G] [1 [|", ["chord", "note", "note", "close", "field", "ending", "bar"]),
        ("|1 A:|2 B|[3 c|]", ["bar", "ending", "note"] * 3 + ["bar"]),
        (":| [1,3 A :|: [2-4.", ["bar", "ending", "note", "bar", "ending"]),
        ("F::A .| [|] |]", ["note", "bar", "note", "bar", "bar", "bar"]),
        ("(3:2:2AB (3::2 (A)", ["tuplet", "note", "note", "tuplet", "slur", "note", "slur"]),
        ("A>>B <c", ["note", "broken", "note", "broken", "note"]),
        ("{/cd}e {f>g}", ["grace", "note", "grace"]),
        ('"Am"A "^up"', ["quote", "note", "quote"]),
        ("!trill!A +ff+B ~c .d HA", ["decoration", "note"] * 2 + ["symbol", "note"] * 3),
        ("+CEG+ +f+", ["old_chord", "decoration"]),
        ("A!\n!B c!d e!", ["note", "layout", "layout", *["note", "note", "layout"] * 2]),
        ("ab!ef!ga", ["note", "note", "layout"] * 2 + ["note", "note"]),
        ("a!e>f!", ["note", "layout", "note", "broken", "note", "layout"]),
        ("A-|.-B & && (& &)", ["note", "tie", "bar", "tie", "note"] + ["overlay"] * 4),
        ("!fermat:a!x |", ["decoration", "rest", "bar"]),
        ("A`B y2 $", ["note", "note", "spacer", "layout"]),
        ("h?A q", ["unknown", "unknown", "note", "unknown"]),
        ('A "Am', ["note", "open_quote"]),
        ('["Am"CE] ["first" A', ["chord", "quote", "note", "note", "close", "ending", "note"]),
        ("T| T z", ["symbol", "bar", "symbol", "rest"]),
        ("A T", ["note", "unknown"]),
    ],
)  # fmt: skip
def test_signs_are_told_apart(line: str, expected: list[str]) -> None:
    assert kinds(line) == expected


def test_nothing_is_lost_and_columns_are_counted_from_one() -> None:
    line = 'G?A\x0b[ce]2 "Am" {f} !x! é |1 z'
    found = tokens(line)
    assert all(line[token.column - 1 :].startswith(token.text[:1]) for token in found[:9])
    assert "".join(token.text for token in found[:9]) == line[:10]
    assert found[1].text == "?"
    assert found[1].column == 2


def test_a_letter_is_a_decoration_only_where_it_is_defined() -> None:
    (first, *_) = tokens("hA", symbols=frozenset("h"))
    assert first.kind == "symbol"
    assert kinds("hA") == ["unknown", "note"]


def test_a_note_is_taken_apart() -> None:
    note = written("__b,,3/2")
    assert (note.signs, note.letter, note.octave, note.length) == ("__", "B", -1, "3/2")
    note = written("^3/2c'")
    assert (note.signs, note.part, note.letter, note.octave) == ("^", "3/2", "C", 2)


@pytest.mark.parametrize(
    "line", ["This tune was sent in by a friend.", "hello, world", "It goes well with others!"]
)
def test_words_are_text(line: str) -> None:
    assert is_text(tokens(line))
    assert not is_music(line)


@pytest.mark.parametrize("line", ["GABc|", "~G2 ?A", "TA HB vc ud", "|", "(3ABc z q"])
def test_music_with_a_slip_is_no_text(line: str) -> None:
    assert not is_text(tokens(line))


@pytest.mark.parametrize("line", ["A|", "c d e & A4|", '"Am"A2|: % end', "A:|", "[V:1] c|"])
def test_music_beyond_doubt(line: str) -> None:
    assert is_music(line)


@pytest.mark.parametrize("line", ["K:C", "w: a|b", "A B C", "% A|", "A ?|", "|", "%%A|"])
def test_no_music_beyond_doubt(line: str) -> None:
    assert not is_music(line)
