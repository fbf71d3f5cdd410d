"""Tunes that were found: one card each, with the phrases inside, and a sound that begins there."""

from dataclasses import replace

from app.pictures.neighbours import FoundTune, by_tune, tune_card, tune_list, whole_tune
from app.pictures.sources import CollectionSource
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
    assert card.count("<rect") == 6
    assert card.count('class="join changed"') == 2
    same = tune_card(TUNE, FoundTune(TUNE, (match(transposition=0),)), rank=1)
    assert "2 of 3 notes are the same, at the same pitch" in same
    assert same.count('class="join"') == 2


def test_the_phrases_of_a_tune_are_one_card_and_it_is_heard_from_the_nearest() -> None:
    tune = Melody(pitch=[60, 62, 64] * 3, onset=range(0, 9 * 480, 480), duration=[480] * 9)
    found = match()
    nearest = found._replace(phrase=found.phrase._replace(start=6, stop=9), number=7)
    shown = FoundTune(tune, (nearest, found), "sound/x", drawn="tune/x")
    card = tune_card(TUNE, shown, rank=2, tempo_bpm=60.0)
    assert 'src="sound/x#t=6.000"' in card
    assert "phrases 3, 3" in card
    assert 'data-phrase="7"' in card
    assert " open" not in card.split(">")[0]
    # Each of its phrases is played from where it begins, and can be taken.
    assert [card.count(f'data-second="{second}"') for second in ("6.000", "0.000")] == [1, 1]
    assert card.count('data-do="motif"') == 2
    assert 'data-tune="tune/x" data-found="6-9 0-3"' in card


def test_a_whole_tune_is_drawn_to_be_played_on() -> None:
    drawn = whole_tune(replace(TUNE, title="The <Kesh>"), 60.0)
    assert drawn.split("</svg>")[0].count("<rect") == 3
    assert 'data-seconds="3.0000"' in drawn
    assert "The &lt;Kesh&gt;" in drawn
    assert "The <Kesh>" not in drawn


def test_where_a_tune_comes_from_is_said() -> None:
    noted = CollectionSource("A <book>, 1850", "A. B.", "In the public domain.")
    card = tune_card(TUNE, FoundTune(TUNE, (match(),), source=noted), rank=1)
    told = card.split("Source and licence")[1]
    for words in ("A &lt;book&gt;, 1850.", "Transcription: A. B.", "In the public domain."):
        assert words in told
    bare = tune_card(TUNE, FoundTune(TUNE, (match(),)), rank=1)
    assert "<p>O'Neill.</p><p>No licence is noted" in bare.replace("&#x27;", "'")


def test_tunes_come_in_the_order_of_their_nearest_phrases() -> None:
    a, b = match("A"), match("B")
    b = b._replace(phrase=b.phrase._replace(tune_id="b1"))
    assert [[one.phrase.title for one in tune] for tune in by_tune([a, b, a])] == [
        ["A", "A"],
        ["B"],
    ]
    cards = [f"<i>{number}</i>" for number in range(15)]
    shown, further = tune_list(cards, 5, ["One"]).split("Show 3 more")
    assert (shown.count("<i>"), further.count("<i>")) == (12, 3)
    assert "more" not in tune_list(cards[:12], 5, ["One"])
    lead = tune_list(["x"], 1_000, ["One", "Two", "Three", "Four", "Five"])
    assert "1,000 phrases of One, Two, Three and 2 more collections" in lead
