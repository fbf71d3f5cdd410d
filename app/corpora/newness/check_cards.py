"""A check -> HTML: what is shared in each aspect and how usual that is, and a card for each tune.

Everything that comes from a file or a user is escaped here.
"""

from __future__ import annotations

from collections.abc import Callable

from app.corpora.newness.checkables import Checkable
from app.pictures.cards import player, remark_list, stage
from mer.notes.drawing import ACCENT, FADED, alignment_picture, escape, piano_roll
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.names import counted, transposition_words
from mer.search.listing import alignment_line
from mer.search.match import Match
from mer.search.sharing.check import Check, SharedRun
from mer.search.sharing.runs import LEAST_RUN
from mer.search.sharing.stretches import Stretch
from mer.search.sharing.telling import bar_words, no_proof

# Where a melody is heard, and how fast.
Heard = Callable[[Melody], tuple[str, float]]
_NEARLY_ALL, _MUCH, _LITTLE = 0.9, 0.5, 0.25  # shares of its notes


def check_section(checkable: Checkable, found: Check, heard: Heard, table: tuple[str, int]) -> str:
    """Return what was found, as HTML.

    Parameters
    ----------
    heard
        Makes a melody to be heard.
    table
        The address of the table of all checks, and how many it holds.
    """
    place, rows = table
    runs = "".join(_run(found, aspect, run) for aspect, run in found.runs.items())
    cards = "".join(
        _tune_card(found, one, heard(one.tune.melody), rank)
        for rank, one in enumerate(found.stretches, start=1)
    )
    none = '<p class="empty">No tune shares more notes with it than differ.</p>'
    checks = counted(rows, "check")
    return (
        f'<section class="results" role="status"><h2>{escape(verdict(found))}</h2>'
        f'<p class="lead">{escape(checkable.name)}: {counted(len(found.melody), "note")}. '
        f"{escape(no_proof(found.tunes))}</p>{remark_list(checkable.remarks)}"
        f'<ul class="card shared-runs">{runs}</ul>'
        f'<p class="downloads"><span aria-hidden="true">Download</span><a class="download" '
        f'href="{escape(place)}" download="checks.csv"><span class="hidden">Download </span>CSV</a>'
        f'<span class="subdued">{checks} of this visit, a row each</span></p></section>'
        '<section class="results shared-tunes"><h2>Tunes that share most</h2>'
        '<p class="lead">Notes may be changed, left out or put in, and the tune may be transposed. '
        f"Lines join notes that are the same, dashed lines changed ones.</p>{cards or none}"
        f'<p class="own">{variants_button("", "All variants of what is checked")}</p></section>'
    )


def variants_button(tune_id: str, words: str) -> str:
    """Return the button that asks for the variants of a tune; "" is what was checked."""
    return (
        f'<button type="button" data-do="variants" data-tune="{escape(tune_id)}">'
        f"{escape(words)}</button>"
    )


def verdict(found: Check) -> str:
    """Return in a line what was found; of tunes that share as much, two are named."""
    if not found.stretches:
        return "No tune here shares much of it"
    first, notes = found.stretches[0], len(found.melody)
    same = first.same["pitch"]
    alike = [_title(one) for one in found.stretches if one.same["pitch"] == same]
    share = same / notes
    if share < _LITTLE:
        return f"Little of it is in any tune here: at most {same} of {counted(notes, 'note')}"
    how = "All of it, or nearly," if share >= _NEARLY_ALL else "Much of it"
    if share < _MUCH:
        how = "A part of it"
    titles = " and ".join(dict.fromkeys(alike[:2]))
    return f"{how} is in {titles}: {same} of {counted(notes, 'note')}"


def _title(one: Stretch) -> str:
    return one.tune.title or "a tune without a title"


