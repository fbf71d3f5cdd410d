"""Matches -> HTML: one card a tune, with the phrases of it that were found, drawn and to be heard.

Everything that comes from a file or a user is escaped here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.pictures.cards import player, stage
from mer.notes.drawing import ACCENT, FADED, alignment_picture, escape, piano_roll, same_notes
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.names import transposition_words
from mer.search.match import Match

_MOST_COLLECTIONS = 3


@dataclass(frozen=True)
class FoundTune:
    """A tune in which phrases were found.

    Parameters
    ----------
    melody
        The whole tune.
    matches
        The phrases of it that were found, the nearest first.
    sound
        Where the tune is heard.
    """

    melody: Melody
    matches: tuple[Match, ...]
    sound: str = ""


def by_tune(matches: Sequence[Match]) -> list[tuple[Match, ...]]:
    """Return matches, nearest first, tune by tune.

    Examples
    --------
    >>> by_tune([])
    []
    """
    tunes: dict[str, list[Match]] = {}
    for match in matches:
        tunes.setdefault(match.phrase.tune_id, []).append(match)
    return [tuple(found) for found in tunes.values()]


def tune_card(motif: Melody, tune: FoundTune, *, rank: int, tempo_bpm: float = 120.0) -> str:
    """Return the card of one tune: why its nearest phrase matches, and how it sounds.

    The cards fold, and one is open at a time: the first to begin with.

    Parameters
    ----------
    rank
        Among the tunes, from 1.
    tempo_bpm
        Quarter notes a minute: what the sound is played at.
    """
    match, *others = tune.matches
    phrase = match.phrase
    title = phrase.title or "Untitled"
    percent = round(100 * match.similarity)
    same = same_notes(motif, phrase.melody, match.pairs, match.transposition)
    words = f"{len(same)} of {len(motif)} notes are the same"
    aligned = alignment_picture(
        motif,
        phrase.melody,
        match.pairs,
        transposition=match.transposition,
        label=f"Your motif above phrase {phrase.number} of {title}: {words}",
    )
    numbers = ", ".join(str(one.phrase.number) for one in tune.matches)
    where = f"{phrase.collection} · phrase{'s' if others else ''} {numbers}"
    summary = (
        f'<span class="rank">{rank}</span><span class="what"><strong>{escape(title)}</strong>'
        f'<span class="line">{escape(where)}</span></span>'
        f'<span class="similarity"><span class="hidden">similarity </span>{percent}%</span>'
    )
    begin = tune.melody.onset[phrase.start] - tune.melody.onset[0]
    second = float(begin) / TICKS_PER_QUARTER * 60 / tempo_bpm
    sound = f"{tune.sound}#t={second:.3f}" if tune.sound and begin else tune.sound
    return (
        f'<details class="card neighbour" name="neighbour"{" open" if rank == 1 else ""}>'
        f"<summary>{summary}</summary>"
        f'<p class="line">{words}, {transposition_words(match.transposition)}</p>'
        f'<div class="lanes"><span>your motif</span>{aligned}<span>phrase {phrase.number}</span>'
        f"</div>{_whole(tune, title, tempo_bpm)}"
        f"{player(sound, f'Play {title} from phrase {phrase.number}')}"
        f'<p class="own"><button type="button" data-do="motif" data-phrase="{match.number}">'
        f"Use phrase {phrase.number} as the motif</button></p></details>"
    )


def _whole(tune: FoundTune, title: str, tempo_bpm: float) -> str:
    """Return the whole tune as a roll that is played on, with the phrases that were found in it."""
    found = {
        note for match in tune.matches for note in range(match.phrase.start, match.phrase.stop)
    }
    roll = piano_roll(
        tune.melody,
        label=f"Piano roll of {title}, the phrases that were found marked",
        colours=[ACCENT if note in found else FADED for note in range(len(tune.melody))],
    )
    return f'<p class="line whole">the whole tune</p>{stage(roll, tune.melody, tempo_bpm)}'


def tune_list(cards: Sequence[str], phrases: int, collections: Sequence[str]) -> str:
    """Return the section of all tunes.

    Parameters
    ----------
    phrases
        How many were searched.
    collections
        What they are from.

    Examples
    --------
    >>> "5 phrases of Airs and Jigs" in tune_list([], 5, ["Airs", "Jigs"])
    True
    """
    named = list(collections[:_MOST_COLLECTIONS])
    if len(collections) > _MOST_COLLECTIONS:
        named.append(f"{len(collections) - _MOST_COLLECTIONS} more collections")
    listed = " and ".join(filter(None, (", ".join(named[:-1]), named[-1]))) if named else "nothing"
    lead = (
        f"The closest of {phrases:,} phrases of {escape(listed)}, tune by tune. The percentage "
        "says how alike motif and phrase are, note by note: 100% is the same, in any key and at "
        "any speed. Lines join the notes that are the same, dashed lines those that were changed."
    )
    return (
        f'<section class="results"><h2>Nearest tunes</h2><p class="lead">{lead}</p>'
        f"{''.join(cards)}</section>"
    )
