"""Instruments by name and by number."""

import pytest

from generate.sound.instruments import INSTRUMENTS, program_of
from mer.errors import InputError


def test_each_name_has_a_program_of_its_own() -> None:
    programs = [program_of(name.upper()) for name in INSTRUMENTS]
    assert programs == list(INSTRUMENTS.values())
    assert len(set(programs)) == len(programs)
    assert all(0 <= program <= 127 for program in programs)


def test_a_number_is_taken_as_it_is() -> None:
    assert [program_of(text) for text in ("0", "127")] == [0, 127]


@pytest.mark.parametrize("text", ["128", "9" * 5000, "lute", "", "-1"])
def test_others_are_refused_by_name(text: str) -> None:
    with pytest.raises(InputError, match=text or "''"):
        program_of(text)
