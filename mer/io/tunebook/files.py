"""ABC file -> the melody of one of its tunes, chosen by number or title, and remarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mer.errors import InputError
from mer.io.reading import Reading, read_bytes
from mer.io.tunebook.text import TuneText, clean_title, decoded, split_tunebook
from mer.io.tunebook.tunes import TuneReading, read_tune

MAX_BYTES = 10_000_000
_LISTED = 8


def tunes_of(path: str | Path) -> list[TuneText]:
    """Return the tunes of an ABC file, not read yet.

    Raises
    ------
    InputError
        If the file cannot be opened, is too large, is no text or holds no tune.
    """
    source = Path(path)
    content = read_bytes(source, MAX_BYTES)
    try:
        tunes = split_tunebook(decoded(content))
    except InputError as error:
        raise InputError(f"{source}: {error}") from error
    if not tunes:
        raise InputError(f"{source}: holds no ABC tune; no line begins with 'X:' or 'K:'")
    return tunes


def read_abc(
    path: str | Path, *, track: int | str | None = None, tune: int | str | None = None
) -> Reading:
    """Return the melody of one tune of an ABC file, by default the first that holds music.

    Parameters
    ----------
    track
        Number (from 1) or name of the voice to take.
    tune
        The tune's number in its ``X:`` field, or its title.

    Raises
    ------
    InputError
        If the file cannot be read, the tune is not there or holds no notes.
    """
    tunes = tunes_of(path)
    try:
        if tune is not None:
            text, remark = _wanted(tunes, tune), ""
            reading = read_tune(text, track=track)
        else:
            text, reading, remark = _first(tunes, track)
        if reading.melody is None or reading.reading is None:
            raise InputError(reading.problem)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    melody = reading.melody if text.titled else replace(reading.melody, title="")
    said = [remark] if remark else []
    choices = _choices(tunes)
    return reading.reading._replace(
        melody=melody,
        remarks=(*said, *reading.mended, *reading.remarks),
        tunes=tuple((asked, label) for _, asked, label in choices),
        tune=next((asked for other, asked, _ in choices if other is text), ""),
    )


def _choices(tunes: Sequence[TuneText]) -> list[tuple[TuneText, str, str]]:
    """Return each tune, what to ask for to get it, and its number and title; [] for a single one.

    A tune that neither its number nor its title tells from the others cannot be asked for.
    """
    if len(tunes) == 1:
        return []
    numbers = Counter(text.number for text in tunes)
    titles = Counter(text.title.casefold() for text in tunes)
    found = []
    for text in tunes:
        label = f"{text.number}. {text.title}" if text.titled else str(text.number)
        if numbers[text.number] == 1:
            found.append((text, str(text.number), label))
        elif text.title and titles[text.title.casefold()] == 1:
            found.append((text, text.title, label))
    return found


def _first(tunes: Sequence[TuneText], track: int | str | None) -> tuple[TuneText, TuneReading, str]:
    """Return the first tune that holds music, or else the first; and a remark."""
    first = text, reading = tunes[0], read_tune(tunes[0], track=track)
    if reading.melody is None:
        others = ((other, read_tune(other, track=track)) for other in tunes[1:])
        text, reading = next((one for one in others if one[1].melody is not None), first)
    if len(tunes) == 1:
        return text, reading, ""
    return (
        text,
        reading,
        f"took the first tune, {text.title!r}, of {len(tunes)} in the file; the option tune "
        "takes another, by number (X:) or title",
    )


def _wanted(tunes: Sequence[TuneText], tune: int | str) -> TuneText:
    """Return the tune that is meant: its number, its title, part of one title alone."""
    wanted = str(tune).strip()
    if wanted.removeprefix("X:").strip().isdecimal():
        number = wanted.removeprefix("X:").strip()[:12]
        found = [text for text in tunes if text.number == int(number)]
        if found:
            return found[0]
    title = wanted.casefold()
    forms = (title, clean_title(wanted).casefold())
    exact = [text for text in tunes if title and text.title.casefold() in forms]
    partial = [text for text in tunes if title and title in text.title.casefold()]
    if exact or len(partial) == 1:
        return (exact or partial)[0]
    what = f"{len(partial)} tunes match {wanted[:40]!r}" if partial else f"no tune {wanted[:40]!r}"
    raise InputError(f"{what}; there are {len(tunes)}: {_listing(partial or tunes)}")


def _listing(tunes: Sequence[TuneText]) -> str:
    shown = [f"{text.number} {text.title!r}" for text in tunes[:_LISTED]]
    return ", ".join(shown) + (", ..." if len(tunes) > _LISTED else "")
