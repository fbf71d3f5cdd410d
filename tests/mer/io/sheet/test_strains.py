"""What is played twice may be written once."""

import numpy as np

from mer.io.sheet.sheet import ChordSymbol
from mer.io.sheet.strains import Strain, strains, under
from mer.notes.melody import Melody


def bars(letters: str, *, downbeat: int = 0) -> Melody:
    """A bar of four quarters for each letter, of one pitch each."""
    pitch = np.repeat([60 + ord(letter) - ord("a") for letter in letters], 4)
    return Melody(
        pitch=pitch,
        onset=480 * np.arange(len(pitch)),
        duration=[480] * len(pitch),
        meter=(4, 4),
        downbeat=downbeat,
    )


def shape(melody: Melody, symbols: tuple[ChordSymbol, ...] = ()) -> list[str]:
    return [
        f"{start // 1920}-{stop // 1920}" + " twice" * twice
        for start, stop, twice in strains(melody, symbols)
    ]


def test_strains_worked_by_hand() -> None:
    assert shape(bars("abcdabcd")) == ["0-4 twice"]
    assert shape(bars("abcdabce")) == ["0-8"]
    assert shape(bars("abcdabcdefghefgh")) == ["0-4 twice", "8-12 twice"]
    assert shape(bars("abcdefghefgh")) == ["0-4", "4-8 twice"]
    assert shape(bars("abcdabcdefgh")) == ["0-4 twice", "8-12"]
    # The longest there is; three bars are a phrase.
    assert shape(bars("abcdefghabcdefgh")) == ["0-8 twice"]
    assert shape(bars("abcabc")) == ["0-6"]


def test_a_pick_up_belongs_to_the_strain() -> None:
    assert shape(bars("abcdabcd", downbeat=480)) == ["0-4 twice"]


def test_a_note_over_the_edge_is_no_repeat() -> None:
    plain = bars("aaaaaaaa")
    keep = [note for note in range(len(plain)) if note != 16]
    duration = np.array(plain.duration)
    duration[15] = 960
    held = Melody(
        pitch=plain.pitch[keep], onset=plain.onset[keep], duration=duration[keep], meter=(4, 4)
    )
    assert strains(held) == [Strain(0, 15360, twice=False)]


def test_chords_count_as_they_sound() -> None:
    melody = bars("abcdabcd")
    g, c = (ChordSymbol(0, letter, 0, "major", "") for letter in "GC")
    # G holds from the last bar of the first half on, and the second half begins with it.
    same = (g, c._replace(tick=1920), g._replace(tick=5760), c._replace(tick=9600))
    same += (g._replace(tick=13440),)
    assert shape(melody, same) == ["0-4 twice"]
    assert shape(melody, same[:-1]) == ["0-8"]
    assert [one.tick for one in under(same, 7680, 15360)] == [7680, 9600, 13440]
