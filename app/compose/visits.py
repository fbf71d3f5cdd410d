"""A visitor's click -> what the page shows next: text, pictures and files in the visitor's folder.

Plain functions and generators that know nothing of gradio; `app.compose.answers` calls them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from app.compose import takes as actions
from app.compose.links import MOST_REROLLS, Link, Reroll, write_link
from app.compose.take_card import CardContents, note_colours, take_card, take_tabs
from app.compose.takes import NEIGHBOURS_SHOWN, Files, Take, take_stem
from app.compose.wishes import Wishes
from app.pictures import cards
from app.pictures.cards import done_line, status_line
from app.pictures.engraving import engraved, lead_sheet, plain_sheet
from app.pictures.neighbours import found_tunes, tune_cards, tune_list
from app.sound.sounds import QUICK, SMALL, Sounds
from app.visitor.codes import code_of
from app.visitor.limits import Order
from app.visitor.motifs import (
    Motif,
    Passage,
    another_passage,
    heard_motif,
    load_motif,
    named_motif,
    typed_motif,
)
from app.visitor.passages import passage_asked
from app.visitor.sessions import Sessions, new_folder
from app.visitor.whole import whole_tune
from generate.harmony.arrangement import Arrangement
from generate.markov.infill import parse_bars
from generate.plan.brief import Brief
from mer.errors import InputError
from mer.io.reading import write_bytes
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.match import Match

_PHRASES_FOUND, _TUNES_FOUND = 60, 24  # beside the music; what is made of them is in the brief


@dataclass(frozen=True, eq=False)
class Result:
    """What a visitor has before them: enough to go on from, and to find the way back to.

    Parameters
    ----------
    asked
        What it was made from, and what was re-rolled since, oldest first.
    brief
        What was found for it: whatever is made of it later needs no further search.
    folder
        Where its files are; its name differs from one composing to the next.
    takes
        In the order of their numbers.
    own
        Whether files of the visitor were searched, so that no address leads back.
    """

    asked: Link
    brief: Brief
    folder: Path
    takes: tuple[Take, ...] = ()
    own: bool = False

    @property
    def address(self) -> str:
        """The query of the address that leads to the same music."""
        return write_link(self.asked)

    @property
    def tabs(self) -> str:
        """The tabs above the takes, as HTML."""
        return take_tabs([take.name for take in self.takes], self.folder.name)

    @property
    def newest_first(self) -> tuple[tuple[str, Melody], ...]:
        """Name and melody of each take, newest first, as the other pages want them."""
        return tuple((take.name, take.composition.melody) for take in reversed(self.takes))

    @property
    def neighbours(self) -> tuple[Match, ...]:
        """The nearest phrases, as many as are shown."""
        return self.brief.matches[:NEIGHBOURS_SHOWN]

    def files_of(self, take: Take) -> Files:
        """Return the files of a take."""
        return Files.at(self.folder / take_stem(self.asked.motif.name, take))

    def place(self, number: int) -> int:
        """Return the place of a take among the others, from 0.

        Raises
        ------
        InputError
            If there is no take of this number.
        """
        numbers = [take.number for take in self.takes]
        if number not in numbers:
            raise InputError(f"there is no take {number} here; compose first")
        return numbers.index(number)


class Progress(NamedTuple):
    """What is ready.

    Parameters
    ----------
    status, neighbours, cards
        HTML of the status line, of the neighbours and of each take.
    result
        The result, once all of it is ready.
    folder
        The name of the folder of its files, which is another for each composing.
    """

    status: str
    neighbours: str = ""
    cards: tuple[str, ...] = ()
    result: Result | None = None
    folder: str = ""


NOTHING = Progress("")


@dataclass(frozen=True)
class Visits:
    """The actions of the page, bound to an index, what may be heard, and the visitors' folders.

    `own` says that files of the visitor are part of the index, so that no address leads back;
    `kept`, that what may be heard is kept for good, for it is everyone's; `order`, who comes first.
    """

    index: PhraseIndex
    sounds: Sounds
    sessions: Sessions
    examples: dict[str, Motif]
    own: bool = False
    kept: bool = False
    order: Order = field(default_factory=Order)

    def choose_example(self, name: str) -> Motif:
        """Return an example motif.

        Raises
        ------
        InputError
            If there is no such example.
        """
        if name not in self.examples:
            raise InputError(f"there is no example {name!r}")
        return self.examples[name]

    def upload(self, path: str) -> Motif:
        """Return the motif in an uploaded file (see `app.visitor.motifs.load_motif`)."""
        return load_motif(path, self.index)

    def hear(self, path: str) -> Motif:
        """Return the motif in a recording (see `app.visitor.motifs.heard_motif`)."""
        return heard_motif(path, self.index)

    def edited(self, motif: Motif | None, text: str) -> Motif:
        """Return the motif that the text box holds: the one at hand if nothing was changed.

        Raises
        ------
        InputError
            If it holds none.
        """
        words = text.split()
        known = self.examples.values() if motif is None else [motif, *self.examples.values()]
        same = (one for one in known if one.text.split() == words)
        return next(same, None) or typed_motif(text, opening=True)

    def passage(self, motif: Motif | None, changed: str, value: object) -> Motif:
        """Return another passage of the tune or file that a motif comes from.

        Parameters
        ----------
        changed, value
            As `app.visitor.passages.passage_asked` takes them.

        Raises
        ------
        InputError
            If there is no motif, or no such passage.
        """
        if motif is None:
            raise InputError("there is no motif yet; choose one")
        return another_passage(motif, passage_asked(motif, changed, value), self.index)

    def chosen_bars(self, motif: Motif | None, first: int, last: int) -> Motif:
        """Return the motif that some bars of the tune at hand make.

        Raises
        ------
        InputError
            If there is no motif, there are no such bars, or they hold too few notes.
        """
        if motif is None:
            raise InputError("there is no motif yet; choose one")
        before = motif.passage
        asked = Passage(before.tune, before.track, before.meter, first, last)
        return another_passage(motif, asked, self.index)

    def reuse(self, result: Result | None, number: int) -> Motif:
        """Return a take as the next motif.

        Raises
        ------
        InputError
            If there is no such take.
        """
        if result is None:
            raise InputError("there is no take yet; compose first")
        take = result.takes[result.place(number)]
        return named_motif(take.composition.melody, take.title(result.asked.motif.name))

    def motif_card(self, motif: Motif, tempo_bpm: float | None = None) -> str:
        """Return the card of a motif, with sound and score, at its own tempo or another."""
        tune, wishes = whole_tune(motif), Wishes(tempo_bpm=tempo_bpm or motif.tempo_bpm)
        return cards.motif_card(
            tune,
            motif.name,
            remarks=motif.remarks,
            sound=self.sounds.offer(actions.offered(tune.melody, wishes), kept=self.kept),
            score=engraved(
                plain_sheet(tune.melody),
                label=f"Score of {motif.name}",
                colours=() if tune.is_all else cards.motif_colours(tune),
                kinds=("narrow",),
            ),
            tempo_bpm=wishes.tempo_bpm,
        )

    def find_and_compose(self, link: Link, folder: Path) -> Iterator[Progress]:
        """Yield what is ready: the first take, for somebody waits for it; neighbours; more takes.

        All files are put below `folder`, the visitor's.

        Raises
        ------
        InputError
            If the motif or the wishes cannot be met.
        """
        began = time.perf_counter()
        made = new_folder(folder)
        yield Progress(status_line(f"Searching {len(self.index):,} phrases", 0.1), folder=made.name)

        wishes, failed = link.wishes, None
        with self.order.turn(first=True):
            result = Result(link, actions.brief_of(link, self.index), made, own=self.own)
            try:
                result, card, sound = self._next_take(result, wishes.take)
            except InputError as error:
                failed = error
        if failed is not None:  # what was found is shown all the same
            yield Progress(status_line("Writing new music", 0.25), self._neighbours(result))
            raise failed
        status = self._ready(result)
        yield Progress(status, cards=(card,))
        with self.order.turn(first=True):
            found = self._neighbours(result)
        yield Progress(status, found, (card,))
        # It is heard before the next one is begun: both at once would take twice as long.
        with suppress(InputError):
            self.sounds.file(sound.rpartition("/")[2], kind=self._hearing)
        shown = [card]
        for number in range(wishes.take + 1, wishes.take + wishes.takes):
            with self.order.turn(first=False):
                result, card, _ = self._next_take(result, number)
            shown.append(card)
            yield Progress(self._ready(result), found, tuple(shown))
        done = done_line(time.perf_counter() - began, own=self.own)
        yield Progress(done, found, tuple(shown), result)

    @property
    def _hearing(self) -> str:
        """What a take is heard as: soon there for who waits for it, small where many hear it."""
        return SMALL if self.kept else QUICK

    @staticmethod
    def _ready(result: Result) -> str:
        """Return the status line when a take is there."""
        share = 0.35 + 0.6 * len(result.takes) / result.asked.wishes.takes
        return status_line(f"{result.takes[-1].name} is ready", share)

    def _next_take(self, result: Result, number: int) -> tuple[Result, str, str]:
        """Return the result with one take more, its card, and the address of its sound."""
        take = actions.grow(result.brief, number)
        for reroll in result.asked.rerolls:
            if reroll.number == take.number:
                take = actions.regrow(take, reroll.keep, result.brief)
        result = replace(result, takes=(*result.takes, take))
        return result, *self._take(take, result)

    def reroll(self, result: Result | None, number: int, keep: str) -> tuple[Result, str]:
        """Return the result with one take re-rolled, its bars in `keep` kept; and its new card.

        Raises
        ------
        InputError
            If there is no such take or bar, or nothing fits between the bars.
        """
        if result is None:
            raise InputError("there is no take yet; compose first")
        asked = result.asked
        if len(asked.rerolls) >= MOST_REROLLS:
            raise InputError(
                f"this was re-rolled {MOST_REROLLS} times; use a take as the next motif, or "
                "compose anew"
            )
        place = result.place(number)
        actions.check_some_free(keep, result.brief)
        with self.order.turn(first=True):
            take = actions.regrow(result.takes[place], keep, result.brief)
            result = replace(
                result,
                asked=replace(asked, rerolls=(*asked.rerolls, Reroll(number, keep))),
                takes=(*result.takes[:place], take, *result.takes[place + 1 :]),
            )
            result.folder.mkdir(parents=True, exist_ok=True)
            return result, self._take(take, result)[0]

    def save_sounds(self, result: Result) -> None:
        """Write the takes as WAV files, too.

        Raises
        ------
        InputError
            If one is too long to be rendered, or cannot be written.
        """
        for take in result.takes:
            music = actions.arranged(take, result.asked, result.brief)
            name = self._heard(music, take, result).rpartition("/")[2]
            write_bytes(result.files_of(take).wav, self.sounds.wav(name))

    def _heard(self, music: Arrangement, take: Take, result: Result, *, soon: str = "") -> str:
        """Return the address of the sound of a take."""
        heard = actions.offered(music, result.asked.wishes)
        cited = actions.cited_by(take, result.brief)
        return self.sounds.offer(heard, cited, soon=soon, kept=self.kept)

    def _take(self, take: Take, result: Result) -> tuple[str, str]:
        """Write the files of a take and return its card, and the address of its sound."""
        asked, brief, piece = result.asked, result.brief, take.composition
        files = result.files_of(take)
        music = actions.arranged(take, asked, brief)
        # The first one is heard at once: its sound is made while files are written and drawn.
        at_once = take.number == asked.wishes.take
        sound = self._heard(music, take, result, soon=self._hearing if at_once else "")
        actions.save_take(music, take, asked, brief, files)
        titles = actions.cited_titles(brief.corpus, piece, brief.matches)
        contents = CardContents(
            asked=asked,
            take=take,
            facts=actions.facts(take, brief),
            files=files,
            sound=sound,
            heard_as=self._hearing,
            chords=music.chords,
            title_of=titles.__getitem__,
            score=engraved(
                lead_sheet(music),
                label=f"Score of {take.title(asked.motif.name)}",
                colours=note_colours(piece),
            ),
            share="" if result.own else f"t/{code_of(actions.link_of(take, asked))}",
            abc=files.abc.read_text(encoding="utf-8"),
            remarks=tuple(dict.fromkeys((*brief.remarks, *piece.remarks))),
        )
        keep = take.keeps[-1] if take.keeps else ""
        bars = parse_bars(keep, brief.bars_written) if keep else ()
        return take_card(contents, kept=bars), sound

    def _neighbours(self, result: Result) -> str:
        wishes, brief = result.asked.wishes, result.brief
        # More tunes than music is made of; the nearest are the same.
        query = brief.matches[0].query if brief.matches else brief.motif
        matches = brief.index.search(query, k=_PHRASES_FOUND, distinct=True)

        def heard(tune: Melody) -> str:
            return self.sounds.offer(actions.offered(tune, wishes), kept=self.kept)

        found = found_tunes(matches, brief.corpus, heard)[:_TUNES_FOUND]
        cards = tune_cards(result.asked.motif.melody, found, wishes.tempo_bpm)
        return tune_list(cards, len(self.index), brief.corpus.collections)
