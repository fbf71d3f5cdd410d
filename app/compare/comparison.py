"""Two measures and a motif -> what they find, how far they agree, and where and why they differ.

HTML for the comparison page; everything that comes from a file or a user is escaped here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.compare.ranking import TOP, Field, match_of, rank_of, telling_notes
from app.explore.measures import MEASURES
from app.pictures.cards import hear_button
from mer.evaluation.agreement import kendall_tau, overlap_at, rank_biased_overlap
from mer.notes.arrays import Floats
from mer.notes.drawing import ACCENT, FADED, alignment_picture, escape, piano_roll
from mer.notes.melody import Melody
from mer.notes.names import counted, transposition_words
from mer.search.figures import shared_figures

_SIDES = ("left", "right")
_RUNS = ("interval-rhythm", "interval")  # of the figures, those that are told
_FIGURES_SHOWN = 2
_NOTES_LISTED = 12


@dataclass(frozen=True, eq=False)
class Side:
    """What one measure finds.

    Parameters
    ----------
    measure
        A name in `app.explore.measures.MEASURES`.
    similarity
        Shape (F,): of every phrase of the field.
    top
        Places of the best phrases, best first.
    """

    measure: str
    similarity: Floats
    top: list[int]

    @property
    def label(self) -> str:
        """What the measure is called."""
        return MEASURES[self.measure].label

    def rank(self, place: int) -> int | None:
        """Return the rank of a phrase, or None if it was not found."""
        return rank_of(self.similarity, place)


def side(field: Field, measure: str, motif: Melody) -> Side:
    """Return what one measure finds for a motif."""
    similarity = field.similarity(measure, motif)
    return Side(measure, similarity, field.top(similarity))


def comparison(
    field: Field,
    motif: Melody,
    sides: tuple[Side, Side],
    heard: Callable[[Melody], str],
    *,
    name: str,
) -> str:
    """Return the two rankings side by side, with their agreement, and where they differ.

    Parameters
    ----------
    name
        What the motif is called.
    heard
        The address of the sound of a melody.
    """
    told = f"{name}: {counted(len(motif), 'note')}."
    both_ways = (sides, (sides[1], sides[0]))
    lists = "".join(_ranking(field, mine, other, heard) for mine, other in both_ways)
    reasons = "".join(_disagreement(field, motif, mine, other) for mine, other in both_ways)
    return (
        f'<section class="results">{_agreement(field, sides, told)}'
        f'<div class="sides">{lists}</div></section>'
        '<section class="results differ"><h2>Where they differ, and why</h2>'
        f'<div class="sides">{reasons}</div></section>'
    )


def _agreement(field: Field, sides: tuple[Side, Side], motif: str) -> str:
    one, two = sides
    common = overlap_at(one.top, two.top, TOP)
    biased = rank_biased_overlap(one.top, two.top)
    either = sorted({*one.top, *two.top})
    tau = kendall_tau(one.similarity[either], two.similarity[either])
    order = "none" if tau is None else f"{tau:+.2f}"
    verdict = (
        "They find much the same."
        if biased >= 0.7
        else "They agree in part."
        if biased >= 0.3
        else "They hardly agree."
    )
    told = (
        (f"{common} of {TOP}", "in both lists"),
        (f"{biased:.2f}", "rank-biased overlap, 0 to 1"),
        (order, "Kendall's tau of the order, -1 to 1"),
    )
    figures = "".join(
        f"<div><dt>{escape(words)}</dt><dd>{escape(figure)}</dd></div>" for figure, words in told
    )
    lead = f"The first {TOP} of {len(field):,} phrases by each; phrases that repeat are left out."
    return (
        f'<h2>{verdict}</h2><p class="lead">{escape(motif)} {lead}</p>'
        f'<dl class="figures three">{figures}</dl>'
    )


def _ranking(field: Field, mine: Side, other: Side, heard: Callable[[Melody], str]) -> str:
    rows = []
    for rank, place in enumerate(mine.top, start=1):
        phrase = field.index.phrase(field.number(place))
        where = f"phrase {phrase.number} · {phrase.collection}"
        there = other.top.index(place) + 1 if place in other.top else None
        elsewhere = other.rank(place)
        if there is not None:
            words, kind = f"{_ordinal(there)} there too", "both"
        elif elsewhere is None:
            words, kind = "not found there", "only"
        else:
            words, kind = f"{_ordinal(elsewhere)} there", "only"
        rows.append(
            f'<li class="{kind}"><span class="rank">{rank}</span>'
            f'<span class="what">{escape(phrase.title or "Untitled")}'
            f'<span class="subdued">{escape(where)}</span></span>'
            f'<span class="there">{words}</span>'
            f"{hear_button(heard(phrase.melody), f'{phrase.title}, phrase {phrase.number}')}</li>"
        )
    description = MEASURES[mine.measure]
    return (
        f'<article class="card ranking"><h3>{escape(description.label)}</h3>'
        f'<p class="line">Compares {escape(description.hears)}. {escape(description.misses)}</p>'
        f"<ol>{''.join(rows)}</ol></article>"
    )


def _disagreement(field: Field, motif: Melody, mine: Side, other: Side) -> str:
    """Return the phrase that one side puts high and the other lowest, and the notes that did it."""
    alone = [place for place in mine.top if place not in other.top]
    head = f"<h3>Found by {escape(mine.label)}</h3>"
    if not alone:
        return (
            f'<article class="card">{head}<p class="line">'
            f"All it puts in its list is in the other list, too.</p></article>"
        )
    far = float("inf")
    # Between rank 1 and rank 10, the one that the other side likes least, early ones first.
    ranks = [(other.rank(place) or far, -at) for at, place in enumerate(alone)]
    place = alone[-max(ranks)[1]]
    number = field.number(place)
    match = match_of(field.index, motif, number, float(mine.similarity[place]))
    phrase = match.phrase
    title = phrase.title or "Untitled"
    elsewhere = other.rank(place)
    there = "does not find it" if elsewhere is None else f"puts it {_ordinal(elsewhere)}"
    line = (
        f"{_ordinal(mine.top.index(place) + 1)} here; {other.label} {there}. "
        f"Phrase {phrase.number} lies {transposition_words(match.transposition)}."
    )
    picture = alignment_picture(
        motif,
        phrase.melody,
        match.pairs,
        transposition=match.transposition,
        label=f"The motif above phrase {phrase.number} of {title}, matched notes joined",
    )
    notes = telling_notes(field, mine.measure, motif, [place])
    return (
        f'<article class="card neighbour">{head}<p class="line">'
        f"<strong>{escape(title)}</strong><br>{escape(line)}</p>"
        f'<div class="lanes"><span>the motif</span>{picture}'
        f"<span>this phrase</span></div>{_reason(motif, mine.label, notes)}"
        f"{_shared(motif, phrase.melody, match.pairs)}</article>"
    )


def _reason(motif: Melody, label: str, notes: list[list[int]] | None) -> str:
    if notes is None or not notes[0]:
        return ""
    chosen = set(notes[0])
    colours = [ACCENT if note in chosen else FADED for note in range(len(motif))]
    words = f"Without {_listed(notes[0])} of the motif it would stand lower by {label}."
    if len(chosen) > 0.8 * len(motif):
        words = f"No few notes decide: nearly all of the motif counts by {label}."
    strip = piano_roll(motif, label=words, colours=colours)
    return f'<p class="why-notes">{escape(words)}</p><div class="strip">{strip}</div>'


def _shared(motif: Melody, phrase: Melody, pairs: Sequence[tuple[int, int]]) -> str:
    if min(len(motif), len(phrase)) < 2:
        return ""
    figures = shared_figures(motif, phrase, pairs)
    chosen = [figure for figure in figures if figure.view in _RUNS][:_FIGURES_SHOWN]
    if not chosen:
        return '<p class="why-notes">They share no two intervals in a row.</p>'
    items = "".join(f"<li>{escape(str(figure))}</li>" for figure in chosen)
    return f'<p class="why-notes">In common:</p><ul class="remarks">{items}</ul>'


def _listed(notes: Sequence[int]) -> str:
    """Return notes, counted from 0, as runs counted from 1.

    Examples
    --------
    >>> _listed([0, 1, 2, 6]), _listed([3])
    ('notes 1-3, 7', 'note 4')
    """
    runs: list[list[int]] = []
    for note in notes:
        if runs and note == runs[-1][-1] + 1:
            runs[-1].append(note)
        else:
            runs.append([note])
    told = [str(r[0] + 1) if len(r) == 1 else f"{r[0] + 1}-{r[-1] + 1}" for r in runs]
    shown = told[:_NOTES_LISTED] + ["…"] * (len(told) > _NOTES_LISTED)
    return f"note{'' if len(notes) == 1 else 's'} {', '.join(shown)}"


def _ordinal(rank: int) -> str:
    """Return a rank as it is said.

    Examples
    --------
    >>> [_ordinal(rank) for rank in (1, 12, 23, 1011)]
    ['1st', '12th', '23rd', '1,011th']
    """
    ending = (
        "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    )
    return f"{rank:,}{ending}"
