"""MIDI files of every verb, chord pattern and instrument, read by pretty_midi note by note."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generate.compose import Settings, compose_many
from generate.harmony.arrangement import Extras, arrange, save_arrangement
from generate.harmony.texture.styles import CHOICES
from generate.plan.verbs import VERBS
from generate.sound.instruments import INSTRUMENTS
from generate.sound.performance import perform_parts
from mer.corpus.shipped import data_folder
from mer.io import load_melody, save_melody
from mer.io.sheet.sheet import Part, played_notes
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

pretty_midi = pytest.importorskip("pretty_midi")
MOTIF = data_folder() / "motifs" / "londonderry-air.mid"


@pytest.fixture(scope="module")
def index() -> PhraseIndex:
    return PhraseIndex.load()


@pytest.fixture(scope="module")
def motif() -> Melody:
    return load_melody(MOTIF)


def assert_holds(path: Path, parts: tuple[Part, ...]) -> None:
    """Compare what pretty_midi finds in a file with the parts that were to be written."""
    midi = pretty_midi.PrettyMIDI(str(path))
    # What is written is as loud as what is heard.
    played = perform_parts(parts)
    for number, track in enumerate(midi.instruments):
        heard = played.velocity[played.part == number].tolist()
        by_time = sorted(track.notes, key=lambda note: (note.start, note.pitch))
        assert [note.velocity for note in by_time] == heard
    leader = parts[0].melody
    silence = -leader.downbeat % leader.bar_ticks
    assert len(midi.instruments) == len(parts)
    for track, part in zip(midi.instruments, parts, strict=True):
        found = sorted(
            (note.pitch, midi.time_to_tick(note.start), midi.time_to_tick(note.end))
            for note in track.notes
        )
        heard = played_notes(part, leader)
        expected = sorted((one.pitch, one.onset + silence, one.end + silence) for one in heard)
        assert found == expected
        assert track.program == part.program
        assert not track.is_drum
    if leader.meter is not None:
        (sign,) = midi.time_signature_changes
        assert (sign.numerator, sign.denominator) == tuple(leader.meter)
    if leader.tempo_bpm is not None:
        assert midi.get_tempo_changes()[1] == pytest.approx([leader.tempo_bpm], abs=0.01)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("seed", [0, 1])
def test_pieces_of_every_verb(
    verb: str, seed: int, index: PhraseIndex, motif: Melody, tmp_path: Path
) -> None:
    rng = np.random.default_rng(seed)
    wishes: dict[str, Any] = {"model": "chain"} if VERBS[verb].method == "markov" else {}
    settings = Settings(verb=verb, **wishes)
    (piece,) = compose_many(motif, index, count=1, settings=settings, rng=rng)
    path = tmp_path / "piece.mid"
    save_melody(piece.melody, path)
    assert_holds(path, (Part(melody=piece.melody),))


@pytest.mark.parametrize("style", CHOICES)
def test_every_style(style: str, motif: Melody, tmp_path: Path) -> None:
    arranged = arrange(motif, style, program=73, extras=Extras(second_voice=True, ornaments=True))
    path = tmp_path / "tune.mid"
    save_arrangement(arranged, path)
    assert_holds(path, arranged.parts)
    assert load_melody(path) == motif


@pytest.mark.parametrize("program", sorted(set(INSTRUMENTS.values())))
def test_every_instrument(program: int, motif: Melody, tmp_path: Path) -> None:
    path = tmp_path / "tune.mid"
    save_melody(motif, path, program=program)
    assert_holds(path, (Part(melody=motif, program=program),))
