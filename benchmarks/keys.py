"""How often is the key of a two-bar opening guessed right? The page docs/experiments/keys.md.

    python benchmarks/keys.py [--tunes 250] [--kind 150] [--session FILE] [--page]

Openings are drawn from the shipped tunes; every drawn tune is held out of the index together with
its relatives and duplicates (`benchmarks/relatives.py`), and its key is withheld. `profile` is the
guess from the notes alone that the votes are to beat, `vote` the tonic and the mode that most tunes
vote for, `vote and notes` what generation uses (`mer.search.keys`). Further openings are drawn for
each kind of key, where a draw of all has few.

Then the same openings come with a key: the right one, which should stay, and wrong ones, which
should not. Outside the corpus: openings of a file of The Session's tunes, if it is there, and the
typed motifs of `benchmarks/typed_motifs.abc`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path

import numpy as np
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from distribution import MOTIF_BARS, first_bars, held_out
from relatives import related

from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.io import read_melody
from mer.notes.key import Key, estimate_key
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.meter import Meter
from mer.search.index import PhraseIndex
from mer.search.keys import VOTERS, KeyVote, guess_key, with_key

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "experiments" / "keys.md"
TYPED = ROOT / "benchmarks" / "typed_motifs.abc"
SESSION = ROOT.parent / "shared" / "benchmarks" / "thesession_background.jsonl.gz"
# The openings on which the multiples of the vote were chosen, by seed: left out here.
CHOSEN_ON = {100: 400, 7: 250}
KINDS = {"major": ("major",), "minor": ("minor",)}
MODAL = "modal"


@dataclass(frozen=True)
class Opening:
    """A motif, its key, and what was found of it."""

    motif: Melody
    key: Key
    vote: KeyVote
    index: PhraseIndex

    def with_key(self, key: Key) -> Key | None:
        """Return the key that is taken where it comes with this one."""
        given = replace(self.motif, key=key)
        return with_key(given, self.index, self.vote.matches)[0].key


def by_profile(opening: Opening) -> Key:
    """Return the key that the notes alone say, as generation guessed it before there were votes."""
    motif = opening.motif
    return estimate_key(motif.pitch, motif.duration, final_weight=0.1)


def by_vote(opening: Opening) -> Key:
    """Return the tonic with most votes, weighted by similarity, and its commonest mode."""
    votes: dict[Key, float] = {}
    for match in opening.vote.matches:
        key = match.phrase.melody.key
        if key is not None:
            own = key.transpose(-match.transposition)
            votes[own] = votes.get(own, 0.0) + match.similarity
    tonics = [sum(v for key, v in votes.items() if key.tonic == tonic) for tonic in range(12)]
    best = int(np.argmax(tonics))
    return max((key for key in votes if key.tonic == best), key=lambda key: votes[key])


GUESSES: dict[str, Callable[[Opening], Key]] = {
    "profile": by_profile,
    "vote": by_vote,
    "vote and notes": lambda opening: opening.vote.key,
}


def share(right: Sequence[bool]) -> str:
    """Return a share and its 95% interval (Wilson 1927).

    Examples
    --------
    >>> share([True] * 8 + [False] * 2)
    '.80 (.49-.94)'
    """
    n, z = len(right), 1.96
    if not n:
        return "-"
    p = sum(right) / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{_short(p)} ({_short(max(middle - half, 0.0))}-{_short(min(middle + half, 1.0))})"


def _short(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")


def kind_of(key: Key) -> str:
    """Return ``major``, ``minor`` or ``modal``."""
    return next((kind for kind, modes in KINDS.items() if key.mode in modes), MODAL)


def openings(
    corpus: Corpus, index: PhraseIndex, numbers: Sequence[int], name: str
) -> list[Opening]:
    """Return the openings of some tunes, searched for where neither they nor relatives are."""
    removed = np.unique(np.concatenate(related(corpus, numbers))).tolist()
    rest = index.remove([corpus.tune_id(number) for number in removed])
    motifs = [first_bars(corpus.tune(number).melody, MOTIF_BARS) for number in numbers]
    return searched(motifs, rest, name)


def searched(motifs: Iterable[Melody], index: PhraseIndex, name: str) -> list[Opening]:
    """Return motifs that have a key, each with the vote of what it was found in without it."""
    found = []
    for motif in tqdm(list(motifs), desc=name, unit="motif", disable=None):
        assert motif.key is not None
        bare = replace(motif, key=None)
        matches = index.search(bare, VOTERS, distinct=True)
        found.append(Opening(bare, motif.key, guess_key(bare, index, matches=matches), index))
    return found


def table(sets: dict[str, list[Opening]]) -> list[str]:
    """Return the rows of the main table."""
    lines = [
        "| openings | number | guess | tonic right | tonic and mode right |",
        "|---|---|---|---|---|",
    ]
    for name, of_it in sets.items():
        for guess, function in GUESSES.items():
            keys = [function(opening) for opening in of_it]
            tonic = _tonic_right(keys, of_it)
            whole = [k == o.key for k, o in zip(keys, of_it, strict=True)]
            lines.append(f"| {name} | {len(of_it)} | {guess} | {share(tonic)} | {share(whole)} |")
    return lines


def given_table(of_it: Sequence[Opening]) -> list[str]:
    """Return the rows on openings that come with a key."""
    lines = ["| key that comes with it | stays | tonic right then |", "|---|---|---|"]
    wrong = {f"{n} semitones too high": n for n in (1, 2, 3, 5, 6, 7, 10)}
    for name, shift in {"the right one": 0, **wrong}.items():
        given = [opening.key.transpose(shift) for opening in of_it]
        taken = [o.with_key(key) for o, key in zip(of_it, given, strict=True)]
        stays = [a == b for a, b in zip(given, taken, strict=True)]
        right = [
            k is not None and k.tonic == o.key.tonic for k, o in zip(taken, of_it, strict=True)
        ]
        lines.append(f"| {name} | {share(stays)} | {share(right)} |")
    always = Key(0)
    taken = [opening.with_key(always) for opening in of_it]
    right = _tonic_right(taken, of_it)
    before = [opening.key.tonic == 0 for opening in of_it]
    kept = share([k == always for k in taken])
    lines.append(f"| C major, whatever it is (right: {share(before)}) | {kept} | {share(right)} |")
    return lines


def _tonic_right(keys: Sequence[Key | None], of_it: Sequence[Opening]) -> list[bool]:
    both = zip(keys, of_it, strict=True)
    return [key is not None and key.tonic == opening.key.tonic for key, opening in both]


def session(path: Path, count: int, seed: int) -> list[Melody]:
    """Return openings of a file of labelled melodies."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found: list[Melody] = []
    for number in np.random.default_rng(seed).permutation(len(rows)).tolist():
        row = rows[number]
        onset = np.rint((np.array(row["onset"]) - row["onset"][0]) * TICKS_PER_QUARTER).astype(int)
        length = np.rint(np.array(row["duration"]) * TICKS_PER_QUARTER).astype(int)
        length[:-1] = np.minimum(length[:-1], np.diff(onset))
        try:
            meter = Meter.parse(row["meter"])
            key = Key.parse(row["key"])
            whole = Melody(pitch=row["pitch"], onset=onset, duration=length, meter=meter, key=key)
            motif = first_bars(whole, MOTIF_BARS)
        except (InputError, KeyError):
            continue
        if 4 <= len(motif) <= 24:
            found.append(motif)
        if len(found) == count:
            break
    return found


