"""A brief and its pieces -> the table of neighbours and the line about each piece."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generate.harmony.arrangement import Arrangement, chord_line
from generate.originality.borrowing import Borrowing
from generate.piece.composition import CORPUS, MOTIF, TARGET, Composition
from generate.piece.self_similarity import letters
from generate.plan.brief import Brief
from generate.report.lenders import lenders, lent_line
from mer.corpus.corpus import Corpus
from mer.notes.meter import Meter
from mer.notes.names import counted

if TYPE_CHECKING:
    from generate.piece.given_plan import GivenPlan
    from mer.search.match import Match

_TITLE_WIDTH = 34
_SHOWN_NEIGHBOURS = 8


def neighbour_table(matches: Sequence[Match]) -> Iterator[str]:
    """Yield the lines of a table of neighbours."""
    yield f"      similar  shift  phrase  {'title':<{_TITLE_WIDTH}}  collection"
    for number, match in enumerate(matches, 1):
        phrase = match.phrase
        title = phrase.title or phrase.tune_id
        title = title if len(title) <= _TITLE_WIDTH else title[: _TITLE_WIDTH - 1] + "…"
        yield (
            f"{number:>4}  {match.similarity:>7.3f}  {match.transposition:>+5d}  "
            f"{phrase.number:>6}  {title:<{_TITLE_WIDTH}}  {phrase.collection}"
        )


def summary(brief: Brief, piece: Composition) -> str:
    """Return one line about a piece: size, key, sources, longest copied run."""
    frame = brief.frame
    kinds = Counter(source.kind for source in piece.sources)
    own = sum(source.kind == MOTIF and source.is_statement for source in piece.sources)
    after = kinds[MOTIF] - own
    tunes = len({source.tune_id for source in piece.sources if source.kind == CORPUS})
    target = f", {kinds[TARGET]} from the target" if kinds[TARGET] else ""
    run = brief.originality.longest_run(piece.melody, piece.sources)
    text = (
        f"{piece.verb}, {counted(brief.bars_written, 'bar')} of {Meter(*frame.meter)} in "
        f"{frame.key}, "
        f"{counted(len(piece), 'note')}: {own} from the motif{target}"
    )
    if after:
        text += f", {after} varied from it"
    if tunes:
        text += f", {kinds[CORPUS]} from {counted(tunes, 'tune')}"
    if run.tune < 0:
        return f"{text}; nothing copied"
    title = brief.corpus.title(run.tune) or brief.corpus.tune_id(run.tune)
    text += f"; longest copied run {counted(run.notes, 'note')} ({title})"
    human = Borrowing.load()
    if human.fits(brief.corpus):
        share = human.share_above(run.notes, bars=piece.melody.bars)
        text += f", and {share:.0%} of human tunes share a longer one"
    return text


def plan_line(corpus: Corpus, piece: Composition, *, given: GivenPlan | None = None) -> str:
    """Return the plan of a piece in letters, and the tune that lent it, if it is not given."""
    title = lender_title(corpus, piece)
    if given is not None and not title and any(bar.recurrence for bar in given.bars):
        return f"{given.form or letters(piece.plan)}, given"
    return f"{letters(piece.plan)}, lent by {title or 'no tune'}"


def lender_title(corpus: Corpus, piece: Composition) -> str:
    """Return the title of the tune that lent the plan of a piece; the empty string for none."""
    if not piece.lender:
        return ""
    return corpus.title(corpus.find(piece.lender)) or piece.lender


def account(
    brief: Brief,
    pieces: Sequence[Composition],
    names: Sequence[str],
    remarks: Sequence[str],
    arrangements: Sequence[Arrangement],
) -> Iterator[str]:
    """Yield the lines that the command line prints: neighbours, remarks, pieces, chords.

    Parameters
    ----------
    names
        Per piece, the files that it was written to.
    remarks
        Sentences for the user; each is printed once.
    arrangements
        Per piece, the arrangement whose chords are printed.
    """
    yield from neighbour_table(brief.matches[:_SHOWN_NEIGHBOURS])
    hidden = len(brief.matches) - _SHOWN_NEIGHBOURS
    if hidden > 0:
        yield f"      and {hidden} more"
    yield from (f"note: {remark}" for remark in dict.fromkeys(remarks))
    for name, piece in zip(names, pieces, strict=True):
        yield f"{name}: {summary(brief, piece)}"
        if piece.plan:
            yield f"plan: {plan_line(brief.corpus, piece, given=brief.given_plan)}"
            yield lent_line(brief.corpus, lenders(piece))
    for one in arrangements:
        if one.chords:
            yield f"chords ({one.style}): {chord_line(one.chords)}"
