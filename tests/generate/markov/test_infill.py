from typing import Any

import numpy as np
import pytest

from generate.compose import compose, prepare, retakes, takes
from generate.markov.infill import parse_bars, prepare_infill, reroll
from generate.plan.settings import Settings
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

MOTIF = Melody(
    pitch=np.array([67, 72, 74, 76, 74]),
    onset=np.array([0, 480, 960, 1440, 1920]),
    duration=np.array([480, 480, 480, 480, 960]),
    meter=(3, 4),
    key=Key(0),
    downbeat=480,
)


def notes_of(melody: Melody, bars: set[int]) -> list[tuple[int, int, int]]:
    """Return pitch, onset and duration of the notes that begin in some bars."""
    bar = (melody.onset - melody.downbeat) // melody.bar_ticks + 1
    rows = zip(melody.pitch.tolist(), melody.onset.tolist(), melody.duration.tolist(), strict=True)
    return [row for row, number in zip(rows, bar.tolist(), strict=True) if number in bars]


KEPT: tuple[set[int], ...] = ({1, 2, 7, 8}, {4}, set(range(1, 9)), {3, 5})


@pytest.mark.parametrize(
    ("verb", "model", "keep"),
    [
        *((verb, "chain", keep) for verb in ("continue", "stitch", "vary") for keep in KEPT),
        *(("continue", "mixture", keep) for keep in KEPT[:2]),
    ],
)
def test_kept_bars_stand_and_the_rest_is_new(
    verb: str, model: str, keep: set[int], index: PhraseIndex
) -> None:
    wishes: dict[str, Any] = {"model": model} if verb == "continue" else {}
    brief = prepare(MOTIF, index, Settings(verb=verb, **wishes))
    piece = takes(brief, np.random.default_rng(1), 1)[0]
    made = reroll(piece, keep, brief, np.random.default_rng(2))
    assert notes_of(made.melody, {0, *keep}) == notes_of(piece.melody, {0, *keep})
    assert made.melody.bars == 8
    assert made.melody.end[-1] == piece.melody.end[-1]
    assert (made.melody == piece.melody) == (len(keep) == 8)
    motif, corpus = MOTIF, index.corpus
    for note, source in enumerate(made.sources):
        cited = motif if source.kind == "motif" else corpus.tune(corpus.find(source.tune_id)).melody
        assert int(cited.pitch[source.note]) + source.transposition == made.melody.pitch[note]
    for place in made.returns:
        assert {s.kind for s in made.sources[place.note : place.note + place.notes]} == {"motif"}


def test_a_given_piece_is_filled_between_its_bars(index: PhraseIndex) -> None:
    tune = index.corpus.tune(0).melody
    brief, given = prepare_infill(tune, index, Settings(model="chain"), {1, 2, 7, 8})
    pieces = retakes(given, {1, 2, 7, 8}, brief, np.random.default_rng(0), 3)
    assert len({piece.melody for piece in pieces}) == 3
    for piece in pieces:
        assert notes_of(piece.melody, {1, 2, 7, 8}) == notes_of(tune, {1, 2, 7, 8})
        own = [s for s in piece.sources if s.kind == "motif" and s.is_statement]
        assert all(s.transposition == 0 for s in own)


def test_the_rhythm_may_stay(index: PhraseIndex) -> None:
    tune = index.corpus.tune(3).melody
    brief, given = prepare_infill(tune, index, Settings(keep_rhythm=True, model="chain"), {1, 2})
    made = reroll(given, {1, 2}, brief, np.random.default_rng(0))
    bar = tune.bar_ticks
    whole = slice(0, int(np.searchsorted(tune.onset, 3 * bar)))
    assert made.melody.onset[whole].tolist() == tune.onset[whole].tolist()
    assert made.melody.pitch.tolist() != tune.pitch.tolist()


def test_lists_of_bars() -> None:
    assert parse_bars("1-3,8", 8) == (1, 2, 3, 8)
    for text, message in (("1-9", "the piece has bars 1 to 8|not in the piece"), ("x", "cannot")):
        with pytest.raises(InputError, match=message):
            parse_bars(text, 8)


def test_what_cannot_be_is_refused(index: PhraseIndex) -> None:
    settings = Settings(model="chain")
    piece = compose(MOTIF, index, settings, np.random.default_rng(0))
    brief = prepare(MOTIF, index, settings)
    with pytest.raises(InputError, match="bar 9 is not in the piece"):
        reroll(piece, {9}, brief, np.random.default_rng(0))
    for wishes, kept in (
        ({"key": Key(2)}, "key"),
        ({"bars": 4}, "bars"),
        ({"form": "A B"}, "form"),
    ):
        with pytest.raises(InputError, match=f"keep-bars keeps the piece.* {kept}"):
            prepare_infill(MOTIF, index, Settings(**wishes), {1})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="keep-bars goes with continue, not with vary"):
        prepare_infill(MOTIF, index, Settings(verb="vary"), {1})
