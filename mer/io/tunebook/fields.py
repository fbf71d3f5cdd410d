"""Value of an ABC field -> what it sets: key, metre, unit length, tempo, voice.

Nothing here raises. A value that says nothing comes back as None or as a field that is not
`understood`, and the caller says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from mer.notes.key import MODE_SCALES, Key

LETTER_CLASS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHARPS_ORDER = "FCGDAEB"
_MAJOR_SHARPS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
# First three letters of a mode -> its name, and how many sharps it has more than major.
_MODES = {
    "maj": ("major", 0),
    "ion": ("major", 0),
    "min": ("minor", -3),
    "aeo": ("minor", -3),
    "mix": ("mixolydian", -1),
    "dor": ("dorian", -2),
    "phr": ("phrygian", -4),
    "lyd": ("lydian", 1),
    "loc": ("locrian", -5),
}
_PIPES = {"F": 1, "C": 1}

_PARAMETER = re.compile(
    r"\b(clef|octave|transpose|middle|name|nm|subname|snm|sname|stem|gstem|stems|stafflines|"
    r"staffscale|score|sound|shift|instrument|cue|style|map|dyn|gch|strings|capo)"
    r'\s*=\s*("[^"]*"|[^\s\]]*)',
    re.I,
)
_CLEF = re.compile(
    r"(?<![\w=])(?:treble|bass|baritone|tenor|alto|mezzosoprano|mezzo|soprano|perc|none|auto|[GCF]"
    r"(?=[1-5+-]))[1-5]?(?:(?P<up>\+)|(?P<down>-))?(?P<by>8|15)?(?:v[ab])?(?![\w=])",
    re.I,
)
_OCTAVES_OF_CLEF = re.compile(r"([+-])(8|15)")
_TONIC = re.compile(r"([A-Ga-g])([#b♯♭]?)\s*([A-Za-z]*)")
# German names: H is B; Fis is F sharp, Es and As are E and A flat.
_GERMAN = re.compile(r"(H|[A-G])(is|es|(?<=[EA])s)?(?![a-ln-z])")
_ACCIDENTAL = re.compile(r"([\^_=]+)(?:\d*/\d*)?\s*([A-Ga-g])")
_WHOLE = re.compile(r"[+-]?\d{1,3}")
_FRACTIONS = re.compile(r"\(?\s*(\d{1,3}(?:\s*\+\s*\d{1,3})*)\s*\)?\s*/\s*(\d{1,3})")
_UNIT = re.compile(r"\s*=?\s*(\d{1,4})\s*(?:/\s*(\d{1,4}))?")
_BEATS = re.compile(r"((?:\d{1,3}/\d{1,3}\s*)+)=\s*\D{0,8}?(\d{1,4}(?:\.\d{1,4})?)")
_UNITS = re.compile(r"C\s*(\d{0,3})(?:/(\d{1,3}))?\s*=\s*(\d{1,4}(?:\.\d{1,4})?)", re.I)
_BARE = re.compile(r"\s*(\d{1,4}(?:\.\d{1,4})?)\s*")


@dataclass(frozen=True)
class KeyField:
    """What a ``K:`` field sets.

    Parameters
    ----------
    signature
        Letter (capital) to alteration in semitones, or None if the field names no key at all and
        leaves the one in force.
    key
        Tonic and mode, or None where there is none (``none``, ``HP``, ``exp``).
    shifts
        ``clef``, ``octave`` (both in octaves) and ``transpose`` (semitones), as far as given.
    understood
        Whether the field makes sense.
    """

    signature: Mapping[str, int] | None
    key: Key | None = None
    shifts: Mapping[str, int] = field(default_factory=dict)
    understood: bool = True


@dataclass(frozen=True)
class VoiceField:
    """What a ``V:`` field says: the voice's identifier, its name ("" if not said), its shifts."""

    voice: str
    name: str
    shifts: Mapping[str, int]


