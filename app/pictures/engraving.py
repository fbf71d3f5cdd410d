"""Score as MusicXML -> SVG, engraved by verovio where that is installed (the extra ``score``).

Two pictures are made, for wide and for narrow pages: the style sheet shows the one that fits.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from types import MappingProxyType

from generate.harmony.arrangement import Arrangement, changes, symbol_of
from mer.io.score.musicxml import score_of
from mer.io.sheet.sheet import Part, Sheet
from mer.notes.drawing import ACCENT, escape
from mer.notes.melody import Melody

# One toolkit at a time: its random ids and its logs belong to the process.
_VEROVIO = threading.Lock()
_SCALE = 40
# In pixels of the page, as they come out of the scale.
WIDTHS = {"wide": 720, "narrow": 340}
# Accidentals of chord symbols come as code points of a music font (SMuFL: of figured bass, of
# chord symbols, of notes) that no browser has.
_ACCIDENTALS: MappingProxyType[str, str] = MappingProxyType(
    {
        "\uea63": "♭♭", "\uea64": "♭", "\uea65": "♮", "\uea66": "♯", "\uea67": "♯♯",
        "\ued60": "♭", "\ued61": "♮", "\ued62": "♯", "\ued63": "♯♯", "\ued64": "♭♭",
        "\ue260": "♭", "\ue261": "♮", "\ue262": "♯", "\ue263": "♯♯", "\ue264": "♭♭",
    }
)  # fmt: skip
_SYMBOL_SIZE = 350  # of the letters of chord symbols, in the units of the picture
_ENGRAVED_SIZE = 405  # for which verovio leaves room, in the letters of Times
# How wide letters are in the widest of the usual fonts, in parts of their size.
_WIDTH, _WIDTHS = 0.64, MappingProxyType({"m": 0.95, "j": 0.31, "i": 0.32, "/": 0.34, "♭": 0.5})
_BETWEEN = 70  # two chord symbols, at least
_BEYOND = 250  # the margins: where symbols begin is counted from the left one
_SYMBOL = re.compile(r'<g class="harm"><text x="(\d+)" y="(\d+)" [^>]*>(.*?)</text></g>')
_MUSIC_TEXT = re.compile(r'<tspan font-family="Leipzig"[^>]*>([^<]*)</tspan>')


def lead_sheet(arrangement: Arrangement) -> str:
    """Return the melody of an arrangement with its chord symbols as MusicXML; no names, no tempo.

    Examples
    --------
    >>> tune = Melody(pitch=[72, 74], onset=[0, 480], duration=[480, 480], title="<Tune>")
    >>> text = lead_sheet(Arrangement((Part(melody=tune, name="x", program=0),), (), "none"))
    >>> "Tune" in text, text.count("<note>") >= 2
    (False, True)
    """
    melody = replace(arrangement.melody, title="", tempo_bpm=None)
    symbols = tuple(symbol_of(chord) for chord in changes(arrangement.chords))
    return score_of(Sheet(parts=(Part(melody=melody),), symbols=symbols))


def plain_sheet(melody: Melody) -> str:
    """Return a melody alone as MusicXML."""
    return lead_sheet(Arrangement((Part(melody=melody, name="", program=0),), (), "none"))


def engraved(
    score: str, *, label: str, colours: Sequence[str] = (), kinds: Sequence[str] = tuple(WIDTHS)
) -> str:
    """Return a score as HTML that holds its pictures; the empty string without verovio.

    Parameters
    ----------
    score
        MusicXML.
    label
        What a screen reader says of the picture.
    colours
        One CSS colour a note; all ink by default.
    kinds
        Names in `WIDTHS`.
    """
    try:
        import verovio
    except ImportError:
        return ""
    pictures = []
    with _VEROVIO:
        verovio.enableLog(verovio.LOG_OFF)
        toolkit = verovio.toolkit(False)
        toolkit.setResourcePath(str(Path(verovio.__file__).parent / "data"))
        for kind in kinds:
            toolkit.setOptions(_options(WIDTHS[kind]))
            if toolkit.loadData(score):
                pictures.append((kind, toolkit.renderToSVG(1)))
    numbers = note_numbers(score)
    drawn = "".join(
        parted(_framed(kind, _marked(readable(svg), numbers, colours))) for kind, svg in pictures
    )
    return f'<div class="scores" role="img" aria-label="{escape(label)}">{drawn}</div>'


def note_numbers(score: str) -> list[int]:
    """Return, for each written note of a score, which note of the melody it is: ties make several.

    Examples
    --------
    >>> note_numbers("<note>a</note><note><rest/></note><note><tie type='start'/></note>"
    ...              "<note><tie type='stop'/></note>")
    [0, 1, 1]
    """
    numbers: list[int] = []
    for note in re.findall(r"<note.*?</note>", score, flags=re.DOTALL):
        if "<rest" not in note:
            tied = re.search(r"<tie type=[\"']stop", note) is not None
            numbers.append((numbers[-1] if numbers else -1) + (not tied))
    return numbers


def readable(svg: str) -> str:
    """Return a picture whose texts are in letters that browsers have: ♭, ♮ and ♯ among them.

    Examples
    --------
    >>> readable('<tspan>B</tspan><tspan font-family="Leipzig" font-size="720px">\uea64</tspan>')
    '<tspan>B</tspan><tspan font-size="350px">♭</tspan>'
    """

    def spell(found: re.Match[str]) -> str:
        text = "".join(_ACCIDENTALS.get(letter, letter) for letter in found[1])
        return f'<tspan font-size="{_SYMBOL_SIZE}px">{text}</tspan>'

    svg = svg.replace(f'font-size="{_ENGRAVED_SIZE}px"', f'font-size="{_SYMBOL_SIZE}px"')
    return _MUSIC_TEXT.sub(spell, svg)


def parted(svg: str) -> str:
    """Return a picture in which no chord symbol reaches into the next one, or over the edge.

    The room that is left for them is that of other letters than a browser may have: a symbol that
    is too wide for it is drawn closer.

    Examples
    --------
    >>> two = "".join(f'<g class="harm"><text x="{x}" y="9" font-size="0px">Cmaj7</text></g>'
    ...               for x in (100, 800))
    >>> parted(two).count('textLength="630"')
    1
    """
    symbols = [*_SYMBOL.finditer(svg)]
    edge = re.search(r'class="definition-scale"[^>]* viewBox="0 0 (\d+)', svg)
    room = {}
    for here, after in zip_longest(symbols, symbols[1:]):
        if after is not None and after[2] == here[2]:
            room[here.start()] = int(after[1]) - int(here[1]) - _BETWEEN
        elif edge is not None:
            room[here.start()] = int(edge[1]) - int(here[1]) - _BEYOND

    def drawn(symbol: re.Match[str]) -> str:
        letters = re.sub(r"<[^>]*>", "", symbol[3])
        width = _SYMBOL_SIZE * sum(_WIDTHS.get(letter, _WIDTH) for letter in letters)
        left = room.get(symbol.start(), width)
        if width <= left or left <= 0:
            return symbol[0]
        closer = f'<text textLength="{left}" lengthAdjust="spacingAndGlyphs" '
        return symbol[0].replace("<text ", closer, 1)

    return _SYMBOL.sub(drawn, svg)


def _marked(svg: str, numbers: Sequence[int], colours: Sequence[str]) -> str:
    """Return the picture with the number, and perhaps the colour, of each note."""
    written = iter(numbers)

    def mark(found: re.Match[str]) -> str:
        number = next(written, -1)
        if number < 0:
            return found[0]
        colour = f' style="--source:{_ink(colours[number])}"' if colours else ""
        return f'<g class="note" data-note="{number}"{colour}>'

    # The ids of its elements are random, and of no use here.
    svg = re.sub(r'<g id="[^"]*" class=', "<g class=", svg)
    return re.sub(r'<g class="note">', mark, svg)


def _ink(colour: str) -> str:
    """Return a colour for a style; the accent is another one on dark pages."""
    return "var(--accent)" if colour == ACCENT else escape(colour)


def _options(width: int) -> dict[str, object]:
    return {
        "pageWidth": width * 100 // _SCALE,
        "pageHeight": 60_000,
        "adjustPageHeight": True,
        "scale": _SCALE,
        "breaks": "auto",
        "header": "none",
        "footer": "none",
        "svgViewBox": True,
        "svgRemoveXlink": True,
        "smuflTextFont": "none",
        "mnumInterval": 0,
        **{f"pageMargin{side}": 10 for side in ("Right", "Top", "Bottom")},
        "pageMarginLeft": 24,  # the number of a bar may have two figures
    }


def _framed(kind: str, svg: str) -> str:
    # The words on it are the label's; what is left is decoration to a screen reader.
    svg = re.sub(r"<desc>.*?</desc>|<title[^>]*>.*?</title>", "", svg, flags=re.DOTALL)
    svg = re.sub(r">\s+<", "><", svg.replace(' color="black"', ""))
    return svg.replace("<svg ", f'<svg class="score {kind}" aria-hidden="true" ', 1)
