"""Themes + independent encodings of the same tunes -> the share of notes that are the same.

The others were typed by other hands: tunes of the shipped pack, songs of Essen (built with `mer
corpus build essen`) and scores that music21 carries. Each is aligned as a search aligns, under the
best transposition. Where the two differ it may be a mistake of one of them, or another version.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mer.build.collections import music21_corpus
from mer.corpus.corpus import Corpus, Tune
from mer.io import read_melody
from mer.notes.melody import Melody
from mer.notes.names import pitch_name
from mer.search.index import PhraseIndex

# Title -> tunes of the pack or of Essen by their ids, scores by their path and part.
PEERS: dict[str, tuple[str, ...]] = {
    "Alle meine Entchen": ("essen-kinder0-0149",),
    "Alle Vögel sind schon da": ("essen-erk20-0213",),
    "Am Brunnen vor dem Tore": ("schubert/Lindenbaum.xml:1", "essen-boehme20-0031"),
    "Battle Hymn of the Republic": ("misc-americanfife-0019",),
    "Deck the Halls": ("aird-0588",),
    "Der Mond ist aufgegangen": ("essen-boehme10-0199",),
    "Die Lorelei": ("essen-boehme10-0092", "essen-fink0-0440"),
    "Drunken Sailor": ("misc-americanfife-0020",),
    "Ein feste Burg": ("bach-bwv302", "essen-erk30-0626"),
    "For He's a Jolly Good Fellow": ("essen-lux-0413", "aird-0461"),
    "Fuchs, du hast die Gans gestohlen": ("essen-fink0-0124",),
    "God Save the King": ("misc-americanfife-0010", "aird-0523", "essen-boehme20-0226"),
    "Gott erhalte Franz den Kaiser (Haydn)": ("essen-boehme10-0001",),
    "Hänschen klein": ("essen-dva0-0191",),
    "In dulci jubilo": ("bach-bwv368", "essen-erk30-0602"),
    "Jasmine Flower": ("essen-han1-0243", "essen-han2-0045", "essen-han2-0060"),
    "Kuckuck, Kuckuck, ruft's aus dem Wald": ("essen-boehme20-0136", "essen-fink0-0422"),
    "La donna è mobile (Verdi)": ("verdi/laDonnaEMobile.mxl:1",),
    "La Marseillaise": ("aird-0604",),
    "Londonderry Air (Danny Boy)": ("oneills-0316", "oneills-0188"),
    "Maple Leaf Rag (Joplin)": ("joplin/maple_leaf_rag.mxl:1",),
    "Nun danket alle Gott": ("bach-bwv79.3", "bach-bwv252", "essen-erk30-0628"),
    "O du lieber Augustin": ("essen-erk20-0356", "essen-fink0-0076"),
    "O Sanctissima": ("essen-boehme20-0268",),
    "O Tannenbaum": ("essen-boehme20-0148",),
    "Old Hundredth": ("bach-bwv130.6", "bach-bwv326"),
    "Pop Goes the Weasel": ("ryans-0809",),
    "Praise to the Lord, the Almighty": ("bach-bwv137.5", "essen-erk30-0631"),
    "Prelude in C (Bach)": ("bach/bwv846.mxl:1",),
    "Silent Night": ("essen-boehme20-0270",),
    "Sonata facile (Mozart)": ("mozart/k545/movement1_exposition.mxl:1",),
    "The British Grenadiers": ("misc-americanfife-0006",),
    "The Irish Washerwoman": ("ryans-0438", "aird-0619"),
    "The Star-Spangled Banner": ("misc-americanfife-0026",),
    "Twinkle, Twinkle, Little Star": ("aird-0369",),
    "Yankee Doodle": ("misc-americanfife-0030", "aird-0102"),
}


@dataclass(frozen=True)
class Comparison:
    """How one other encoding compares: notes that are the same, of how many, and what differs."""

    peer: str
    same: int
    notes: int
    differing: tuple[str, ...]


def peer_melody(name: str, corpora: list[Corpus]) -> Melody | None:
    """Return the melody that a name of `PEERS` stands for, None where no corpus holds it."""
    if "/" in name:
        path, part = name.rsplit(":", 1)
        return read_melody(music21_corpus() / path, track=int(part)).melody
    for corpus in corpora:
        (number,) = corpus.found([name]).tolist()
        if number >= 0:
            return corpus.tune(number).melody
    return None


def compared(theme: Melody, other: Melody, peer: str) -> Comparison:
    """Return how the notes of a theme compare with another encoding of the tune.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64, 65, 67], onset=range(0, 2400, 480), duration=[480] * 5)
    >>> other = Melody(pitch=[67, 69, 71, 71, 74], onset=range(0, 2400, 480), duration=[480] * 5)
    >>> compared(tune, other, "x").same, compared(tune, other, "x").differing
    (4, ('4: F4, there E4',))
    """
    corpus = Corpus.from_tunes([Tune("peer", "", "", other)])
    (match,) = PhraseIndex.build(corpus, unit="melody").search(theme, k=1, method="motif")
    paired = dict(match.pairs)
    told, same = [], 0
    for note, pitch in enumerate(theme.pitch.tolist()):
        place = paired.get(note)
        there = None if place is None else int(other.pitch[place]) - match.transposition
        if there == pitch:
            same += 1
        else:
            name = "none" if there is None else pitch_name(there)
            told.append(f"{note + 1}: {pitch_name(pitch)}, there {name}")
    return Comparison(peer, same, len(theme), tuple(told))


def comparisons(title: str, theme: Melody, corpora: list[Corpus]) -> Iterator[Comparison]:
    """Yield a comparison for each other encoding of a theme that music21 or a corpus holds."""
    for name in PEERS.get(title, ()):
        if (melody := peer_melody(name, corpora)) is not None:
            yield compared(theme, melody, name)
