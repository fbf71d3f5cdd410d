"""Explanations: exact sums, true pairs, text under text, pictures that are well-formed."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.corpus.corpus import Corpus, Tune
from mer.notes.melody import Melody, Phrase
from mer.search.index import PhraseIndex
from mer.search.match import Match

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<script>alert(1)</script>",
    '" onload="alert(1)',
    "a & b",
    "]]>",
    "\u202e&#0;\x00",
    "x" * 400,
]


def tune(pitch):
    return Melody(
        pitch=pitch, onset=[480 * note for note in range(len(pitch))], duration=[480] * len(pitch)
    )


def match(query, found, pairs, transposition=0, title="A Tune"):
    phrase = Phrase(found, "t1", title, "mine", 2, 0, len(found))
    return Match(phrase, 0.75, transposition, pairs, {"a": 0.5, "b": 0.25}, 0, query)


def lines_of_notes(text):
    rows = [
        line.split() for line in text.splitlines() if re.match("  (motif|moved|phrase)  ", line)
    ]
    return [row[1:] for row in rows]


def test_hand_worked():
    query, found = tune([60, 62, 64, 65, 67]), tune([65, 67, 68, 72, 74])
    why = match(query, found, ((0, 0), (1, 1), (2, 2), (4, 3)), 5).explain()
    assert [notes.difference for notes in why.pairs] == [0, 0, -1, 0]
    assert (why.pairs[2].query_name, why.pairs[2].phrase_name) == ("E4", "Ab4")
    assert lines_of_notes(why.text()) == [
        ["C4", "D4", "E4", "F4", "G4", "."],
        ["F4", "G4", "A4", "Bb4", "C5", "."],
        ["F4", "G4", "(Ab4)", ".", "C5", "D5"],
    ]
    assert "5 semitones higher (a fourth). 3 of 5 notes of the motif are the same, 1 changed." in (
        why.text()
    )
    assert sum(why.contributions.values()) == why.match.similarity


def test_columns_stand_under_each_other_and_long_lines_are_broken():
    melody = tune([60 + note % 12 for note in range(40)])
    pairs = tuple((note, note) for note in range(40))
    text = match(melody, melody, pairs).explain().text(width=60)
    rows = lines_of_notes(text)
    assert len(rows) == 15
    assert rows[::3] == rows[1::3] == rows[2::3]
    assert sum(map(len, rows[::3])) == 40
    assert all(len(line) <= 60 for line in text.splitlines() if line.startswith("  moved"))


def test_ends_without_correspondence_are_cut():
    long = tune([60 + note % 7 for note in range(60)])
    text = match(long, long.cut(30, 34), ((30, 0), (31, 1), (32, 2), (33, 3))).explain().text()
    assert lines_of_notes(text)[0] == ["…", "D4", "Eb4", "E4", "F4", "…"]


def test_no_pairs_at_all():
    why = match(tune([60, 61, 62]), tune([80, 90, 100]), ()).explain()
    assert "0 of 3 notes" in why.text()
    assert ET.fromstring(why.svg()).findall(f".//{SVG}line") == []


def test_every_contribution_of_a_search_is_explained():
    rng = np.random.default_rng(7)
    tunes = [
        Tune(f"t{number}", f"T {number}", "made", tune(60 + rng.integers(0, 12, 12)))
        for number in range(60)
    ]
    index = PhraseIndex.build(Corpus.from_tunes(tunes))
    for number in range(20):
        query = index.phrase(number).melody.transpose(-3).cut(0, int(rng.integers(3, 13)))
        for found in index.search(query, k=5):
            why = found.explain()
            assert sum(why.contributions.values()) == found.similarity
            assert sum(reversed(why.contributions.values())) == found.similarity
            for notes in why.pairs:
                mine = query.pitch[notes.query_note] + found.transposition
                theirs = found.phrase.melody.pitch[notes.phrase_note]
                assert theirs - mine == notes.difference
            assert str(found.phrase.number) in why.text()


MELODIES = st.lists(st.integers(0, 127), min_size=1, max_size=30).map(tune)


@given(MELODIES.filter(lambda melody: len(melody) > 1), MELODIES, st.integers(-30, 30))
def test_the_picture_shows_every_note_and_pair(query, found, shift):
    pairs = tuple((i, i) for i in range(min(len(query), len(found))))[::2]
    why = match(query, found, pairs, shift).explain()
    assert "adds up" in why.text()
    root = ET.fromstring(why.svg())
    assert len(root.findall(f".//{SVG}rect")) == len(query) + len(found)
    lines = root.findall(f".//{SVG}line")
    assert sum("join" in line.attrib["class"] for line in lines) == len(pairs)


@pytest.mark.parametrize("title", HOSTILE)
def test_titles_cannot_break_the_picture(title):
    melody = tune([60, 62, 64])
    svg = match(melody, melody, ((0, 0),), title=title).explain().svg()
    root = ET.fromstring(svg)
    known = {"svg", "style", "path", "text", "g", "rect", "title", "line"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == known
    assert not any(name.startswith("on") for e in root.iter() for name in e.attrib)
    heading = root.find(f"{SVG}text")
    assert heading is not None
    assert len(heading.text or "") <= 101


def test_the_picture_needs_nothing_from_outside_and_has_dark_colours():
    melody = tune([60, 62, 64])
    svg = match(melody, melody, ((0, 0),)).explain().svg()
    assert re.findall(r"https?://[^\"]*", svg) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"href|url\(|@import|<image|<script", svg)
    assert "prefers-color-scheme: dark" in svg


@pytest.mark.parametrize(("before", "shown"), [(5, 5), (6, 6), (7, 1), (20, 1)])
def test_six_notes_outside_the_pairs_are_shown_and_more_are_cut(before, shown):
    query, found = tune([60, 64, 67]), tune([72] * before + [60, 64, 67])
    text = match(query, found, tuple((n, before + n) for n in range(3))).explain().text(width=400)
    motif, _, phrase = lines_of_notes(text)
    assert len(motif) == len(phrase) == shown + 3
    assert phrase[-3:] == ["C4", "E4", "G4"]
