"""Figures of benchmarks/prediction.py -> lines, Markdown tables, JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import numpy as np


@dataclass
class Figures:
    """What was measured for one target of one set; bits are per note."""

    notes: int
    bits: float
    interval: tuple[float, float]
    melody_mean: float
    seconds: float
    control: float | None = None
    entropy: float | None = None
    ablation: dict[str, float] = field(default_factory=dict)


def line(stem: str, name: str, figures: Figures) -> str:
    """Return one line of the report, and one for each expert."""
    low, high = figures.interval
    text = (
        f"{stem:12} {name:18} {figures.bits:.3f} bits/note  95% {low:.3f} to {high:.3f}  "
        f"(mean of melodies {figures.melody_mean:.3f}; {figures.notes} notes, "
        f"{figures.seconds:.0f} s)"
    )
    if figures.control is not None:
        text += f"\n    control, shuffled: {figures.control:.3f}; entropy {figures.entropy:.3f}"
    for expert, lost in sorted(figures.ablation.items(), key=lambda item: -item[1]):
        text += f"\n    without {expert:24} {lost:+.4f}"
    return text


def report(found: dict[str, dict[str, Figures]]) -> dict[str, object]:
    """Return what goes into the JSON file."""
    sets = {
        stem: {name: figures.bits for name, figures in by_target.items()}
        for stem, by_target in found.items()
    }
    details = {
        stem: {name: asdict(figures) for name, figures in by_target.items()}
        for stem, by_target in found.items()
    }
    return {"sets": sets, "mean": means(found), "details": details}


def means(found: dict[str, dict[str, Figures]]) -> dict[str, float]:
    """Return the mean over the sets of each target's bits per note."""
    names = next(iter(found.values()))
    return {name: float(np.mean([f[name].bits for f in found.values()])) for name in names}


def blocks(found: dict[str, dict[str, Figures]]) -> dict[str, str]:
    """Return the tables of the page, as Markdown."""
    names = list(next(iter(found.values())))
    head = "| set | notes | " + " | ".join(names) + " |\n|---|---|" + "---|" * len(names)
    rows, controls = [head], ["| set | target | shuffled | entropy |\n|---|---|---|---|"]
    for stem, by_target in found.items():
        cells = [
            f"{f.bits:.3f} ({f.interval[0]:.3f} to {f.interval[1]:.3f})" for f in by_target.values()
        ]
        rows.append(
            f"| {stem} | {next(iter(by_target.values())).notes} | " + " | ".join(cells) + " |"
        )
        controls += [
            f"| {stem} | {name} | {f.control:.3f} | {f.entropy:.3f} |"
            for name, f in by_target.items()
            if f.control is not None
        ]
    rows.append("| mean | | " + " | ".join(f"{mean:.3f}" for mean in means(found).values()) + " |")
    lost = [ablation_table(found, name) for name in names]
    return {"bits": "\n".join(rows), "control": "\n".join(controls), "ablation": "\n\n".join(lost)}


def ablation_table(found: dict[str, dict[str, Figures]], name: str) -> str:
    """Return what each expert of a target is worth in each set, most on average first."""
    lost = {s: by_target[name].ablation for s, by_target in found.items() if name in by_target}
    experts = next(iter(lost.values()))
    mean = {
        expert: float(np.mean([table[expert] for table in lost.values()])) for expert in experts
    }
    lines = [
        f"| {name}, without | " + " | ".join(lost) + " | mean |",
        "|---|" + "---|" * (len(lost) + 1),
    ]
    for expert in sorted(mean, key=lambda e: -mean[e]):
        cells = " | ".join(f"{table[expert]:+.4f}" for table in lost.values())
        lines.append(f"| {expert} | {cells} | {mean[expert]:+.4f} |")
    return "\n".join(lines)
