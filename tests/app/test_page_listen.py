"""The listening page in headless Chromium with no network: two players, answers, another pair."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.listen.judgements import FILE, load_judgements
from benchmarks import page_client
from mer.search.index import PhraseIndex


def test_a_pair_is_heard_and_judged(
    walking_index: PhraseIndex, tmp_path: Path, visit_at: Callable[..., Any]
) -> None:
    folder, corpus = tmp_path / "answers", tmp_path / "walking.npz"
    walking_index.save(corpus)
    options = ("--listen", str(folder), "--corpus", str(corpus))
    with page_client.served(*options) as (address, _):
        opened = visit_at(f"{address}/?tab=listen")
        opened.wait("#pair audio")
        players = opened.page.locator("#pair audio")
        assert players.count() == 2
        sounds = {opened.served(f"#pair article:nth-child({place}) audio") for place in (1, 2)}
        assert len(sounds) == 2
        assert all(sound.startswith(b"RIFF") for sound in sounds)
        before = players.first.get_attribute("src")
        opened.picture("listen")
        opened.page.locator("#answer-second").click()
        opened.wait("#answers", has_text="1 answer so far")
        assert players.first.get_attribute("src") != before
        opened.page.locator("#answer-known").click()
        opened.wait("#answers", has_text="2 answers so far")
        opened.leave()
    given = load_judgements(folder / FILE)
    assert [one.answer for one in given] == ["second", "known"]
    assert len({one.listener for one in given}) == 1
    # By chance a tune may come twice; a pair does not.
    assert len({(one.tune_id, one.seed) for one in given}) == 2
    stored = [json.loads(line) for line in (folder / FILE).read_text().splitlines()]
    assert all("title" not in one for one in stored)
