"""Filters: what passes, and what is refused."""

import pytest

from mer.corpus.corpus import Corpus, Tune
from mer.corpus.filters import Filter
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody


def tune(number, collection, meter, mode):
    melody = Melody(
        pitch=[60, 62, 64, 65],
        onset=[0, 480, 960, 1440],
        duration=[480] * 4,
        meter=meter,
        key=None if mode is None else Key(2, mode),
    )
    return Tune(f"t{number}", "T", collection, melody)


CORPUS = Corpus.from_tunes(
    [
        tune(0, "O'Neill's Music", (6, 8), "dorian"),
        tune(1, "O'Neill's Music", (4, 4), "major"),
        tune(2, "Ryan's Mammoth", (6, 8), "major"),
        tune(3, "Ryan's Mammoth", None, None),
        tune(4, "Aird's Airs", (3, 4), "mixolydian"),
    ]
)


@pytest.mark.parametrize(
    ("wanted", "passing"),
    [
        (Filter(), [0, 1, 2, 3, 4]),
        (Filter(collections=("o'neill",)), [0, 1]),
        (Filter(collections=("AIRD", "ryan's mammoth")), [2, 3, 4]),
        (Filter(meters=((6, 8),)), [0, 2]),
        (Filter(meters=((3, 4), (4, 4))), [1, 4]),
        (Filter(modes=("major", "dorian")), [0, 1, 2]),
        (Filter(collections=("ryan",), modes=("major",), meters=((6, 8),)), [2]),
        (Filter(collections=["ryan"], meters=[[6, 8]], modes=["major"]), [2]),
    ],
)
def test_what_passes(wanted, passing):
    assert wanted.tunes(CORPUS).nonzero()[0].tolist() == passing


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"modes": ("happy",)}, "unknown mode 'happy'; choose among major"),
        ({"modes": "major"}, "modes of a filter is 'major'; give a tuple or list"),
        ({"collections": (3,)}, "3 is not the name"),
        ({"meters": (3, 4)}, "3 is no metre"),
        ({"meters": ((6,),)}, r"\(6,\) is no metre"),
        ({"meters": ("6/8",)}, "'6/8' is no metre"),
        ({"meters": ((0, 4),)}, "no metre"),
    ],
)
def test_nonsense_is_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        Filter(**wrong)


def test_a_metre_that_no_tune_has_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match=r"no tune in 300/8 in this corpus; its metres are .*6/8"):
        Filter(meters=((6, 8), (300, 8))).tunes(CORPUS)


def test_an_unknown_collection_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match="no collection 'Kerr' in this corpus; it has Aird's Airs"):
        Filter(collections=("Kerr",)).tunes(CORPUS)
