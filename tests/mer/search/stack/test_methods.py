"""Ranking methods: complete rankings, the cascade within its budget, and both ways to expand."""

from dataclasses import replace

import numpy as np
import pytest

from mer.errors import InputError
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.stack import comparison
from mer.search.stack import methods as named
from mer.search.stack import pool as pools
from mer.search.stack.comparison import GUESSED_SHARE, MARKED_SHARE, WHOLE, Limits, scorings
from mer.search.stack.methods import METHODS, rank
from mer.search.stack.pool import Pool
from mer.search.stack.query import Query


@pytest.fixture(scope="module")
def tunes():
    """Ten families of six: variations of one line, transposed."""
    rng = np.random.default_rng(4)
    made = []
    for _ in range(10):
        line = 67 + np.cumsum(rng.integers(-4, 5, 24)).clip(-12, 12)
        for _ in range(6):
            pitch = line.copy()
            pitch[rng.choice(24, 3, replace=False)] += rng.integers(-2, 3, 3)
            onset = np.arange(24) * 240
            made.append(
                Melody(
                    pitch=pitch + int(rng.integers(-5, 6)),
                    onset=onset,
                    duration=[240] * 24,
                    meter=(4, 4),
                    phrase_starts=(0, 8, 16),
                )
            )
    return made


@pytest.fixture(scope="module")
def pool(tunes):
    return Pool(Columns.from_melodies(tunes))


