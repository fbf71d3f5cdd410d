"""Notes, or a pattern of notes, and an index -> the tunes that hold it exactly, transposed or not.

A pattern is typed: ``C4 D ? G * E``. A name is a note; one without an octave is the nearest to the
note before, upwards if two are as near. ``?`` is any one note, and ``*`` none to 16 of any notes.
Before the first name and after the last, ``?`` asks for a note there; ``*`` asks for nothing.
Rhythm does not count in a pattern.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from mer.alignment.aspects import BOTH, aspect_named, check_rhythm, is_pitched
from mer.corpus.corpus import Corpus
from mer.corpus.filters import Filter
from mer.errors import InputError
from mer.notes.arrays import Flags, Ints
from mer.notes.columns import Columns
from mer.notes.melody import TICKS_PER_QUARTER, Melody, Phrase
from mer.notes.names import letter_semitones, note_number
from mer.search.index import PhraseIndex
from mer.search.match import Match
from mer.search.sharing.prints import KINDS, Prints
from mer.search.stack.query import MAX_QUERY_NOTES, MIN_QUERY_NOTES, check_query

ONE, ANY = "?", "*"
MOST_BETWEEN = 16
MOST_SKIPPED = 64  # in all gaps of a pattern together
_BLOCK = 1 << 16  # starts that are looked at together, which bounds the memory


@dataclass(frozen=True)
class Pattern:
    """Notes with gaps between them.

    Parameters
    ----------
    pitch
        MIDI numbers of the notes that are named.
    between
        How many notes may lie between each and the next: at least, and at most.
    before, after
        How many notes a tune has at least before the first of them, and after the last.

    Examples
    --------
    >>> Pattern.parse("C4 D ? G * E ?")
    Pattern(pitch=(60, 62, 67, 64), between=((0, 0), (1, 1), (0, 16)), before=0, after=1)
    """

    pitch: tuple[int, ...]
    between: tuple[tuple[int, int], ...]
    before: int = 0
    after: int = 0

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Return the pattern that is typed.

        Raises
        ------
        InputError
            If a word is no note, fewer than three notes are named, a gap has two ``*``, or the gaps
            skip too much.
        """
        pitch: list[int] = []
        gaps: list[list[str]] = [[]]  # before the first name, between two, after the last
        for word in text.replace(",", " ").split():
            if word in (ONE, ANY):
                gaps[-1].append(word)
            else:
                pitch.append(_pitch(word, pitch[-1] if pitch else 60))
                gaps.append([])
        if not MIN_QUERY_NOTES <= len(pitch) <= MAX_QUERY_NOTES:
            raise InputError(
                f"{text!r} names {len(pitch)} notes; a search needs {MIN_QUERY_NOTES} to "
                f"{MAX_QUERY_NOTES:,}, such as C4 D ? G"
            )
        first, *between, last = map(_skipped, gaps)
        if (skipped := sum(most for _, most in between)) > MOST_SKIPPED:
            raise InputError(
                f"the gaps between the notes of a pattern skip up to {skipped:,}; at most "
                f"{MOST_SKIPPED} are supported, and each {ANY} is {MOST_BETWEEN}: use fewer"
            )
        return cls(tuple(pitch), tuple(between), first[0], last[0])

    @property
    def melody(self) -> Melody:
        """The named notes, a quarter each."""
        quarter = np.full(len(self.pitch), TICKS_PER_QUARTER)
        return Melody(
            pitch=np.array(self.pitch), onset=np.cumsum(quarter) - quarter, duration=quarter
        )


def _skipped(gap: list[str]) -> tuple[int, int]:
    """Return how many notes a gap skips: at least, and at most."""
    single, several = gap.count(ONE), gap.count(ANY)
    if several > 1:
        raise InputError(
            f"{' '.join(gap[:4])!r} has {ANY} twice in one gap of a pattern; one {ANY} is already "
            f"none to {MOST_BETWEEN} notes: leave one"
        )
    return single, single + several * MOST_BETWEEN


def _pitch(word: str, before: int) -> int:
    try:
        if word[-1].isdigit():
            return note_number(word[0].upper() + word[1:])
        up = (letter_semitones(word[0].upper() + word[1:]) - before) % 12
        return before + (up if up <= 6 else up - 12)
    except InputError as error:
        raise InputError(
            f"{word!r} is no note of a pattern; write names such as C4 or F#, ? for any note, * "
            f"for none to {MOST_BETWEEN} of any notes"
        ) from error


