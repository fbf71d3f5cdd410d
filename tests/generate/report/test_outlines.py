"""What chords follow: the plan of a piece, the user's chords where they are heard, its dance."""

from dataclasses import replace

import numpy as np
import pytest

from generate.compose import prepare, takes
from generate.harmony.arrangement import arrange, changes
from generate.markov.infill import prepare_infill, reroll
from generate.piece.cadences import CADENCES
from generate.plan.settings import Settings
from generate.report.outlines import outline_of
from mer.corpus.shipped import data_folder
from mer.io import read_melody
from mer.io.reading import Reading
from mer.io.sheet.sheet import ChordSymbol
from mer.notes.chord_names import chord_name
from mer.notes.key import Key
from mer.search.index import PhraseIndex


@pytest.fixture(scope="module")
def index() -> PhraseIndex:
    return PhraseIndex.load()


@pytest.fixture(scope="module")
def motif() -> Reading:
    reading = read_melody(data_folder() / "motifs" / "auld-lang-syne.mid", to_bar=4)
    names = ("F", "C7", "Dm7", "Bb/D")
    start = reading.melody.downbeat
    chords = []
    for number, text in enumerate(names):
        name = chord_name(text)
        assert name is not None
        chords.append(ChordSymbol.of(start + 1920 * number, name))
    return reading._replace(chords=tuple(chords))


def test_chords_of_the_file_stand_under_the_motif_in_its_new_key(
    index: PhraseIndex, motif: Reading
) -> None:
    settings = Settings(key="G", model="chain")
    brief = prepare(motif.melody, index, settings, chords=motif.chords)
    (piece,) = takes(brief, np.random.default_rng(0), 1)
    outline = outline_of(piece, brief)
    assert outline.plan == piece.plan
    chords = arrange(piece.melody, outline=outline).chords
    told = {(chord.bar, chord.symbol, chord.origin) for chord in chords if chord.bar <= 4}
    assert told == {(1, "G", "user"), (2, "D7", "user"), (3, "Em7", "user"), (4, "C/E", "user")}


def test_chords_in_another_mode_are_left_out_and_that_is_said(
    index: PhraseIndex, motif: Reading
) -> None:
    settings = Settings(key="F minor", model="chain")
    brief = prepare(motif.melody, index, settings, chords=motif.chords)
    assert brief.given == ()
    assert any("another mode" in remark for remark in brief.remarks)


@pytest.mark.parametrize("verb", ["continue", "answer", "b-part", "vary", "stitch"])
def test_typed_chords_hold_for_the_whole_piece(
    verb: str, index: PhraseIndex, motif: Reading
) -> None:
    wishes = {"model": "chain"} if verb in ("continue", "answer", "b-part") else {}
    settings = Settings(verb=verb, chords="F Dm | Bb | C7", **wishes)
    brief = prepare(motif.melody, index, settings, chords=motif.chords)
    (piece,) = takes(brief, np.random.default_rng(1), 1)
    chords = arrange(piece.melody, outline=outline_of(piece, brief)).chords
    bars: dict[int, list[str]] = {}
    for chord in chords:
        bars.setdefault(chord.bar, []).append(chord.symbol)
    round_ = [["F", "Dm"], ["Bb"], ["C7"]]
    assert bars == {bar: round_[(bar - 1) % 3] for bar in range(1, piece.melody.bars + 1)}


def test_new_notes_on_strong_places_belong_to_typed_chords(
    index: PhraseIndex, motif: Reading
) -> None:
    settings = Settings(chords="F C Dm Bb", model="chain", bars=12)
    brief = prepare(motif.melody, index, settings)
    for piece in takes(brief, np.random.default_rng(2), 3):
        melody = piece.melody
        for note, source in enumerate(piece.sources[:-1]):
            place = (int(melody.onset[note]) - melody.downbeat) % 1920
            if source.kind == "motif" or place not in (0, 960):
                continue
            if "diatonic transposition" in source.operators:
                continue
            bar = (int(melody.onset[note]) - melody.downbeat) // 1920
            name = chord_name(["F", "C", "Dm", "Bb"][bar % 4])
            assert name is not None
            echoed = [
                n for n in range(note) if (int(melody.onset[n]) - melody.downbeat) % 1920 == place
            ]
            again = any(melody.pitch[n] == melody.pitch[note] for n in echoed)
            assert int(melody.pitch[note]) % 12 in name.pitch_classes or again


def test_bars_that_are_filled_keep_to_the_chords_of_the_file(
    index: PhraseIndex, motif: Reading
) -> None:
    brief, given = prepare_infill(
        motif.melody, index, Settings(model="chain"), (1, 2), chords=motif.chords
    )
    assert [one.name.text for one in brief.given] == ["F", "C7", "Dm7", "Bb/D"]
    piece = reroll(given, (1, 2), brief, np.random.default_rng(0))
    chords = arrange(piece.melody, outline=outline_of(piece, brief)).chords
    assert [chord.symbol for chord in chords] == ["F", "C7", "Dm7", "Bb/D"]
    assert piece.melody.key == Key(5)


