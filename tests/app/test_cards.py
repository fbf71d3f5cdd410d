"""Cards say where the music came from, and disarm what users and files bring."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.cards import (
    SOURCE_COLOURS,
    motif_card,
    neighbour_card,
    player,
    result_card,
    source_colours,
)
from generate.composition import Composition, Source
from mer.drawing import ACCENT, FADED
from mer.match import Match
from mer.melody import Melody, Phrase

TUNE = Melody(pitch=[67, 69, 71], onset=[0, 480, 960], duration=[480] * 3)
HOSTILE = "<img src=x onerror=alert(1)>\"'&"


class Elements(HTMLParser):
    """The names of all elements, and all attributes that would run a script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.scripts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.scripts += [name for name, _ in attrs if name.startswith("on")]


def match(title: str = "The Kesh", transposition: int = 2) -> Match:
    phrase = Phrase(TUNE, "a1", title, "O'Neill", 3, 0, 3)
    return Match(
        phrase=phrase,
        similarity=0.876,
        transposition=transposition,
        pairs=((0, 0), (2, 2)),
        contributions={},
        number=0,
        query=TUNE,
    )


def test_neighbour_says_what_and_why() -> None:
    card = neighbour_card(TUNE, match(), rank=1)
    for words in ("The Kesh", "phrase 3", "88%", "0 of 3 notes are the same", "2 semitones higher"):
        assert words in card
    assert card.count("<rect") == 6
    assert card.count('class="join changed"') == 2
    same = neighbour_card(TUNE, match(transposition=0), rank=1)
    assert "2 of 3 notes are the same, at the same pitch" in same
    assert same.count('class="join"') == 2


@pytest.mark.parametrize("text", [HOSTILE, "<script>alert(1)</script>", "</article><b>"])
def test_hostile_titles(text: str) -> None:
    sources = (
        Source("motif", 0, 0),
        Source("corpus", 1, 0, "a1", 1),
        Source("corpus", 2, 0, "b", 1),
    )
    piece = Composition(TUNE, sources, "markov", ())
    cards = [
        motif_card(TUNE, text, remarks=[text], sound=Path(f"/x/{text}.wav")),
        neighbour_card(TUNE, match(title=text), rank=1),
        result_card(piece, lambda _: (text, text), name=text, method=text, remarks=[text]),
    ]
    known = {"article", "section", "h2", "h3", "p", "span", "br", "div", "svg", "rect", "title"}
    known |= {"line", "audio", "ul", "li"}
    for card in cards:
        found = Elements(card)
        assert set(found.names) <= known
        assert found.scripts == []


def test_legend_counts_every_note() -> None:
    sources = (Source("motif", 0, 0), Source("corpus", 1, 0, "a1", 1), Source("motif", 1, 0))
    card = result_card(
        Composition(TUNE, sources, "markov", ()), lambda _: ("Reel", "X"), name="n", method="m"
    )
    assert card.index("Your motif") < card.index("2 notes")
    assert "Reel" in card
    assert "1 note<" in card
    assert card.count(f'fill="{ACCENT}"') == 2


def test_rare_tunes_share_grey() -> None:
    count = len(SOURCE_COLOURS) + 2
    melody = Melody(pitch=[60] * count, onset=range(count), duration=[1] * count)
    sources = tuple(Source("corpus", 0, 0, f"t{i}", 1) for i in range(count))
    colours = source_colours(sources)
    assert len(colours) == len(SOURCE_COLOURS) + 1
    assert len(set(colours.values())) == len(colours)
    card = result_card(
        Composition(melody, sources, "markov", ()), lambda t: (t, ""), name="n", method="m"
    )
    assert card.count(f'fill="{FADED}"') == 2
    assert "2 other tunes" in card


def test_player_address_is_quoted() -> None:
    assert 'src="gradio_api/file=/a%20b/%22c%22.wav"' in player(Path('/a b/"c".wav'), "x")
    assert "<audio" not in player(None, "x")
