"""A corpus -> the longest run that each of its tunes shares with the others: what is usual.

Each tune is compared with all tunes of other titles. The runs are worked out for all tunes at once,
and kept on disk beside the vectors, because a large corpus takes a while.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from mer.alignment.aspects import ASPECTS
from mer.corpus.corpus import Corpus
from mer.corpus.shipped import cache_folder
from mer.corpus.storage import load_arrays, save_arrays
from mer.errors import InputError
from mer.notes.arrays import Array, Flags, Ints
from mer.notes.columns import Columns
from mer.search.sharing.prints import KINDS, Prints, longer
from mer.search.sharing.runs import LEAST_RUN

KIND, VERSION = "mer usual runs", 1
LONGEST = 255
# A share of fewer tunes than this says little, so that a longer melody is compared with stretches
# of fewer notes.
FEWEST_TUNES = 200
_CERTAINTY = 1.96  # standard deviations to either side of 95 of 100
_MOST_FILES = 12
_ARTICLES = frozenset(("the", "a", "an", "ye"))
_DANCES = frozenset(
    ("reel", "jig", "hornpipe", "strathspey", "clog", "waltz", "polka", "march", "air", "song")
)
_SHORT = 3  # letters of a word whose s belongs to it


@dataclass(frozen=True)
class Share:
    """How many of the tunes that a run was compared with share one at least as long.

    Parameters
    ----------
    tunes
        How many do.
    among
        How many there are.
    notes
        How many notes of each tune were looked at.

    Examples
    --------
    >>> share = Share(37, 100, 64)
    >>> share.value, [round(bound, 3) for bound in share.interval]
    (0.37, [0.282, 0.468])
    """

    tunes: int
    among: int
    notes: int

    @property
    def value(self) -> float:
        """The share, 0 to 1."""
        return self.tunes / self.among

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share lies with a certainty of 95 of 100 (Wilson 1927)."""
        z2, count = _CERTAINTY**2, self.among
        middle = (self.tunes + z2 / 2) / (count + z2)
        around = self.tunes * (count - self.tunes) / count + z2 / 4
        half = _CERTAINTY * float(np.sqrt(around)) / (count + z2)
        # Of 0 and 1 rounding may leave a trace.
        return max(min(middle - half, self.value), 0.0), min(max(middle + half, self.value), 1.0)


@dataclass(frozen=True, eq=False)
class Usual:
    """The longest shared run that begins at each note of a corpus, aspect by aspect.

    Parameters
    ----------
    bounds
        Shape (tunes + 1,): where each tune begins.
    longest
        Aspect -> shape (N,): notes of the longest run from there that a tune of another title
        shares; 0 below `LEAST_RUN`, and 255 for more.

    Examples
    --------
    >>> usual = Usual(np.array([0, 5, 9]), {"pitch": np.array([5, 4, 0, 0, 0, 0, 0, 0, 0])})
    >>> usual.of_tunes("pitch", 5).tolist(), usual.of_tunes("pitch", 4).tolist()
    ([5], [4, 0])
    """

    bounds: Ints
    longest: dict[str, Array]

    @classmethod
    def of(cls, corpus: Corpus) -> Usual:
        """Return what is usual in a corpus, from the disk if it has been worked out before."""
        file = cache_folder() / f"usual-{_name(corpus)}.npz"
        bounds = np.asarray(corpus.tunes.bounds, dtype=np.int64)
        with suppress(InputError, KeyError):
            arrays, _ = load_arrays(file, kind=KIND, version=VERSION)
            return cls(bounds, {name: arrays[name] for name in ASPECTS})
        groups = title_groups(corpus)
        longest = {
            name: shared_from(alone(corpus.tunes), groups) for name, alone in ASPECTS.items()
        }
        with suppress(InputError, OSError):
            save_arrays(file, longest, {"kind": KIND, "version": VERSION})
            _forget(file.parent)
        return cls(bounds, longest)

    def of_tunes(self, aspect: str, notes: int) -> Ints:
        """Return the longest shared run in the first notes of each tune that has as many."""
        starts = self.bounds[:-1][np.diff(self.bounds) >= notes]
        if not len(starts):
            return np.zeros(0, dtype=np.int64)
        place = np.arange(notes)
        best = np.zeros(len(starts), dtype=np.int64)
        for ahead in place.tolist():
            run = np.minimum(self.longest[aspect][starts + ahead].astype(np.int64), notes - ahead)
            np.maximum(best, run, out=best)
        return np.where(best < LEAST_RUN, 0, best)

    @cached_property
    def _lengths(self) -> Ints:
        return np.sort(np.diff(self.bounds))[::-1]

    def share(self, aspect: str, run: int, notes: int) -> Share:
        """Return how many tunes share a run of at least `run` notes in that aspect.

        Parameters
        ----------
        run
            Notes, at least `LEAST_RUN`.
        notes
            Of the melody. The first so many notes of each tune are looked at; if fewer than 200
            tunes have as many, as many as 200 tunes have, and at least the run.
        """
        enough = int(self._lengths[min(FEWEST_TUNES, len(self._lengths)) - 1])
        notes = max(min(notes, enough), min(run, LONGEST))
        runs = self.of_tunes(aspect, notes)
        return Share(int((runs >= min(run, LONGEST)).sum()), max(len(runs), 1), notes)