def signature_of(sharps: int) -> dict[str, int]:
    """Return letter to alteration for a number of sharps, or of flats if negative.

    Examples
    --------
    >>> signature_of(2), signature_of(-1)
    ({'F': 1, 'C': 1}, {'B': -1})
    """
    order = _SHARPS_ORDER if sharps > 0 else _SHARPS_ORDER[::-1]
    number, sign = abs(sharps), 1 if sharps > 0 else -1
    found = {letter: sign * ((number - place + 6) // 7) for place, letter in enumerate(order)}
    return {letter: alteration for letter, alteration in found.items() if alteration}


def parse_key(value: str) -> KeyField:
    """Return what the value of a ``K:`` field sets.

    Examples
    --------
    >>> parse_key("D Phr ^f").signature
    {'B': -1, 'E': -1, 'F': 1}
    >>> str(parse_key("Edor").key), parse_key("G clef=treble-8 octave=1").shifts
    ('E dorian', {'clef': -1, 'octave': 1})
    >>> parse_key("waltz").understood
    False
    """
    rest, shifts = _without_parameters(value)
    accidentals = {
        letter.upper(): _alteration(signs) for signs, letter in _ACCIDENTAL.findall(rest)
    }
    words = _ACCIDENTAL.sub(" ", rest).split()
    explicit = any(word.lower() == "exp" for word in words)
    words = [word for word in words if word.lower() != "exp"]
    if not words:
        nothing = bool(shifts) and not accidentals and not explicit
        return KeyField(None if nothing else _plain(accidentals), shifts=shifts)
    first = words[0]
    if first.lower() == "none":
        return KeyField(_plain(accidentals), shifts=shifts)
    if first in ("HP", "Hp", "hp"):
        return KeyField({**_PIPES, **accidentals}, shifts=shifts)
    german = _GERMAN.match(first)
    strange = german is not None and german[0] not in LETTER_CLASS
    if german is not None and strange:
        sign = {"": "", "i": "#", "e": "b", "s": "b"}[(german[2] or "")[:1]]
        words[0] = german[1].replace("H", "B") + sign + first[german.end() :]
    found = _TONIC.match(" ".join(words))
    tonic_sharps_mode = None if found is None else _tonic_and_mode(found)
    if tonic_sharps_mode is None:
        return KeyField(_plain(accidentals), shifts=shifts, understood=False)
    tonic, sharps, mode, understood = tonic_sharps_mode
    understood = understood and not strange
    if explicit:
        return KeyField(_plain(accidentals), _key_on(tonic, accidentals), shifts)
    signature = _plain({**signature_of(sharps), **accidentals})
    return KeyField(signature, Key(tonic, mode), shifts, understood)


def _without_parameters(value: str) -> tuple[str, dict[str, int]]:
    """Return a ``K:`` or ``V:`` field without ``name=value`` and clefs, and the shifts in them."""
    shifts: dict[str, int] = {}
    for name, said in _PARAMETER.findall(value):
        said = said.strip('"')
        whole = _WHOLE.fullmatch(said)
        if name.lower() in ("octave", "transpose") and whole:
            shifts[name.lower()] = int(said)
        elif name.lower() == "clef":
            shifts["clef"] = _clef_octaves(said)
    rest = _PARAMETER.sub(" ", value)
    for clef in _CLEF.finditer(rest):
        if clef[0].lower() != "none":
            shifts["clef"] = _clef_octaves(clef[0])
    rest = _CLEF.sub(lambda found: found[0] if found[0].lower() == "none" else " ", rest)
    return re.sub(r"(?<!\S)[+-]8(?:v[ab])?(?!\S)", " ", rest), shifts


def _clef_octaves(clef: str) -> int:
    found = _OCTAVES_OF_CLEF.search(clef)
    return 0 if found is None else (-1 if found[1] == "-" else 1) * (1 if found[2] == "8" else 2)


def _tonic_and_mode(found: re.Match[str]) -> tuple[int, int, str, bool] | None:
    """Return tonic, number of sharps, mode and whether the mode is known; None for no key."""
    letter, sign, word = found.groups()
    short = word[:3].lower()
    if short in ("", "m"):
        short = "min" if short else "maj"
    if short not in _MODES and letter.islower():
        return None
    mode, more = _MODES.get(short, ("major", 0))
    turn = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}[sign]
    tonic = (LETTER_CLASS[letter.upper()] + turn) % 12
    return tonic, _MAJOR_SHARPS[letter.upper()] + 7 * turn + more, mode, short in _MODES


def _key_on(tonic: int, signature: Mapping[str, int]) -> Key | None:
    """Return the key on a tonic whose scale is the signature's, if there is one."""
    classes = {(LETTER_CLASS[letter] + signature.get(letter, 0)) % 12 for letter in LETTER_CLASS}
    for mode, scale in MODE_SCALES.items():
        if {(tonic + step) % 12 for step in scale} == classes:
            return Key(tonic, mode)
    return None


def _alteration(signs: str) -> int:
    return max(-2, min(2, signs.count("^") - signs.count("_")))


def _plain(signature: Mapping[str, int]) -> dict[str, int]:
    return {letter: alteration for letter, alteration in signature.items() if alteration}


def parse_meter(value: str) -> tuple[tuple[int, int] | None, bool]:
    """Return the metre of an ``M:`` field (None if free), and whether the field makes sense.

    Examples
    --------
    >>> parse_meter("C|"), parse_meter("(2+3)/8"), parse_meter("none"), parse_meter("waltz")
    (((2, 2), True), ((5, 8), True), (None, True), (None, False))
    """
    said = value.strip()
    if said.lower() in ("", "none"):
        return None, True
    if said[0] in "Cc" and said[1:2].strip(" |") == "":
        return ((2, 2) if said[1:2] == "|" else (4, 4)), True
    total, denominator, place = Fraction(0), 1, 0
    while found := _FRACTIONS.match(said, place):
        bottom = int(found[2])
        if bottom == 0:
            return None, False
        total += Fraction(sum(map(int, found[1].split("+"))), bottom)
        denominator = max(denominator, bottom)
        plus = re.compile(r"\s*\+\s*").match(said, found.end())
        if plus is None:
            break
        place = plus.end()
    if total <= 0 or (total * denominator).denominator != 1:
        return None, False
    return (int(total * denominator), denominator), True


def parse_length(value: str) -> Fraction | None:
    """Return the unit length of an ``L:`` field in whole notes, or None if it makes no sense.

    Examples
    --------
    >>> parse_length("1/8"), parse_length("1"), parse_length("1/0")
    (Fraction(1, 8), Fraction(1, 1), None)
    """
    found = _UNIT.match(value)
    if found is None or int(found[1]) == 0 or int(found[2] or 1) == 0:
        return None
    return Fraction(int(found[1]), int(found[2] or 1))


def parse_tempo(value: str, unit: Fraction) -> float | None:
    """Return the quarters a minute of a ``Q:`` field, or None if it gives no number.

    Parameters
    ----------
    unit
        Unit length in whole notes, of which the old form ``Q:C3=40`` counts. A number alone, as in
        ``Q:120``, counts quarters: the standard says units, but writers and players mean quarters.

    Examples
    --------
    >>> parse_tempo('"Andante" 3/8=40', Fraction(1, 8)), parse_tempo("C3=40", Fraction(1, 8))
    (60.0, 60.0)
    """
    said = re.sub(r'"[^"]*"?', " ", value)
    if found := _BEATS.search(said):
        beats = [part.split("/") for part in found[1].split()]
        if any(int(bottom) == 0 for _, bottom in beats):
            return None
        beat = sum((Fraction(int(top), int(bottom)) for top, bottom in beats), Fraction(0))
        number = found[2]
    elif found := _UNITS.search(said):
        beat = unit * Fraction(int(found[1] or 1), int(found[2] or 1) or 1)
        number = found[3]
    elif found := _BARE.fullmatch(said):
        beat, number = Fraction(1, 4), found[1]
    else:
        return None
    return round(float(beat * 4 * Fraction(number)), 2) or None


def parse_voice(value: str) -> VoiceField:
    """Return what a ``V:`` field says.

    Examples
    --------
    >>> parse_voice('1 name="Flute" clef=treble-8')
    VoiceField(voice='1', name='Flute', shifts={'clef': -1})
    """
    words = value.split(maxsplit=1)
    rest = words[1] if len(words) > 1 else ""
    label = re.search(r'\b(?:name|nm)\s*=\s*(?:"([^"]*)"?|(\S+))', rest)
    name = (label[1] or label[2] or "") if label else ""
    return VoiceField(words[0] if words else "", name.strip(), _without_parameters(rest)[1])
