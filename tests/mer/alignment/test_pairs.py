"""Pairs that are filled, and pairs of steps that become pairs of notes."""

from mer.alignment.pairs import filled, notes_of_steps


def test_notes_between_are_paired_where_both_have_as_many() -> None:
    assert filled(((1, 1), (3, 3), (5, 4))) == ((1, 1), (2, 2), (3, 3), (5, 4))
    assert filled(()) == ()


def test_the_start_of_the_first_step_is_a_pair_if_it_is_there() -> None:
    assert notes_of_steps(((0, 3), (1, 4))) == ((0, 2), (1, 3), (2, 4))
    assert notes_of_steps(((1, 0), (2, 1))) == ((2, 0), (3, 1))
    assert notes_of_steps(()) == ()
