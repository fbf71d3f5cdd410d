"""A melody whose rhythm is not told: rhythm counts nowhere, and everything works all the same."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.__main__ import main as generate
from mer.__main__ import main as mer
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.io.reading import NO_RHYTHM
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.sharing.check import check
from mer.search.sharing.holding import holding

CHANT = Path(__file__).parent / "mer" / "io" / "pieces" / "gabc" / "dies-irae.gabc"
LENGTHS = st.lists(st.integers(60, 1920), min_size=8, max_size=8)


def melody(pitch, lengths, **more):
    onset = np.cumsum(lengths) - np.asarray(lengths)
    return Melody(pitch=pitch, onset=onset, duration=lengths, **more)


@pytest.fixture(scope="module")
def index():
    rng = np.random.default_rng(5)
    tunes = []
    for number in range(30):
        pitch = 67 + np.cumsum(rng.choice([-4, -2, -1, 1, 2, 3], 8))
        tunes.append(Tune(str(number), f"T{number}", "", melody(pitch, rng.choice([240, 480], 8))))
    return PhraseIndex.build(Corpus.from_tunes(tunes))


@given(lengths=LENGTHS, tune=st.integers(0, 29))
@settings(max_examples=15)
def test_lengths_change_neither_ranking_nor_similarity(index, lengths, tune):
    pitch = index.corpus.tune(tune).melody.pitch
    even = melody(pitch, [480] * 8, rhythm_known=False)
    other = melody(pitch, lengths, rhythm_known=False)
    found, again = (index.search(query, 5) for query in (even, other))
    assert [(m.number, m.similarity) for m in found] == [(m.number, m.similarity) for m in again]
    assert found[0].phrase.tune_id == str(tune)
    assert {match.aspect for match in found} == {"pitch"}


def test_it_is_found_exactly_by_pitch(index):
    query = melody(index.corpus.tune(3).melody.pitch + 2, [480] * 8, rhythm_known=False)
    found = holding(query, index)
    assert [(match.phrase.tune_id, match.aspect) for match in found] == [("3", "pitch")]


def test_rhythm_alone_is_refused(index):
    query = melody(index.corpus.tune(3).melody.pitch, [480] * 8, rhythm_known=False)
    with pytest.raises(InputError, match="no rhythm to compare"):
        index.search(query, method="by-rhythm")
    with pytest.raises(InputError, match="no rhythm to compare"):
        holding(query, index, aspect="rhythm")


def test_whole_chants_among_chants_are_compared_as_wholes(index):
    tunes = [index.corpus.tune(number) for number in range(30)]
    long = [
        Tune(t.tune_id, t.title, "", melody(np.tile(t.melody.pitch, 2), [480] * 16)) for t in tunes
    ]
    chants = PhraseIndex.build(Corpus.from_tunes(long), unit="melody")
    query = melody(long[3].melody.pitch + 2, [480] * 16, rhythm_known=False)
    assert chants.method_for(query) == "full-noexpand"
    assert chants.search(query, 1)[0].phrase.tune_id == "3"
    assert chants.method_for(query.cut(0, 8)) == "by-pitch"
    assert index.of_unit("melody").method_for(query) == "by-pitch"  # its tunes have rhythm


def test_a_check_leaves_rhythm_out(index):
    query = melody(index.corpus.tune(3).melody.pitch, [480] * 8, rhythm_known=False)
    found = check(query, index)
    assert list(found.runs) == ["pitch", "contour"]
    assert set(found.stretches[0].same) == {"pitch", "contour"}


def test_it_is_kept_when_a_melody_is_cut_or_moved():
    query = melody([60, 62, 64, 65], [480] * 4, rhythm_known=False)
    assert not query.cut(1, 3).rhythm_known
    assert not query.transpose(2).rhythm_known
    assert query != replace(query, rhythm_known=True)


@pytest.mark.parametrize("verb", ["continue", "vary"])
def test_music_is_made_of_it(tmp_path, capsys, verb):
    out = tmp_path / "new.mid"
    assert generate([verb, "--seed", str(CHANT), "--out", str(out)]) == 0
    assert f"note: {NO_RHYTHM}" in capsys.readouterr().out
    assert out.is_file()


def test_the_command_line_says_so(capsys):
    assert mer(["search", str(CHANT), "--k", "1", "--explain"]) == 0
    shown = capsys.readouterr()
    assert "Only pitch is compared" in shown.out
    assert NO_RHYTHM in shown.err
    assert mer(["search", str(CHANT), "--by", "rhythm"]) == 2
