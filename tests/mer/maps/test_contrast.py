import numpy as np
import pytest

from mer.errors import InputError
from mer.maps.contrast import differences, group_names
from mer.maps.traits import FIGURES, TRAITS, figure_words
from mer.notes.columns import Columns
from mer.notes.key import Key
from mer.notes.melody import Melody


def melody(pitch: list[int], *, length: int = 480, meter: tuple[int, int] = (4, 4)) -> Melody:
    return Melody(
        pitch=pitch,
        onset=np.arange(len(pitch)) * length,
        duration=[length] * len(pitch),
        meter=meter,
        key=Key(0),
    )


@pytest.fixture
def columns() -> Columns:
    """Ten jigs that climb by step, then ten reels that leap about, all a little different."""
    steps = [melody([60 + n, 62 + n, 64 + n, 65 + n, 67 + n], meter=(6, 8)) for n in range(10)]
    leaps = [melody([60 + n, 69 + n, 61 + n, 70 + n], length=240) for n in range(9)]
    leaps.append(melody([60, 69, 61, 70], length=240, meter=(6, 8)))
    return Columns.from_melodies([*steps, *leaps])


def test_what_was_built_in_is_found(columns: Columns) -> None:
    found = differences(columns, np.arange(20) < 10, most=50)
    said = {item.words: item for item in found}
    assert said["more often 6/8"].group == "100%"
    assert said["more often 6/8"].others == "10%"
    assert said["less often 4/4"].effect < 0
    assert said["slower notes"].group == "1.0 a quarter"
    assert said["fewer leaps"].strength == "large"
    assert said["up a whole tone, then up a whole tone"].effect > 1
    sizes = [abs(item.effect) for item in found]
    assert sizes == sorted(sizes, reverse=True)


def test_the_other_side_says_the_opposite(columns: Columns) -> None:
    group = np.arange(20) < 10
    ours = {item.words for item in differences(columns, group, most=50)}
    theirs = {item.words for item in differences(columns, ~group, most=50)}
    assert "smaller steps from note to note" in ours
    assert "larger steps from note to note" in theirs


def test_a_random_half_differs_in_nothing_large() -> None:
    rng = np.random.default_rng(4)
    tunes = [melody(rng.integers(60, 73, 8).tolist()) for _ in range(400)]
    found = differences(Columns.from_melodies(tunes), rng.permutation(400) < 200)
    assert [item for item in found if item.strength == "large"] == []


def test_further_kinds_and_limits(columns: Columns) -> None:
    kinds = {"collection": ["a"] * 9 + ["b"] * 11, "side": ["x"] * 10 + ["y"] * 10}
    found = differences(columns, np.arange(20) < 10, kinds=kinds, most=50)
    assert "more often a" in {item.words for item in found}
    # The group was chosen by its side: that goes without saying.
    assert "more often x" not in {item.words for item in found}
    with pytest.raises(InputError, match="2 phrases are in the group"):
        differences(columns, np.arange(20) < 2)
    with pytest.raises(InputError, match="0 phrases are outside"):
        differences(columns, np.ones(20, dtype=bool))


def test_single_notes_are_safe() -> None:
    tunes = [melody([60 + n]) for n in range(6)]
    for item in differences(Columns.from_melodies(tunes), np.arange(6) < 3):
        assert np.isfinite(item.effect)


def test_traits_and_figures_are_shown_in_words(columns: Columns) -> None:
    for trait in TRAITS:
        values = trait.values(columns)
        assert values.shape == (20,)
        assert trait.shown(float(values[0]))
    for kind, figures in FIGURES.items():
        code, sequence = figures(columns)
        assert len(code) == len(sequence) > 0
        assert all(figure_words(kind, int(one)) for one in code)


def test_words_of_figures() -> None:
    assert figure_words("intervals", 14 * 25 + 7) == "up a whole tone, then down a fourth"
    # Half as long, then as long as before: 4 quarter steps down, then none.
    assert figure_words("rhythm", 12 * 33 + 16) == "three lengths as 2 : 1 : 1"
    # A dotted note is three times as long, which quarter steps cannot say exactly.
    assert figure_words("rhythm", 10 * 33 + 16) == "three lengths as 3 : 1 : 1"


def test_groups_are_named_by_what_sets_them_apart() -> None:
    steps = [melody([60 + n, 62 + n, 64 + n, 62 + n, 60 + n]) for n in range(4)]
    repeats = [melody([60 + n] * 4 + [62 + n]) for n in range(4)]
    again = [melody([60 + n] * 4 + [62 + n]) for n in range(4)]
    odd = [melody([60, 72, 60, 72, 61])]
    columns = Columns.from_melodies([*steps, *repeats, *again, *odd])
    group_of = np.repeat([0, 1, 2, 3], [4, 4, 4, 1])
    names = group_names(columns, group_of)
    assert len(names) == 4
    assert "more different notes of the scale" in names[0]
    assert "more repeated notes" in names[1]
    # The third is as the second: its name says more, and so is another one.
    assert names[2].startswith(names[1])
    assert len(set(names)) == 4
    assert names[3] == "a mixed lot"  # one is too few to tell