@pytest.mark.parametrize("verb", ["continue", "answer", "vary"])
def test_a_song_goes_on_over_its_own_chords(verb: str, index: PhraseIndex, motif: Reading) -> None:
    # After the four bars of the motif the song has two more chords; then it begins again.
    start = motif.melody.downbeat
    more = [chord_name(text) for text in ("Gm", "C7")]
    later = [
        ChordSymbol.of(start + 1920 * (4 + number), name)
        for number, name in enumerate(more)
        if name is not None
    ]
    chords = (*motif.chords, *later)
    wishes = {"model": "chain"} if verb != "vary" else {}
    brief = prepare(motif.melody, index, Settings(verb=verb, **wishes), chords=chords)
    (said,) = [remark for remark in brief.remarks if "own chords" in remark]
    assert said.endswith("F C7 Dm7 Bb/D Gm C7")
    (piece,) = takes(brief, np.random.default_rng(0), 1)
    outline = outline_of(piece, brief)
    found = arrange(piece.melody, outline=outline).chords
    assert {chord.origin for chord in found} == {"user"}
    # All of them sound in the piece: none is left of a motif that is not heard.
    assert min(one.onset for one in outline.given) >= 0
    assert len(outline.given) == piece.melody.bars
    song = ["F", "C7", "Dm7", "Bb/D", "Gm", "C7"]
    first = 4 if verb == "answer" else 0
    assert [chord.symbol for chord in found] == [
        song[(first + bar) % 6] for bar in range(piece.melody.bars)
    ]
    none = prepare(motif.melody, index, Settings(verb=verb, chords="none", **wishes), chords=chords)
    assert none.given == ()


CADENCE_MOTIFS = ("auld-lang-syne.mid", "frere-jacques.mid", "fur-elise.mid", "greensleeves.abc")
CADENCE_MOTIFS += ("korobeiniki.mid", "londonderry-air.mid", "minuet-in-g.mxl")


@pytest.mark.parametrize("name", CADENCE_MOTIFS)
def test_pieces_end_with_the_chords_of_the_cadence_that_is_asked_for(
    name: str, index: PhraseIndex
) -> None:
    melody = read_melody(data_folder() / "motifs" / name).melody
    for verb in ("continue", "answer", "b-part"):
        known = prepare(melody, index, Settings(verb=verb, model="chain"))
        for cadence in CADENCES:
            brief = replace(known, settings=replace(known.settings, cadence=cadence))
            (piece,) = takes(brief, np.random.default_rng(0), 1)
            chords = changes(arrange(piece.melody, outline=outline_of(piece, brief)).chords)
            *_, before, last = [(one.degree, one.kind.triad.quality) for one in chords]
            # It begins under the last note, or with the half bar or bar in which that begins.
            assert 0 <= piece.melody.onset[-1] - chords[-1].onset < piece.melody.bar_ticks
            major = brief.frame.key.mode == "major"
            if cadence == "half":
                assert last == (7, "major"), (verb, cadence)
                assert before[0] != 7, (verb, cadence)
                continue
            assert last == (0, "major" if major else "minor"), (verb, cadence)
            # Dorian, in which Greensleeves is heard here, has a major subdominant.
            fourth = "major" if chords[-1].key.mode in ("major", "dorian") else "minor"
            usual = {"authentic": [(7, "major"), (7, "dominant")], "plagal": [(5, fourth)]}
            assert before in usual[cadence], (verb, cadence)


def test_a_song_of_its_own_chords_keeps_them_and_it_is_said(
    index: PhraseIndex, motif: Reading
) -> None:
    wishes = Settings(model="chain", cadence="plagal", chords="F C7")
    brief = prepare(motif.melody, index, wishes)
    (piece,) = takes(brief, np.random.default_rng(0), 1)
    chords = arrange(piece.melody, outline=outline_of(piece, brief)).chords
    assert [chord.symbol for chord in chords[-2:]] == ["F", "C7"]
    said = "the chords that are given stay: they end F C7, which is no plagal cadence"
    assert said in piece.remarks
    own = Settings(model="chain", cadence="half")
    assert [
        r for r in prepare(motif.melody, index, own, chords=motif.chords).remarks if "stay" in r
    ]
    bars = (1, 2, 3)
    brief, _ = prepare_infill(motif.melody, index, own, bars, chords=motif.chords)
    assert (
        brief.remarks.count(
            "the chords that are given stay: they end Dm7 Bb/D, which is no half cadence"
        )
        == 1
    )
