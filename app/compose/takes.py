"""What the page can do, as plain functions: search, compose, re-roll, play, write files.

Nothing here knows gradio, so that everything here is tested without a browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.compose.links import Link, write_link
from app.compose.wishes import Wishes
from app.sound.sounds import Offer
from generate.compose import prepare, takes
from generate.harmony.arrangement import Arrangement, arrange, save_arrangement, sheet_of
from generate.markov.infill import parse_bars, reroll
from generate.markov.surprise import bits_of
from generate.originality.borrowing import Borrowing
from generate.piece.composition import CORPUS, TARGET, Composition
from generate.piece.given_chords import later
from generate.plan.brief import Brief
from generate.report.credits import credits_of
from generate.report.outlines import outline_of
from generate.report.report import as_json, describe
from generate.report.tables import plan_line
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.io.midi.joined import with_parts
from mer.io.reading import write_bytes, write_text
from mer.notes.arrays import Floats
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.search.index import PhraseIndex
from mer.search.match import Match

NEIGHBOURS_SHOWN = 5
_HEARD_TICKS = 8 * TICKS_PER_QUARTER  # of the tune that a note comes from


@dataclass(frozen=True)
class Take:
    """One piece of new music.

    Parameters
    ----------
    number
        The same number gives the same music.
    composition
        The music, with its sources.
    keeps
        The bars that were kept in each re-roll, such as ``"1-4,7"``, oldest first.
    """

    number: int
    composition: Composition
    keeps: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the take is called on the page: each re-roll makes it another name.

        Examples
        --------
        >>> [Take(1, None, ("1",) * rerolls).name for rerolls in range(4)]
        ['Take 1', 'Take 1′', 'Take 1.2', 'Take 1.3']
        """
        rerolls = len(self.keeps)
        return f"Take {self.number}" + (f".{rerolls}" if rerolls > 1 else "′" * rerolls)

    def title(self, motif: str) -> str:
        """Return what the take is called after the motif.

        Examples
        --------
        >>> Take(1, None).title("Sakura")
        'Sakura, take 1'
        """
        return f"{motif}, {self.name.lower()}"


@dataclass(frozen=True)
class Files:
    """The files of a take."""

    midi: Path
    wav: Path
    musicxml: Path
    abc: Path
    report: Path
    joined: Path

    @classmethod
    def at(cls, stem: Path) -> Files:
        """Return the files that differ from `stem` in their endings."""
        endings = (".mid", ".wav", ".musicxml", ".abc", ".json", "-with-my-tracks.mid")
        return cls(*(stem.with_name(f"{stem.name}{ending}") for ending in endings))


@dataclass(frozen=True)
class Facts:
    """What there is to say about a take.

    Parameters
    ----------
    run
        The longest run of notes shared with any tune.
    begins
        Its first note in the take, from 0.
    title
        The tune; empty if nothing is shared.
    human
        Share of human tunes of that length that share a longer run; None where that is not known.
    bits
        Shape (notes,): information content of each note, in bits.
    plan
        Its plan in letters and who lent it; empty if it has none.
    """

    run: int
    begins: int
    title: str
    human: float | None
    bits: Floats
    plan: str = ""


def brief_of(asked: Link, index: PhraseIndex) -> Brief:
    """Return the phrases nearest the motif, `matches`, best first, and all that composing needs.

    Raises
    ------
    InputError
        If a wish is out of range, or the motif does not fit it.
    """
    settings = asked.wishes.settings()
    if asked.wishes.progression and not settings.opens:
        # The song goes on: its chords are told from the motif's first bar, and that is left out.
        settings = replace(settings, chords=later(settings.chords or "", asked.motif.melody.bars))
    return prepare(asked.motif.melody, index, settings)


def grow(brief: Brief, number: int) -> Take:
    """Return the take with this number; the same number gives the same music.

    Raises
    ------
    InputError
        If the wishes contradict each other.
    """
    return Take(number, takes(brief, np.random.default_rng(number), 1)[0])


def regrow(take: Take, keep: str, brief: Brief) -> Take:
    """Return a take with the bars in `keep` as they were and all others new.

    Raises
    ------
    InputError
        If a bar is not in the piece, or nothing fits between the bars.
    """
    bars = parse_bars(keep, brief.bars_written) if keep.strip() else ()
    rng = np.random.default_rng([take.number, len(take.keeps) + 1])
    made = reroll(take.composition, bars, brief, rng)
    return Take(take.number, made, (*take.keeps, keep))


def check_some_free(keep: str, brief: Brief) -> None:
    """Raise if every bar is to be kept, for a re-roll would change nothing.

    Raises
    ------
    InputError
        If it is so, or the list of bars cannot be read.
    """
    bars = brief.bars_written
    if keep.strip() and len(parse_bars(keep, bars)) == bars:
        raise InputError(f"all {bars} bars are kept: choose fewer, or press New takes")


def arranged(take: Take, asked: Link, brief: Brief) -> Arrangement:
    """Return a take with the chords that are wished for, and a title after the motif."""
    melody = replace(take.composition.melody, title=take.title(asked.motif.name))
    outline = outline_of(take.composition, brief)
    return arrange(melody, asked.wishes.chords, program=asked.wishes.program, outline=outline)


