"""What a visitor wants to check -> what the page shows: shared runs, tunes, variants, a table.

Plain functions that know nothing of gradio; `app.corpora.newness.page` wires them.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.corpora.newness.check_cards import check_section
from app.corpora.newness.checkables import Checkable
from app.corpora.newness.variant_cards import variants_section
from app.pictures.cards import address
from app.sound.sounds import Offer, Sounds
from app.visitor.library import Library, Shelf
from app.visitor.sessions import Sessions
from generate.sound.instruments import INSTRUMENTS
from generate.sound.performance import DEFAULT_TEMPO_BPM
from mer.corpus.corpus import Tune
from mer.errors import InputError
from mer.io.reading import write_bytes
from mer.notes.melody import Melody
from mer.search.sharing.check import check
from mer.search.sharing.synopsis import synopsis, variants_of
from mer.search.sharing.synopsis_picture import synopsis_as_svg
from mer.search.sharing.telling import check_row, rows_as_csv

TUNES = 5
MOST_ROWS = 100
_FILES_KEPT = 4  # of a kind, of a visitor
Row = dict[str, Any]
_NOTHING = "choose a motif on the first page, or upload a file here"


@dataclass(frozen=True)
class Checks:
    """The actions of the page, bound to what all visitors share."""

    library: Library
    sounds: Sounds
    sessions: Sessions

    def check(
        self, checkable: Checkable | None, rows: tuple[Row, ...], shelf: Shelf | None, visitor: str
    ) -> tuple[str, tuple[Row, ...]]:
        """Return what is shared as HTML, and the rows of the table so far.

        Parameters
        ----------
        rows
            What was checked before in this visit.

        Raises
        ------
        InputError
            If there is nothing to check, or it is too short.
        """
        if checkable is None:
            raise InputError(_NOTHING)
        index = self.library.index_of(shelf)
        found = check(checkable.melody, index, k=TUNES, bars=checkable.bars)
        row = check_row(checkable.name, found)
        rows = (*(one for one in rows if one != row), row)[-MOST_ROWS:]
        file = self._kept(visitor, "check", ".csv", rows_as_csv(rows).encode())
        return check_section(checkable, found, self._heard, (address(file), len(rows))), rows

    def variants(
        self, tune_id: str, checkable: Checkable | None, shelf: Shelf | None, visitor: str
    ) -> str:
        """Return the variants of a tune side by side, as HTML.

        Parameters
        ----------
        tune_id
            A tune of the corpus; "" for what was checked.

        Raises
        ------
        InputError
            If there is no such tune, or it is too short.
        """
        index = self.library.index_of(shelf)
        if tune_id:
            first = index.corpus.tune(index.corpus.find(tune_id))
        elif checkable is not None:
            first = Tune("", checkable.name, "", checkable.melody)
        else:
            raise InputError(_NOTHING)
        found = synopsis(variants_of(first, index))
        picture = synopsis_as_svg(found)
        file = self._kept(visitor, "variants", ".svg", picture.encode())
        return variants_section(found, picture, self._heard, address(file))

    def _heard(self, melody: Melody) -> tuple[str, float]:
        """Return where a melody is heard, and how fast: quarter notes a minute."""
        tempo_bpm = melody.tempo_bpm or DEFAULT_TEMPO_BPM
        return self.sounds.offer(Offer(melody, INSTRUMENTS["flute"], tempo_bpm)), tempo_bpm

    def _kept(self, visitor: str, stem: str, suffix: str, contents: bytes) -> Path:
        """Return a new file in the visitor's folder; of the older ones only the last few stay.

        Of two that are written at once neither removes the other: both are among the last.
        """
        folder = self.sessions.folder(visitor)
        path = folder / f"{stem}-{time.time_ns()}-{secrets.token_hex(2)}{suffix}"
        write_bytes(path, contents)
        for old in sorted(folder.glob(f"{stem}-*{suffix}"))[:-_FILES_KEPT]:
            if old != path:
                old.unlink(missing_ok=True)
        return path
