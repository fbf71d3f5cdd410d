"""The comparison: rankings, agreement, reasons, and what changes of the motif do."""

from pathlib import Path

import numpy as np
import pytest

from app.compare.changes import Change, without
from app.compare.comparison import comparison, side
from app.compare.ranking import Field, field_of, match_of, rank_of, telling_notes
from app.compare.trials import Trials
from app.explore.atlas import Atlases
from app.explore.measures import ALIGNMENT, MEASURES, SEARCH, deaf_to
from app.pictures.dumbbells import Moved, dumbbells
from app.sound.sounds import Sounds
from app.visitor.library import Library
from app.visitor.motifs import HEARD_NAME, TYPED_NAME, Motif
from app.visitor.sessions import Sessions
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

SCALE = np.array([60, 62, 64, 65, 67, 69, 71, 72, 74])


def melody(seed: int) -> Melody:
    rng = np.random.default_rng(seed)
    steps = np.clip(4 + np.cumsum(rng.integers(-2, 3, 32)), 0, 8)
    long = rng.random(32) < 0.3
    duration = np.where(long, 480, 240)
    return Melody(
        pitch=SCALE[steps],
        onset=np.concatenate([[0], np.cumsum(duration)[:-1]]),
        duration=duration,
        meter=(4, 4),
        key=Key(0),
        phrase_starts=(0, 8, 16, 24),
    )


@pytest.fixture(scope="module")
def index() -> PhraseIndex:
    tunes = [Tune(f"t{n}", f"Tune <{n}>", "made & up", melody(n)) for n in range(60)]
    return PhraseIndex.build(Corpus.from_tunes(tunes))


@pytest.fixture(scope="module")
def atlases() -> Atlases:
    return Atlases()


@pytest.fixture
def trials(index: PhraseIndex, atlases: Atlases, tmp_path: Path) -> Trials:
    return Trials(Library(index, Sessions(tmp_path)), atlases, Sounds(tmp_path / "sounds"))


@pytest.fixture(scope="module")
def field(index: PhraseIndex, atlases: Atlases) -> Field:
    return Field(index, atlases.of(index), None)


@pytest.fixture(scope="module")
def motif(index: PhraseIndex) -> Melody:
    return index.phrase(13).melody


@pytest.mark.parametrize("measure", list(MEASURES))
def test_a_phrase_is_first_by_every_measure(field: Field, motif: Melody, measure: str) -> None:
    found = side(field, measure, motif)
    assert found.rank(13) == 1
    assert len(found.top) == len(set(found.top)) <= 10


def test_ranks_count_the_better_ones() -> None:
    values = np.array([0.3, 0.9, 0.9, 0.0])
    assert [rank_of(values, place) for place in range(4)] == [3, 1, 1, None]


def test_repeated_phrases_stand_once(index: PhraseIndex, atlases: Atlases) -> None:
    twice = index.add([Tune("again", "Again", "more", melody(3))])
    field = Field(twice, atlases.of(twice), None)
    top = field.top(field.similarity("interval", twice.phrase(13).melody))
    assert len({int(twice.shape[place]) for place in top}) == len(top)


def test_slow_measures_are_compared_on_the_same_phrases(
    index: PhraseIndex, atlases: Atlases, motif: Melody
) -> None:
    field = field_of(index, atlases.of(index), ("vector", "interval"), motif)
    assert field.numbers is not None
    one, two = side(field, "vector", motif), side(field, "interval", motif)
    assert len(one.similarity) == len(two.similarity) == len(field)
    assert field.number(one.top[0]) == field.number(two.top[0]) == 13


def test_a_match_is_aligned(index: PhraseIndex, motif: Melody) -> None:
    match = match_of(index, motif.transpose(4), 13, 1.0)
    assert match.transposition == -4
    assert match.pairs == tuple((note, note) for note in range(len(motif)))


def test_the_notes_that_count_are_found(index: PhraseIndex, atlases: Atlases) -> None:
    rng = np.random.default_rng(9)
    odd = Melody(pitch=60 + rng.integers(0, 12, 16), onset=np.arange(16) * 480, duration=[480] * 16)
    # The phrase has notes 5 to 10 of the motif, and nothing else of it.
    there = Tune("part", "Part", "more", odd.cut(4, 10))
    bigger = index.add([there])
    field = Field(bigger, atlases.of(bigger), None)
    notes = telling_notes(field, "interval", odd, [len(bigger) - 1])
    assert notes is not None
    assert set(notes[0]) <= set(range(3, 11))
    assert len(notes[0]) >= 4
    assert telling_notes(field, SEARCH, odd, [0]) is None


def test_the_page_tells_both_sides(field: Field, motif: Melody) -> None:
    sides = (side(field, "interval", motif), side(field, "rhythm", motif))
    page = comparison(field, motif, sides, lambda melody: f"sound/{len(melody)}", name="mine")
    assert page.count('data-sound="sound/8"') == 20  # all of both lists can be heard
    assert page.count("<ol>") == 2
    assert page.count("<svg") >= 3
    assert "rank-biased overlap" in page
    assert "Tune &lt;" in page
    same = comparison(field, motif, (sides[0], sides[0]), lambda _: "", name="mine")
    assert "They find much the same." in same
    assert "10 of 10" in same
    assert "All it puts in its list is in the other list" in same


