"""A tune taken out: exactly what a corpus built without it gives; and what is said of it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from generate.__main__ import main
from generate.compose import prepare, takes
from generate.plan.brief import brief_of
from generate.plan.settings import Settings
from generate.report.counterfactual import (
    counterfactual,
    distributions,
    source_tunes,
    without_tune,
)
from generate.report.explaining import as_text, sharing
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

SCALE = np.array([60, 62, 64, 65, 67, 69, 71, 72])


def tune(number, rng):
    steps = np.clip(np.cumsum(rng.choice([-2, -1, -1, 0, 1, 1, 2], 31)), -3, 4) + 3
    pitch = SCALE[np.append(steps, 0)]
    onset = np.arange(32) * 480
    melody = Melody(
        pitch=pitch,
        onset=onset,
        duration=np.full(32, 480),
        meter=(4, 4),
        key=Key(0),
        phrase_starts=(0, 8, 16, 24),
    )
    return Tune(f"t{number}", f"Tune {number}", "toy", melody)


@pytest.fixture(scope="module")
def toy():
    """Tunes, the brief of a motif among them, and a piece."""
    rng = np.random.default_rng(3)
    tunes = [tune(number, rng) for number in range(14)]
    motif = tunes[0].melody.cut(0, 8)
    index = PhraseIndex.build(Corpus.from_tunes(tunes))
    brief = prepare(motif, index, Settings(k=6, key="C", bars=8))
    return tunes, motif, brief, takes(brief, np.random.default_rng(1), 1)[0]


def built_without(tunes, name):
    return PhraseIndex.build(Corpus.from_tunes([one for one in tunes if one.tune_id != name]))


def test_it_is_what_a_corpus_built_without_the_tune_gives(toy):
    tunes, motif, brief, piece = toy
    for name, _, _ in source_tunes(piece):
        found = counterfactual(brief, piece, name)
        again = brief_of(motif, built_without(tunes, name), brief.settings)
        wanted = distributions(again, found.symbols, piece.melody.pitch)
        np.testing.assert_array_equal(found.after, wanted)
        assert name not in {one.tune.tune_id for one in found.brief.neighbours}


def test_the_same_random_numbers_make_what_they_make_in_such_a_corpus(toy):
    tunes, motif, brief, piece = toy
    name = source_tunes(piece)[0][0]
    other = takes(without_tune(brief, name), np.random.default_rng(1), 1)[0]
    brute = prepare(motif, built_without(tunes, name), brief.settings)
    assert other.melody == takes(brute, np.random.default_rng(1), 1)[0].melody


def test_distributions_are_the_rows_of_the_chain(toy):
    _, _, brief, piece = toy
    found = counterfactual(brief, piece, source_tunes(piece)[0][0])
    assert found.before.sum(axis=1) == pytest.approx(1.0)
    chain, place = brief.chain(found.symbols), found.written
    row = chain.tables[3][place[4], place[5], place[6]]
    np.testing.assert_allclose(found.before[7], row / row.sum())


def test_a_tune_that_is_no_neighbour_changes_next_to_nothing(toy):
    _, _, brief, piece = toy
    near = {one.tune.tune_id for one in brief.neighbours}
    far = next(name for name in (f"t{n}" for n in range(14)) if name not in near)
    found = counterfactual(brief, piece, far)
    assert found.arrived == ()
    # What is left is its part in the habits of the corpus.
    assert found.change.max() < 0.1
    assert found.pitches == 0


def test_the_motif_is_not_counted(toy):
    _, _, brief, piece = toy
    found = counterfactual(brief, piece, source_tunes(piece)[0][0])
    given = [note for note, source in enumerate(piece.sources) if source.is_statement]
    assert given
    assert (found.change[given] == 0).all()
    assert (found.bits[given] == 0).all()
    assert ((found.change >= 0) & (found.change <= 1)).all()


def test_sources_are_counted(toy):
    *_, piece = toy
    counted = {name: (p, r) for name, p, r in source_tunes(piece)}
    cited = [source for source in piece.sources if source.kind == "corpus"]
    assert sum(p for p, _ in counted.values()) == len(cited)
    for name, (pitches, _) in counted.items():
        assert pitches == sum(source.tune_id == name for source in cited)


def test_a_tune_that_is_not_there_is_refused(toy):
    _, _, brief, piece = toy
    with pytest.raises(InputError, match="no tune"):
        counterfactual(brief, piece, "nowhere")


@pytest.mark.parametrize("verb", ["stitch", "vary", "morph"])
def test_a_verb_that_draws_no_note_from_the_chain_is_refused(toy, verb):
    _, _, brief, piece = toy
    other = replace(brief, settings=Settings(verb=verb))
    with pytest.raises(InputError, match=f"explain goes with .* not with {verb}"):
        counterfactual(other, piece, source_tunes(piece)[0][0])


def test_the_command(capsys):
    asked = ["explain", "--seed", "data/motifs/londonderry-air.mid", "--tunes", "1"]
    assert main(asked) == 0
    shown = capsys.readouterr().out
    assert "would be found in its place" in shown
    assert "with the same random numbers" in shown
    assert "likelihoods: of the chain of the neighbours" in shown
    assert main([*asked, "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert sum(note["bits"] for note in told["notes"]) == pytest.approx(told["bits"], abs=1e-4)


ABC = """X:1
T:Over chords
M:4/4
L:1/4
K:C
"F"A c f c|"Bb"d f "C7"e c|"F"A c f c|"C7"e d "F"c2|
"""


def test_wording_of_what_hardly_changes(toy):
    _, _, brief, piece = toy
    found = counterfactual(brief, piece, source_tunes(piece)[0][0])
    same = replace(found, pitches=1, rhythms=0, after=found.before)
    told = as_text(same, piece, 0)
    assert "cited by 1 note for pitch and by 0 notes for duration" in told
    assert "would be as likely as before" in told
    assert "no note as written is likelier or less likely by 1% or more" in told
    assert "bits" not in told
    assert "without\n" not in told
    assert all(line == line.rstrip() for line in told.splitlines())


def test_each_source_is_told_with_its_title_in_an_even_column(toy):
    *_, brief, piece = toy
    _, *rows = sharing(piece, brief.corpus).splitlines()
    assert len(rows) == len(source_tunes(piece))
    name = source_tunes(piece)[0][0]
    assert rows[0].startswith(f"  Tune {name[1:]} ({name}) ")
    assert len({row.index("% of the pitches") for row in rows}) == 1


@pytest.mark.parametrize("more", [[], ["--key", "D"], ["--chords", "Am F C G"], ["answer"]])
def test_what_is_explained_is_the_piece_that_generate_makes(more, tmp_path, capsys):
    (tmp_path / "over.abc").write_text(ABC)
    report = tmp_path / "report.json"
    asked = ["--seed", str(tmp_path / "over.abc"), *more]
    files = ["--out", str(tmp_path / "new.mid"), "--report", str(report), "--quiet"]
    assert main([*asked, *files]) == 0
    assert main(["explain", *asked, "--tunes", "1", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    (piece,) = json.loads(report.read_text())["pieces"]
    written = [note["pitch"] for note in piece["notes"]]
    assert [note["pitch"] for note in told["notes"]] == written


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--tunes", "0"], "--tunes is 0"),
        (["--tune-out", "nowhere"], "no tune"),
        (["--rng-seed", "-1"], "--rng-seed is -1"),
        (["vary"], "explain goes with continue, answer or b-part, not with vary"),
        (["stitch"], "not with stitch"),
        (["morph"], "not with morph"),
        (["answer", "--bars", "8"], "--bars goes with"),
        (["polish"], "unknown verb"),
    ],
)
def test_the_command_refuses(more, said, capsys):
    assert main(["explain", "--seed", "data/motifs/londonderry-air.mid", *more]) == 2
    assert said in capsys.readouterr().err
