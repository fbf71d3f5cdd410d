"""Time the whole command, from start to exit, beside `import music21`, alternately.

Run ``python benchmarks/startup.py [--seed FILE] [--runs 9]``; medians and their ratios are printed,
of the time on the clock and of the time of the processor: on a busy machine only the second can be
compared. Each command runs once before it is timed, so that all of them find their byte code.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPOSING, IMPORTING = "python -m generate", "import music21"
LARGEST = 0.9


def seconds(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return how long a command takes by the clock and of the processor; it must succeed."""
    spent, began = os.times(), time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    passed, after = time.perf_counter() - began, os.times()
    user = after.children_user - spent.children_user
    return passed, user + after.children_system - spent.children_system


def main() -> None:
    """Print the medians of both commands and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = ROOT / "data" / "motifs" / "korobeiniki.mid"
    parser.add_argument("--seed", type=Path, default=default, help="the motif (default: shipped)")
    parser.add_argument("--runs", type=int, default=9, help="runs of each command (default: 9)")
    parser.add_argument("--corpus", help="corpus to use instead of the shipped one")
    options = parser.parse_args()
    corpus = ["--corpus", options.corpus] if options.corpus else []
    with tempfile.TemporaryDirectory() as folder:
        seed, out = str(options.seed.resolve()), str(Path(folder) / "new.mid")
        commands = {
            COMPOSING: ["-m", "generate", "--seed", seed, "--out", out, *corpus],
            IMPORTING: ["-c", "import music21"],
            "import numpy": ["-c", "import numpy"],
        }
        # Byte code is kept for all alike, whether or not they may write it where they lie.
        environment = os.environ | {"PYTHONPYCACHEPREFIX": str(Path(folder) / "byte-code")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for arguments in commands.values():
            seconds([sys.executable, *arguments], environment)
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(options.runs):
            for name, arguments in commands.items():
                times[name].append(seconds([sys.executable, *arguments], environment))
    print(f"medians of {options.runs} runs       clock   processor")
    clock, processor = (
        {name: statistics.median(run[which] for run in runs) for name, runs in times.items()}
        for which in (0, 1)
    )
    for name in commands:
        print(f"{name:22} {clock[name]:8.3f} s {processor[name]:8.3f} s")
    ratios = [spent[COMPOSING] / spent[IMPORTING] for spent in (clock, processor)]
    print(f"{'ratio to music21':22} {ratios[0]:8.3f}   {ratios[1]:8.3f}     (at most {LARGEST})")


if __name__ == "__main__":
    main()
