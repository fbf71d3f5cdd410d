"""A visitor's click -> what the page shows next: text, pictures and files in the visitor's folder.

Plain functions and generators that know nothing of gradio; `app.compose_page` wires them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from app import actions, cards
from app.actions import Motif, Wishes
from app.sessions import Sessions
from mer.drawing import escape
from mer.errors import InputError
from mer.index import PhraseIndex
from mer.match import Match


class Progress(NamedTuple):
    """What is ready: HTML for the status line, the neighbours and the result; the files."""

    status: str
    neighbours: str = ""
    result: str = ""
    midi: Path | None = None
    wav: Path | None = None


@dataclass(frozen=True)
class Visits:
    """The actions of the page, bound to an index, a soundfont and the visitors' folders."""

    index: PhraseIndex
    soundfont: Path | None
    sessions: Sessions
    examples: dict[str, Motif]

    def choose_example(self, name: str, visitor: str) -> tuple[Motif, str]:
        """Return an example motif and its card.

        Raises
        ------
        InputError
            If there is no such example.
        """
        if name not in self.examples:
            raise InputError(f"there is no example {name!r}")
        return self._shown(self.examples[name], visitor)

    def upload(self, path: str, visitor: str) -> tuple[Motif, str]:
        """Return the motif in an uploaded file and its card.

        Raises
        ------
        InputError
            If the file cannot be used.
        """
        return self._shown(actions.load_motif(path), visitor)

    def _shown(self, motif: Motif, visitor: str) -> tuple[Motif, str]:
        sound = self.sessions.folder(visitor) / f"motif-{time.time_ns()}.wav"
        wishes = Wishes(tempo_bpm=motif.melody.tempo_bpm or Wishes.tempo_bpm)
        actions.play(motif.melody, sound, wishes, self.soundfont)
        card = cards.motif_card(motif.melody, motif.name, remarks=motif.remarks, sound=sound)
        return motif, card

    def find_and_compose(self, motif: Motif, wishes: Wishes, visitor: str) -> Iterator[Progress]:
        """Yield what is ready: first the neighbours, then the new music, then all players.

        Raises
        ------
        InputError
            If the motif or the wishes cannot be met.
        """
        began = time.perf_counter()
        folder = self.sessions.folder(visitor) / f"take-{time.time_ns()}"
        folder.mkdir()
        yield Progress(_status(f"Searching {len(self.index):,} phrases", 0.1))

        brief = actions.search(motif, self.index, wishes)
        matches = brief.matches[: actions.NEIGHBOURS_SHOWN]
        found = self._neighbours(motif, matches, {})
        yield Progress(_status("Writing new music", 0.3), found)

        composition = actions.grow(brief, wishes)
        stem = actions.file_stem(motif, wishes.take)
        midi, wav = folder / f"{stem}.mid", folder / f"{stem}.wav"
        actions.write_midi(composition.melody, midi, wishes)
        yield Progress(_status("Playing it", 0.6), found)

        said = actions.play(composition.melody, wav, wishes, self.soundfont)
        titles = actions.cited_titles(self.index.corpus, composition, matches)
        name = f"{motif.name}, take {wishes.take}"
        result = cards.result_card(
            composition,
            titles.__getitem__,
            name=name,
            method=wishes.method,
            sound=wav,
            remarks=(*composition.remarks, *said),
        )
        yield Progress(_status("Playing the neighbours", 0.8), found, result, midi, wav)

        sounds: dict[int, Path] = {}
        for rank, match in enumerate(matches, start=1):
            sound = folder / f"neighbour-{rank}.wav"
            with suppress(InputError):  # too long to render: shown without a player
                actions.play(match.phrase.melody, sound, wishes, self.soundfont)
                sounds[rank] = sound
        found = self._neighbours(motif, matches, sounds)
        seconds = time.perf_counter() - began
        yield Progress(_status(f"Done in {seconds:.1f} s"), found, result, midi, wav)

    def _neighbours(self, motif: Motif, matches: Sequence[Match], sounds: dict[int, Path]) -> str:
        found = [
            cards.neighbour_card(motif.melody, match, rank=rank, sound=sounds.get(rank))
            for rank, match in enumerate(matches, start=1)
        ]
        return cards.neighbour_list(found, len(self.index))


def _status(text: str, share: float | None = None) -> str:
    # With a bar while there is something to wait for.
    bar = (
        ""
        if share is None
        else f'<div class="track"><div class="bar" style="width:{100 * share:.0f}%"></div></div>'
    )
    return f'<div class="status" role="status">{escape(text)}{bar}</div>'
