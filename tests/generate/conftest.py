import numpy as np
import pytest

from mer.corpus.corpus import Corpus, Tune
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

RHYTHMS: dict[tuple[int, int], tuple[tuple[int, ...], ...]] = {
    (4, 4): ((480,) * 4, (480, 240, 240, 480, 480), (720, 240, 480, 480), (240,) * 8, (960, 960)),
    (3, 4): ((480,) * 3, (960, 480), (480, 240, 240, 480), (720, 240, 480)),
    (6, 8): ((240,) * 6, (480, 240, 480, 240), (720, 240, 240, 240), (720, 720)),
}
KEYS = (Key(0), Key(2), Key(7), Key(9, "minor"), Key(4, "dorian"), Key(5))


def invented_tune(number: int) -> Tune:
    """Return an eight-bar tune with a phrase every two bars, ending on its tonic."""
    rng = np.random.default_rng(number)
    meter = list(RHYTHMS)[number % 3]
    key = KEYS[number % len(KEYS)]
    bars = [RHYTHMS[meter][int(rng.integers(len(RHYTHMS[meter])))] for _ in range(4)]
    rhythm = [*bars, *bars[:3], (sum(bars[0]),)]
    duration = np.array([ticks for bar in rhythm for ticks in bar])
    starts = np.cumsum([0, *(len(bar) for bar in rhythm)])[:-1:2]
    steps = rng.choice([-2, -1, -1, 0, 1, 1, 2], size=len(duration))
    degree = np.clip(np.cumsum(steps), -4, 7)
    degree[-1] = 0
    octave, step = np.divmod(degree, 7)
    scale = np.array(key.scale)
    scale = np.where(scale < key.tonic, scale + 12, scale)
    melody = Melody(
        pitch=60 + scale[step] + 12 * octave,
        onset=np.cumsum(duration) - duration,
        duration=duration,
        meter=meter,
        key=key,
        phrase_starts=tuple(starts.tolist()),
    )
    return Tune(f"t{number}", f"Tune {number}", "invented", melody)


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return Corpus.from_tunes(invented_tune(number) for number in range(60))


@pytest.fixture(scope="session")
def index(corpus: Corpus) -> PhraseIndex:
    return PhraseIndex.build(corpus)


@pytest.fixture(scope="session")
def index_file(index: PhraseIndex, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("corpus") / "index.npz"
    index.save(path)
    return str(path)