def precision(items, query):
    return np.mean(items[:5] // 6 == query // 6)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_a_ranking_holds_everything_else_once(name, pool):
    ranking = rank(pool, 7, name)
    assert sorted(ranking.numbers.tolist()) == [n for n in range(60) if n != 7]
    similarity = ranking.similarity
    assert (np.diff(similarity) <= 0).all()
    assert ((similarity >= 0) & (similarity <= 1)).all()


@pytest.mark.parametrize("name", sorted(METHODS))
def test_a_query_from_outside_is_found_in_the_pool(name, pool, tunes):
    ranking = rank(pool, tunes[7], name)
    assert sorted(ranking.numbers.tolist()) == list(range(60))
    best = ranking.similarity == ranking.similarity[0]
    assert 7 in ranking.numbers[: len(best)][best]


@pytest.mark.parametrize("name", ["motif", "full-noexpand", "align", "inside", "ngram", "vector"])
def test_others_are_ranked_alike_whether_or_not_the_query_is_of_the_pool(name, pool, tunes):
    inside, outside = rank(pool, 7, name), rank(pool, tunes[7], name)
    there = outside.numbers[: len(outside.similarity)] != 7
    others = {name: part[there] for name, part in outside.parts.items()}
    assert outside.numbers[outside.numbers != 7].tolist() == inside.numbers.tolist()
    for part, values in inside.parts.items():
        assert others[part] == pytest.approx(values, abs=1e-6)


@pytest.mark.parametrize("name", ["full", "full-noexpand"])
def test_the_whole_stack_finds_the_families(name, pool, tunes):
    for query in range(0, 60, 7):
        assert precision(rank(pool, query, name).numbers, query) == 1.0
        outside = rank(pool, tunes[query].transpose(3), name).numbers
        assert outside[0] == query
        assert precision(outside[1:], query) == 1.0


def test_a_large_pool_is_searched_within_the_budgets(pool, monkeypatch):
    monkeypatch.setattr(pools, "SMALL_POOL_NOTES", 0)
    monkeypatch.setattr(comparison, "COARSE_PAIRS", 24 * 24 * 30)
    monkeypatch.setattr(comparison, "FINE_PAIRS", 24 * 24 * 12)
    monkeypatch.setattr(comparison, "FEWEST", 4)
    for query in range(0, 60, 7):
        ranking = rank(pool, query, "full-noexpand")
        assert len(ranking.similarity) == 11
        assert sorted(ranking.numbers.tolist()) == [n for n in range(60) if n != query]
        assert precision(rank(pool, query, "full").numbers, query) == 1.0
    limits = Limits(least=20, complete=False)
    assert len(rank(pool, 0, "full-noexpand", limits=limits).similarity) == 20


@pytest.mark.parametrize("wanted", [1, 5, 60])
def test_what_cannot_be_among_the_best_is_left_out_and_nothing_else(pool, tunes, wanted):
    left_out = 0
    for number in range(0, 60, 7):
        motif = tunes[number].cut(3, 14)
        everything = rank(pool, motif, "motif", limits=Limits(complete=False))
        best = rank(pool, motif, "motif", limits=Limits(complete=False, best=wanted))
        assert best.numbers[:wanted].tolist() == everything.numbers[:wanted].tolist()
        for name, values in everything.parts.items():
            assert best.parts[name][:wanted].tolist() == values[:wanted].tolist()
        assert best.transposition[:wanted].tolist() == everything.transposition[:wanted].tolist()
        left_out += len(everything.numbers) - len(best.numbers)
    assert (left_out > 0) == (wanted < 60)


def test_only_some_may_be_found(pool):
    some = np.array([3, 5, 7, 50])
    for name in ("motif", "full", "full-noexpand", "align", "inside", "ngram", "vector"):
        assert sorted(rank(pool, 7, name, among=some).numbers.tolist()) == [3, 5, 50]


def test_an_unknown_method_is_refused(pool):
    with pytest.raises(InputError, match="unknown method 'magic'; known: motif, full"):
        rank(pool, 0, "magic")


def test_a_method_is_prepared_once(tunes):
    pool, shown = Pool(tunes[:12]), []
    pool.shown = lambda steps, count, name: shown.append((name, count)) or steps
    METHODS["full"].prepare(pool)
    assert shown == [("vectors", 1), ("all pairs", 11)]
    rank(pool, 3, "full")
    assert len(shown) == 2


def test_marks_of_phrases_are_used_and_those_of_sections_are_not(tunes, pool):
    query = pool.query(0)
    assert scorings(pool, query)[WHOLE].position == MARKED_SHARE
    columns = Columns.from_melodies(tunes)
    sections = Pool(Columns.from_melodies([t.cut(0, 24) for t in tunes]))
    sections.columns.phrase_start[:] = columns.is_first
    assert scorings(sections, query)[WHOLE].position == GUESSED_SHARE


def test_marks_that_the_model_set_count_as_guesses(tunes):
    from mer.notes.phrases import with_phrases

    bare = [Melody(pitch=t.pitch, onset=t.onset, duration=t.duration) for t in tunes]
    guessed = Pool([with_phrases(tune) for tune in bare])
    assert not guessed.has_phrases
    assert Pool([with_phrases(tune) for tune in bare], marked=True).has_phrases  # known to be given
    assert not Pool(tunes, marked=False).has_phrases
    # The guesses are used as they are: they need not be made again.
    unmarked = Pool(bare)
    assert guessed.profile.position.tolist() == unmarked.profile.position.tolist()


def test_metre_counts_only_where_both_sides_state_one(tunes, pool):
    bare = Query.of(Melody(pitch=[60, 62, 64], onset=[0, 240, 480], duration=[240] * 3))
    assert scorings(pool, bare)[WHOLE].metre == 0.0
    both = scorings(pool, Query.of(tunes[0]))[WHOLE]
    assert (both.metre, both.length) == (comparison.METRICAL_GLOBAL.metre, 0.0)
    assert scorings(Pool([bare.columns.melody(0)]), Query.of(tunes[0]))[WHOLE].metre == 0.0


def lively(tunes):
    """The notes of tunes in a rhythm that tells much, without metre."""
    rng = np.random.default_rng(0)
    found = []
    for one in tunes:
        duration = rng.choice([120, 240, 480, 720], len(one))
        onset = np.concatenate([[0], np.cumsum(duration)[:-1]])
        found.append(Melody(pitch=one.pitch, onset=onset, duration=duration))
    return found


def test_inner_weight_counts_as_much_as_rhythm_tells(tunes):
    songs, even = Pool(lively(tunes)), Pool([bare(tune) for tune in tunes])
    assert songs.rhythm_tells == 1.0
    assert scorings(songs)[WHOLE].metre == comparison.INNER_SHARE
    assert scorings(songs)[WHOLE].floor == comparison.INNER_FLOOR
    songs.rhythm_bits = 1.575  # half way
    assert scorings(songs)[WHOLE].metre == pytest.approx(comparison.INNER_SHARE / 2)
    assert even.rhythm_tells == 0.0
    assert scorings(even)[WHOLE] == replace(comparison.GLOBAL, position=GUESSED_SHARE)
    assert not even.profile.weight.any()


def test_a_query_with_metre_is_weighed_as_a_pool_without_one(tunes):
    songs = Pool(lively(tunes))
    own = songs.query(3)
    stated = Query.of(replace(own.columns.melody(0), meter=(3, 4)))
    assert songs.profile_of(stated).weight.tolist() == songs.profile_of(own).weight.tolist()
    for name, part in rank(songs, 3, "full-noexpand").parts.items():
        there = rank(songs, stated, "full-noexpand")
        others = there.parts[name][there.numbers[: len(part) + 1] != 3]
        assert others == pytest.approx(part, abs=1e-6)


@pytest.mark.parametrize("name", ["full", "full-noexpand"])
def test_shares_with_a_floor_add_up_and_equal_melodies_have_similarity_one(name, tunes, pool):
    for searched, query in ((pool, tunes[7]), (songs := Pool(lively(tunes)), songs.query(7))):
        views, aligned = METHODS[name].shares(searched)
        assert sum(views.values()) + sum(aligned.values()) == pytest.approx(1.0)
        assert aligned[WHOLE] > named.WHOLE_ALIGNED[WHOLE]
        melody = query.columns.melody(0) if isinstance(query, Query) else query
        found = rank(searched, melody.transpose(2), name)
        assert found.numbers[0] == 7
        if name == "full-noexpand":
            assert found.similarity[0] == pytest.approx(1.0, abs=1e-4)
        assert all((part >= 0.0).all() for part in found.parts.values())
        assert found.similarity.tolist() == sum(found.parts.values()).tolist()


def bare(tune):
    return Melody(pitch=tune.pitch, onset=tune.onset, duration=tune.duration)


def test_a_motif_is_compared_by_metre_where_both_sides_notate_one():
    """Two candidates hold the motif note for note, one of them a beat later in its bar."""
    beat = {"onset": range(0, 2880, 480), "duration": [480] * 6, "meter": (3, 4)}
    rng = np.random.default_rng(1)
    pitch = [60, 67, 64, 62, 69, 65]
    same, moved = Melody(pitch=pitch, **beat), Melody(pitch=pitch, downbeat=480, **beat)
    others = [Melody(pitch=60 + rng.integers(0, 12, 6), **beat) for _ in range(5)]
    notated = Pool([moved, same, *others], unit="phrase")
    found = rank(notated, same, "motif")
    assert found.numbers[:2].tolist() == [1, 0]
    assert found.similarity[0] == 1.0
    assert 0.8 < found.similarity[1] < 1.0  # a wrong metre costs little
    assert rank(notated, moved.transpose(3), "motif").numbers[0] == 0
    # Without a metre on one of the sides it counts nothing.
    assert rank(notated, bare(same), "motif").similarity[:2].tolist() == [1.0, 1.0]
    unknown = Pool([bare(one) for one in (moved, same, *others)], unit="phrase")
    assert rank(unknown, same, "motif").similarity[:2].tolist() == [1.0, 1.0]


def test_rhythm_counts_where_it_tells_something(pool, tunes):
    assert named.ngram_shares(pool) == named.EVEN_NGRAM_SHARES  # notes as long as each other
    long = [Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480, 480, 960])] * 4
    hardly = Pool([*long, *(tune for tune in tunes[:8])])
    assert named.ngram_shares(hardly) == pytest.approx(named.NGRAM_SHARES)
    rng = np.random.default_rng(0)
    lively = Pool(
        Columns.from_melodies(
            [
                Melody(pitch=tune.pitch, onset=np.cumsum(length) - length, duration=length)
                for tune in tunes
                for length in [rng.choice([120, 240, 360, 480, 960], len(tune))]
            ]
        )
    )
    assert named.ngram_shares(lively)["rhythm"] == pytest.approx(named.RHYTHM_SHARES[1])
    assert sum(named.ngram_shares(lively).values()) == pytest.approx(1.0)
    before, now = named.ngram_shares(hardly), named.ngram_shares(lively)
    assert now["interval"] / now["contour"] == pytest.approx(before["interval"] / before["contour"])