def _run(found: Check, aspect: str, run: SharedRun | None) -> str:
    """Return the longest run in an aspect, and how usual one as long is."""
    if run is None:
        said, bar = f"no run of {LEAST_RUN} notes is shared", ""
    else:
        here = found.span(run.start, run.start + run.notes - 1)
        title = run.tune.title or "a tune without a title"
        said = (
            f"{bar_words(here)} here, {bar_words(run.bars)} of {escape(title)}"
            f" ({escape(run.tune.collection)})"
        )
        if run.transposition is not None:
            said += f", {transposition_words(run.transposition)} there"
        if run.tunes > 1:
            said += f"; as long in {counted(run.tunes - 1, 'other tune')}"
        bar = _usual(run)
    length = "" if run is None else counted(run.notes, "note")
    return (
        f'<li><span class="why">{escape(aspect)}</span><span class="size">{length}</span>'
        f'<span class="line">{said}</span>{bar}</li>'
    )


def _usual(run: SharedRun) -> str:
    share = run.share
    low, high = share.interval
    words = (
        f"{share.value:.0%} of the tunes here ({low:.0%} to {high:.0%}) share a run as long with "
        f"tunes of other titles, in their first {counted(share.notes, 'note')}"
    )
    return (
        f'<span class="usual" aria-hidden="true"><i style="width:{100 * share.value:.1f}%">'
        f'</i></span><span class="line">{words}</span>'
    )


def _tune_card(found: Check, one: Stretch, heard: tuple[str, float], rank: int) -> str:
    """Return the card of a tune: the stretch note against note, and the tune to be heard."""
    tune, title = one.tune, _title(one)
    (first, their_first), (last, their_last) = one.pairs[0], one.pairs[-1]
    mine = found.melody.cut(first, last + 1)
    theirs = tune.melody.cut(their_first, their_last + 1)
    pairs = tuple((a - first, b - their_first) for a, b in one.pairs)
    here = found.span(first, last)
    same = ", ".join(f"{count} in {aspect}" for aspect, count in one.same.items())
    picture = alignment_picture(
        mine,
        theirs,
        pairs,
        transposition=one.transposition,
        label=f"{bar_words(here)} above {bar_words(one.bars)} of {title}, same notes joined",
    )
    phrase = tune._replace(melody=theirs).as_phrase()
    match = Match(phrase, 0.0, one.transposition, pairs, {}, 0, mine)
    sound, tempo_bpm = heard
    begin = float(tune.melody.onset[their_first] - tune.melody.onset[0])
    second = begin / TICKS_PER_QUARTER * 60 / tempo_bpm
    roll = piano_roll(
        tune.melody,
        label=f"Piano roll of {title}, what is shared marked",
        colours=[
            ACCENT if their_first <= note <= their_last else FADED
            for note in range(len(tune.melody))
        ],
    )
    percent = round(100 * one.same["pitch"] / len(found.melody))
    return (
        f'<details class="card neighbour" name="shared"{" open" if rank == 1 else ""}>'
        f'<summary><span class="rank">{rank}</span><span class="what">'
        f'<strong>{escape(title)}</strong><span class="line">{escape(tune.collection)} · '
        f"{bar_words(here)} here, {bar_words(one.bars)} there</span></span>"
        f'<span class="similarity">{percent}%<span class="hidden"> of the '
        "notes</span></span></summary>"
        f'<p class="line">{transposition_words(one.transposition)}; of '
        f"{counted(len(one), 'corresponding note')} the same: {same}</p>"
        f'<div class="lanes"><span>yours, {bar_words(here)}</span>{picture}'
        f"<span>the tune, {bar_words(one.bars)}</span></div>"
        f'<p class="against" tabindex="0" aria-label="The notes of the tune against yours">'
        f"{escape(alignment_line(match))}</p>"
        f'<p class="line whole">the whole tune</p>{stage(roll, tune.melody, tempo_bpm)}'
        f"{player(f'{sound}#t={second:.3f}', f'Play {title} from {bar_words(one.bars)}')}"
        f'<p class="own">{variants_button(tune.tune_id, "All variants of this tune")}</p></details>'
    )
