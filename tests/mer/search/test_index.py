"""The index: finding, explaining, saving, and what it refuses."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mer.corpus.corpus import Corpus, Tune
from mer.corpus.filters import Filter
from mer.corpus.storage import load_arrays, save_arrays
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex, load_corpus
from mer.search.segments.manifest import open_segments
from mer.search.segments.segment import KIND, VERSION
from mer.search.segments.writing import check_segments
from mer.search.stack.comparison import INSIDE
from mer.search.stack.methods import MOTIF_ALIGNED, MOTIF_VIEWS_SHARE

ROOT = Path(__file__).resolve().parents[3]
WEIGHTS = {**MOTIF_ALIGNED, "four-note": MOTIF_VIEWS_SHARE}


def random_corpus(seed, tunes=40, phrases=4, size=9):
    rng = np.random.default_rng(seed)
    made = []
    for number in range(tunes):
        notes = phrases * size
        pitch = 67 + np.cumsum(rng.integers(-4, 5, notes)).clip(-11, 11)
        length = 240 * rng.integers(1, 5, notes)
        onset = np.concatenate([[0], np.cumsum(length)[:-1]])
        starts = tuple(range(0, notes, size))
        melody = Melody(
            pitch=pitch, onset=onset, duration=length, meter=(4, 4), phrase_starts=starts
        )
        made.append(Tune(f"t{number}", f"Tune {number}", "random", melody))
    return Corpus.from_tunes(made)


@pytest.fixture(scope="module")
def index():
    return PhraseIndex.build(random_corpus(1))


def test_a_transposed_phrase_finds_itself(index):
    rng = np.random.default_rng(2)
    for number in rng.integers(0, len(index), 40):
        phrase = index.phrase(int(number))
        match = index.search(phrase.melody.transpose(int(rng.integers(-6, 7))), k=1)[0]
        assert (match.phrase.tune_id, match.phrase.number) == (phrase.tune_id, phrase.number)
        assert match.similarity == pytest.approx(1.0, abs=1e-4)
        assert match.pairs == tuple((i, i) for i in range(len(phrase.melody)))


def test_a_damaged_phrase_still_finds_itself(index):
    rng = np.random.default_rng(3)
    found = 0
    for number in rng.integers(0, len(index), 40):
        melody = index.phrase(int(number)).melody
        pitch = melody.pitch.copy()
        pitch[rng.integers(len(pitch))] += 2
        keep = np.arange(len(pitch)) != rng.integers(1, len(pitch))
        query = Melody(pitch=pitch[keep], onset=melody.onset[keep], duration=melody.duration[keep])
        found += any(m.number == number for m in index.search(query, k=10))
    assert found >= 36


def test_contributions_add_up_to_the_similarity(index):
    query = index.phrase(3).melody.cut(1, 7)
    matches = index.search(query, k=20)
    assert [m.similarity for m in matches] == sorted((m.similarity for m in matches), reverse=True)
    for match in matches:
        assert set(match.contributions) == set(WEIGHTS)
        assert match.similarity == pytest.approx(sum(match.contributions.values()))
        assert 0.0 <= match.similarity <= 1.0
        assert match.contributions[INSIDE] >= 0.0
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_the_transposition_brings_the_query_to_the_phrase(index):
    phrase = index.phrase(7)
    match = index.search(phrase.melody.transpose(-4), k=1)[0]
    assert match.transposition == 4


@pytest.mark.parametrize("times", [0.25, 0.5, 2, 4])
def test_a_motif_is_found_in_other_note_values(index, times):
    corpus = index.corpus
    longest = max(range(corpus.n_phrases), key=lambda n: len(corpus.phrase(n).melody))
    phrase = corpus.phrase(longest).melody
    values = {"onset": phrase.onset * times, "duration": phrase.duration * times}
    query = Melody(
        pitch=phrase.pitch + 3, **{name: one.astype(int) for name, one in values.items()}
    )
    (match,) = index.search(query, 1)
    assert match.phrase.melody.pitch.tolist() == phrase.pitch.tolist()
    assert match.augmentation == 1 / times
    assert match.pairs == tuple((note, note) for note in range(len(phrase)))
    # Three tenths less for the alignments, nothing for the figures.
    assert match.similarity == pytest.approx(0.25 + 0.7 * 0.75, abs=0.01)
    words = {0.25: "four times", 0.5: "twice", 2: "half", 4: "a quarter"}[times]
    assert f"in notes {words} as long" in match.explain().text()
    (as_written,) = index.search(phrase, 1)
    assert as_written.augmentation == 1.0
    assert "in notes" not in as_written.explain().text()


@pytest.mark.parametrize("pitch", [[60, 62, 64], [60, 60, 60], [60] * 30, list(range(30, 90))])
def test_any_query_of_three_notes_or_more_is_answered(index, pitch):
    query = Melody(pitch=pitch, onset=np.arange(len(pitch)) * 480, duration=[480] * len(pitch))
    matches = index.search(query, k=5)
    assert len(matches) == 5
    assert all(np.isfinite(match.similarity) for match in matches)


QUERIES = {
    "three notes": ([60, 62, 64], [480] * 3),
    "three notes, very fast and very slow": ([60, 62, 64], [1, 1, 1_000_000]),
    "one repeated note": ([60] * 12, [480] * 12),
    "one repeated lowest note": ([0] * 5, [1] * 5),
    "highest and lowest note by turns": ([0, 127] * 10, [240] * 20),
    "longer than any phrase": (list(range(30, 90)) * 5, [240] * 300),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("unit", ["phrase", "melody"])
@pytest.mark.parametrize("name", QUERIES)
def test_odd_queries_get_finite_answers(name, unit, index):
    pitch, duration = QUERIES[name]
    query = Melody(pitch=pitch, onset=np.cumsum(duration) - duration, duration=duration)
    index = index if unit == "phrase" else PhraseIndex.build(index.corpus, unit="melody")
    matches = index.search(query, k=20)
    assert len(matches) == 20
    for match in matches:
        assert 0.0 <= match.similarity <= 1.0
        assert all(np.isfinite(part) and part >= 0.0 for part in match.contributions.values())
        assert all(a < len(query) and b < len(match.phrase.melody) for a, b in match.pairs)
        assert "nan" not in match.explain().text()
        assert "nan" not in match.explain().svg().replace("Tune", "")


def test_a_phrase_is_found_inside_a_query_longer_than_it(index):
    tune = index.corpus.tune(9).melody
    match = index.search(tune.transpose(2), k=1)[0]
    assert match.phrase.tune_id == "t9"
    assert [b for _, b in match.pairs] == list(range(len(match.phrase.melody)))
    assert match.transposition == -2


def test_phrases_of_one_note_do_no_harm():
    notes = [Melody(pitch=[60 + n], onset=[0], duration=[480]) for n in range(5)]
    index = PhraseIndex.build(
        Corpus.from_tunes([Tune(f"t{n}", "", "c", m) for n, m in enumerate(notes)])
    )
    query = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
    matches = index.search(query, k=9)
    assert len(matches) == 5
    assert all(np.isfinite(match.similarity) for match in matches)
    assert "adds up" in matches[0].explain().text()


def test_a_filter_limits_the_search(index):
    tunes = list(random_corpus(1, tunes=6))
    tunes = [tune._replace(collection="odd" if n % 2 else "even") for n, tune in enumerate(tunes)]
    mixed = PhraseIndex.build(Corpus.from_tunes(tunes))
    query = mixed.phrase(0).melody
    odd = mixed.search(query, k=100, where=Filter(collections=("odd",)))
    assert {match.phrase.tune_id for match in odd} == {"t1", "t3", "t5"}
    everything = mixed.search(query, k=100)
    assert [m.phrase.tune_id for m in odd] == [
        m.phrase.tune_id for m in everything if m.phrase.collection == "odd"
    ]
    assert mixed.search(query, where=Filter(modes=("locrian",))) == []
    assert len(mixed.search(query, k=100, where=Filter(meters=((4, 4),)))) == len(mixed)
    whole = PhraseIndex.build(mixed.corpus, unit="melody")
    assert len(whole.search(query, k=100, where=Filter(collections=("odd",)))) == 3


def test_many_queries_are_answered_like_each_alone(index):
    queries = [index.phrase(number).melody.cut(0, 5) for number in (3, 8, 30)]
    assert index.search_many(queries, 4) == [index.search(query, 4) for query in queries]
    assert index.search_many([]) == []
    with pytest.raises(InputError, match="query 2 of 2: the motif has 2 notes"):
        index.search_many([queries[0], queries[0].cut(0, 2)])


def test_too_short_a_query_is_refused(index):
    with pytest.raises(InputError, match="2 notes; a search needs at least 3"):
        index.search(Melody(pitch=[60, 62], onset=[0, 480], duration=[480, 480]))
    with pytest.raises(InputError, match="k is 0"):
        index.search(index.phrase(0).melody, k=0)


def test_more_matches_than_phrases_gives_all_phrases():
    small = PhraseIndex.build(random_corpus(4, tunes=2))
    assert len(small.search(small.phrase(0).melody, k=50)) == len(small) == 8


def test_distinct_leaves_repeats_out():
    tune = random_corpus(5, tunes=1).tune(0)
    twice = [tune, Tune("copy", "Copy", "random", tune.melody.transpose(2))]
    index = PhraseIndex.build(Corpus.from_tunes(twice))
    query = index.phrase(0).melody
    assert {m.phrase.tune_id for m in index.search(query, k=2)} == {"t0", "copy"}
    matches = index.search(query, k=8, distinct=True)
    assert len(matches) == 4
    assert {m.phrase.tune_id for m in matches} == {"t0"}


def test_saved_and_loaded_it_answers_alike(index, tmp_path):
    index.save(tmp_path / "own" / "index.npz")
    query = index.phrase(11).melody.cut(0, 6)
    loaded = PhraseIndex.load(tmp_path / "own")
    assert loaded.search(query, k=10) == index.search(query, k=10)
    assert load_corpus(tmp_path / "own" / "index.npz").tune_id(3) == "t3"


def test_same_corpus_same_bytes(tmp_path):
    for name in ("a.npz", "b.npz"):
        PhraseIndex.build(random_corpus(6)).save(tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_whole_melodies_can_be_the_unit(tmp_path):
    index = PhraseIndex.build(random_corpus(1), unit="melody")
    index.save(tmp_path / "whole.npz")
    index = PhraseIndex.load(tmp_path / "whole.npz")
    query = index.corpus.tune(5).melody.cut(9, 18)
    match = index.search(query, k=1)[0]
    assert (match.phrase.tune_id, match.pairs[0]) == ("t5", (0, 9))


def test_a_damaged_index_is_refused(index, tmp_path):
    path = tmp_path / "index.npz"
    index.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"index\.npz is damaged"):
        PhraseIndex.load(path)
    path.write_bytes(whole.replace(b'"version": %d' % VERSION, b'"version": 9'))
    with pytest.raises(InputError, match=r"damaged|version 9"):
        PhraseIndex.load(path)
    random_corpus(1).save(path)
    with pytest.raises(InputError, match="'mer corpus'"):
        PhraseIndex.load(path)
    with pytest.raises(InputError, match="no corpus 'nowhere'"):
        PhraseIndex.load("nowhere")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": VERSION + 1}, "version.*build it again"),
        ({"kind": "mer corpus"}, "build it again"),
        ({"unit": "bar"}, "other views than this release uses; build it again"),
        ({"views": ["colour"]}, "other views than this release uses; build it again"),
        ({"views": None}, "other views"),
        ({"collections": 3}, "build it again"),
    ],
)
def test_an_index_of_another_make_is_refused(index, tmp_path, change, message):
    index.save(tmp_path / "index.npz")
    arrays, header = load_arrays(tmp_path / "index.npz", kind=KIND, version=VERSION)
    save_arrays(tmp_path / "other.npz", arrays, header | change)
    with pytest.raises(InputError, match=message):
        PhraseIndex.load(tmp_path / "other.npz")


def test_an_index_that_lacks_something_is_refused(index, tmp_path):
    index.save(tmp_path / "index.npz")
    arrays, header = load_arrays(tmp_path / "index.npz", kind=KIND, version=VERSION)
    for name in arrays:
        if not name.endswith(("phrase_start", "beat_strength")):
            rest = {key: array for key, array in arrays.items() if key != name}
            save_arrays(tmp_path / "other.npz", rest, header)
            with pytest.raises(InputError, match=r"other\.npz is incomplete; build it again"):
                PhraseIndex.load(tmp_path / "other.npz")
    for name in header:
        save_arrays(tmp_path / "other.npz", arrays, {k: header[k] for k in header if k != name})
        with pytest.raises(InputError, match="build it again"):
            PhraseIndex.load(tmp_path / "other.npz")


def test_no_byte_can_be_changed_unnoticed(tmp_path):
    small = PhraseIndex.build(random_corpus(2, tunes=1, phrases=1, size=5))
    small.save(tmp_path / "small.npz")
    whole = (tmp_path / "small.npz").read_bytes()
    expected = small.search(small.phrase(0).melody)
    rng = np.random.default_rng(0)
    refused = []
    for place in [
        *range(120),
        *rng.integers(0, len(whole), 300),
        *range(len(whole) - 90, len(whole)),
    ]:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(rng.integers(8))
        (tmp_path / "small.npz").write_bytes(damaged)
        try:
            check_segments(open_segments(tmp_path / "small.npz").parts)
            loaded = PhraseIndex.load(tmp_path / "small.npz")
        except InputError as error:
            refused.append(str(error))
        else:  # a byte that says nothing: padding, a date
            assert loaded.search(small.phrase(0).melody) == expected
    assert len(refused) > 100
    assert all("small.npz" in message for message in refused)


_SAVING = """
import sys
import mer.corpus.storage
from mer.search.index import PhraseIndex
from mer.corpus.corpus import Corpus

