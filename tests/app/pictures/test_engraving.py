"""Chord symbols of a score stand apart, however narrow its bars are."""

import itertools
import re

import pytest

from app.pictures.engraving import engraved
from mer.io.score.musicxml import score_of
from mer.io.sheet.sheet import ChordSymbol, Part, Sheet
from mer.notes.melody import TICKS_PER_QUARTER, Melody

BAR = 3 * TICKS_PER_QUARTER
# Wide ones; widths of DejaVu Serif in parts of the size of its letters.
KINDS = (("half-diminished", "m7b5"), ("major-seventh", "maj7"), ("dominant", "7"))
WIDTH = {"m": 0.95, "j": 0.31, "7": 0.64, "b": 0.64, "5": 0.64, "a": 0.6, "B": 0.74}


def test_chord_symbols_do_not_collide() -> None:
    pytest.importorskip("verovio", reason="the extra for scores is not installed")
    tune = Melody(
        pitch=[67] * 9, onset=[BAR * n for n in range(9)], duration=[BAR] * 9, meter=(6, 8)
    )
    symbols = tuple(ChordSymbol(place * BAR // 3, "B", 0, *KINDS[place % 3]) for place in range(27))
    drawn = engraved(score_of(Sheet(parts=(Part(melody=tune),), symbols=symbols)), label="x")
    for score in drawn.split("<svg class=")[1:]:
        found = re.findall(
            r'<g class="harm"><text (.*?)x="(\d+)" y="(\d+)"[^>]*>(.*?)</text>', score
        )
        if not found:
            continue  # the picture within the picture
        assert len(found) == 27
        for (closer, x, y, text), (_, after, below, _) in itertools.pairwise(found):
            letters = re.sub(r"<[^>]*>", "", text)
            size = int(re.findall(r'font-size="(\d+)px"', text)[-1])
            wide = size * sum(WIDTH[letter] for letter in letters)
            if closer:
                wide = int(re.findall(r'textLength="(\d+)"', closer)[0])
            if below == y:
                assert int(x) + wide < int(after), letters
