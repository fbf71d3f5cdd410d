"""What programs are told: dicts with named values, whose types the server documents."""

# Annotations are values here, not text: the server makes the documented types of them.

from pathlib import Path
from typing import Literal, TypedDict

from app.compose import takes as actions
from app.compose.takes import Take
from app.compose.visits import Result
from app.visitor.motifs import Motif
from app.visitor.notation import write_notes
from mer.corpus.corpus import Tune
from mer.search.match import Match


class FileMark(TypedDict):
    """What the server's clients know a file by."""

    _type: Literal["gradio.FileData"]


class SentFile(TypedDict):
    """A file, which clients send or fetch."""

    path: str
    orig_name: str
    meta: FileMark


class Choices(TypedDict):
    """The example motifs, name to notes, and the values that each setting can have."""

    examples: dict[str, str]
    verb: list[str]
    closeness: list[str]
    surprise: list[str]
    form: list[str]
    key: list[str]
    meter: list[str]
    instrument: list[str]
    chords: list[str]
    rhythm: list[str]


class ReadMotif(TypedDict):
    """A motif as it was understood, and remarks on what was left out."""

    notes: str
    name: str
    remarks: list[str]


class FoundPhrase(TypedDict):
    """A phrase of a tune: where it stands, how near it is, how far it is transposed."""

    title: str
    collection: str
    tune_id: str
    phrase: int
    similarity: float
    transposition: int
    notes: str


class AlignedPhrase(FoundPhrase):
    """The same, with the pairs of matched notes: of the motif, of the phrase, from 0."""

    pairs: list[list[int]]


class ReadTune(TypedDict):
    """A whole tune, where it comes from and under which licence."""

    tune_id: str
    title: str
    collection: str
    notes: str
    phrase_starts: list[int]
    source: str
    licence: str


class TakeFiles(TypedDict):
    """The files of a take."""

    midi: SentFile
    wav: SentFile
    musicxml: SentFile
    abc: SentFile
    report: SentFile


class MadeTake(TypedDict):
    """A take: notes, the longest run shared with a tune, and bits of surprise a note."""

    number: int
    name: str
    notes: str
    longest_run: int
    shared_with: str
    human_tunes_that_share_more: float | None
    bits_a_note: float
    files: TakeFiles


class Composed(TypedDict):
    """New music, the phrases nearest to its motif, and a link to the same music."""

    link: str
    neighbours: list[FoundPhrase]
    takes: list[MadeTake]


def read_motif(motif: Motif) -> ReadMotif:
    """Return what was understood of a motif."""
    return {"notes": motif.text, "name": motif.name, "remarks": list(motif.remarks)}


def found_phrase(match: Match) -> FoundPhrase:
    """Return a phrase that was found."""
    phrase = match.phrase
    return {
        "title": phrase.title,
        "collection": phrase.collection,
        "tune_id": phrase.tune_id,
        "phrase": phrase.number,
        "similarity": round(float(match.similarity), 6),
        "transposition": int(match.transposition),
        "notes": write_notes(phrase.melody),
    }


def aligned_phrase(match: Match) -> AlignedPhrase:
    """Return a phrase that was found, and its notes that answer those of the motif."""
    return {**found_phrase(match), "pairs": [[int(a), int(b)] for a, b in match.pairs]}


def read_tune(tune: Tune, source: str, licence: str) -> ReadTune:
    """Return a whole tune."""
    return {
        "tune_id": tune.tune_id,
        "title": tune.title,
        "collection": tune.collection,
        "notes": write_notes(tune.melody),
        "phrase_starts": [int(note) for note in tune.melody.phrase_starts],
        "source": source,
        "licence": licence,
    }


def composed(result: Result) -> Composed:
    """Return what was composed."""
    return {
        "link": result.address,
        "neighbours": [found_phrase(match) for match in result.neighbours],
        "takes": [_made(result, take) for take in result.takes],
    }


def _made(result: Result, take: Take) -> MadeTake:
    files, facts = result.files_of(take), actions.facts(take, result.brief)
    return {
        "number": take.number,
        "name": take.name,
        "notes": write_notes(take.composition.melody),
        "longest_run": facts.run,
        "shared_with": facts.title,
        "human_tunes_that_share_more": facts.human,
        "bits_a_note": round(float(facts.bits.mean()), 4),
        "files": {
            "midi": _file(files.midi),
            "wav": _file(files.wav),
            "musicxml": _file(files.musicxml),
            "abc": _file(files.abc),
            "report": _file(files.report),
        },
    }


def _file(path: Path) -> SentFile:
    return {"path": str(path), "orig_name": path.name, "meta": {"_type": "gradio.FileData"}}
