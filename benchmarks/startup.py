"""Time the whole command, from start to exit, beside `import music21`, alternately.

Run ``python benchmarks/startup.py [--seed FILE] [--runs 7]``; medians and their ratio are printed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def seconds(command: list[str]) -> float:
    """Return how long a command takes, in seconds; it must succeed."""
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Print the two medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = ROOT / "data" / "motifs" / "korobeiniki.mid"
    parser.add_argument("--seed", type=Path, default=default, help="the motif (default: shipped)")
    parser.add_argument("--runs", type=int, default=7, help="runs of each command (default: 7)")
    parser.add_argument("--corpus", help="corpus to use instead of the shipped one")
    options = parser.parse_args()
    corpus = ["--corpus", options.corpus] if options.corpus else []
    with tempfile.TemporaryDirectory() as folder:
        seed, out = str(options.seed.resolve()), str(Path(folder) / "new.mid")
        commands = {
            "python -m generate": ["-m", "generate", "--seed", seed, "--out", out, *corpus],
            "import music21": ["-c", "import music21"],
            "import numpy": ["-c", "import numpy"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(options.runs):
            for name, arguments in commands.items():
                times[name].append(seconds([sys.executable, *arguments]))
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        print(f"{name:20} {median:6.3f} s   (fastest {min(times[name]):.3f})")
    ratio = medians["python -m generate"] / medians["import music21"]
    print(f"{'ratio':20} {ratio:6.3f}     to importing music21 (below 1 is needed)")


if __name__ == "__main__":
    main()
