"""What several tests of the page need: a small index, and visits that sound quickly."""

from pathlib import Path

import numpy as np
import pytest

from app.motifs import example_motifs
from app.sessions import Sessions
from app.visits import Visits
from generate import audio
from generate.synthesis import SYNTHESISERS
from mer.corpus import Corpus, Tune
from mer.index import PhraseIndex
from mer.io import save_melody
from mer.key import Key
from mer.melody import Melody

WALK_UP = Melody(
    pitch=[67, 69, 71, 74, 71, 69],
    onset=[0, 240, 480, 720, 960, 1200],
    duration=[240] * 6,
    meter=(4, 4),
    key=Key(7),
)


@pytest.fixture(scope="session")
def walking_index() -> PhraseIndex:
    """An index of forty tunes that walk up and down the G major scale."""
    rng = np.random.default_rng(5)
    scale = np.array([62, 64, 66, 67, 69, 71, 72, 74, 76, 78, 79])
    tunes = []
    for number in range(40):
        steps = np.clip(5 + np.cumsum(rng.integers(-2, 3, 63)), 0, 10)
        pitch = np.append(scale[steps], 67)
        tunes.append(
            Tune(
                f"t{number}",
                f"Tune <{number}>",
                "made & up",
                Melody(
                    pitch=pitch,
                    onset=np.arange(64) * 240,
                    duration=np.full(64, 240),
                    meter=(4, 4),
                    key=Key(7),
                    phrase_starts=tuple(range(0, 64, 8)),
                ),
            )
        )
    return PhraseIndex.build(Corpus.from_tunes(tunes))


@pytest.fixture
def visits(walking_index: PhraseIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Visits:
    """The actions of the page over a small index, with one example, "Walk up"."""
    plain = "plain synthesiser"
    monkeypatch.setattr(audio, "SYNTHESISERS", {plain: SYNTHESISERS[plain]})
    folder = tmp_path / "motifs"
    folder.mkdir()
    save_melody(WALK_UP, folder / "walk-up.mid")
    return Visits(walking_index, None, Sessions(tmp_path / "visitors"), example_motifs(folder))
