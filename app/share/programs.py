"""What programs call: named endpoints with typed parameters, none of which needs the page.

The docstrings are what callers read, in the form that the server understands. Annotations are
values here, not text: the server makes the documented types of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

import gradio as gr

from app.compose import wishes as offered
from app.compose.links import Link, Reroll, read_link
from app.compose.visits import Visits
from app.compose.wishes import Wishes, whole
from app.pictures.sources import manifest, source_of
from app.share.results import (
    AlignedPhrase,
    Choices,
    Composed,
    ReadMotif,
    ReadTune,
    SentFile,
    aligned_phrase,
    composed,
    read_motif,
    read_tune,
)
from app.visitor.messages import friendly
from app.visitor.motifs import Motif, Passage, another_passage, typed_motif
from app.visitor.passages import METERS
from app.visitor.sessions import visitor_of
from generate.sound.instruments import INSTRUMENTS
from mer.errors import InputError

_MOST_PHRASES = 50
_TYPED = Wishes()
ENDPOINTS = (
    *("choices", "read_notes", "read_file", "read_recording", "find_phrases", "read_tune"),
    *("compose", "open_link", "reroll"),
)


_FILE = {"path": "tune.mid", "orig_name": "tune.mid", "meta": {"_type": "gradio.FileData"}}
# What the page that describes the endpoints shows of what they need.
_EXAMPLES: Mapping[str, Any] = {
    "notes": "C4 D E:2 F#:1/2",
    "file": _FILE,
    "recording": {**_FILE, "path": "hummed.wav", "orig_name": "hummed.wav"},
    "tune_id": "aird-0001",
    "link": "notes=C4+D4+E4+G4&takes=1",
    "take": 1,
    "keep_bars": "1-4",
}


def offer_to_programs(site: gr.Blocks, visits: Visits) -> None:
    """Make the endpoints part of the page that is being laid out."""
    programs = Programs(visits)
    for name in ENDPOINTS:
        function = getattr(programs, name)
        offered_as = gr.api(function, api_name=name)
        wanted = [each for each in signature(function).parameters if each != "request"]
        for parameter, taken in zip(wanted, site.fns[offered_as["id"]].inputs, strict=True):
            if parameter in _EXAMPLES:
                taken.example_payload = partial(_EXAMPLES.get, parameter)


class Programs:
    """The endpoints, bound to the actions of the page."""

    def __init__(self, visits: Visits) -> None:
        self._visits = visits

    def choices(self) -> Choices:
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

    def read_notes(self, notes: str) -> ReadMotif:
        """Read a melody typed as note names or ABC, as the other endpoints do.

        Gives "notes" as they were understood, "name", and "remarks" on what was left out.

        Args:
            notes: such as "C4 D E:2 F#:1/2" (lengths in quarters) or ABC.
        """
        with friendly(programs=True):
            _check_texts(notes=notes)
            return read_motif(typed_motif(notes))

    def read_file(self, file: SentFile, request: gr.Request) -> ReadMotif:
        """Read the melody in a file of any notation that is read: MIDI, MusicXML, ABC, more.

        Gives as read_notes does: the notes are text that the other endpoints take.

        Args:
            file: the file; at most two megabytes.
        """
        return self._brought(file, self._visits.upload, request)

    def read_recording(self, recording: SentFile, request: gr.Request) -> ReadMotif:
        """Read the melody that was hummed, whistled or played, one note at a time.

        Gives as read_notes does: the notes are text that the other endpoints take.

        Args:
            recording: a WAV, FLAC, Ogg or MP3 file of at most a minute.
        """
        return self._brought(recording, self._visits.hear, request)

    def find_phrases(self, notes: str, count: int = 5) -> list[AlignedPhrase]:
        """Find the phrases of real tunes that are nearest to a motif, best first.

        Gives for each phrase its title, collection, place in the tune, similarity from 0 to
        1, the semitones to add to the motif, its notes, and the pairs of matched notes.

        Args:
            notes: the motif, as note names or ABC.
            count: how many phrases, 1 to 50.
        """
        with friendly(programs=True):
            _check_texts(notes=notes)
            count = whole("count", count)
            if not 1 <= count <= _MOST_PHRASES:
                raise InputError(f"count is {count}; 1 to {_MOST_PHRASES} is supported")
            motif = typed_motif(notes)
            found = self._visits.index.search(motif.melody, k=count, distinct=True)
            return [aligned_phrase(match) for match in found]

    def read_tune(self, tune_id: str) -> ReadTune:
        """Read a whole tune of the corpus, such as one in which a phrase was found.

        Gives its title, collection, notes, the numbers of the notes with which phrases
        begin, from 0, its source and its licence.

        Args:
            tune_id: as find_phrases gives it.
        """
        with friendly(programs=True):
            _check_texts(tune_id=tune_id)
            corpus = self._visits.index.corpus
            tune = corpus.tune(corpus.find(tune_id))
            source = source_of(tune.collection, manifest(), tune.tune_id)
            return read_tune(tune, source.book, source.licence)

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
    ) -> Composed:
        """Find the phrases nearest to a motif and compose new music from them.

        Gives "link" (the query of the address of the same music), "neighbours", and
        "takes", each with its notes, files (midi, wav, musicxml, abc, report), longest
        shared run and bits of surprise a note.

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
            _check_texts(notes=notes, meter=meter, verb=verb, closeness=closeness, form=form)
            _check_texts(surprise=surprise, key=key, instrument=instrument, chords=chords)
            _check_texts(progression=progression, rhythm=rhythm)
            if not isinstance(tempo, int | float):
                raise InputError(f"tempo is {tempo!r}; a number is needed")
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

    def open_link(self, link: str, request: gr.Request) -> Composed:
        """Make the music that a link leads to again.

        Gives as compose does.

        Args:
            link: the query of the page's address, as compose gives it.
        """
        with friendly(programs=True):
            return self._composed(self._read(link), request)

    def reroll(self, link: str, take: int, keep_bars: str, request: gr.Request) -> Composed:
        """Keep some bars of a take and draw all others anew.

        Gives as compose does; the link leads to the new music.

        Args:
            link: of the music, as compose gives it.
            take: number of the take.
            keep_bars: such as "1-4,7"; empty to keep none.
        """
        with friendly(programs=True):
            _check_texts(keep_bars=keep_bars)
            asked = self._read(link)
            rerolls = (*asked.rerolls, Reroll(whole("take", take), keep_bars.replace(" ", "")))
            if not 0 <= int(take) - asked.wishes.take < asked.wishes.takes:
                raise InputError(f"there is no take {take} in the link")
            return self._composed(replace(asked, rerolls=rerolls), request)

    def _brought(
        self, file: SentFile, read: Callable[[str], Motif], request: gr.Request
    ) -> ReadMotif:
        with friendly(programs=True):
            path = _uploaded(file)
            self._visits.sessions.uploaded(visitor_of(request), path)
            return read_motif(read(path))

    def _read(self, link: str) -> Link:
        _check_texts(link=link)
        found = read_link(link.lstrip("?"), self._visits.examples)
        if found is None:
            raise InputError("the link names no motif: it needs notes= or example=")
        return found

    def _composed(self, link: Link, request: gr.Request) -> Composed:
        link.wishes.settings()
        self._visits.sessions.take_turn(request)
        folder = self._visits.sessions.folder(visitor_of(request))
        *_, last = self._visits.find_and_compose(link, folder)
        result = last.result
        assert result is not None
        self._visits.save_sounds(result)
        return composed(result)


def _check_texts(**given: object) -> None:
    """Raise for what is no text: the server passes on what a program sends, whatever it is."""
    for name, value in given.items():
        if not isinstance(value, str):
            raise InputError(f"{name} is {value!r}; text is needed")


def _uploaded(file: Any) -> str:
    """Return the path of a file that was uploaded; no other file of the server is read."""
    from gradio.utils import get_upload_folder

    told = file.get("path") if isinstance(file, dict) else None
    if not isinstance(told, str) or "\0" in told:
        raise InputError("that is no file; upload one, and send it as the server's clients do")
    path = Path(told).resolve()
    if Path(get_upload_folder()).resolve() not in path.parents or not path.is_file():
        raise InputError("that file was not uploaded to this server; upload it first")
    return str(path)
