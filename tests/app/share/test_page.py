"""The page that a link leads to: what it says of itself; titles are no markup."""

import re

from app.share.page import SentTake, missing_page, shared_page
from mer.notes.drawing import piano_roll
from mer.notes.melody import Melody

TUNE = Melody(pitch=[69, 71, 73], onset=[0, 480, 960], duration=[480] * 3)
HOSTILE = '</style><script>alert("1")</script>'


def shared(
    title: str = "Sakura, take 2", tunes: tuple[str, ...] = ("Sakura", "A", "B")
) -> SentTake:
    return SentTake(
        title=title,
        line="Vary · 8 bars",
        melody=TUNE,
        roll=piano_roll(TUNE, label="Notes"),
        colours=["#0f766e"] * 3,
        legend="<ul></ul>",
        tunes=tunes,
        tempo_bpm=120.0,
        sound="sound/abc",
        query="example=Sakura&take=2&takes=1",
    )


def test_it_says_what_it_is() -> None:
    page = shared_page(shared(), "http://music.example", "1abc")
    told = dict(re.findall(r'<meta property="(og:\w+)" content="([^"]*)">', page))
    assert told["og:title"].startswith("Sakura, take 2")
    assert told["og:image"] == "http://music.example/t/1abc.png"
    assert "“A”, “B”" in told["og:description"]
    assert 'href="./?example=Sakura&amp;take=2&amp;takes=1"' in page
    assert page.count("<audio") == 1
    assert 'preload="none"' in page
    assert len(page) < 100_000
    alone = shared(tunes=("Sakura",)).description
    assert alone == "New music from “Sakura”. Press play to hear it."


def test_titles_are_no_markup() -> None:
    page = shared_page(shared(HOSTILE, (HOSTILE, "@scripts", "@body")), "http://x", "1")
    assert "<script>alert" not in page
    assert "<script>alert" not in missing_page(HOSTILE)
