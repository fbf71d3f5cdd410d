"""What may be asked of a composition, up to each limit and not beyond."""

import numpy as np
import pytest

from generate.plan.settings import Settings
from mer.errors import InputError


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"bars": 0}, "bars is 0; 1 to 128"),
        ({"bars": 129}, "bars is 129"),
        ({"bars": 2.0}, "a whole number from 1 to 128"),
        ({"bars": True}, "bars is True"),
        ({"max_copy": 1}, "max-copy is 1; 2 to 64"),
        ({"tempo_bpm": 3.5}, "tempo is 3.5; 4 to 1000"),
        ({"surprise": 12.5}, "surprise is 12.5; 0 to 12"),
        ({"low": 60, "high": 66}, "spans 6 semitones; at least 7"),
        ({"low": 70, "high": 60}, "low Bb4 is above high C4"),
        ({"key": 3}, "key is 3; give a Key"),
        ({"form": 3}, "form is 3; a name in quotes"),
    ],
)
def test_settings_outside_their_limits_are_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Settings(**given)  # type: ignore[arg-type]


def test_settings_at_their_limits_are_taken() -> None:
    Settings(bars=1, k=1, max_copy=2, tempo_bpm=4, surprise=0, low=60, high=67)
    Settings(bars=128, k=200, max_copy=64, tempo_bpm=1000, surprise=12, low=0, high=127)


def test_numbers_of_numpy_are_taken_as_plain_ones() -> None:
    settings = Settings(bars=np.int64(4), low=np.int32(60))  # type: ignore[arg-type]
    assert (type(settings.bars), type(settings.low)) == (int, int)
