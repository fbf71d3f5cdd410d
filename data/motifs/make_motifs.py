"""Definitions below -> the example motifs in this folder; run again, it writes the same bytes.

python data/motifs/make_motifs.py [FOLDER]
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from mer.io import load_melody, save_melody, save_sheet
from mer.io.sheet.sheet import Part, Sheet
from mer.notes.melody import Melody

SPELLINGS = ("c", "c#", "d", "e-", "e", "f", "f#", "g", "g#", "a", "b-", "b")
# Length in ticks -> how kern writes it, longest first.
RECIPS = {1440: "2.", 960: "2", 720: "4.", 480: "4", 360: "8.", 240: "8", 120: "16"}


@dataclass(frozen=True)
class Motif:
    """An example: file name (its ending is the format), title, source, ABC header and music."""

    file: str
    title: str
    source: str
    fields: str
    music: str
    tempo_bpm: int
    program: int = 0
    bass: str = ""

    @property
    def abc(self) -> str:
        """The motif as a complete ABC tune."""
        header = "\n".join(f"{field[0]}:{field[2:]}" for field in self.fields.split())
        length, key = header.rsplit("\n", 1)
        tempo = f"Q:1/4={self.tempo_bpm}"
        return f"X:1\nT:{self.title}\nC:{self.source}\n{length}\n{tempo}\n{key}\n{self.music}\n"


MOTIFS = (
    Motif(
        "ode-to-joy.musicxml",
        "Ode to Joy",
        "Ludwig van Beethoven, Symphony no. 9 (1824)",
        "M:4/4 L:1/4 K:D",
        "FFGA|AGFE|DDEF|F>E E2|FFGA|AGFE|DDEF|E>D D2|]",
        120,
    ),
    Motif(
        "frere-jacques.mid",
        "Frère Jacques",
        "French traditional, 18th century",
        "M:4/4 L:1/4 K:C",
        "CDEC|CDEC|EFG2|EFG2|G/A/G/F/EC|G/A/G/F/EC|CG,C2|CG,C2|]",
        120,
    ),
    Motif(
        "greensleeves.abc",
        "Greensleeves",
        "English traditional, 16th century",
        "M:6/8 L:1/8 K:Ador",
        "A|c2d e>fe|d2B G>AB|c2A A>^GA|B2^G E2A|c2d e>fe|d2B G>AB|c>BA ^G>F^G|A3 A2|]",
        110,
        73,
    ),
    Motif(
        "greensleeves-with-bass.mid",
        "Greensleeves with a bass",
        "English traditional, 16th century; bass written for this project",
        "M:6/8 L:1/8 K:Ador",
        "A|c2d e>fe|d2B G>AB|c2A A>^GA|B2^G E2A|c2d e>fe|d2B G>AB|c>BA ^G>F^G|A3 A2|]",
        110,
        73,
        bass="A,3 E,3|G,3 D,3|A,3 E,3|E,3 B,,3|A,3 E,3|G,3 D,3|A,3 E,3|A,,3 A,,2|]",
    ),
    Motif(
        "auld-lang-syne.mid",
        "Auld Lang Syne",
        "Scottish traditional, printed 1799",
        "M:4/4 L:1/4 K:F",
        "C|F>FFA|G>FGA|F>FAc|d3d|c>AAF|G>FGA|F>DDC|F3|]",
        100,
    ),
    Motif(
        "scarborough-fair.mid",
        "Scarborough Fair",
        "English traditional, 17th century",
        "M:3/4 L:1/4 K:Ddor",
        "D2D|A2A|E>FE|D3|zAc|d2c|ABG|A3|]",
        120,
        73,
    ),
    Motif(
        "dies-irae.mid",
        "Dies irae",
        "Gregorian sequence, 13th century",
        "M:4/4 L:1/4 K:Ddor",
        "FEFD|ECD2|]",
        80,
        52,
    ),
    Motif(
        "b-a-c-h.mid",
        "B-A-C-H",
        "The name Bach in German note names, traditional",
        "M:4/4 L:1/2 K:C",
        "_BA|c=B|]",
        80,
        19,
    ),
    Motif(
        "ah-vous-dirai-je.mid",
        "Ah! vous dirai-je, maman",
        "French traditional, printed 1761 (Twinkle, twinkle)",
        "M:2/4 L:1/4 K:C",
        "CC|GG|AA|G2|FF|EE|DD|C2|]",
        100,
    ),
    Motif(
        "londonderry-air.mid",
        "Londonderry Air",
        "Irish traditional, printed 1855",
        "M:4/4 L:1/8 K:C",
        "B,CD|E3D EAGE|DCA,2 zCEF|G3A GECE|D4z|]",
        80,
        40,
    ),
    Motif(
        "fur-elise.mid",
        "Für Elise",
        "Ludwig van Beethoven, WoO 59 (1810)",
        "M:3/8 L:1/16 K:Am",
        "e^d|e^deB=dc|A2zCEA|B2zE^GB|c2zEe^d|e^deB=dc|A2zCEA|B2zEcB|A4|]",
        70,
    ),
    Motif(
        "minuet-in-g.mxl",
        "Minuet in G",
        "Christian Petzold, before 1725",
        "M:3/4 L:1/8 K:G",
        "d2GABc|d2G2G2|e2cdef|g2G2G2|c2dcBA|B2cBAG|F2GABG|A6|]",
        120,
        6,
    ),
    Motif(
        "sakura.mid",
        "Sakura",
        "Japanese traditional, 19th century",
        "M:4/4 L:1/4 K:Am",
        "AAB2|AAB2|ABcB|AB/A/F2|ECEF|EE/C/B,2|]",
        80,
        107,
    ),
    Motif(
        "korobeiniki.mid",
        "Korobeiniki",
        "Russian traditional, 1860s",
        "M:4/4 L:1/8 K:Am",
        "e2Bc d2cB|A2Ac e2dc|B3c d2e2|c2A2A4|]",
        140,
        21,
    ),
    Motif(
        "kettle-lane.krn",
        "Kettle Lane",
        "Jig, written for this project",
        "M:6/8 L:1/8 K:G",
        "D|GAB d2B|ABG E2D|GAB dBG|A3-A2G|FGA c2A-|A2G E2F|GBA G2F|G3-G2|]",
        160,
        73,
    ),
    Motif(
        "bakehouse-stairs.mid",
        "Bakehouse Stairs",
        "Hornpipe, written for this project",
        "M:4/4 L:1/8 K:D",
        "(3ABc|d2f2 (3efe d2|(3Bcd e2 A3G|F2A2 (3dcd f2-|f2e2 e2(3ABc|d2f2 (3efe d2|g3f e2d2|"
        "(3cde A2 c2e2|d2d2 d2|]",
        150,
        21,
    ),
    Motif(
        "three-notes.mid",
        "Three notes",
        "Written for this project",
        "M:3/4 L:1/4 K:C",
        "EDC|]",
        100,
    ),
)


def melody_of(motif: Motif, music: str = "") -> Melody:
    """Return the motif, or other music under the same fields, as a melody."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "motif.abc"
        path.write_text(replace(motif, music=music or motif.music).abc, encoding="utf-8")
        return replace(load_melody(path), title=motif.title)


