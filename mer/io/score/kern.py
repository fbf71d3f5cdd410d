"""Text of a Humdrum kern file -> its parts.

Each `**kern` spine is a part, whatever it splits into on the way; spines of another kind (words,
harmony, dynamics) hold no notes. All tokens of a line begin together, when the note before them in
each of their columns has ended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from mer.errors import InputError
from mer.io.score.kern_token import KernEvent, kern_notes, kern_sign
from mer.io.score.score_part import KeySign, ScoreNote, ScorePart, counted, ticks

MAX_TOKENS = 500_000
_PATHS = ("*^", "*v", "*x", "*+", "*-")


@dataclass
class _Spine:
    """A spine with all that it splits into: notes and signs, times in quarters."""

    kind: str
    notes: list[ScoreNote] = field(default_factory=list)
    part: ScorePart = field(default_factory=ScorePart)
    signature: KeySign | None = None
    graces: int = 0
    unmeasured: int = 0


@dataclass
class _Column:
    """One column of a line: the spine it belongs to, and when its last note ends.

    `fell_silent`: it says nothing of the time after that, not even a rest.
    """

    spine: _Spine
    until: Fraction = Fraction(0)
    fell_silent: bool = False


def kern_parts(text: str) -> tuple[list[ScorePart], str]:
    r"""Return the parts of a kern file from the highest staff down, and the title.

    Raises
    ------
    InputError
        If the file is too large, or a line has not as many columns as there are spines.

    Examples
    --------
    >>> parts, title = kern_parts("!!!OTL: Two notes\n**kern\n4c\n2d\n*-\n")
    >>> title, [(note.pitch, float(note.start)) for note in parts[0].notes]
    ('Two notes', [(60, 0.0), (62, 1.0)])
    """
    tokens = text.count("\t") + text.count("\n")
    if tokens > MAX_TOKENS:
        raise InputError(f"holds {tokens:,} tokens; at most {MAX_TOKENS:,} are read")
    lines = text.splitlines()
    reader = _KernReader()
    for place, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("!"):
            continue
        if reader.ended:
            reader.after_end = True
            break
        reader.read(place, re.split(r"\t+", line.rstrip("\r\n\t ")))
    return reader.parts(), _title(lines)


def _title(lines: list[str]) -> str:
    """Return the title of the work, in any language, or else that of the movement."""
    for record in ("!!!OTL:", "!!!OTL@", "!!!OMD:", "!!!OMD@"):
        for line in lines:
            title = line.partition(":")[2].strip()
            if line.startswith(record) and title:
                return title
    return ""


class _KernReader:
    """Reads the lines of a kern file, one after another."""

    def __init__(self) -> None:
        self._spines: list[_Spine] = []
        self._columns: list[_Column] = []
        self._now = Fraction(0)
        self._barlines: list[Fraction | None] = []  # None: at the next notes
        self._uneven: list[int] = []
        self._strange: list[tuple[int, str]] = []
        self.after_end = False

    @property
    def ended(self) -> bool:
        """Whether all spines have ended."""
        return bool(self._spines) and not self._columns

    def read(self, place: int, tokens: list[str]) -> None:
        """Read a line that is no comment."""
        if not self._columns:
            self._spines = [_Spine(token) for token in tokens if token.startswith("**")]
            if len(self._spines) != len(tokens):
                raise InputError(f"cannot be read as kern; line {place} begins no spines")
            self._columns = [_Column(spine) for spine in self._spines]
            return
        if len(tokens) != len(self._columns):
            raise InputError(
                f"cannot be read as kern; line {place} has {counted(len(tokens), 'column')}, "
                f"where there are {counted(len(self._columns), 'spine')}"
            )
        if tokens[0].startswith("="):
            self._barlines.append(None)
        elif any(token in _PATHS or token.startswith("**") for token in tokens):
            self._follow(tokens)
        elif tokens[0].startswith("*"):
            for column, token in zip(self._columns, tokens, strict=True):
                self._sign(column, token)
        else:
            self._data(place, tokens)

    def _data(self, place: int, tokens: list[str]) -> None:
        """Read a line of notes: it begins when the notes before it have ended."""
        kern: list[tuple[_Column, KernEvent | None]] = []
        for column, token in zip(self._columns, tokens, strict=True):
            if column.spine.kind != "**kern":
                continue
            event = kern_notes(token)
            kern.append((column, event))
            if (event is None and token[:1] not in (".", "!")) or not token.isascii():
                self._strange.append((place, token))
        found = [(column, read) for column, read in kern if read is not None]
        if not found:
            return
        ends = {column.until for column, _ in found if not column.fell_silent}
        if len(ends) > 1:
            self._uneven.append(place)
        if not ends:  # a voice that was silent comes back alone
            ends = {min((c.until for c, _ in kern if c.until > self._now), default=self._now)}
        now = self._now = max(*ends, self._now)
        for column, read in kern:
            column.fell_silent = read is None and column.until <= now
        self._barlines = [now if bar is None else bar for bar in self._barlines]
        for column, read in found:
            spine = column.spine
            spine.graces += read.is_grace
            spine.unmeasured += read.is_unmeasured
            if read.is_grace:
                column.until = now
                continue
            column.until = now + read.quarters
            spine.notes += [
                ScoreNote(note.pitch, now, now + note.quarters, *note.ties, fermata=note.fermata)
                for note in read.notes
            ]

    def _sign(self, column: _Column, token: str) -> None:
        """Enter a metre, a key, a tempo or a name where the notes of the column have come to."""
        found = kern_sign(token)
        if found is None:
            return
        kind, value = found
        part, tick = column.spine.part, ticks(max(column.until, self._now))
        if kind == "metre":
            part.meters.append((tick, value))
        elif kind == "tempo":
            part.tempos.append(value)
        elif kind == "name":
            part.name = value if token.startswith('*I"') or not part.name else part.name
        else:
            # A key says more than the signature beside it.
            sign = KeySign(tick, *value)
            beside = part.keys[-1] if part.keys and part.keys[-1].tick == tick else None
            if beside is None:
                part.keys.append(sign)
            elif sign.mode and not beside.mode:
                part.keys[-1] = sign

    def _follow(self, tokens: list[str]) -> None:
        """Split, join, exchange, add and end columns as a line of interpretations says."""
        columns: list[_Column] = []
        joining = exchanged = False
        for column, token in zip(self._columns, tokens, strict=True):
            joins, joining = joining, False
            if token == "*v":
                joining = True
                if joins and columns[-1].spine is column.spine:
                    columns[-1].until = max(columns[-1].until, column.until)
                    continue
                columns.append(column)
            elif token == "*^":
                columns += [column, _Column(column.spine, column.until)]
            elif token == "*+":
                spine = _Spine("")
                self._spines.insert(self._spines.index(column.spine) + 1, spine)
                latest = max(other.until for other in self._columns)
                columns += [column, _Column(spine, latest)]
            elif token != "*-":
                columns.append(column)
                if token.startswith("**"):
                    self._begin(column, token)
                elif token == "*x":
                    if exchanged:
                        columns[-1], columns[-2] = columns[-2], columns[-1]
                    exchanged = not exchanged
                elif token.startswith("*"):
                    self._sign(column, token)
        self._columns = columns

    def _begin(self, column: _Column, kind: str) -> None:
        """Give a spine its kind; a spine that had another goes on as a new one."""
        if column.spine.kind == kind:
            return
        if column.spine.kind:
            place = self._spines.index(column.spine)
            column.spine = _Spine(kind)
            self._spines.insert(place + 1, column.spine)
        column.spine.kind = kind

    def parts(self) -> list[ScorePart]:
        """Return what has been read, the highest staff first."""
        kern = [spine for spine in self._spines if spine.kind == "**kern"]
        ends = [note.end for spine in kern for note in spine.notes]
        end = max(ends, default=Fraction(0))
        barlines = [ticks(bar) for bar in self._barlines if bar is not None and bar < end]
        remarks = []
        if self._uneven:
            others = f" and at {len(self._uneven) - 1:,} others" if self._uneven[1:] else ""
            remarks.append(f"the voices do not add up at line {self._uneven[0]}{others}")
        for place, token in self._strange[:3]:
            remarks.append(f"cannot read all of {token[:20]!r} (line {place})")
        if self._strange[3:]:
            remarks.append(f"and {len(self._strange) - 3:,} more tokens of the kind")
        if self._columns:
            remarks.append("the spines do not end ('*-'); the file may be cut short")
        if self.after_end:
            remarks.append("took what stands before the spines end; another piece follows")
        for spine in kern:
            part = spine.part
            part.notes, part.end = spine.notes, ticks(end)
            part.barlines = sorted({0, *barlines})
            if spine.graces:
                part.remarks.append(f"dropped {counted(spine.graces, 'grace note')}")
            if spine.unmeasured:
                part.remarks.append(
                    f"took {counted(spine.unmeasured, 'note')} without a length for a quarter"
                )
            part.remarks += remarks
        signs = [spine.part for spine in self._spines if spine.kind != "**kern"]
        return [spine.part for spine in reversed(kern)] + signs