def typed() -> list[Melody]:
    """Return the typed motifs."""
    tunes = TYPED.read_text(encoding="utf-8").count("\nX:")
    return [read_melody(TYPED, tune=number).melody for number in range(1, tunes + 1)]


def drawn(corpus: Corpus, count: int, kind: int, seed: int) -> dict[str, list[int]]:
    """Return the numbers of the tunes of each set: of all, and of each kind of key."""
    used = {n for s, many in CHOSEN_ON.items() for n in _order(corpus, s, many)}
    order = [n for n in _order(corpus, seed, len(corpus)) if n not in used]
    sets = {"all": order[:count]}
    for name in (*KINDS, MODAL):
        sets[name] = [n for n in order if kind_of(_key(corpus, n)) == name][:kind]
    return sets


def _order(corpus: Corpus, seed: int, many: int) -> list[int]:
    return held_out(corpus, many, np.random.default_rng(seed), MOTIF_BARS)


def _key(corpus: Corpus, number: int) -> Key:
    key = corpus.tune(number).melody.key
    assert key is not None
    return key


def main() -> None:
    """Search, guess, print the tables and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--tunes", type=int, default=250, help="openings of all kinds")
    parser.add_argument("--kind", type=int, default=150, help="openings of each kind of key")
    parser.add_argument("--session", type=Path, default=SESSION, help="labelled melodies outside")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--page", action="store_true", help=f"write {PAGE.name}")
    options = parser.parse_args()
    if min(options.tunes, options.kind) < 1 or options.seed < 0:
        parser.error("1 tune and a seed of 0 are the least")
    index = PhraseIndex.load(None)
    corpus = index.corpus
    sets = {
        name: openings(corpus, index, numbers, name)
        for name, numbers in drawn(corpus, options.tunes, options.kind, options.seed).items()
    }
    given = given_table(sets["all"])
    if options.session.exists():
        outside = session(options.session, options.tunes, options.seed)
        sets["The Session"] = searched(outside, index, "The Session")
    sets["typed"] = searched(typed(), index, "typed")
    text = "\n".join([*table(sets), "", *given, ""])
    print(text)
    if options.page:
        start = PAGE.read_text(encoding="utf-8").partition("<!-- tables -->")[0]
        PAGE.write_text(f"{start}<!-- tables -->\n\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main()