write, written = mer.corpus.storage._write_member, 0

def write_until_killed(*arguments):
    global written
    if written == int(sys.argv[2]):
        print("half-way", flush=True)
        sys.stdin.read()
    written += 1
    write(*arguments)

mer.corpus.storage._write_member = write_until_killed
index = PhraseIndex.load(sys.argv[1])
index.remove(["t0"]).save(sys.argv[1])
"""


@pytest.mark.parametrize("members", [0, 7, 25])
def test_a_build_killed_half_way_leaves_the_old_index(index, tmp_path, members):
    path = tmp_path / "index.npz"
    index.save(path)
    before = path.read_bytes()
    command = [sys.executable, "-c", _SAVING, str(path), str(members)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as build:
        assert build.stdout is not None
        assert build.stdout.readline() == b"half-way\n"
        build.kill()
    assert build.returncode != 0
    assert path.read_bytes() == before
    loaded = PhraseIndex.load(path)
    query = index.phrase(0).melody
    assert loaded.search(query)[0].phrase.tune_id == "t0"
    loaded.remove(["t0"]).save(path)  # and the next build is not in the way of what was left
    assert PhraseIndex.load(path).search(query)[0].phrase.tune_id != "t0"


def test_what_is_of_another_kind_is_refused(index):
    melody = index.phrase(0).melody
    for call, message in (
        (lambda: index.search([60, 62, 64]), "the motif is a list; a Melody is needed"),
        (lambda: index.search(melody, k=2.5), "k is 2.5; a whole number"),
        (lambda: index.search(melody, k=None), "k is None; a whole number"),
        (lambda: index.search(melody, candidates="all"), "candidates is 'all'; a whole number"),
        (lambda: index.add([melody]), "made of Tunes, not Melody; wrap it in mer.Tune"),
        (lambda: index.search(melody, where={"modes": "dorian"}), "give a Filter"),
        (lambda: index.search_many(melody), "takes a list of melodies"),
    ):
        with pytest.raises(InputError, match=message):
            call()
    assert len(index.search(melody, k=np.int64(2))) == 2


def test_one_tune_can_be_removed_by_its_id(index):
    assert len(index.remove("t3").corpus) == len(index.remove(["t3"]).corpus) == 39


@pytest.mark.parametrize(
    ("unit", "long"), [("phrase", [67]), ("melody", [67, 71, 75]), ("melody", [67, 71])]
)
def test_transpositions_that_look_unlikely_are_tried(unit, long):
    # Long notes at the end: to the histogram the motif fits better on each of them, with either of
    # its two pitches, than where it stands, which comes third, seventh and fifth.
    ticks = [240, 240, 240, *[1440] * len(long)]
    onset = np.cumsum([0, *ticks[:-1]])
    made = Melody(pitch=[60, 60, 62, *long], onset=onset, duration=ticks)
    index = PhraseIndex.build(Corpus.from_tunes([Tune("g", "Long", "mine", made)]), unit=unit)
    (match,) = index.search(made.cut(0, 3), k=1)
    assert match.transposition == 0
    assert match.pairs == ((0, 0), (1, 1), (2, 2))
    assert match.contributions[INSIDE] == pytest.approx(WEIGHTS[INSIDE])
