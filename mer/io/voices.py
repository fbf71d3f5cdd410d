"""Voices (tracks, parts, channels) -> one voice, one note at a time, and a sentence saying how.

Two documented steps, the same for MIDI and for scores.

*Choice.* Each voice gets ``2 x name + height + singleness + 2 x activity``:

- name: 1 if it is called melody, vocal, soprano, lead ..., -1 if bass, chords, pad ..., else 0;
- height: mean pitch of its highest line, 0 for the lowest voice of the piece, 1 for the highest;
- singleness: share of its onsets at which a single note sounds;
- activity: notes compared with a quarter of the busiest voice's, at most 1.

The largest sum wins, the first voice in a tie. The user may name another one.

*Skyline.* Of notes that begin together the highest stays, and it stops where the next one begins:
the skyline (``all-mono``) of Uitdenbogerd and Zobel, which listeners preferred among the simple
rules. Two departures. A lower note that begins under a held higher one is left out if at least half
of it lies under that note; less is a legato overlap and trims the held note. And a note that a
higher one cuts to under a sixteenth of a quarter is the bottom of a rolled chord and gives its
onset away.

References
----------
Uitdenbogerd, A. and Zobel, J. (1999). Melodic matching techniques for large music databases. Proc.
ACM Multimedia, 57-66.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mer.errors import InputError
from mer.notes.arrays import Ints
from mer.notes.melody import TICKS_PER_QUARTER

ROLL_TICKS = TICKS_PER_QUARTER // 16
_LISTED = 16

_MELODY_NAMES = re.compile(
    r"melod|vocal|voice|vox|sopran|lead|solo|cantus|superius|descant|tune|theme|sing", re.IGNORECASE
)
_OTHER_NAMES = re.compile(
    r"bass|bc\b|continuo|drum|perc|chord|accomp|pad|rhythm|backing|harmon(?!ic)|left|tenor|alto",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class Voice:
    """Notes that belong together in a file: a track, a channel or a part. They may overlap.

    Parameters
    ----------
    name
        What the file calls it, or a description such as ``channel 3``.
    pitch, onset, duration
        Shape (notes,): MIDI numbers and ticks, 480 to the quarter, in any order.
    """

    name: str
    pitch: Ints
    onset: Ints
    duration: Ints

    def __len__(self) -> int:
        return len(self.pitch)


def skyline(voice: Voice) -> Voice:
    """Return the highest line of a voice: sorted, one note at a time, overlaps trimmed.

    Examples
    --------
    >>> chord = Voice("", np.array([60, 64, 62]), np.array([0, 0, 480]), np.array([960, 480, 480]))
    >>> line = skyline(chord)
    >>> line.pitch.tolist(), line.onset.tolist(), line.duration.tolist()
    ([64, 62], [0, 480], [480, 480])
    """
    order = np.lexsort((voice.duration, -voice.pitch, voice.onset))
    pitch, onset, duration = voice.pitch[order], voice.onset[order], voice.duration[order]
    if not (onset[1:] < (onset + duration)[:-1]).any():
        return Voice(voice.name, pitch, onset, duration)
    kept: list[tuple[int, int, int]] = []
    for note in zip(pitch.tolist(), onset.tolist(), (onset + duration).tolist(), strict=True):
        _lay(kept, note)
    line = np.array(kept, dtype=np.int64).reshape(-1, 3)
    return Voice(voice.name, line[:, 0], line[:, 1], line[:, 2] - line[:, 1])


def _lay(kept: list[tuple[int, int, int]], note: tuple[int, int, int]) -> None:
    """Add (pitch, start, end) to the line, or leave it out; notes come by onset, highest first."""
    pitch, start, end = note
    if kept:
        above, begun, until = kept[-1]
        if start == begun:
            return
        if start < until:
            if above >= pitch and 2 * (min(until, end) - start) >= end - start:
                return
            kept.pop()
            if above < pitch and start - begun < ROLL_TICKS:
                start = begun
            else:
                kept.append((above, begun, start))
    kept.append((pitch, start, end))


def choose_voice(
    voices: Sequence[Voice],
    *,
    track: int | str | None = None,
    kind: str = "track",
    source: str = "",
) -> tuple[int, str]:
    """Return the index of the voice to take and a remark for the user ("" if there was no choice).

    Parameters
    ----------
    voices
        The voices that hold notes.
    track
        Number (from 1) or name of the voice wanted, instead of the choice described above.
    kind
        What the file calls a voice: ``track``, ``channel`` or ``part``.
    source
        The file, for the error message.

    Raises
    ------
    InputError
        If `track` names no voice; the message lists them.

    Examples
    --------
    >>> notes = np.array([0, 480]), np.array([480, 480])
    >>> cello = Voice("Cello", np.array([40, 43]), *notes)
    >>> flute = Voice("Flute", np.array([76, 79]), *notes)
    >>> choose_voice([cello, flute])[0], choose_voice([cello, flute], track="cello")[0]
    (1, 0)
    """
    if track is not None:
        chosen = _named(voices, track, kind, source)
        return chosen, f"took {kind} {chosen + 1} {voices[chosen].name!r} as asked"
    if len(voices) == 1:
        return 0, ""
    features = _features(voices)
    chosen = int(np.argmax(features @ np.array([2.0, 1.0, 1.0, 2.0])))
    return chosen, (
        f"took {kind} {chosen + 1} {voices[chosen].name!r} of {len(voices)} "
        f"({_reasons(features, chosen)}); use --track to choose another: {_listing(voices)}"
    )


def _features(voices: Sequence[Voice]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return name, height, singleness and activity of every voice, shape (voices, 4)."""
    lines = [skyline(voice) for voice in voices]
    name = [
        bool(_MELODY_NAMES.search(v.name)) * 1.0 - bool(_OTHER_NAMES.search(v.name)) * 1.0
        for v in voices
    ]
    mean = np.array([line.pitch.mean() for line in lines])
    spread = np.ptp(mean)
    height = (mean - mean.min()) / spread if spread else np.zeros(len(voices))
    count = np.array([len(voice) for voice in voices], dtype=np.float64)
    activity = np.minimum(1.0, 4.0 * count / count.max())
    return np.column_stack([name, height, [_singleness(v) for v in voices], activity])


