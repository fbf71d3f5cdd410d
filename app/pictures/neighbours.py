"""Matches -> HTML: one card a tune, with the phrases of it that were found, drawn and to be heard.

The whole tune, as a roll and as a score, is drawn apart: the page fetches it when a card is opened
(see `app.serve.written`). Everything that comes from a file or a user is escaped here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.pictures.cards import player, practice, stage
from app.pictures.engraving import engraved, plain_sheet
from app.pictures.sources import UNKNOWN, CollectionSource, manifest, source_of
from mer.corpus.corpus import Corpus
from mer.notes.drawing import alignment_picture, escape, piano_roll, same_notes
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.names import transposition_words
from mer.search.match import Match

_MOST_COLLECTIONS = 3
TUNES_AT_ONCE = 12  # the others are shown when they are asked for


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
    drawn
        Where the whole tune is fetched from, as HTML.
    source
        What is noted of its collection.
    """

    melody: Melody
    matches: tuple[Match, ...]
    sound: str = ""
    drawn: str = ""
    source: CollectionSource = UNKNOWN


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


def found_tunes(
    matches: Sequence[Match], corpus: Corpus, heard: Callable[[Melody], str]
) -> list[FoundTune]:
    """Return the tunes in which phrases were found, nearest first.

    Parameters
    ----------
    heard
        The address of the sound of a melody, such as ``"sound/..."``; as the last part of
        ``"tune/..."`` it leads to the tune as it is written (see `app.serve.written`).
    """
    noted = manifest()
    found = []
    for mine in by_tune(matches):
        phrase = mine[0].phrase
        melody = corpus.tune(corpus.find(phrase.tune_id)).melody
        sound = heard(melody)
        drawn = sound.replace("sound/", "tune/", 1)
        source = source_of(phrase.collection, noted, phrase.tune_id)
        found.append(FoundTune(melody, mine, sound, drawn, source))
    return found


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
    same = _same(motif, match)
    aligned = alignment_picture(
        motif,
        phrase.melody,
        match.pairs,
        transposition=match.transposition,
        label=f"Your motif above phrase {phrase.number} of {title}: {same}",
    )
    numbers = ", ".join(str(one.phrase.number) for one in tune.matches)
    where = f"{phrase.collection} · phrase{'s' if others else ''} {numbers}"
    summary = (
        f'<span class="rank">{rank}</span><span class="what"><strong>{escape(title)}</strong>'
        f'<span class="line">{escape(where)}</span></span>'
        '<span class="similarity"><span class="hidden">similarity </span>'
        f"{_percent(match)}</span>"
    )
    begins = f"#t={_second(tune, match, tempo_bpm):.3f}" if tune.sound else ""
    return (
        f'<details class="card neighbour" name="neighbour"{" open" if rank == 1 else ""}>'
        f"<summary>{summary}</summary>"
        f'<p class="line">{same}, {transposition_words(match.transposition)}</p>'
        f'<div class="lanes"><span>your motif</span>{aligned}<span>phrase {phrase.number}</span>'
        f"</div>{_phrases(motif, tune, tempo_bpm)}{_whole(tune)}"
        f"{player(tune.sound + begins, f'Play {title} from phrase {phrase.number}')}"
        f"{_source(tune, phrase.collection)}</details>"
    )


def tune_cards(motif: Melody, tunes: Sequence[FoundTune], tempo_bpm: float) -> list[str]:
    """Return the cards of tunes, nearest first, as `tune_card` makes them."""
    ranked = enumerate(tunes, start=1)
    return [tune_card(motif, tune, rank=rank, tempo_bpm=tempo_bpm) for rank, tune in ranked]


def whole_tune(melody: Melody, tempo_bpm: float) -> str:
    """Return a tune as a roll that is played on, as a score, and with what to practise it with.

    Parameters
    ----------
    tempo_bpm
        Quarter notes a minute: what it is played at.
    """
    title = melody.title or "the tune"
    roll = piano_roll(melody, label=f"Piano roll of {title}, the phrases that were found marked")
    score = engraved(plain_sheet(melody), label=f"Score of {title}")
    box = f'<div class="score-box" tabindex="0">{score}</div>' if score else ""
    return f"{stage(roll, melody, tempo_bpm)}{box}{practice(melody)}"


def _phrases(motif: Melody, tune: FoundTune, tempo_bpm: float) -> str:
    """Return the phrases of a tune that were found, each to be played and to be taken."""
    rows = []
    for match in tune.matches:
        number, second = match.phrase.number, _second(tune, match, tempo_bpm)
        heard = (
            f'<button type="button" data-do="play-from" data-second="{second:.3f}" '
            f'aria-label="Play from phrase {number}">Play</button>'
        )
        rows.append(
            f'<li><span class="what">Phrase {number}, {_percent(match)}'
            f'<span class="subdued">{_same(motif, match)}</span></span>{heard * bool(tune.sound)}'
            f'<button type="button" data-do="motif" data-phrase="{match.number}" '
            f'aria-label="Use phrase {number} as the motif">Use as motif</button></li>'
        )
    return f'<ul class="phrases">{"".join(rows)}</ul>'


def _whole(tune: FoundTune) -> str:
    """Return the place of the whole tune; the notes of the phrases are marked when it is there."""
    if not tune.drawn:
        return ""
    found = " ".join(f"{one.phrase.start}-{one.phrase.stop}" for one in tune.matches)
    return (
        '<p class="line whole">the whole tune</p>'
        f'<div class="drawn" data-tune="{escape(tune.drawn)}" data-found="{found}"></div>'
    )


def _source(tune: FoundTune, collection: str) -> str:
    source = tune.source
    encoders = f"Transcription: {source.encoders}." if source.encoders else ""
    told = (f"{source.book or collection}.", encoders, source.licence)
    lines = "".join(f"<p>{escape(line)}</p>" for line in told if line)
    return f'<details class="source"><summary>Source and licence</summary>{lines}</details>'


def _same(motif: Melody, match: Match) -> str:
    same = same_notes(motif, match.phrase.melody, match.pairs, match.transposition)
    return f"{len(same)} of {len(motif)} notes are the same"


def _percent(match: Match) -> str:
    return f"{round(100 * match.similarity)}%"


def _second(tune: FoundTune, match: Match, tempo_bpm: float) -> float:
    """Return when a phrase begins in the sound of its tune, in seconds."""
    begin = tune.melody.onset[match.phrase.start] - tune.melody.onset[0]
    return float(begin) / TICKS_PER_QUARTER * 60 / tempo_bpm


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
        "any speed; a phrase that is shorter than the motif has less. Lines join the notes that "
        "are the same, dashed lines those that were changed."
    )
    first, further = "".join(cards[:TUNES_AT_ONCE]), "".join(cards[TUNES_AT_ONCE:])
    more = (
        f'<button type="button" data-do="more">Show {len(cards) - TUNES_AT_ONCE} more</button>'
        f'<div class="further" hidden>{further}</div>'
    )
    return (
        f'<section class="results"><h2>Nearest tunes</h2><p class="lead">{lead}</p>'
        f"{first}{more * bool(further)}</section>"
    )
