"""Chorales that music21 ships -> soprano, key and one chord label to the beat.

The label of a beat is the chord whose tones hold most of what the voices sing in it: each tone
counts as long as it sounds, tones outside the chord count against it, so do tones that are missing,
and a root in the bass counts for it. Qualities are those of `generate.harmony.chords.QUALITIES`;
richer chords fall to the nearest of them. The key is estimated from all voices, the final bass
note, which nearly always is the tonic, counting extra; the signature is not enough, because the
older chorales in minor are signed with a flat too few.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from generate.harmony.chords import QUALITIES, STATES
from mer.errors import InputError
from mer.io.score.chorales import VOICES, bwv_number, read_chorale
from mer.notes.arrays import Ints
from mer.notes.key import Key, profile_matrix
from mer.notes.melody import TICKS_PER_QUARTER, Melody

PATTERN = "bach/bwv*.[mx][xm]l"
_MISSING = 0.3  # off for each tone of the chord that hardly sounds
_HARDLY = 0.1  # share of the beat's sound
_BASS_ROOT = 0.3
_FINAL_BASS = 0.2  # added to the correlation of the keys on the final bass note
_VERSION = 1


@dataclass(frozen=True)
class Chorale:
    """A soprano in its key, the first tick of each beat, and the chord there (-1: silence)."""

    number: str
    melody: Melody
    beats: Ints
    chords: Ints

    @property
    def beat_ticks(self) -> int:
        """Length of a beat in ticks."""
        return beat_of(self.melody)


def beat_of(melody: Melody) -> int:
    """Return the ticks of a beat: three of the written unit in compound metres."""
    return melody.beat_ticks


def chorale_files() -> list[Path]:
    """Return the files of all chorales, in order."""
    from music21 import common

    return sorted((common.getSourceFilePath() / "corpus").glob(PATTERN))


def read(path: Path) -> Chorale:
    """Return one chorale.

    Raises
    ------
    InputError
        If the file cannot be read as a chorale.
    """
    from music21 import converter

    melody = read_chorale(path)
    parts = list(converter.parse(path).parts)
    if len(parts) < VOICES:
        raise InputError(f"{path} has {len(parts)} parts")
    heard = [_spans(part) for part in parts]
    start = _start_of(melody, heard)
    spans = np.array([span for voice in heard for span in voice], dtype=np.int64)
    spans[:, 1:] -= start
    beat = beat_of(melody)
    first = melody.downbeat % beat - beat if melody.downbeat % beat else 0
    beats = np.arange(first, int(melody.end[-1]), beat)
    key = estimated_key(spans)
    labels = np.array([label(spans, int(tick), int(tick) + beat) for tick in beats])
    held = labels >= 0
    quality, root = np.divmod(labels, 12)
    degrees = np.where(held, quality * 12 + (root - key.tonic) % 12, -1)
    return Chorale(bwv_number(path), replace(melody, key=key), beats, degrees)


def _spans(part: Any) -> list[tuple[int, int, int]]:
    """Return (pitch, start, end) of the notes of a part, in ticks."""
    return [
        (
            int(pitch.midi),
            round(note.offset * TICKS_PER_QUARTER),
            round((note.offset + note.quarterLength) * TICKS_PER_QUARTER),
        )
        for note in part.toSoundingPitch().flatten().notes
        for pitch in note.pitches
        if note.quarterLength > 0
    ]


def _start_of(melody: Melody, heard: Sequence[list[tuple[int, int, int]]]) -> int:
    """Return the tick at which the soprano begins: in the voice that agrees best with it."""
    own = set(zip(melody.pitch.tolist(), melody.onset.tolist(), strict=True))
    agreement = [
        (len(own & {(p, s - voice[0][1]) for p, s, _ in voice}), voice[0][1])
        for voice in heard
        if voice
    ]
    return max(agreement)[1]


def label(spans: Ints, start: int, stop: int) -> int:
    """Return quality * 12 + root of the chord that sounds between two ticks, or -1."""
    overlap = np.minimum(spans[:, 2], stop) - np.maximum(spans[:, 1], start)
    sounding = overlap > 0
    if not sounding.any():
        return -1
    weight = np.bincount(spans[sounding, 0] % 12, overlap[sounding], 12)
    weight /= weight.sum()
    opening = sounding & (spans[:, 1] <= start)
    bass = int(spans[opening if opening.any() else sounding, 0].min()) % 12
    best, found = -np.inf, -1
    for quality, shape in enumerate(QUALITIES.values()):
        for root in range(12):
            tones = weight[[(root + tone) % 12 for tone in shape]]
            fit = 2.0 * tones.sum() - _MISSING * (tones < _HARDLY).sum()
            fit += _BASS_ROOT * (bass == root)
            if fit > best + 1e-9:
                best, found = fit, quality * 12 + root
    return found


def estimated_key(spans: Ints) -> Key:
    """Return the major or minor key that the voices are in."""
    weight = np.bincount(spans[:, 0] % 12, spans[:, 2] - spans[:, 1], 12)
    weight = weight - weight.mean()
    fit = profile_matrix() @ (weight / np.linalg.norm(weight))
    last = spans[spans[:, 2] == spans[:, 2].max(), 0].min() % 12
    fit[[last, 12 + last]] += _FINAL_BASS
    best = int(fit.argmax())
    return Key(best % 12, "major" if best < 12 else "minor")


def read_all(cache: Path | None = None) -> list[Chorale]:
    """Return every chorale that can be read; kept in the folder of `cache` if one is named."""
    if cache is not None and cache.exists():
        return list(_load(cache))
    found = []
    for path in chorale_files():
        try:
            found.append(read(path))
        except InputError as error:
            print(f"left out: {error}", file=sys.stderr)
    if cache is not None:
        _save(found, cache)
    return found


def _save(chorales: Sequence[Chorale], cache: Path) -> None:
    arrays: dict[str, Any] = {"version": np.array(_VERSION)}
    for one in chorales:
        melody = one.melody
        arrays[f"{one.number} notes"] = np.stack([melody.pitch, melody.onset, melody.duration])
        arrays[f"{one.number} beats"] = np.stack([one.beats, one.chords])
        assert melody.key is not None
        key = (melody.key.tonic, melody.key.mode == "minor")
        frame = (*(melody.meter or (0, 0)), *key, melody.downbeat)
        arrays[f"{one.number} frame"] = np.array(frame)
        arrays[f"{one.number} phrases"] = np.array(melody.phrase_starts, dtype=np.int64)
    np.savez_compressed(cache, **arrays)


def _load(cache: Path) -> Iterator[Chorale]:
    arrays = np.load(cache)
    for name in arrays.files:
        if not name.endswith(" notes"):
            continue
        number = name.removesuffix(" notes")
        pitch, onset, duration = arrays[name]
        beats, chords = arrays[f"{number} beats"]
        above, below, tonic, minor, downbeat = arrays[f"{number} frame"].tolist()
        melody = Melody(
            pitch=pitch,
            onset=onset,
            duration=duration,
            meter=(above, below) if below else None,
            key=Key(tonic, "minor" if minor else "major"),
            downbeat=downbeat,
            phrase_starts=tuple(arrays[f"{number} phrases"].tolist()),
        )
        yield Chorale(number, melody, beats, chords)


def names(chords: Ints) -> list[str]:
    """Return the chords as numerals, for reading."""
    return ["-" if chord < 0 else STATES[chord].roman for chord in chords.tolist()]


def analyses() -> Iterator[tuple[str, list[tuple[int, int, set[int]]]]]:
    """Yield, for each chorale that music21 has an analysis of, its number and the chords in it.

    A chord is the tick at which it begins, its root and its pitch classes. The analyses are by hand
    (A. Jones, proof-read by D. Tymoczko and H. Robb).
    """
    from music21 import common, converter

    folder = common.getSourceFilePath() / "corpus" / "bach" / "choraleAnalyses"
    for path in sorted(folder.glob("*.rntxt")):
        found = re.search(r"(?m)^BWV:\s*(\S+)", path.read_text(encoding="utf-8", errors="replace"))
        score = converter.parse(path)
        numerals = score.recurse().getElementsByClass("RomanNumeral")
        chords = [
            (
                round(numeral.getOffsetInHierarchy(score) * TICKS_PER_QUARTER),
                int(numeral.root().pitchClass),
                {int(pitch.pitchClass) for pitch in numeral.pitches},
            )
            for numeral in numerals
        ]
        if found is not None and chords:
            yield found[1], chords


def label_agreement(chorales: Sequence[Chorale]) -> list[tuple[int, int, int]]:
    """Return beats, beats whose root an analyst heard there, and beats whose triad.

    One row for each analysed chorale. A beat with two chords in the analysis may have either. An
    analysis in another key is transposed; one of another length (a repeat) is left out.
    """
    by_number = {chorale.number: chorale for chorale in chorales}
    rows = []
    for number, chords in analyses():
        chorale = by_number.get(number)
        if chorale is None:
            continue
        melody = chorale.melody
        if not 0 <= int(melody.end[-1]) - chords[-1][0] <= 2 * melody.bar_ticks:
            continue
        starts = np.array([tick for tick, _, _ in chords])
        sounding = chorale.chords[chorale.chords >= 0]
        shift = (chords[-1][1] - int(sounding[-1]) % 12) % 12  # the tonic of the analysis
        beats = roots = triads = 0
        for tick, label_here in zip(chorale.beats.tolist(), chorale.chords.tolist(), strict=True):
            if label_here < 0:
                continue
            state = STATES[label_here]
            root = (state.degree + shift) % 12
            triad = {(root + tone) % 12 for tone in QUALITIES[state.quality][:3]}
            first = max(int(np.searchsorted(starts, tick, side="right")) - 1, 0)
            last = max(int(np.searchsorted(starts, tick + chorale.beat_ticks)), first + 1)
            heard_here = chords[first:last]
            beats += 1
            roots += any(root == other for _, other, _ in heard_here)
            triads += any(root == other and triad <= tones for _, other, tones in heard_here)
        rows.append((beats, roots, triads))
    return rows
