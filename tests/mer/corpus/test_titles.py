"""Titles and ids: what is taken first, and what is refused."""

import pytest

from mer.corpus.corpus import Corpus, Tune
from mer.corpus.titles import tune_named
from mer.errors import InputError
from mer.notes.melody import Melody

NOTE = Melody(pitch=[60], onset=[0], duration=[480])
TITLES = {"a1": "The Reel", "a2": "The Reel of Tulloch", "a3": "A Jig", "a4": "a jig", "Jig": "Air"}
CORPUS = Corpus.from_tunes(Tune(name, title, "", NOTE) for name, title in TITLES.items())


@pytest.mark.parametrize(
    ("name", "number"),
    [("a2", 1), ("the reel", 0), ("  THE REEL ", 0), ("tulloch", 1), ("Jig", 4), ("air", 4)],
)
def test_an_id_comes_before_a_title_and_a_title_before_a_part_of_one(name, number):
    assert tune_named(CORPUS, name) == number


@pytest.mark.parametrize(
    ("name", "said"),
    [("a jig", "2 tunes are called"), ("e", "a1 (The Reel)"), ("", "no tune"), ("polka", "polka")],
)
def test_a_name_of_none_or_of_several_is_refused(name, said):
    with pytest.raises(InputError) as error:
        tune_named(CORPUS, name)
    assert said in str(error.value)
    assert "id" in str(error.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("the real of tulloch", "did you mean 'The Reel of Tulloch'?"),
        ("the rel", "did you mean 'The Reel'?"),
        ("polka", "give its title or its id"),
    ],
)
def test_titles_that_are_written_alike_are_suggested(name, said):
    with pytest.raises(InputError) as error:
        tune_named(CORPUS, name)
    assert str(error.value) == f"no tune is called {name!r} in this corpus; {said}"


@pytest.mark.parametrize("name", ["", "  "])
def test_an_empty_name_is_not_that_of_a_tune_without_title(name):
    nameless = Corpus.from_tunes([Tune("a1", "", "", NOTE)])
    with pytest.raises(InputError, match="empty name"):
        tune_named(nameless, name)
