"""Cards say where the music came from, and disarm what users and files bring."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from app.compose.links import Link
from app.compose.take_card import (
    SOURCE_COLOURS,
    CardContents,
    TitleOf,
    note_colours,
    source_colours,
    take_card,
)
from app.compose.takes import Facts, Files, Take
from app.compose.wishes import Wishes
from app.pictures.cards import address, motif_card, player
from app.pictures.engraving import engraved, lead_sheet, plain_sheet
from app.pictures.neighbours import FoundTune, tune_card
from app.pictures.neighbours import whole_tune as drawn_tune
from app.visitor.motifs import Motif
from app.visitor.whole import whole_tune
from generate.harmony.arrangement import arrange
from generate.piece.composition import Composition, Source
from generate.piece.self_similarity import Recurrence
from mer.notes.drawing import ACCENT, FADED
from mer.notes.key import Key
from mer.notes.melody import Melody
from tests.app.pictures.test_neighbours import match

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


def shown(
    sources: tuple[Source, ...], title_of: TitleOf, *, melody: Melody = TUNE, text: str = "m"
) -> CardContents:
    piece = Composition(melody, sources, "markov")
    bits = np.linspace(0.5, 3.0, len(melody))
    return CardContents(
        asked=Link(Motif(melody, text), Wishes(verb=text, tempo_bpm=120.0)),
        take=Take(1, piece),
        facts=Facts(3, 0, text, 0.25, bits),
        files=Files.at(Path(f"/x/{text}")),
        sound="sound/x",
        chords=(),
        title_of=title_of,
        score=engraved(plain_sheet(melody), label=text, colours=note_colours(piece)),
        abc=f"X:1\nT:{text}\n",
        remarks=[text],
    )


@pytest.mark.parametrize("text", [HOSTILE, "<script>alert(1)</script>", "</article><b>"])
def test_hostile_titles(text: str) -> None:
    sources = (
        Source("motif", 0, 0),
        Source("corpus", 1, 0, "a1", 1),
        Source("corpus", 2, 0, "b", 1),
    )
    cards = [
        motif_card(whole_tune(Motif(TUNE, text)), text, remarks=[text], sound=f"/x/{text}"),
        tune_card(TUNE, FoundTune(TUNE, (match(title=text),), "s/x", drawn=text), rank=1),
        drawn_tune(replace(TUNE, title=text), 120.0),
        take_card(shown(sources, lambda _: (text, text), text=text)),
    ]
    known = {"article", "h3", "p", "span", "div", "svg", "rect", "title", "line", "audio", "ul"}
    known |= {"li", "details", "summary", "strong", "dl", "dt", "dd", "button", "a"}
    known |= {"label", "select", "option", "input"}  # practice
    known |= {"g", "path", "defs", "use", "style", "polygon", "ellipse"}  # engraving
    for card in cards:
        found = Elements(card)
        assert set(found.names) <= known
        assert found.scripts == []


def test_legend_counts_every_note() -> None:
    sources = (Source("motif", 0, 0), Source("corpus", 1, 0, "a1", 1), Source("motif", 1, 0))
    card = take_card(shown(sources, lambda _: ("Reel", "X")))
    assert card.index("Your motif") < card.index("2 notes")
    assert "Reel" in card
    assert "1 note<" in card
    assert card.count(f'fill="{ACCENT}"') == 2


def test_a_take_with_a_plan_shows_it() -> None:
    sources = (Source("motif", 0, 0), Source("corpus", 1, 0, "a1", 1), Source("motif", 1, 0))
    contents = shown(sources, lambda _: ("Reel", "X"))
    assert "plan-drawing" not in take_card(contents)
    piece = replace(contents.take.composition, plan=(Recurrence("new"),))
    planned = replace(contents, take=Take(1, piece))
    assert take_card(planned).count('class="bar"') == 1


def test_rare_tunes_share_grey() -> None:
    count = len(SOURCE_COLOURS) + 2
    melody = Melody(pitch=[60] * count, onset=range(count), duration=[1] * count)
    sources = tuple(Source("corpus", 0, 0, f"t{i}", 1) for i in range(count))
    colours = source_colours(sources)
    assert len(colours) == len(SOURCE_COLOURS) + 1
    assert len(set(colours.values())) == len(colours)
    card = take_card(shown(sources, lambda tune: (tune, ""), melody=melody))
    assert card.count(f'fill="{FADED}"') == 2
    assert "2 other tunes" in card


def test_player_address_is_quoted() -> None:
    assert 'src="gradio_api/file=/a%20b/%22c%22.wav"' in player(address(Path('/a b/"c".wav')), "x")
    assert "<audio" not in player("", "x")


def test_what_is_said_of_a_take() -> None:
    sources = (Source("motif", 0, 0), Source("corpus", 1, 0, "a1", 1), Source("motif", 1, 0))
    card = take_card(shown(sources, lambda _: ("Reel", "X")), kept={1})
    for words in (
        "has 3 notes: notes 1 to 3",
        "25% of human tunes",
        "the B4 in bar 1 (note 3) is the least expected",
    ):
        assert words in card
    assert card.count('class="lock"') == 1
    assert 'aria-pressed="true"' in card
    assert card.count('class="download"') == 5
    assert 'data-do="copy" data-text="X:1&#10;T:m&#10;"' in card
    assert 'data-seconds="1.5000"' in card


def test_engraving_marks_every_note_once_per_width() -> None:
    pytest.importorskip("verovio", reason="the extra for scores is not installed")
    tied = Melody(pitch=[67, 69, 71], onset=[0, 480, 2160], duration=[480, 1680, 480])
    score = engraved(plain_sheet(tied), label="<b>", colours=["#111111", "#222222", "#333333"])
    assert score.count('data-note="0"') == 2
    assert score.count('data-note="1"') == 4  # tied over the barline
    assert score.count('style="--source:#333333"') == 2
    assert "<b>" not in score


@pytest.mark.parametrize(
    ("meter", "lengths", "beams"),
    [
        ((6, 4), [240] * 12, 2),
        ((6, 8), [240] * 6, 2),
        ((4, 4), [240] * 8, 4),
        ((6, 8), [360, 120, 240, 720], 1),
        ((4, 4), [480] * 4, 0),
    ],
)
def test_the_beams_of_the_written_score_are_engraved(
    meter: tuple[int, int], lengths: list[int], beams: int
) -> None:
    pytest.importorskip("verovio", reason="the extra for scores is not installed")
    onset = np.cumsum([0, *lengths[:-1]])
    tune = Melody(pitch=[67] * len(lengths), onset=onset, duration=lengths, meter=meter)
    score = engraved(plain_sheet(tune), label="x", kinds=("wide",))
    assert score.count('class="beam"') == beams


@pytest.mark.parametrize(
    ("key", "pitches", "symbol"),
    [(Key(10, "minor"), [70, 73, 77, 70], "B♭m"), (Key(6, "minor"), [66, 69, 73, 66], "F♯m")],
)
def test_chord_symbols_are_in_letters_that_browsers_have(
    key: Key, pitches: list[int], symbol: str
) -> None:
    pytest.importorskip("verovio", reason="the extra for scores is not installed")
    beats = [0, 480, 960, 1440]
    lengths = [480, 480, 480, 1440]
    tune = Melody(pitch=pitches, onset=beats, duration=lengths, meter=(3, 4), key=key)
    score = engraved(lead_sheet(arrange(tune, "waltz")), label="x")
    assert symbol in re.sub(r"<[^>]*>", "", score)
    assert not [letter for letter in score if "\ue000" <= letter <= "\uf8ff"]
    assert "Leipzig" not in score