def kern(melody: Melody) -> str:
    """Return a melody of plain and dotted notes, some of them tied over a barline, as kern."""
    key = melody.key
    assert key is not None
    assert melody.meter is not None
    sharps = "".join(f"{name}#" for name in "fcgdaeb"[: max(key.sharps, 0)])
    lines = ["**kern", "*clefG2", f"*k[{sharps}]", f"*{key.tonic_name}:"]
    lines += ["*M{}/{}".format(*melody.meter), f"*MM{melody.tempo_bpm:g}"]
    barline, bar = melody.downbeat, 1
    for pitch, onset, end in zip(
        melody.pitch.tolist(), melody.onset.tolist(), melody.end.tolist(), strict=True
    ):
        start = onset
        while start < end:
            if start == barline:
                lines.append(f"={bar}")
                barline, bar = barline + melody.bar_ticks, bar + 1
            length = next(n for n in RECIPS if n <= min(end, barline) - start)
            stop = start + length
            tie = {(False, False): "", (False, True): "[", (True, True): "_", (True, False): "]"}
            mark = tie[start > onset, stop < end]
            before, after = (mark, "") if mark == "[" else ("", mark)
            lines.append(f"{before}{RECIPS[length]}{_kern_pitch(pitch)}{after}")
            start = stop
    return "\n".join([f"!!!OTL: {melody.title}", *lines, "==", "*-", ""])


def _kern_pitch(pitch: int) -> str:
    name, octave = SPELLINGS[pitch % 12], pitch // 12 - 1
    letter = name[0] * (octave - 3) if octave >= 4 else name[0].upper() * (4 - octave)
    return letter + name[1:]


def write_motif(motif: Motif, folder: Path) -> Path:
    """Write one motif in the format that its file name asks for."""
    path = folder / motif.file
    if path.suffix == ".abc":
        path.write_text(motif.abc, encoding="utf-8", newline="\n")
        return path
    melody = melody_of(motif)
    if path.suffix == ".krn":
        path.write_text(kern(melody), encoding="utf-8", newline="\n")
    elif motif.bass:
        low = melody_of(motif, motif.bass)
        # The bass enters at the first barline, after the pick-up of the melody.
        low = replace(low, onset=low.onset + melody.downbeat, downbeat=melody.downbeat)
        parts = [Part(melody=melody, name="Melody", program=motif.program)]
        parts.append(Part(melody=low, name="Bass", program=42))
        save_sheet(Sheet(parts=tuple(parts)), path)
    else:
        save_melody(melody, path, program=motif.program)
    return path


def main() -> None:
    """Write all motifs into the folder named, or beside this file."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for motif in MOTIFS:
        print(write_motif(motif, folder))


if __name__ == "__main__":
    main()