def offered(music: Melody | Arrangement, wishes: Wishes) -> Offer:
    """Return music as it may be heard."""
    played = music.parts if isinstance(music, Arrangement) else music
    return Offer(played, wishes.program, wishes.tempo_bpm)


def cited_by(take: Take, brief: Brief) -> Callable[[int], Melody]:
    """Return what gives, for each note of a take, the tune that it comes from, from there on.

    A few seconds of it: as many bars as a listener needs to know the tune again. It is kept long
    after all else, so it holds the cited tunes alone: no corpus, no index.
    """
    sources, corpus = take.composition.sources, brief.corpus
    names = dict.fromkeys(source.tune_id for source in sources if source.kind == CORPUS)
    tunes = {name: corpus.tune(corpus.find(name)).melody for name in names}
    motif, target = brief.motif, brief.target

    def cited(note: int) -> Melody:
        if not 0 <= note < len(sources):
            raise InputError(f"there is no note {note}; the take has {len(sources)}")
        source = sources[note]
        if source.kind == CORPUS:
            tune = tunes[source.tune_id]
        elif source.kind == TARGET and target is not None:
            tune = target
        else:
            tune = motif
        stop = int(np.searchsorted(tune.onset, tune.onset[source.note] + _HEARD_TICKS))
        return tune.cut(source.note, stop)

    return cited


def save_take(music: Arrangement, take: Take, asked: Link, brief: Brief, files: Files) -> None:
    """Write MIDI, score, ABC and report of a take, as it is arranged.

    Raises
    ------
    InputError
        If a file cannot be written.
    """
    credits = credits_of(take.composition, brief)
    for path in (files.midi, files.musicxml, files.abc):
        save_arrangement(music, path, credits=credits, tempo_bpm=asked.wishes.tempo_bpm)
    _join(music, asked, files, opens=brief.settings.opens)
    kinds = ("midi", "wav", "musicxml", "abc")
    outputs = {kind: getattr(files, kind).name for kind in kinds}
    report = describe(
        brief,
        [take.composition],
        seed_path=asked.motif.name,
        rng_seed=take.number,
        outputs=[outputs],
        arrangements=[music],
    )
    report["kept_bars"] = list(take.keeps)
    write_text(as_json(report), files.report)


def _join(music: Arrangement, asked: Link, files: Files, *, opens: bool) -> None:
    """Write the take beside the other tracks of the MIDI file that its motif is from, if any.

    Parameters
    ----------
    opens
        Whether it begins with the motif, and so where that does; else it comes after it.
    """
    motif = asked.motif
    if motif.file is None or not motif.has_other_tracks:
        return
    # What accompanies it are the tracks that are there.
    sheet = sheet_of(music)
    sheet = replace(sheet, parts=sheet.parts[:1])
    try:
        joined = with_parts(motif.file.read_bytes(), sheet, motif.begin_tick(after=not opens))
    except (InputError, OSError):
        return  # a file that cannot take more tracks, or is gone
    write_bytes(files.joined, joined)


def facts(take: Take, brief: Brief) -> Facts:
    """Return what there is to say about a take: how much it shares, how surprising it is."""
    piece = take.composition
    run = brief.originality.longest_run(piece.melody, piece.sources)
    human = Borrowing.load()
    share = None
    if human.fits(brief.corpus):
        share = human.share_above(run.notes, bars=piece.melody.bars)
    corpus = brief.corpus
    title = "" if run.tune < 0 else corpus.title(run.tune) or corpus.tune_id(run.tune)
    plan = plan_line(corpus, piece) if piece.plan else ""
    return Facts(run.notes, run.start, title, share, bits_of(brief, piece.melody), plan)


def link_of(take: Take, asked: Link) -> str:
    """Return the query of the address that leads to one take alone.

    Examples
    --------
    >>> from app.visitor.motifs import typed_motif
    >>> asked = Link(typed_motif("C4 D E G"), Wishes(takes=3))
    >>> link_of(Take(2, None), asked)
    'notes=C4+D4+E4+G4&takes=1&take=2'
    """
    mine = tuple(reroll for reroll in asked.rerolls if reroll.number == take.number)
    wishes = replace(asked.wishes, take=take.number, takes=1)
    return write_link(replace(asked, wishes=wishes, rerolls=mine))


def file_stem(name: str, take: int) -> str:
    """Return a harmless file name, without ending, for a take.

    Examples
    --------
    >>> file_stem("../The Kesh <Jig>", 2)
    'the-kesh-jig-take-2'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    return f"{slug or 'motif'}-take-{int(take)}"


def take_stem(name: str, take: Take) -> str:
    """Return the name, without ending, of the files of a take of the motif called `name`."""
    stem = file_stem(name, take.number)
    return f"{stem}-reroll-{len(take.keeps)}" if take.keeps else stem


def cited_titles(
    corpus: Corpus, composition: Composition, matches: Sequence[Match]
) -> dict[str, tuple[str, str]]:
    """Return title and collection of every tune that the composition cites, by tune id."""
    phrases = [match.phrase for match in matches]
    known = {phrase.tune_id: (phrase.title, phrase.collection) for phrase in phrases}
    for tune_id in {source.tune_id for source in composition.sources if source.tune_id}:
        if tune_id not in known:
            number = corpus.find(tune_id)
            known[tune_id] = corpus.title(number), corpus.collection(number)
    return known
