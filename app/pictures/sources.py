"""A collection -> where its tunes come from, who typed them, and under which licence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.visitor.library import OWN
from mer.corpus.shipped import data_folder

_NO_LICENCE = "No licence is noted for this collection."
_OWN_LICENCE = "Yours: read by your visit only, removed when you leave the page."
Noted = Mapping[str, Mapping[str, Any]]  # title of a collection -> its entry in the manifest


@dataclass(frozen=True)
class CollectionSource:
    """What is noted of a collection; what is not known is empty.

    Parameters
    ----------
    book
        Where its tunes were printed, and when; or the composer and the work.
    encoders
        Who typed them.
    licence
        Why they may be used, and how far.
    """

    book: str = ""
    encoders: str = ""
    licence: str = _NO_LICENCE


UNKNOWN = CollectionSource()


def manifest() -> dict[str, dict[str, Any]]:
    """Return what is noted about each shipped collection, by title.

    Examples
    --------
    >>> manifest()["Aird's Airs"]["tunes"] > 1000
    True
    """
    path = data_folder() / "manifest.json"
    if not path.is_file():
        return {}
    noted: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["collections"]
    return {entry["title"]: entry for entry in noted}


def source_of(collection: str, noted: Noted, tune_id: str = "") -> CollectionSource:
    """Return what is noted of a collection; of a tune of it by its composer and work, if they are.

    Examples
    --------
    >>> source_of("Aird's Airs", manifest()).book
    'James Aird, A Selection of Scotch, English, Irish and Foreign Airs, Glasgow, 1778-1801'
    >>> source_of("Famous themes", manifest(), "themes-america-01").book
    'Stephen Foster (1826-1864): Song, 1848'
    >>> source_of("Jigs", {}).licence
    'No licence is noted for this collection.'
    """
    if collection == OWN:
        return CollectionSource(licence=_OWN_LICENCE)
    entry = noted.get(collection, {})
    book = str(entry.get("source", ""))
    dated = f"{book}, {entry['year']}" if book and "year" in entry else book
    return CollectionSource(
        book=str(entry.get("works", {}).get(tune_id, dated)),
        encoders=str(entry.get("encoders", "")),
        licence=str(entry.get("licence", _NO_LICENCE)),
    )