def _singleness(voice: Voice) -> float:
    """Return the share of onsets at which no more than one note sounds."""
    times = np.unique(voice.onset)
    # A sixteenth of a quarter of overlap is legato playing, not a second voice.
    ends = np.sort(np.maximum(voice.onset + voice.duration - ROLL_TICKS, voice.onset + 1))
    begun = np.searchsorted(np.sort(voice.onset), times, side="right")
    sounding = begun - np.searchsorted(ends, times, side="right")
    return float((sounding <= 1).mean())


def _reasons(features: np.ndarray[tuple[int, int], np.dtype[np.float64]], chosen: int) -> str:
    name, height, singleness, _ = features[chosen]
    reasons = {
        "named as the melody": name > 0,
        "highest": height >= features[:, 1].max() > 0,
        "mostly one note at a time": singleness > 0.5,
    }
    return ", ".join(reason for reason, holds in reasons.items() if holds) or "best on balance"


def _listing(voices: Sequence[Voice]) -> str:
    shown = [f"{i + 1} {voice.name!r}" for i, voice in enumerate(voices[:_LISTED])]
    return ", ".join(shown) + (", ..." if len(voices) > _LISTED else "")


def _named(voices: Sequence[Voice], track: int | str, kind: str, source: str) -> int:
    """Return the index of the voice that `track` means: an exact name, a number, part of a name."""
    wanted = str(track).strip().lower()
    names = [voice.name.strip().lower() for voice in voices]
    if wanted in names:
        return names.index(wanted)
    if re.fullmatch(r"[0-9]{1,9}", wanted) and 1 <= int(wanted) <= len(voices):
        return int(wanted) - 1
    partial = [i for i, name in enumerate(names) if wanted and wanted in name]
    if len(partial) == 1 and not wanted.lstrip("-").isdigit():
        return partial[0]
    where = f"{source}: " if source else ""
    raise InputError(
        f"{where}no {kind} {str(track)!r}; there are {len(voices)}: {_listing(voices)}"
    )
