"""Thirty motifs written for `benchmarks/verbs.py`: 2, 4 and 8 bars, four metres, several modes.

Each line is a name, a metre, a key and the notes in ABC (unit: an eighth); an indented one goes on.
Many begin with a pick-up. None is taken from a tune.
"""

from __future__ import annotations

from app.visitor.notation import read_notes
from mer.notes.melody import Melody

_LINES = """
two plain bars        | 4/4 | C    | C2E2 G2E2 | F2D2 B,2D2 |
two with a lead       | 4/4 | G    | D2 | G2A2 B2d2 | c2A2 F4 |
two in minor          | 4/4 | Amin | A2c2 e2d2 | c2B2 A2^G2 |
two in dorian         | 4/4 | Ddor | d3e f2d2 | c2A2 B2c2 |
two syncopated        | 4/4 | C    | E3E- E2D2 | C3D- D2E2 |
two of a waltz        | 3/4 | F    | F2A2c2 | d4c2 |
two of a slow minor   | 3/4 | Emin | B,2 | E4F2 | G3FE2 |
two of a jig          | 6/8 | D    | d2A FED | E2F G2E |
two of a jig, led     | 6/8 | G    | D | GAB d2B | cAF G2 |
two in five           | 5/4 | Dmin | D2F2A2 G2F2 | E2D2F2 A4 |
two in five, led      | 5/4 | C    | G2 | c3Bc2 A2G2 | E2F2G2 A2 |
four plain bars       | 4/4 | D    | D2F2 A2F2 | G2E2 C2E2 | F2A2 d2A2 | B2G2 E4 |
four with a lead      | 4/4 | F    | CF | A2A2 G2F2 | G2C2 C2DE | F2F2 E2D2 | C6 |
four in minor, led    | 4/4 | Dmin | A,2 | D3E F2A2 | G2E2 C2E2 | F3E D2^C2 | D6 |
four in mixolydian    | 4/4 | Amix | A2c2 e3d | c2B2 G4 | A2c2 e2f2 | e2d2 c2B2 |
four of a waltz       | 3/4 | G    | B2d2d2 | c2e2e2 | d2B2G2 | A6 |
four of a minor waltz | 3/4 | Gmin | D2 | G4A2 | B3AG2 | ^F2A2c2 | B2A2 |
four of a jig         | 6/8 | A    | e2c A2c | dBG E2G | A2c e2a | fed c3 |
four of a jig, led    | 6/8 | Edor | B, | E2F G2A | BAG FED | E2F GAB | AFD E2 |
four in five          | 5/4 | G    | G2B2d2 c2B2 | A2c2e2 d4 | g2f2e2 d2c2 | B2A2G2 A4 |
four of quick notes   | 4/4 | C    | cBAG EGAB | c2G2 E4 | dcBA FABc | d2B2 G4 |
eight plain bars      | 4/4 | C    | E2G2 c2G2 | A2F2 C2F2 | E2G2 B2d2 | c4 G4 |
    E2G2 c2e2 | d2B2 G2B2 | A2c2 B2A2 | G8 |
eight with a lead     | 4/4 | D    | A,2 | D2E2 F2D2 | G2F2 E2A,2 | C2E2 A2G2 | F4 D2A,2 |
    D2F2 A2d2 | c2A2 B2c2 | d2A2 G2E2 | D6 |
eight in minor        | 4/4 | Emin | E2G2 B2G2 | A2F2 D4 | G2B2 e2d2 | B6 A2 | G2F2 E2F2 |
    G2A2 B4 | c2B2 A2F2 | E8 |
eight of a waltz      | 3/4 | C    | E2F2G2 | c4B2 | A2F2A2 | G6 | D2E2F2 | B4A2 | G2E2D2 | C6 |
eight of a waltz, led | 3/4 | D    | A2 | d4e2 | f2e2d2 | e2c2A2 | d4A2 | B4c2 | d2B2G2 |
    A2F2E2 | D4 |
eight of a jig        | 6/8 | G    | G2B dBG | A2c ecA | B2d gdB | c2A F3 | G2B d2g |
    f2d e2c | BdB AcA | G3 G3 |
eight of a jig, led   | 6/8 | Ador | E | A2B c2d | e3 dcB | G2A B2c | d3 BAG | A2B cde |
    g2e dBG | A2B cBG | A3 A2 |
eight in five         | 5/4 | Amin | A2c2e2 d2c2 | B2d2c2 B4 | A2c2e2 g2f2 | e4d2 c4 |
    c2e2g2 f2e2 | d2f2e2 d4 | c2B2A2 B2^G2 | A6 E4 |
eight of quick notes  | 4/4 | G    | GABc d2d2 | edcB A4 | FGAB c2c2 | dcBA G4 |
    BAGA B2d2 | cBAB c2e2 | d2B2 A2F2 | G8 |
"""


def typed_motifs() -> dict[str, Melody]:
    """Return the motifs by name."""
    found = {}
    for line in _LINES.strip().replace("\n    ", " ").splitlines():
        name, meter, key, notes = (part.strip() for part in line.split("|", 3))
        found[name] = read_notes(f"X:1\nM:{meter}\nL:1/8\nK:{key}\n{notes}\n").melody
    return found
