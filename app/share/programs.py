"""What programs call: named endpoints with typed parameters, none of which needs the page.

The docstrings are what callers read, in the form that the server understands. Annotations are
values here, not text: the server makes the documented types of them.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from app.compose import takes as actions
from app.compose import wishes as offered
from app.compose.links import Link, Reroll, read_link
from app.compose.takes import Take
from app.compose.visits import Result, Visits
from app.compose.wishes import Wishes, whole
from app.visitor.messages import friendly
from app.visitor.motifs import Passage, another_passage, typed_motif
from app.visitor.notation import write_notes
from app.visitor.passages import METERS
from app.visitor.sessions import visitor_of
from generate.sound.instruments import INSTRUMENTS
from mer.errors import InputError
from mer.search.match import Match

_MOST_PHRASES = 50
_TYPED = Wishes()


def offer_to_programs(visits: Visits) -> None:
    """Make the endpoints part of the page that is being laid out."""
    programs = Programs(visits)
    for name in ("choices", "read_notes", "find_phrases", "compose", "open_link", "reroll"):
        gr.api(getattr(programs, name), api_name=name)


class Programs:
    """The endpoints, bound to the actions of the page."""

    def __init__(self, visits: Visits) -> None:
        self._visits = visits

    def choices(self) -> dict[str, Any]:
        """List the example motifs, as notes, and what each setting of compose can be.

        Gives by name: "examples" (name to notes), and each setting to the list of its
        values.
        """
        return {
            "examples": {name: motif.text for name, motif in self._visits.examples.items()},
            "verb": list(offered.VERB_NAMES),
            "closeness": list(offered.CLOSENESS),
            "surprise": list(offered.SURPRISES),
            "form": list(offered.FORMS),
            "key": offered.keys_offered(),
            "meter": [offered.METER_OF_MOTIF, *METERS],
            "instrument": list(INSTRUMENTS),
            "chords": list(offered.CHORDS),
            "rhythm": list(offered.RHYTHMS),
        }

    def read_notes(self, notes: str) -> dict[str, Any]:
        """Read a melody typed as note names or ABC, as the other endpoints do.

        Gives "notes" as they were understood, "name", and "remarks" on what was left out.

        Args:
            notes: such as "C4 D E:2 F#:1/2" (lengths in quarters) or ABC.
        """
        with friendly(programs=True):
            motif = typed_motif(notes)
            return {"notes": motif.text, "name": motif.name, "remarks": list(motif.remarks)}

    def find_phrases(self, notes: str, count: int = 5) -> list[dict[str, Any]]:
        """Find the phrases of real tunes that are nearest to a motif, best first.

        Gives for each phrase its title, collection, place in the tune, similarity from 0 to
        1, the semitones to add to the motif, its notes, and the pairs of matched notes.

        Args:
            notes: the motif, as note names or ABC.
            count: how many phrases, 1 to 50.
        """
        with friendly(programs=True):
            count = whole("count", count)
            if not 1 <= count <= _MOST_PHRASES:
                raise InputError(f"count is {count}; 1 to {_MOST_PHRASES} is supported")
            motif = typed_motif(notes)
            found = self._visits.index.search(motif.melody, k=count, distinct=True)
            return [_phrase(match) for match in found]

    def compose(
        self,
        notes: str,
        request: gr.Request,
        verb: str = _TYPED.verb,
        bars: int = _TYPED.bars,
        closeness: str = _TYPED.closeness,
        surprise: str = _TYPED.surprise,
        form: str = _TYPED.form,
        key: str = _TYPED.key,
        meter: str = offered.METER_OF_MOTIF,
        tempo: float = 0.0,
        instrument: str = _TYPED.instrument,
        chords: str = _TYPED.chords,
        progression: str = _TYPED.progression,
        rhythm: str = _TYPED.rhythm,
        max_copy: int = _TYPED.max_copy,
        max_copy_pitch: int = _TYPED.max_copy_pitch,
        takes: int = 1,
        take: int = _TYPED.take,
    ) -> dict[str, Any]:
        """Find the phrases nearest to a motif and compose new music from them.

        Gives "link" (the query of the address of the same music), "neighbours", and
        "takes", each with its notes, files (midi, wav, musicxml, abc, report), longest
        shared run and surprise.

        Args:
            notes: the motif, as note names or ABC.
            verb: what to make of the motif; see the endpoint choices for this and what follows.
            bars: length of the new music, 1 to 64; 0 hears the motif whole and answers it. An
                answer and a B part are as long as the motif.
            closeness: how near the motif to stay.
            surprise: how predictable the new notes are.
            form: such as "A A' B A''".
            key: such as "D dorian".
            meter: of the motif and the new music, such as "6/8".
            tempo: beats a minute, which are dotted quarters in 6/8; 0 takes the motif's own.
            instrument: what plays it.
            chords: how it is accompanied.
            progression: the chords that it goes over, such as "Am F C G" or "Am F | C G7", again
                and again; empty for chords that suit the melody.
            rhythm: where the rhythm comes from.
            max_copy: longest run of notes that may be shared with any tune, 3 to 16.
            max_copy_pitch: the same whatever the rhythm, 6 to 64; 0 for no bound.
            takes: how many pieces, 1 to 5.
            take: number of the first; the same number gives the same music.
        """
        # So many parameters, because each is a documented one of the endpoint.
        with friendly(programs=True):
            motif = typed_motif(notes)
            if meter != offered.METER_OF_MOTIF:
                motif = another_passage(motif, Passage(meter=meter))
            wishes = Wishes(
                verb=verb,
                bars=whole("bars", bars),
                closeness=closeness,
                surprise=surprise,
                form=form,
                key=key,
                tempo_bpm=motif.meter.quarters_a_minute(tempo) or motif.tempo_bpm,
                instrument=instrument,
                chords=chords,
                progression=progression,
                rhythm=rhythm,
                max_copy=whole("notes in a row", max_copy),
                max_copy_pitch=whole("pitches in a row", max_copy_pitch),
                takes=whole("takes", takes),
                take=whole("take", take),
            )
            return self._composed(Link(motif, wishes), request)

    def open_link(self, link: str, request: gr.Request) -> dict[str, Any]:
        """Make the music that a link leads to again.

        Gives as compose does.

        Args:
            link: the query of the page's address, as compose gives it.
        """
        with friendly(programs=True):
            return self._composed(self._read(link), request)

    def reroll(self, link: str, take: int, keep_bars: str, request: gr.Request) -> dict[str, Any]:
        """Keep some bars of a take and draw all others anew.

        Gives as compose does; the link leads to the new music.

        Args:
            link: of the music, as compose gives it.
            take: number of the take.
            keep_bars: such as "1-4,7"; empty to keep none.
        """
        with friendly(programs=True):
            asked = self._read(link)
            rerolls = (*asked.rerolls, Reroll(whole("take", take), keep_bars.replace(" ", "")))
            if not 0 <= int(take) - asked.wishes.take < asked.wishes.takes:
                raise InputError(f"there is no take {take} in the link")
            return self._composed(replace(asked, rerolls=rerolls), request)

    def _read(self, link: str) -> Link:
        found = read_link(link.lstrip("?"), self._visits.examples)
        if found is None:
            raise InputError("the link names no motif: it needs notes= or example=")
        return found

    def _composed(self, link: Link, request: gr.Request) -> dict[str, Any]:
        link.wishes.settings()
        self._visits.sessions.take_turn(request)
        folder = self._visits.sessions.folder(visitor_of(request))
        *_, last = self._visits.find_and_compose(link, folder)
        result = last.result
        assert result is not None
        self._visits.save_sounds(result)
        return {
            "link": result.address,
            "neighbours": [_phrase(match) for match in result.neighbours],
            "takes": [_take(result, take) for take in result.takes],
        }


def _phrase(match: Match) -> dict[str, Any]:
    phrase = match.phrase
    return {
        "title": phrase.title,
        "collection": phrase.collection,
        "tune_id": phrase.tune_id,
        "phrase": phrase.number,
        "similarity": round(float(match.similarity), 6),
        "transposition": int(match.transposition),
        "notes": write_notes(phrase.melody),
        "pairs": [[int(a), int(b)] for a, b in match.pairs],
    }


def _take(result: Result, take: Take) -> dict[str, Any]:
    files, facts = result.files_of(take), actions.facts(take, result.brief)
    return {
        "number": take.number,
        "name": take.name,
        "notes": write_notes(take.composition.melody),
        "longest_run": facts.run,
        "shared_with": facts.title,
        "human_tunes_that_share_more": facts.human,
        "bits": [round(value, 4) for value in facts.bits.tolist()],
        "files": {
            "midi": _file(files.midi),
            "wav": _file(files.wav),
            "musicxml": _file(files.musicxml),
            "abc": _file(files.abc),
            "report": _file(files.report),
        },
    }


def _file(path: Path) -> dict[str, Any]:
    """Return a file as the server's clients know files: they fetch it."""
    return {
        "path": str(path),
        "orig_name": path.name,
        "meta": {"_type": "gradio.FileData"},
    }
