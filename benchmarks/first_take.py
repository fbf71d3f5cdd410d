"""What a first piece costs from the command line: the predictive model, the arrangement, the sound.

    python benchmarks/first_take.py [--seed motif.mid] [--runs 7] [--bars 8]

The command is run as it comes and with less in turn, each time as a process of its own, so that
what is loaded and learned counts. Told is the processor time of the median run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
ALONE = ("--accompany", "none")
COMMANDS: dict[str, tuple[str, ...]] = {
    "as it comes": (),
    "melody alone": ALONE,
    "melody alone, by the chain": (*ALONE, "--model", "chain"),
    "with sound": ("--wav",),
    "melody alone, with sound": (*ALONE, "--wav"),
}


def seconds(seed: Path, bars: int, options: tuple[str, ...], folder: str) -> float:
    """Return the processor time of one run."""
    command = [sys.executable, "-m", "generate", "--seed", str(seed), "--bars", str(bars)]
    command += [*options, "--out", str(Path(folder) / "new.mid")]
    before = os.times()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    after = os.times()
    return (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )


def main() -> None:
    """Run, count and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seed", type=Path, default=ROOT / "data/motifs/greensleeves.abc")
    parser.add_argument("--runs", type=int, default=7, help="of each")
    parser.add_argument("--bars", type=int, default=8)
    options = parser.parse_args()
    spent: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in tqdm(range(options.runs), disable=None):
            for name, extra in COMMANDS.items():
                spent[name].append(seconds(options.seed.resolve(), options.bars, extra, folder))
    usual = median(spent["melody alone"])
    print("| command | seconds | ratio |")
    print("|---|---|---|")
    for name in COMMANDS:
        taken = median(spent[name])
        print(f"| {name} | {taken:.2f} | {taken / usual:.2f} |")


if __name__ == "__main__":
    main()
