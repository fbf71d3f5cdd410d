"""Score as MusicXML -> SVG, engraved by verovio where that is installed (the extra ``score``).

Two pictures are made, for wide and for narrow pages: the style sheet shows the one that fits.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import replace
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
_SYMBOL_SIZE = "405px"  # of the letters of chord symbols
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
        _framed(kind, _marked(readable(svg), numbers, colours)) for kind, svg in pictures
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
    '<tspan>B</tspan><tspan font-size="405px">♭</tspan>'
    """

    def spell(found: re.Match[str]) -> str:
        text = "".join(_ACCIDENTALS.get(letter, letter) for letter in found[1])
        return f'<tspan font-size="{_SYMBOL_SIZE}">{text}</tspan>'

    return _MUSIC_TEXT.sub(spell, svg)


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