@pytest.mark.parametrize("name", sorted(METHODS))
@pytest.mark.parametrize("notes", [3, 5, 6, 24])
def test_shares_add_up(name, notes, pool, tunes):
    method = METHODS[name]
    query = Query.of(tunes[0].cut(0, notes))
    shares = {**method.views(pool, query), **method.aligned_in(pool)}
    assert sum(shares.values()) == pytest.approx(1.0)


def test_few_notes_are_looked_for_by_three(pool, tunes):
    for notes, names in ((3, {"three-note"}), (5, {"three-note", "four-note"}), (6, {"four-note"})):
        assert set(named.motif_shares(pool, Query.of(tunes[0].cut(0, notes)))) == names


def test_neighbour_lists_do_not_depend_on_who_asks_first():
    rng = np.random.default_rng(1)
    melodies = []
    for _ in range(31):
        duration = rng.choice([240, 480, 720, 960], 24)
        melodies.append(
            Melody(
                pitch=60 + np.cumsum(rng.integers(-3, 4, 24)),
                onset=np.cumsum(duration) - duration,
                duration=duration,
                meter=(4, 4),
                phrase_starts=(0, 6, 12, 18),
            )
        )
    *tunes, stated = melodies
    plain = replace(stated, meter=None)
    found = []
    for queries in ((stated, plain), (plain, stated)):
        pool = Pool(tunes, marked=True)
        ranked = {query.meter: rank(pool, query, "full").similarity for query in queries}
        found.append([ranked[meter].tolist() for meter in (stated.meter, None)])
    assert found[0] == found[1]