def test_two_measures_are_compared_over_all_phrases(trials: Trials) -> None:
    page = trials.overall("interval", "rhythm", None)
    assert "of phrases have none in common" in page
    assert page.count("<svg") == 6
    assert page.count('data-do="hear"') == 12
    assert "Tune &lt;" in page
    assert "place every phrase" in trials.overall("interval", SEARCH, None)
    with pytest.raises(InputError, match="unknown measure 'colour'"):
        trials.overall("colour", "rhythm", None)


def test_transposition_changes_nothing_where_it_is_not_heard(trials: Trials, motif: Melody) -> None:
    given = Motif(motif, "mine")
    card, ranks = trials.follow(given, ("interval", "summary"), Change(transpose=5), None)
    assert "moved 5 semitones up" in card
    assert (trials.sounds.asked(card.split("sound/")[1][:32]).music.pitch == motif.pitch + 5).all()
    assert "6 of 6 are still among the first ten by intervals in a row." in ranks
    assert "It does not hear transposition, tempo or rhythm." in ranks
    assert "the motif: Tune &lt;3&gt;, phrase " in ranks
    assert ranks.count("<svg") == 2


def test_what_is_wrong_is_one_line(trials: Trials, motif: Melody) -> None:
    with pytest.raises(InputError, match="choose a motif"):
        trials.compare(None, "interval", "contour", None)
    with pytest.raises(InputError, match="unknown measure 'colour'"):
        trials.compare(Motif(motif, "mine"), "interval", "colour", None)
    page = trials.compare(Motif(motif, "mine"), "intervals in a row", ALIGNMENT, None)
    assert "alignment alone" in page
    assert f"Your motif, mine: {len(motif)} notes. The first 10" in page
    for own in (TYPED_NAME, HEARD_NAME):  # which say already whose they are
        page = trials.compare(Motif(motif, own), "intervals in a row", ALIGNMENT, None)
        assert f">{own}: {len(motif)} notes. The first 10" in page
    page = trials.compare(Motif(motif, "Your Song"), "intervals in a row", ALIGNMENT, None)
    assert f"Your motif, Your Song: {len(motif)} notes. The first 10" in page


def test_what_is_compared_is_named(trials: Trials) -> None:
    long = Melody(pitch=[60, 62] * 40, onset=480 * np.arange(80), duration=[480] * 80)
    page = trials.compare(Motif(long, "A <long> one"), "interval", "contour", None)
    assert "Your motif, A &lt;long&gt; one, the first of its 80: 64 notes." in page
    page = trials.compare(Motif(long.cut(0, 9), "Your notes"), "interval", "contour", None)
    assert '"lead">Your notes: 9 notes.' in page


def test_dumbbells_say_what_is_lost() -> None:
    moves = [Moved("<A>" + "x" * 60, 1, 5000), Moved("B", 2, None), Moved("C", None, 3)]
    picture = dumbbells(moves, 44_433, label="ranks")
    assert picture.count('class="lost"') == 2
    assert "no longer found" in picture
    assert "was 1, now 5,000" in picture
    assert "&lt;A&gt;" in picture
    assert dumbbells([], 5, label="none").startswith("<svg")


def test_changes_do_what_they_say(motif: Melody) -> None:
    assert Change().of(motif) == motif
    assert (Change(transpose=-3).of(motif).pitch == motif.pitch - 3).all()
    assert (Change(stretch=2.0).of(motif).onset == motif.onset * 2).all()
    thin = Change(thin=0.5).of(motif)
    assert len(thin) == len(motif) - 3
    assert (thin.pitch[[0, -1]] == motif.pitch[[0, -1]]).all()
    assert thin.end[-1] == motif.end[-1]
    rich = Change(ornament=1.0).of(motif)
    assert len(rich) > len(motif)
    assert rich.end[-1] == motif.end[-1]
    lame = Change(uneven=1.0).of(motif)
    assert (lame.pitch == motif.pitch).all()
    assert (lame.onset[::2] == motif.onset[::2]).all()
    assert (lame.onset[1::2] > motif.onset[1::2]).all()


def test_changes_at_the_edges() -> None:
    two = Melody(pitch=[0, 1], onset=[0, 480], duration=[480, 480])
    change = Change(ornament=1.0, thin=0.8, stretch=0.25, uneven=1.0)
    assert len(change.of(two)) == 2
    with pytest.raises(InputError):
        Change(transpose=-12).of(two)
    for wrong in ({"transpose": 13}, {"thin": 1.1}, {"stretch": 0.0}, {"uneven": float("nan")}):
        with pytest.raises(InputError, match="is supported"):
            Change(**wrong)


def test_notes_left_out_leave_their_time(motif: Melody) -> None:
    left = without(motif, np.array([0, 3]))
    assert len(left) == len(motif) - 2
    assert left.onset[0] == 0
    assert left.end[-1] == motif.end[-1] - motif.onset[1]


def test_what_is_not_heard_is_named() -> None:
    assert deaf_to("summary") == []
    assert deaf_to("nothing") == []
    assert "transposition" in deaf_to("contour")
