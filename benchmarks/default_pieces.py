"""Default pieces as they are sent: what their sound, performance, chords and files come to.

    python benchmarks/default_pieces.py [--pieces 20] [--model chain] [--keep FOLDER]

Pieces of the shipped and of thirty typed motifs, in turn by every verb that draws notes, arranged
as the command line does it, are rendered, written and read again. Printed are, of each piece, the
levels of its sound and what the ear would hear of its performance, and below them how many pieces
keep what is promised. The baseline in the same run is the melody alone with even accents, as files
held it before.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from tqdm import tqdm
from typed_motifs import typed_motifs

from generate.compose import prepare, takes
from generate.harmony.arrangement import Arrangement, arrange, fit_of, save_arrangement
from generate.harmony.chords import Chord
from generate.harmony.outline import bars_alike
from generate.piece.self_similarity import EXACT
from generate.plan.settings import Settings
from generate.report.outlines import outline_of
from generate.sound.audio import render, save_wav
from generate.sound.expression import phrase_spans, strengths
from generate.sound.performance import perform_parts
from generate.sound.synthesis import SYNTHESISERS, Synthesiser, Unavailable
from mer.corpus.shipped import data_folder
from mer.io import LOADERS, load_melody
from mer.io.midi.played import read_tracks
from mer.io.sheet.sheet import Part, played_notes
from mer.notes.chord_names import KINDS
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

VERBS = ("continue", "b-part", "answer", "continue")
WINDOW_SEC = 0.1
LONGEST_SHARED = 8  # intervals
SILENT = 10.0 ** (-50 / 20)


@dataclass(frozen=True)
class Figures:
    """What is measured of one piece; levels in dB, times in seconds."""

    name: str
    style: str
    peak: float
    rms: float
    arc: float
    accent: float
    breath_sec: float
    silence_sec: float
    balance: float
    fit: float
    patterns: int
    returned: float
    read_back: bool
    same_midi: bool
    same_pitches: bool


def made(
    index: PhraseIndex, count: int, model: str, pitch: int | None = None
) -> Iterator[tuple[str, Arrangement, bool]]:
    """Yield so many pieces: name, arrangement, whether a tune shares more than eight intervals."""
    shipped = sorted(path for path in (data_folder() / "motifs").iterdir())
    motifs = [(path.stem, load_melody(path)) for path in shipped if path.suffix in LOADERS]
    typed = list(typed_motifs().items())
    motifs = [pair for two in zip(motifs, typed, strict=False) for pair in two]
    motifs += typed[len(motifs) // 2 :]
    for number, (name, motif) in enumerate(motifs[:count]):
        verb = VERBS[number % len(VERBS)]
        brief = prepare(motif, index, Settings(verb=verb, model=model, max_copy_pitch=pitch))
        (piece,) = takes(brief, np.random.default_rng(number), 1)
        arranged = arrange(piece.melody, outline=outline_of(piece, brief))
        check = brief.originality.check(LONGEST_SHARED + 2, rhythm=False)
        shares = len(check.copied_ends(piece.melody, piece.sources)) > 0
        yield f"{name}, {verb}", arranged, shares


def levels(samples: np.ndarray, rate: int) -> np.ndarray:
    """Return the level of each window of a tenth of a second, as a share of full scale."""
    size = round(WINDOW_SEC * rate)
    whole = samples[: len(samples) // size * size].reshape(-1, size * samples.shape[1])
    return np.sqrt((whole.astype(np.float64) ** 2).mean(axis=1))


def decibels(ratio: float) -> float:
    """Return a ratio of levels in dB."""
    return float(20 * np.log10(max(ratio, 1e-9)))


def arc_of(melody: Melody, part: Part) -> float:
    """Return how much louder the middle of the phrases sounds than their beginnings and ends.

    Notes count by the level of their first quarter of a second, each beside the mean of those that
    stand at a place of its strength.
    """
    performance = perform_parts([part])
    samples, rate = next(iter(usable_synthesisers()))(performance, None, 44_100)
    level = []
    for note in np.flatnonzero(np.array([one.note >= 0 for one in played_notes(part, melody)])):
        start, stop = performance.start_sec[note], performance.end_sec[note]
        first, last = (round(float(t) * rate) for t in (start, min(stop, start + 0.25)))
        level.append(float(np.sqrt((samples[first : last + 1].astype(np.float64) ** 2).mean())))
    loud, strength = np.array(level), strengths(melody.onset, melody).round(3)
    for one in np.unique(strength):
        loud[strength == one] /= max(float(loud[strength == one].mean()), 1e-9)
    middle, edges = [], []
    for first, after in phrase_spans(melody):
        start, stop = melody.onset[first], melody.end[after - 1]
        for note in range(first, after):
            place = (melody.onset[note] - start) / max(stop - start, 1)
            (middle if 0.35 <= place <= 0.8 else edges).append(loud[note])
    return decibels(float(np.mean(middle) / np.mean(edges))) if middle and edges else 0.0


def accent_of(melody: Melody, part: Part) -> float:
    """Return how much harder notes on barlines are struck than all others."""
    loud = np.array([one.velocity for one in played_notes(part, melody) if one.note >= 0])
    strong = strengths(melody.onset, melody)
    high, low = loud[strong >= 1.0], loud[strong < 1.0]
    return decibels(float(high.mean() / low.mean())) if len(high) and len(low) else 0.0


def breath_of(melody: Melody, part: Part) -> float:
    """Return the mean silence between phrases, in seconds."""
    tempo = melody.tempo_bpm or 120.0
    end = {one.note: one.end for one in played_notes(part, melody) if one.note >= 0}
    gaps = [
        int(melody.onset[after]) - end[after - 1]
        for _, after in phrase_spans(melody)
        if after < len(melody)
    ]
    return float(np.mean(gaps)) / 480 * 60 / tempo if gaps else 0.0


def returned_of(melody: Melody, chords: Sequence[Chord]) -> float:
    """Return the share of bars that return note for note and have their chords again."""
    if not chords:
        return 1.0
    bars: dict[int, list[tuple[int, int, str]]] = {}
    for chord in chords:  # a suspension and what it resolves to are one chord
        own = bars.setdefault(chord.bar, [])
        one = chord.kind.triad.degree, KINDS[chord.kind.triad.quality].suffixes[0]
        if not own or own[-1][1] != one[0]:
            own.append(((chord.onset - melody.downbeat) % melody.bar_ticks, *one))
    plan = bars_alike(melody, chords[0].key)
    # The last bar closes, and what leads to it does.
    again = [n for n, one in enumerate(plan[:-2]) if one.kind == EXACT]
    same = [bars.get(n + 1) == bars.get(plan[n].bar + 1) for n in again]
    return float(np.mean(same)) if same else 1.0


def figures(name: str, arranged: Arrangement, shares: bool, folder: Path) -> Figures:
    """Return the figures of a piece, whose files are written to a folder."""
    stem = "".join(c if c.isalnum() else "-" for c in name)
    sound = render(arranged.parts)
    save_wav(sound, folder / f"{stem}.wav")
    for ending in (".mid", ".musicxml"):
        save_arrangement(arranged, folder / f"{stem}{ending}")
    melody, lead = arranged.melody, arranged.parts[0]
    performance = perform_parts(arranged.parts)
    seconds = levels(sound.samples, sound.sample_rate)
    inside = seconds[: int(performance.duration_sec / WINDOW_SEC)]
    silent = "".join("s" if level < SILENT else " " for level in inside).split()
    tracks = read_tracks(folder / f"{stem}.mid")
    heard = [
        sorted(zip(t.pitch.tolist(), (t.onset_sec - tracks[0].onset_sec[0]).round(3), strict=True))
        for t in tracks
    ]
    meant = [
        sorted(
            zip(
                performance.pitch[performance.part == n].tolist(),
                performance.start_sec[performance.part == n].round(3),
                strict=True,
            )
        )
        for n in range(len(arranged.parts))
    ]
    return Figures(
        name=name,
        style=arranged.style,
        peak=decibels(float(np.abs(sound.samples).max())),
        rms=decibels(float(np.sqrt((sound.samples.astype(np.float64) ** 2).mean()))),
        arc=arc_of(melody, lead),
        accent=accent_of(melody, lead),
        breath_sec=breath_of(melody, lead),
        silence_sec=WINDOW_SEC * max((len(run) for run in silent), default=0),
        balance=_balance(arranged),
        fit=fit_of(melody, arranged.chords),
        patterns=len(rhythms_of(arranged)),
        returned=returned_of(melody, arranged.chords),
        read_back=_same(load_melody(folder / f"{stem}.mid"), melody),
        same_midi=heard == meant,
        same_pitches=shares,
    )


def _same(read: Melody, melody: Melody) -> bool:
    """Return whether pitches and rhythm are those that were written."""
    names = ("pitch", "onset", "duration")
    return all(np.array_equal(getattr(read, name), getattr(melody, name)) for name in names)


def _balance(arranged: Arrangement) -> float:
    """Return how much louder the melody sounds than all that accompanies it."""
    if len(arranged.parts) < 2:
        return 0.0
    synthesise = next(iter(usable_synthesisers()))
    raw = [
        synthesise(perform_parts(parts), None, 44_100)[0].astype(np.float64)
        for parts in (arranged.parts[:1], arranged.parts[1:])
    ]
    lead, under = (np.sqrt((samples**2).mean()) for samples in raw)
    return decibels(lead / under)


def usable_synthesisers() -> Iterator[Synthesiser]:
    """Yield the synthesisers that play here at one scale whatever they play."""
    note = perform_parts([Part(melody=Melody(pitch=[69], onset=[0], duration=[480]))])
    for name, synthesise in SYNTHESISERS.items():
        if name == "FluidSynth":  # it plays again, softer, what clips
            continue
        try:
            synthesise(note, None, 44_100)
        except Unavailable:
            continue
        yield synthesise


def rhythms_of(arranged: Arrangement) -> set[tuple[tuple[int, int], ...]]:
    """Return the different bars of the accompaniment, but the last: when it strikes what length."""
    melody, found = arranged.melody, dict[int, list[tuple[int, int]]]()
    for part in arranged.parts[1:]:
        for onset, end in sorted({(o, e) for _, o, e in part.notes.tolist()}):
            bar, place = divmod(onset - melody.downbeat, melody.bar_ticks)
            found.setdefault(bar, []).append((place, end - onset))
    last = max(found, default=0)
    return {tuple(sorted(strokes)) for bar, strokes in found.items() if bar != last}


def table(rows: Sequence[Figures]) -> str:
    """Return the figures as a Markdown table."""
    heads = ("piece", "style", "peak", "RMS", "arc", "accent", "breath", "silence", "balance")
    lines = ["| " + " | ".join((*heads, "fit", "bars")) + " |", "|---" * 11 + "|"]
    for one in rows:
        cells = (one.name, one.style, *(f"{v:.1f}" for v in (one.peak, one.rms, one.arc)))
        cells += (f"{one.accent:.1f}", f"{one.breath_sec:.2f}", f"{one.silence_sec:.1f}")
        cells += (f"{one.balance:.1f}", f"{one.fit:.2f}", str(one.patterns))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def summary(rows: Sequence[Figures]) -> Iterator[str]:
    """Yield how many pieces keep what is promised, and the baseline."""
    count = len(rows)
    promises = {
        "melody read back from MIDI as written": [one.read_back for one in rows],
        "MIDI plays what the sound plays": [one.same_midi for one in rows],
        "peak at -3 dB, nothing clips": [-3.1 < one.peak < -2.9 for one in rows],
        "no silence of half a second": [one.silence_sec < 0.5 for one in rows],
        "two kinds of bars or more in the accompaniment": [one.patterns > 1 for one in rows],
        "bars that return have their chords again": [one.returned == 1.0 for one in rows],
        "melody at least 3 dB over what accompanies it": [one.balance >= 3.0 for one in rows],
    }
    for words, kept in promises.items():
        yield f"{words}: {sum(kept)} of {count}"
    shared = sum(one.same_pitches for one in rows)
    words = f"more than {LONGEST_SHARED} intervals shared with a tune, rhythm ignored"
    yield f"{words}: {shared} of {count}"
    yield f"chord tones on strong beats: {np.mean([one.fit for one in rows]):.3f}"
    yield f"phrases are louder in their middle by {np.mean([one.arc for one in rows]):.2f} dB"
    yield f"barlines are struck harder by {np.mean([one.accent for one in rows]):.2f} dB"
    yield f"phrases breathe for {np.mean([one.breath_sec for one in rows]):.2f} s"


def main() -> None:
    """Make, render, write, read and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pieces", type=int, default=20)
    parser.add_argument("--model", default="mixture")
    parser.add_argument("--max-copy-pitch", type=int, help="as the command line has it")
    parser.add_argument("--keep", type=Path, help="folder in which the files stay")
    options = parser.parse_args()
    index, rows, plain = PhraseIndex.load(), [], []
    with tempfile.TemporaryDirectory() as name:
        folder = options.keep or Path(name)
        folder.mkdir(exist_ok=True)
        pieces = made(index, options.pieces, options.model, options.max_copy_pitch)
        for title, arranged, shares in tqdm(pieces, total=options.pieces, disable=None):
            rows.append(figures(title, arranged, shares, folder))
            lead = arranged.parts[0]._replace(played=())
            plain.append((arc_of(arranged.melody, lead), breath_of(arranged.melody, lead)))
    print(table(rows))
    print()
    for line in summary(rows):
        print(line)
    arc, breath = np.mean(plain, axis=0)
    print(f"baseline, notes as written with even accents: arc {arc:.2f} dB, breath {breath:.2f} s")


if __name__ == "__main__":
    main()
