"""Shipped pack + the present code -> results that should not change unnoticed, as text.

Rankings, explanations, pieces, what is read off melodies, and written files. `rebuild.py` freezes
them. Similarities are rounded to 9 digits: processors differ in the order in which they add.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import mido
import numpy as np

from generate.compose import prepare, takes
from generate.harmony.arrangement import arrange, chord_line, save_arrangement
from generate.piece.composition import Composition, Source
from generate.plan.brief import Brief
from generate.plan.settings import Settings
from generate.report.report import as_json, describe
from generate.sound.performance import perform
from mer.corpus.filters import Filter
from mer.io import load_melody
from mer.io.score.musicxml import musicxml
from mer.notes.columns import Columns
from mer.notes.key import Key, estimate_key
from mer.notes.melody import Melody
from mer.notes.metrical_weight import beat_strength
from mer.notes.names import pitch_name
from mer.notes.phrases import phrase_starts
from mer.search.index import PhraseIndex
from mer.search.match import Match

ROOT = Path(__file__).resolve().parents[2]
DIGITS = 9

# Name -> a shipped motif, or a tune of the pack with its first and last note; then the options.
SEARCHES: dict[str, tuple[str | tuple[str, int, int], dict[str, Any]]] = {
    "frère jacques": ("frere-jacques.mid", {}),
    "greensleeves, distinct": ("greensleeves.abc", {"distinct": True}),
    "für elise": ("fur-elise.mid", {}),
    "b-a-c-h": ("b-a-c-h.mid", {}),
    "three notes": ("three-notes.mid", {}),
    "minuet in triple metre": ("minuet-in-g.mxl", {"where": Filter(meters=((3, 4),))}),
    "dies irae in dorian": ("dies-irae.mid", {"where": Filter(modes=("dorian",))}),
    "kettle lane": ("kettle-lane.krn", {"candidates": 200}),
    "a reel from its fifth note": (("oneills-0002", 4, 18), {}),
    "a chorale, distinct": (("bach-bwv253", 0, 12), {"distinct": True}),
}
EXPLAINED = ("frère jacques", "greensleeves, distinct", "b-a-c-h")
# Motif, verb, number that chance starts with, settings.
PIECES: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    ("frere-jacques.mid", "continue", 1, {}),
    ("greensleeves.abc", "continue", 2, {"max_copy": 5, "cadence": "authentic"}),
    ("minuet-in-g.mxl", "continue", 3, {"key": "D minor", "surprise": "adventurous"}),
    ("fur-elise.mid", "stitch", 4, {}),
    ("auld-lang-syne.mid", "b-part", 5, {}),
    ("kettle-lane.krn", "vary", 6, {}),
    ("ode-to-joy.musicxml", "vary", 7, {}),
    ("ah-vous-dirai-je.mid", "answer", 8, {"key": "G"}),
    ("scarborough-fair.mid", "morph", 9, {}),
    ("korobeiniki.mid", "morph", 10, {"low": 57, "high": 81}),
)
READ = ("auld-lang-syne.mid", "bakehouse-stairs.mid", "fur-elise.mid", "greensleeves.abc")
READ += ("minuet-in-g.mxl", "sakura.mid")
METERS = ((2, 2), (2, 4), (3, 4), (4, 4), (6, 4), (3, 8), (6, 8), (9, 8), (12, 8))
TUNES_EVERY = 487  # of the pack, divided into phrases: about ten
# Four bars of 4/4 for the score: quavers, dotted rhythms, semiquavers, triplets, a tie, a rest.
BEAMED = (240, 240, 360, 120, 480, 120, 120, 120, 120, 240, 120, 120, 160, 160, 160, 360, 120, 720)
BEAMED += (1200, 240, 240, 480, 960)


@cache
def _index() -> PhraseIndex:
    return PhraseIndex.load()


@cache
def _motif(name: str) -> Melody:
    return load_melody(ROOT / "data" / "motifs" / name)


def _query(source: str | tuple[str, int, int]) -> Melody:
    if isinstance(source, str):
        return _motif(source)
    tune_id, first, last = source
    corpus = _index().corpus
    return corpus.tune(corpus.find(tune_id)).melody.cut(first, last + 1).transpose(3)


@cache
def _found(name: str) -> list[Match]:
    source, options = SEARCHES[name]
    return _index().search(_query(source), k=5, **options)


def searches() -> str:
    """Return the first five matches of ten queries, and what each similarity is made of."""
    return _as_text({name: [_match(match) for match in _found(name)] for name in SEARCHES})


def _match(match: Match) -> dict[str, Any]:
    phrase = match.phrase
    return {
        "number": match.number,
        "phrase": f"{phrase.title} · {phrase.tune_id} · phrase {phrase.number}",
        "similarity": round(match.similarity, DIGITS),
        "transposition": match.transposition,
        "pairs": " ".join(f"{mine}-{theirs}" for mine, theirs in match.pairs),
        "contributions": {n: round(part, DIGITS) for n, part in match.contributions.items()},
    }


def explanations() -> str:
    """Return why the second match of three queries matched: the text, and a hash of the picture."""
    told = {name: _found(name)[1].explain() for name in EXPLAINED}
    return _as_text(
        {
            name: {"text": why.text().splitlines(), "svg": _hash(why.svg().encode())}
            for name, why in told.items()
        }
    )


@cache
def _written(number: int) -> tuple[Brief, Composition]:
    motif, verb, seed, settings = PIECES[number]
    brief = prepare(_motif(motif), _index(), Settings(verb=verb, **settings))
    return brief, takes(brief, np.random.default_rng(seed), 1)[0]


def pieces() -> str:
    """Return ten pieces bar by bar, each note with its source, and a hash of the MIDI file."""
    described = {}
    for number, (motif, verb, seed, settings) in enumerate(PIECES):
        piece = _written(number)[1]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "piece.mid"
            save_arrangement(arrange(piece.melody, "none"), path)
            content = path.read_bytes()
        described[f"{motif} {verb} {seed}"] = {
            "settings": settings,
            "key": str(piece.melody.key),
            "bars": _bars(piece),
            "played": _spaced(perform(piece.melody, program=73).velocity.tolist()),
            "midi": _hash(content),
        }
    return _as_text(described)


def _bars(piece: Composition) -> list[str]:
    """Return one line a bar: what begins in it, as pitch, ticks and source."""
    melody, bars = piece.melody, dict[int, list[str]]()
    for place, source in enumerate(piece.sources):
        onset, ticks = int(melody.onset[place]), int(melody.duration[place])
        bar, at = divmod(onset - melody.downbeat, melody.bar_ticks)
        note = f"{at}: {pitch_name(int(melody.pitch[place]))} {ticks} {_cited(source)}"
        bars.setdefault(bar, []).append(note)
    return [f"{bar + 1} | {', '.join(notes)}" for bar, notes in sorted(bars.items())]


def _cited(source: Source) -> str:
    made = "".join(f" {operator}" for operator in source.operators)
    return f"<{source.tune_id or source.kind} {source.note} {source.transposition:+d}{made}>"


def readings() -> str:
    """Return what is read off melodies: keys, phrases, chords, and the strength of each place."""
    known = {
        name: {
            "key": str(_estimated(_motif(name))),
            "phrases": _spaced(phrase_starts(_motif(name))),
            "phrases without metre": _spaced(phrase_starts(_bare(_motif(name)))),
            "chords": chord_line(arrange(_motif(name)).chords),
        }
        for name in READ
    }
    corpus = _index().corpus
    tunes = [corpus.tune(number) for number in range(0, len(corpus), TUNES_EVERY)]
    divided = {
        tune.tune_id: _spaced(phrase_starts(replace(tune.melody, phrase_starts=())))
        for tune in tunes
    }
    return _as_text({"motifs": known, "phrases": divided, "metres": dict(map(_metre, METERS))})


def _estimated(melody: Melody) -> Key:
    return estimate_key(melody.pitch, melody.duration)


def _bare(melody: Melody) -> Melody:
    return replace(melody, meter=None, downbeat=0)


def _metre(meter: tuple[int, int]) -> tuple[str, dict[str, str]]:
    """Return how strong the places of a bar of quavers are, and how loud they are played."""
    notes = 8 * meter[0] // meter[1]
    bar = Melody(
        pitch=[72] * notes, onset=np.arange(notes) * 240, duration=[240] * notes, meter=meter
    )
    strength = beat_strength(Columns.from_melodies([bar])).tolist()
    return f"{meter[0]}/{meter[1]}", {
        "strength": _spaced(f"{value:g}" for value in strength),
        "played": _spaced(perform(bar, program=73).velocity.tolist()),
    }


def report() -> str:
    """Return the report of one piece in 6/8."""
    brief, piece = _written(1)
    return as_json(describe(brief, [piece], seed_path=PIECES[1][0], rng_seed=PIECES[1][2]))


def score() -> str:
    """Return a melody with all kinds of note values as MusicXML."""
    onset = np.cumsum([0, *BEAMED[:-1]])
    pitch = [67, 69, 70, 72, 66, 67, 69, 71, 73, 74, 72, 70, 69, 67, 66, 65, 64, 62]
    melody = Melody(
        pitch=[*pitch, 74, 73, 72, 60, 62],
        onset=onset + np.where(np.arange(len(BEAMED)) > 17, 240, 0),
        duration=BEAMED,
        meter=(4, 4),
        key=Key(7, "minor"),
        tempo_bpm=96.0,
        title="All note values",
    )
    return musicxml(melody, program=73)


def arranged_score() -> str:
    """Return a piece in 6/8 with its chords as MusicXML."""
    return _saved(".musicxml").decode()


def arranged_tune() -> str:
    """Return the melody of a piece in 6/8 with its chords as ABC."""
    return _saved(".abc").decode()


def arranged_events() -> str:
    """Return the events of the MIDI file of a piece in 6/8 with its chords, one a line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "piece.mid"
        path.write_bytes(_saved(".mid"))
        tracks = mido.MidiFile(path).tracks
    return "".join(f"{number} {event}\n" for number, track in enumerate(tracks) for event in track)


@cache
def _saved(ending: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"piece{ending}"
        save_arrangement(arrange(_written(1)[1].melody), path)
        return path.read_bytes()


def _spaced(values: Iterable[object]) -> str:
    return " ".join(map(str, values))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _as_text(values: Mapping[str, Any]) -> str:
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


RESULTS: dict[str, Callable[[], str]] = {
    "searches.json": searches,
    "explanations.json": explanations,
    "pieces.json": pieces,
    "readings.json": readings,
    "report.json": report,
    "score.musicxml": score,
    "arranged.musicxml": arranged_score,
    "arranged.mid.txt": arranged_events,
    "arranged.abc": arranged_tune,
}
