import numpy as np
import pytest

from generate.compose import prepare, takes
from generate.markov.surprise import bent, bits_of, information, mean_information, tilted
from generate.plan.settings import Settings
from generate.sampling.chain import Chain
from generate.sampling.sampler import Sampler
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

MOTIF = Melody(
    pitch=np.array([64, 64, 65, 67, 67, 65, 64, 62]),
    onset=np.arange(8) * 480,
    duration=np.full(8, 480),
    meter=(4, 4),
    key=Key(0),
)
NEW = np.array([False, True, True, True, True])


@pytest.fixture(scope="module")
def chain() -> Chain:
    rng = np.random.default_rng(1)
    tables = [rng.random((4,) * (order + 1)) ** 2 for order in range(3)]
    return Chain(tuple(table / table.sum(axis=-1, keepdims=True) for table in tables))


def weights() -> np.ndarray:
    table = np.random.default_rng(2).random((5, 4))
    table[0, 1:] = 0.0
    table[4, :2] = 0.0
    return table


@pytest.mark.parametrize("power", [0.3, 1.0, 3.0])
def test_the_mean_is_that_of_many_draws(chain: Chain, power: float) -> None:
    drawn = Sampler(tilted(chain, power), weights()).draw_many(np.random.default_rng(0), 50_000)
    expected = mean_information(chain, weights(), power, NEW)
    assert information(chain, drawn)[:, NEW].mean() == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("target", [1.1, 1.5, 2.0, 2.6])
def test_the_target_is_reached(chain: Chain, target: float) -> None:
    used, reached = bent(chain, weights(), NEW, target)
    assert reached == target
    drawn = Sampler(used, weights()).draw_many(np.random.default_rng(0), 50_000)
    assert information(chain, drawn)[:, NEW].mean() == pytest.approx(target, abs=0.04)


def test_what_cannot_be_reached_is_refused(chain: Chain) -> None:
    with pytest.raises(InputError, match="9 bits a note cannot be reached"):
        bent(chain, weights(), NEW, 9.0)
    with pytest.raises(InputError, match="surprise is 'wild'; choose calm"):
        bent(chain, weights(), NEW, "wild")


def test_pieces_differ_in_surprise(index: PhraseIndex) -> None:
    means = []
    for level in ("calm", "balanced", "adventurous"):
        brief = prepare(MOTIF, index, Settings(surprise=level, bars=8))
        pieces = takes(brief, np.random.default_rng(0), 4)
        bits = [
            bits_of(brief, piece.melody)[[s.kind != "motif" for s in piece.sources]].mean()
            for piece in pieces
        ]
        assert all(piece.target_bits is not None for piece in pieces)
        means.append(np.mean(bits))
    assert means[0] < means[1] < means[2]
