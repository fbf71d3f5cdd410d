"""The key that a brief takes: of the motif, of the vote where the two contradict, of the user."""

import numpy as np
import pytest

from generate.plan.brief import brief_of
from generate.plan.settings import Settings
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

# Two bars of D major: F# and C# are 3 of 8 quarters.
PITCH = [62, 66, 69, 74, 73, 71, 69, 66]


def motif(key: Key | None) -> Melody:
    beats = 480 * np.arange(8)
    return Melody(pitch=PITCH, onset=beats, duration=[480] * 8, meter=(4, 4), key=key)


def test_a_motif_without_a_key_takes_that_of_its_neighbours(index: PhraseIndex) -> None:
    brief = brief_of(motif(None), index, Settings(k=5))
    assert brief.frame.key == Key(2)
    assert len(brief.matches) == 5  # more are asked for their key, and no more than that
    assert brief.matches == tuple(index.search(motif(None), 5, distinct=True))
    assert "no key signature; it is taken to be in D major, by its notes" in brief.remarks[0]


def test_a_key_that_contradicts_the_notes_gives_way(index: PhraseIndex) -> None:
    brief = brief_of(motif(Key(0)), index, Settings())
    assert brief.frame.key == Key(2)
    assert "says C major, but 38% of it sounds notes outside that key" in brief.remarks[0]
    sure = brief_of(motif(Key(0)), index, Settings(), key_is_sure=True)
    assert (sure.frame.key, sure.remarks) == (Key(0), ())
    right = brief_of(motif(Key(2)), index, Settings())
    assert (right.frame.key, right.remarks) == (Key(2), ())


@pytest.mark.parametrize("own", [None, Key(0), Key(2)])
def test_the_key_that_is_asked_for_wins(index: PhraseIndex, own: Key | None) -> None:
    brief = brief_of(motif(own), index, Settings(key="F"))
    assert brief.frame.key == Key(5)
    # The tonic of the motif, D, comes to lie on F.
    assert (brief.theme.melody.pitch - PITCH).tolist() == [3] * 8
