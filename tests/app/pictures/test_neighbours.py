"""Tunes that were found: one card each, with the phrases inside, and a sound that begins there."""

from dataclasses import replace

from app.pictures.neighbours import FoundTune, by_tune, tune_card, tune_list
from mer.notes.melody import Melody, Phrase
from mer.search.match import Match

TUNE = Melody(pitch=[67, 69, 71], onset=[0, 480, 960], duration=[480] * 3)


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
    card = tune_card(TUNE, FoundTune(TUNE, (match(),)), rank=1)
    for words in ("The Kesh", "phrase 3", "88%", "0 of 3 notes are the same", "2 semitones higher"):
        assert words in card
    assert card.count("<rect") == 9
    assert card.count('class="join changed"') == 2
    same = tune_card(TUNE, FoundTune(TUNE, (match(transposition=0),)), rank=1)
    assert "2 of 3 notes are the same, at the same pitch" in same
    assert same.count('class="join"') == 2


def test_the_phrases_of_a_tune_are_one_card_and_it_is_heard_from_the_nearest() -> None:
    tune = Melody(pitch=[60, 62, 64] * 3, onset=range(0, 9 * 480, 480), duration=[480] * 9)
    found = match()
    nearest = replace(found, phrase=replace(found.phrase, start=6, stop=9), number=7)
    card = tune_card(TUNE, FoundTune(tune, (nearest, found), "sound/x"), rank=2, tempo_bpm=60.0)
    assert 'src="sound/x#t=6.000"' in card
    assert "phrases 3, 3" in card
    assert 'data-phrase="7"' in card
    assert " open" not in card.split(">")[0]
    whole = card.split('class="stage"')[1]
    assert whole.count("<rect") == 9
    assert whole.count('class="note faded"') == 3


def test_tunes_come_in_the_order_of_their_nearest_phrases() -> None:
    a, b = match("A"), match("B")
    b = replace(b, phrase=replace(b.phrase, tune_id="b1"))
    assert [[one.phrase.title for one in tune] for tune in by_tune([a, b, a])] == [
        ["A", "A"],
        ["B"],
    ]
    lead = tune_list(["x"], 1_000, ["One", "Two", "Three", "Four", "Five"])
    assert "1,000 phrases of One, Two, Three and 2 more collections" in lead
