"""The listening page: two pieces that begin alike, and the question which of them is real.

The layout and the wiring only; pairs come from `app.listen.pairs`, and answers go to
`app.listen.judgements`. What was right is not said: those who learn from it would listen for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gradio as gr

from app.listen.judgements import FIRST, KNOWN, SECOND, Judgement, append
from app.listen.pairs import Pair, draw_pair
from app.pictures.cards import address, card, player
from app.style.assets import asset
from app.visitor.messages import friendly
from app.visitor.sessions import Sessions, visitor_of
from app.visitor.states import Opening
from generate.sound.audio import render, save_wav
from mer.notes.names import counted
from mer.search.index import PhraseIndex

_BUTTONS = {FIRST: "The first is real", SECOND: "The second is real", KNOWN: "I know this tune"}
_WAITING = '<p class="empty">Composing…</p>'
_LARGEST_SEED = 2**31


@dataclass(frozen=True)
class Listening:
    """The actions of the page, bound to what all listeners share.

    Parameters
    ----------
    index
        Where tunes and the neighbours of motifs come from.
    soundfont
        Soundfont to play with; None for the one that is found.
    sessions
        Where each listener's sounds are kept.
    folder
        Where answers go.
    """

    index: PhraseIndex
    soundfont: Path | None
    sessions: Sessions
    folder: Path

    def next_pair(self, visitor: str) -> tuple[Pair, str]:
        """Return a new pair, and the HTML by which it is heard.

        Raises
        ------
        InputError
            If no pair can be made.
        """
        pair = draw_pair(self.index, secrets.randbelow(_LARGEST_SEED))
        cards = []
        for name, melody in zip(("First", "Second"), pair.heard, strict=True):
            # Neither the name nor the length of the file may tell.
            path = self.sessions.folder(visitor) / f"{secrets.token_hex(8)}.wav"
            sound = render(melody, tempo_bpm=pair.tempo_bpm, soundfont=self.soundfont)
            save_wav(sound, path)
            cards.append(
                card("motif", heading=name, line="", body=player(address(path), f"Play: {name}"))
            )
        return pair, f'<div class="listen">{"".join(cards)}</div>'

    def note(self, pair: Pair, listener: str, answer: str) -> None:
        """Write an answer down.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        of_pair = (pair.tune_id, pair.seed, pair.verb, pair.tune_first)
        append(Judgement(now, listener, *of_pair, answer), self.folder)


def listen_page(listening: Listening) -> Opening:
    """Lay out the page on which pairs are heard and judged."""
    gr.HTML(asset("listen/task.html"))
    heard = gr.HTML(_WAITING, label="Two pieces", elem_id="pair")
    with gr.Row():
        buttons = {
            answer: gr.Button(words, interactive=False, elem_id=f"answer-{answer}")
            for answer, words in _BUTTONS.items()
        }
    thanks = gr.HTML("", label="Answers so far", elem_id="answers")
    pair, listener, given = gr.State(None), gr.State(""), gr.State(0)
    shown = [pair, listener, given, heard, thanks, *buttons.values()]

    def following(visitor: str, name: str, many: int) -> dict[Any, Any]:
        drawn, sounds = listening.next_pair(visitor)
        words = f"{counted(many, 'answer')} so far. Thank you!" if many else ""
        free = {button: gr.update(interactive=True) for button in buttons.values()}
        said = {thanks: f'<div class="status" role="status">{words}</div>'}
        return {pair: drawn, listener: name, given: many, heard: sounds, **said, **free}

    def open_page(now: Pair | None, request: gr.Request) -> Any:
        """Play the first pair, unless one is there."""
        if now is not None:
            return gr.skip()
        with friendly():
            return following(visitor_of(request), secrets.token_hex(4), 0)

    def answered(answer: str) -> Callable[..., Any]:
        def judge(now: Pair | None, name: str, many: int, request: gr.Request) -> Any:
            """Write the answer down and play the next pair."""
            if now is None:
                return gr.skip()
            with friendly():
                listening.note(now, name, answer)
                return following(visitor_of(request), name, many + 1)

        return judge

    private = {"api_visibility": "private"}
    for answer, button in buttons.items():
        button.click(
            answered(answer),
            [pair, listener, given],
            shown,
            api_name=f"judge_{answer}",
            trigger_mode="once",
            **private,
        )

    def on_open(opened: Any) -> None:
        opened(open_page, pair, shown, api_name="open_listening", **private)

    return on_open
