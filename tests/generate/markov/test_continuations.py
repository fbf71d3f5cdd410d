"""The continuations of a chain, and citations drawn from them: against the chain's own tables."""

from collections import Counter

import numpy as np
import pytest

from generate.compose import prepare
from generate.markov.continuations import Continuations
from generate.plan.brief import Brief
from generate.plan.habits import alphabet
from generate.plan.settings import Settings
from mer.corpus.corpus import Corpus
from mer.search.index import PhraseIndex


@pytest.fixture(scope="module")
def brief(corpus: Corpus, index: PhraseIndex) -> Brief:
    return prepare(corpus.tune(4).melody.cut(0, 9), index, Settings(bars=8))


# By steps only, and no note three times: there ease of singing changes nothing in the chain.
@pytest.mark.parametrize("before", [(), (0,), (0, 2), (0, 2, 1), (4, 3, 2), (2, 2, 4)])
def test_masses_add_up_to_the_table_of_the_chain(brief: Brief, before: tuple[int, ...]) -> None:
    symbols = alphabet(brief.frame)
    chain = brief.chain(symbols)
    known = Continuations.of(brief, symbols)
    middle = len(symbols) // 2
    history = [middle + step for step in before]
    last = history[-1] if history else middle
    near = [last - 1, last + 1]
    found = []
    for number in near:
        pitch = symbols[[*history, number]]
        found.append(known.masses(pitch)[2].sum())
    table = chain.tables[len(before)][tuple(history)]
    assert found[0] / found[1] == pytest.approx(table[near[0]] / table[near[1]])


def test_masses_are_one_together_where_nothing_else_weighs(brief: Brief) -> None:
    symbols = alphabet(brief.frame)
    known = Continuations.of(brief, symbols)
    history = symbols[[5, 6, 5]]
    masses = [known.masses(np.append(history, pitch))[2].sum() for pitch in symbols.tolist()]
    assert sum(masses) == pytest.approx(1.0)


def test_each_continuation_is_cited_as_often_as_it_counts(brief: Brief) -> None:
    symbols = alphabet(brief.frame)
    known = Continuations.of(brief, symbols)
    pitch = brief.theme.melody.pitch[:4]
    rng = np.random.default_rng(0)
    draws = 1500
    seen: Counter[tuple[int, int]] = Counter()
    ways: Counter[bool] = Counter()
    for _ in range(draws):
        # Whether the notes before are drawn first or not changes nothing for the last.
        _, third = known.drawn(pitch[:3], rng)
        source, last = known.drawn(pitch, rng, third)
        seen[last.place, source.context] += 1
        ways[third.place >= 0 and last.place == third.place + 1] += 1
    place, context, mass = known.masses(pitch)
    share = mass / mass.sum()
    for at in np.unique(place).tolist():
        wanted = float(share[place == at].sum())
        found = sum(number for (other, _), number in seen.items() if other == at)
        assert found / draws == pytest.approx(wanted, abs=0.04)
    for order in range(4):
        wanted = float(share[(context == order) & (place >= 0)].sum())
        cited = sum(n for (other, looked), n in seen.items() if looked == order and other >= 0)
        assert cited / draws == pytest.approx(wanted, abs=0.04)
    # The motif is in the material: it continues itself as it did.
    assert (place[context == 3] == 3).any()
    # As often as both allow, by hand: what each place has in common with the one before it.
    before, _, earlier = known.masses(pitch[:3])
    common = sum(
        min(earlier[before == at - 1].sum() / earlier.sum(), share[place == at].sum())
        for at in np.unique(place[place > 0]).tolist()
    )
    assert ways[True] / draws == pytest.approx(common, abs=0.04)
