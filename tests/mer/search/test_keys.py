"""The vote on a key: worked out by hand, and what a melody keeps of the key that it comes with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer import guess_key
from mer.corpus.corpus import Corpus, Tune
from mer.notes.chord_names import chord_bars
from mer.notes.key import Key
from mer.notes.melody import Melody, Phrase
from mer.search.index import PhraseIndex
from mer.search.keys import KeyVote, is_doubtful, with_key
from mer.search.match import Match


def melody(pitch: list[int], key: str | None = None) -> Melody:
    onset = 480 * np.arange(len(pitch))
    return Melody(
        pitch=pitch,
        onset=onset,
        duration=[480] * len(pitch),
        key=None if key is None else Key.parse(key),
    )


FIFTH = melody([60, 67, 60])  # C and G: as much C major as C minor


def match(key: str | None, similarity: float, shift: int = 0, title: str = "") -> Match:
    """Return a match of `FIFTH` in a tune; without a title each tune is one of its own."""
    found = FIFTH.transpose(shift)
    tune = f"{key} {similarity} {shift}"
    phrase = Phrase(melody(found.pitch.tolist(), key), tune, title, "mine", 1, 0, 3)
    return Match(phrase, similarity, shift, (), {}, 0, FIFTH)


def test_a_vote_is_the_key_of_the_tune_moved_back_to_the_query() -> None:
    # Two semitones above the query stands D minor: the query is in C minor.
    vote = KeyVote(FIFTH, [match("D minor", 0.9, 2)])
    assert (str(vote.key), vote.voters, vote.agreeing) == ("C minor", 1, 1)
    vote = KeyVote(FIFTH, [match("G", 0.9, -5)])
    assert str(vote.key) == "C major"


def test_the_nearer_tunes_count_more_and_a_title_counts_once() -> None:
    # (.5 / .9) ** 2 = .31 each: three far ones are as much as .93 of the near one.
    far = [match("C minor", 0.5, title=name) for name in ("One", "Two", "Three")]
    near = match("C", 0.9, title="Near")
    assert KeyVote(FIFTH, [near, *far]).key == Key(0, "major")
    assert KeyVote(FIFTH, [near, *far, match("C minor", 0.5)]).key == Key(0, "minor")
    again = [match("C minor", 0.5, shift, "three ") for shift in (0, 12)]
    vote = KeyVote(FIFTH, [near, *far, *again])
    assert (vote.key, vote.voters) == (Key(0, "major"), 4)


def test_a_vote_for_minor_counts_more_where_it_is_rare() -> None:
    # Two to one, but with a tenth in minor one vote counts as three.
    matches = [match("C", 0.9), match("C", 0.9, 12), match("C minor", 0.9)]
    assert KeyVote(FIFTH, matches).key == Key(0, "major")
    assert KeyVote(FIFTH, matches, minor_share=0.1).key == Key(0, "minor")


def test_notes_decide_where_votes_do_not() -> None:
    scale = melody([67, 69, 71, 72, 74, 76, 78, 79])
    assert KeyVote(scale, []).key == Key(7, "major")
    assert str(KeyVote(scale, [])) == "G major, by its notes alone"
    # A single vote for a key with most of these notes outside does not win.
    assert KeyVote(scale, [match("C# major", 0.3)]).key == Key(7, "major")
    assert KeyVote(scale, [match(None, 0.9)]).voters == 0


def test_a_vote_makes_a_mode_likelier() -> None:
    dorian = melody([62, 64, 65, 67, 69, 71, 72, 69, 62])
    assert KeyVote(dorian, []).key.mode in ("major", "minor")
    tune = Phrase(melody(dorian.pitch.tolist(), "D dorian"), "t", "", "mine", 1, 0, 9)
    assert KeyVote(dorian, [Match(tune, 0.9, 0, (), {}, 0, dorian)]).key == Key(2, "dorian")


@given(st.integers(-12, 12), st.sampled_from(["C", "A minor", "D dorian", "F"]))
def test_the_key_moves_with_the_query(shift: int, key: str) -> None:
    tune = melody([60, 64, 62, 65, 69, 67], key)
    index = PhraseIndex.build(Corpus.from_tunes([Tune("t", "", "mine", tune)]))
    there = guess_key(melody(tune.pitch.tolist()), index).key
    moved = guess_key(melody((tune.pitch + shift).tolist()), index).key
    assert moved == there.transpose(shift)


@pytest.fixture(scope="module")
def in_d() -> PhraseIndex:
    tune = melody([62, 66, 69, 74, 73, 71, 69, 66, 62], "D")
    return PhraseIndex.build(Corpus.from_tunes([Tune("t", "A Tune", "mine", tune)]))


D_MAJOR = [62, 66, 69, 74, 73, 71, 69, 66]  # F# and C# are 3 of its 8 notes


def test_a_melody_without_a_key_gets_one_and_a_remark(in_d: PhraseIndex) -> None:
    keyed, said = with_key(melody(D_MAJOR), in_d)
    assert keyed.key == Key(2)
    assert said == (
        "the motif has no key signature; it is taken to be in D major, by its notes and the tunes "
        "nearest to it (1 of 1 have that tonic)",
    )


def test_a_key_stays_unless_it_contradicts_the_notes(in_d: PhraseIndex) -> None:
    for key in ("D", "B minor", "G"):  # G lacks the C#: an eighth of the time
        given = melody(D_MAJOR, key)
        assert not is_doubtful(given)
        assert with_key(given, in_d) == (given, ())
    keyed, said = with_key(melody(D_MAJOR, "C"), in_d, name="target")
    assert keyed.key == Key(2)
    assert said[0].startswith("the target says C major, but 38% of it sounds notes outside")


def test_a_chromatic_melody_keeps_its_key(in_d: PhraseIndex) -> None:
    given = melody([60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71], "C")
    assert is_doubtful(given)  # five of twelve, but no other key has more of them
    assert with_key(given, in_d) == (given, ())


def test_raised_steps_are_no_contradiction_in_minor() -> None:
    assert not is_doubtful(melody([69, 68, 69, 66, 68, 69], "A minor"))
    assert is_doubtful(melody([69, 68, 69, 66, 68, 69], "A dorian")) is False
    assert is_doubtful(melody([69, 68, 69, 66, 68, 69], "C"))


@pytest.mark.parametrize(
    ("pitch", "votes", "key"),
    [
        # C E G B flat C: no tune is in mixolydian, but the motif is.
        ([60, 64, 67, 70, 60], [("C", 0.9)], "C mixolydian"),
        ([60, 64, 67, 71, 60], [("C", 0.9)], "C major"),
        # Both sevenths speak against each other, and the commoner mode stays.
        ([60, 64, 70, 71, 60], [("C", 0.9)], "C major"),
        ([60, 63, 69, 67, 69, 60], [("C minor", 0.9), ("C dorian", 0.9)], "C dorian"),
        # A minor tune may raise its sixth before a raised seventh.
        ([60, 63, 67, 69, 71, 60], [("C minor", 0.9)], "C minor"),
        ([60, 63, 68, 67, 63, 60], [("C minor", 0.9), ("C dorian", 0.9)], "C minor"),
    ],
)
def test_modes_part_by_the_degree_in_which_they_differ(
    pitch: list[int], votes: list[tuple[str, float]], key: str
) -> None:
    matches = [match(name, similarity) for name, similarity in votes]
    assert KeyVote(melody(pitch), matches).key == Key.parse(key)


def test_given_chords_tell_of_the_key() -> None:
    motif = melody([62, 64, 65, 67, 69, 67, 65, 64])
    named = {}
    for text in ("C Am F G", "Dm C Bb A"):
        chords = [name for bar in chord_bars(text) for name in bar]
        named[text] = str(KeyVote(motif, [], chords=chords))
    assert named == {
        "C Am F G": "C major, by its notes and its chords alone",
        "Dm C Bb A": "D minor, by its notes and its chords alone",
    }
