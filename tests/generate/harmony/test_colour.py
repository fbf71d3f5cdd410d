"""Sevenths and suspensions: added where nothing rubs, never to a chord of the user's."""

import itertools

import numpy as np
import pytest

from generate.harmony.colour import coloured
from generate.harmony.harmony import harmonise
from generate.harmony.outline import Outline
from generate.piece.given_chords import repeated_progression
from mer.corpus.corpus import Corpus
from mer.notes.key import Key
from mer.notes.melody import Melody


def held(*pitches: int) -> Melody:
    """Return a note for each bar of 4/4 in C."""
    onset = np.arange(len(pitches)) * 1920
    return Melody(
        pitch=pitches, onset=onset, duration=[1920] * len(pitches), meter=(4, 4), key=Key(0)
    )


def symbols(melody: Melody, chords: str, *, sevenths: bool, suspensions: bool) -> list[str]:
    given = repeated_progression(chords, 0, 1920, melody.bars)
    named = harmonise(melody, outline=Outline(given=given))
    free = [chord._replace(given=None) for chord in named]
    found = coloured(free, melody, sevenths=sevenths, suspensions=suspensions)
    return [chord.symbol for chord in found]


def test_sevenths_of_the_key_that_do_not_rub() -> None:
    melody = held(67, 72, 69, 74, 72)
    found = symbols(melody, "C Am F G C", sevenths=True, suspensions=False)
    assert found == ["Cmaj7", "Am7", "Fmaj7", "G7", "C"]
    # B under a held C would rub, and so would E in F under an F.
    assert symbols(held(72, 77, 72), "C F C", sevenths=True, suspensions=False) == ["C", "F", "C"]


def test_a_close_is_suspended_if_the_fourth_was_there() -> None:
    prepared = symbols(held(64, 67, 62, 60), "Am C G C", sevenths=False, suspensions=True)
    assert prepared == ["Am", "C", "Gsus4", "G", "C"]
    assert symbols(held(64, 62, 62, 60), "Am D G C", sevenths=False, suspensions=True)[2] == "G"
    # The melody has the third that the suspension waits for.
    assert symbols(held(64, 67, 71, 60), "Am C G C", sevenths=False, suspensions=True)[2] == "G"


@pytest.mark.parametrize("sevenths", [False, True])
def test_corpus_tunes_keep_their_time_and_roots(corpus: Corpus, sevenths: bool) -> None:
    for number in range(0, len(corpus), 9):
        melody = corpus.tune(number).melody
        plain = harmonise(melody)
        rich = coloured(plain, melody, sevenths=sevenths, suspensions=True)
        assert [a.end for a, _ in itertools.pairwise(rich)] == [
            b.onset for _, b in itertools.pairwise(rich)
        ]
        assert (rich[0].onset, rich[-1]) == (plain[0].onset, plain[-1])
        roots = [root for root, _ in itertools.groupby((c.bar, c.root) for c in rich)]
        assert roots == [root for root, _ in itertools.groupby((c.bar, c.root) for c in plain)]


def test_the_users_chords_stay_plain() -> None:
    melody = held(67, 72, 69, 74, 72)
    given = repeated_progression("C Am F G C", 0, 1920, 5)
    chords = harmonise(melody, outline=Outline(given=given))
    assert coloured(chords, melody, sevenths=True, suspensions=True) == chords