def shared_from(columns: Columns, groups: Ints) -> Array:
    """Return, for each note, the longest run from there that a sequence of another group has too.

    Parameters
    ----------
    groups
        Shape (S,): the group of each sequence.

    Returns
    -------
    numpy.ndarray
        Shape (N,), whole numbers to 255; 0 where it is shorter than `LEAST_RUN`.
    """
    prints, group = Prints.of_columns(columns), groups[columns.sequence]
    stop = np.repeat(columns.bounds[1:], columns.lengths)
    longest = np.zeros(len(group), dtype=np.uint8)
    starts = [prints.starts(kind, LEAST_RUN) for kind in KINDS]
    values = [prints.rolled(kind, LEAST_RUN)[starts[kind]] for kind in KINDS]
    for notes in range(LEAST_RUN, LONGEST + 1):
        shared = _in_several(np.concatenate(values), group[np.concatenate(starts)])
        for kind, flags in zip(KINDS, np.split(shared, [len(starts[0])]), strict=True):
            begins = starts[kind][flags]
            longest[begins] = notes
            room = begins + notes < stop[begins]
            starts[kind] = begins[room]
            values[kind] = longer(values[kind][flags][room], prints, kind, starts[kind], notes + 1)
        if not sum(map(len, starts)):
            break
    return longest


def _in_several(values: Array, group: Ints) -> Flags:
    """Return which values occur in more than one group."""
    order = np.argsort(values, kind="stable")
    ordered, owner = values[order], group[order]
    new = np.ones(len(ordered), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    first = np.flatnonzero(new)
    found = np.zeros(len(values), dtype=bool)
    if len(first):
        several = np.minimum.reduceat(owner, first) != np.maximum.reduceat(owner, first)
        found[order] = np.repeat(several, np.diff(np.append(first, len(ordered))))
    return found


def title_groups(corpus: Corpus) -> Ints:
    """Return the number of the title of each tune, shape (tunes,); tunes without one stand alone.

    Spellings of a title are one title: see `plain_title`.
    """
    known: dict[str, int] = {}
    groups = np.empty(len(corpus), dtype=np.int64)
    for tune in range(len(corpus)):
        title = plain_title(corpus.title(tune)) or f"- {tune}"
        groups[tune] = known.setdefault(title, len(known))
    return groups


def plain_title(title: str) -> str:
    """Return a title without what books spell differently.

    Upper and lower case, marks and hyphens, articles, what follows a dash, the name of the dance
    and the s at the end of a word make no difference.

    Examples
    --------
    >>> plain_title("The Blackbird"), plain_title("BLACKBIRD - Reel")
    ('blackbird', 'blackbird')
    >>> plain_title("Butter-Milk Mary's- Jig") == plain_title("Buttermilk Mary")
    True
    >>> plain_title("Dick Sand's - Hornpipe") == plain_title("Dick Sands' Hornpipe")
    True
    >>> plain_title("The Reel"), plain_title("No. 12"), plain_title("- - -")
    ('reel', 'no 12', '')
    """
    first = re.split(r"\s[-–]+\s?|[-–]+\s", title.casefold().strip(" -–"))[0]
    words = re.findall(r"\w+", re.sub(r"(?<=\w)['’`´=-]+(?=\w)", "", first))
    words = [word for word in words if word not in _ARTICLES]
    named = [word for word in words if word not in _DANCES] or words
    return " ".join(word.removesuffix("s") if len(word) > _SHORT else word for word in named)


def _name(corpus: Corpus) -> str:
    """Return a hash of all that the runs depend on."""
    told = hashlib.sha256(f"{VERSION} {LEAST_RUN} {list(ASPECTS)}".encode())
    columns = corpus.tunes
    for values in (columns.pitch, columns.onset, columns.duration, columns.bounds):
        told.update(np.ascontiguousarray(values).data)
    told.update(title_groups(corpus).tobytes())
    return told.hexdigest()[:24]


def _forget(folder: Path) -> None:
    files = sorted(folder.glob("usual-*.npz"), key=lambda path: path.stat().st_mtime)
    for path in files[:-_MOST_FILES]:
        path.unlink(missing_ok=True)
