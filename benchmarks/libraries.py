"""What is written by hand, and what a library does in its place: time, memory, damage noticed.

    python benchmarks/libraries.py [--runs 5]

Storage: the shipped corpus with `mer.corpus.storage` and with safetensors, where that is installed
(`pip install safetensors`: the project does not need it). Maps: the trustworthiness of one map of
4,000 rows, ours and scikit-learn's. Imports: what a Python costs that imports a library, beside one
that imports numpy only, in seconds of the processor.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from mer.corpus.shipped import index_file
from mer.corpus.storage import load_arrays
from mer.errors import InputError
from mer.maps.neighbourhoods import trustworthiness

IMPORTED = ("numpy", "scipy.stats", "sklearn.metrics", "sklearn.manifold")


def seconds(action: Callable[[], Any], runs: int) -> float:
    """Return the median time of an action on the clock."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def damaged(path: Path, copy: Path) -> Path:
    """Write a copy of a file in which one bit in the middle is another; return its path."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    return copy


def notices(read: Callable[[Path], Any], path: Path) -> str:
    """Return whether reading a damaged file fails."""
    try:
        read(path)
    except (InputError, ValueError):
        return "noticed"
    return "not noticed"


def storage(runs: int) -> None:
    """Print how long the shipped corpus takes to open, and whether damage is noticed."""
    source = index_file()
    with zipfile.ZipFile(source) as archive:
        header = json.loads(archive.read("header.json"))

    def ours(path: Path, *, verify: bool = True) -> Any:
        return load_arrays(path, kind=header["kind"], version=header["version"], verify=verify)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told = notices(ours, damaged(source, folder / "damaged.npz"))
        print(f"ours, checked        {seconds(lambda: ours(source), runs):.4f} s, damage {told}")
        fast = seconds(lambda: ours(source, verify=False), runs)
        print(f"ours, mapped only    {fast:.4f} s")
        if find_spec("safetensors"):
            from safetensors.numpy import load_file, save_file

            other = folder / "index.safetensors"
            save_file({n: np.ascontiguousarray(a) for n, a in ours(source)[0].items()}, other)
            told = notices(load_file, damaged(other, folder / "damaged.safetensors"))
            spent = seconds(lambda: load_file(other), runs)
            print(f"safetensors, copied  {spent:.4f} s, damage {told}")


def maps(runs: int) -> None:
    """Print time and memory of the trustworthiness of one map."""
    from sklearn import manifold

    rows = np.random.default_rng(0).normal(size=(4_000, 256)).astype(np.float32)
    places = rows[:, :2].astype(np.float64)
    actions: dict[str, Callable[[], float]] = {
        "ours": lambda: trustworthiness(rows, places),
        "scikit-learn": lambda: float(manifold.trustworthiness(rows, places, n_neighbors=10)),
    }
    for name, action in actions.items():
        spent = seconds(action, runs)
        tracemalloc.start()
        value = action()
        most = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        print(f"trustworthiness, {name:12} {value:.6f}, {spent:.2f} s, {most:.0f} MiB")


def imports(runs: int) -> None:
    """Print what importing each library costs."""
    for name in IMPORTED:
        times = []
        for _ in range(runs):
            spent = os.times()
            subprocess.run([sys.executable, "-c", f"import {name}"], check=True)
            after = os.times()
            user = after.children_user - spent.children_user
            times.append(user + after.children_system - spent.children_system)
        print(f"import {name:16} {statistics.median(times):.2f} s")


def main() -> None:
    """Print all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each timing (default: 5)")
    options = parser.parse_args()
    for measure in (storage, maps, imports):
        measure(options.runs)


if __name__ == "__main__":
    main()