def holding(
    query: Melody | Pattern,
    index: PhraseIndex,
    k: int = 10,
    *,
    aspect: str = BOTH,
    where: Filter | None = None,
) -> list[Match]:
    """Return the first place in each of `k` tunes that holds all notes of a query as they are.

    The matches are in the order of the corpus; their phrase is the phrase of the tune, or those,
    in which the place is.

    Parameters
    ----------
    query
        A melody of at least three notes, or a pattern.
    aspect
        What of a melody has to be the same, up to transposition and tempo: a name in
        `mer.alignment.aspects.ASPECTS`. Of a pattern it is always pitch, and of a melody without
        rhythm pitch where it would be both.
    where
        What to look in; the place of an opening begins in a first phrase, that of an ending ends in
        a last one.

    Raises
    ------
    InputError
        If the query is too short or too long, has no rhythm where that is asked for, or there is
        no such aspect.

    Examples
    --------
    >>> from mer.corpus.corpus import Tune
    >>> beat = {"onset": [0, 480, 960, 1440], "duration": [480] * 4}
    >>> tunes = [Tune("a", "Up", "", Melody(pitch=[60, 62, 64, 67], **beat)),
    ...          Tune("b", "Down", "", Melody(pitch=[67, 64, 62, 60], **beat))]
    >>> index = PhraseIndex.build(Corpus.from_tunes(tunes))
    >>> match = holding(Pattern.parse("D4 E ? A"), index)[0]
    >>> match.phrase.title, match.transposition, match.pairs
    ('Up', -2, ((0, 0), (1, 1), (2, 3)))
    """
    corpus = index.corpus
    if isinstance(query, Pattern):
        melody, aspect = query.melody, "pitch"
        places = _of_pattern(corpus.columns("melody"), query)
    else:
        melody = query
        check_query(melody, k)
        check_rhythm(melody, aspect)
        aspect = "pitch" if aspect == BOTH and not melody.rhythm_known else aspect
        places = _of_melody(corpus.columns("melody"), melody, aspect)
    check_query(melody, k)
    places = places[_passing(corpus, places, where)]
    tunes = np.searchsorted(corpus.tunes.bounds, places[:, 0], side="right") - 1
    _, first = np.unique(tunes, return_index=True)
    rows = np.sort(first)[:k]
    return [
        _match(corpus, melody, places[row], int(tunes[row]), "" if aspect == BOTH else aspect)
        for row in rows.tolist()
    ]


def _of_melody(columns: Columns, melody: Melody, aspect: str) -> Ints:
    """Return where all notes of a melody stand one after another, shape (places, notes)."""
    alone, notes = aspect_named(aspect), len(melody)
    prints = Prints.of_columns(alone(columns))
    own = Prints.of_columns(alone(Columns.from_melodies([melody])))
    found = []
    for mine, theirs in product(KINDS, KINDS):
        starts = prints.starts(0, notes)
        starts = starts[prints.first[starts + 1] == own.first[1]]
        for note in range(2, notes):
            starts = starts[prints.full[theirs][starts + note] == own.full[mine][note]]
        found.append(starts)
    starts = np.unique(np.concatenate(found))
    return starts[:, None] + np.arange(notes)


def _of_pattern(columns: Columns, pattern: Pattern) -> Ints:
    """Return where the notes of a pattern stand, once for each start, shape (places, notes)."""
    pitch = columns.pitch.astype(np.int64)
    notes = np.arange(len(pitch))
    before = notes - np.repeat(columns.bounds[:-1], columns.lengths)
    stop = np.repeat(columns.bounds[1:], columns.lengths)
    starts = notes[before >= pattern.before]
    blocks = [
        _places(pitch, stop, starts[at : at + _BLOCK], pattern)
        for at in range(0, len(starts), _BLOCK)
    ]
    return np.concatenate([np.empty((0, len(pattern.pitch)), dtype=np.int64), *blocks])


def _places(pitch: Ints, stop: Ints, starts: Ints, pattern: Pattern) -> Ints:
    """Return where a pattern stands that begins at one of some notes, once for each."""
    places = starts[:, None]
    for name, (least, most) in zip(pattern.pitch[1:], pattern.between, strict=True):
        there = []
        for between in range(least, most + 1):
            last = places[:, -1] + between + 1
            kept = last < stop[places[:, 0]]
            rows, last = places[kept], last[kept]
            same = pitch[last] - pitch[rows[:, 0]] == name - pattern.pitch[0]
            there.append(np.column_stack([rows[same], last[same]]))
        both = np.concatenate(there)
        _, once = np.unique(both[:, 0] * len(pitch) + both[:, -1], return_index=True)
        places = both[once]
    places = places[places[:, -1] + pattern.after < stop[places[:, 0]]]
    _, once = np.unique(places[:, 0], return_index=True)
    return places[once]


def _passing(corpus: Corpus, places: Ints, where: Filter | None) -> Flags:
    if where is None or not len(places):
        return np.ones(len(places), dtype=bool)
    tune = np.searchsorted(corpus.tunes.bounds, places[:, 0], side="right") - 1
    passing = where.tunes(corpus)[tune]
    end = places[:, -1] if where.place == "ending" else places[:, 0]
    phrase = np.searchsorted(corpus.phrase_bounds, end, side="right") - 1
    found: Flags = passing & where.phrases(corpus)[phrase]
    return found


def _match(corpus: Corpus, melody: Melody, place: Ints, number: int, aspect: str) -> Match:
    bounds, tune = corpus.phrase_bounds, corpus.tune(number)
    origin = int(corpus.tunes.bounds[number])
    phrase = int(np.searchsorted(bounds, place[0], side="right")) - 1
    start = int(bounds[phrase]) - origin
    stop = int(bounds[int(np.searchsorted(bounds, place[-1], side="right"))]) - origin
    own = np.searchsorted(bounds, origin)
    notes = place - origin - start
    cut = tune.melody.cut(start, stop)
    moved = int(cut.pitch[notes[0]] - melody.pitch[0]) if is_pitched(aspect) else 0
    return Match(
        phrase=Phrase(
            cut, tune.tune_id, tune.title, tune.collection, phrase - int(own) + 1, start, stop
        ),
        similarity=1.0,
        transposition=moved,
        pairs=tuple(enumerate(notes.tolist())),
        contributions={aspect or BOTH: 1.0},
        number=phrase,
        query=melody,
        aspect=aspect,
    )
