"""Present code -> the frozen results in `tests/regression/expected`.

    python tests/regression/rebuild.py            compute all, and replace what is there
    python tests/regression/rebuild.py --check    compute all, compare, and show what differs

A change that is meant to alter a ranking, a piece or a file is followed by the first command; the
diff then shows what the change does to the music.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
for path in (str(FOLDER), str(FOLDER.parents[1])):
    if path not in sys.path:
        sys.path.insert(0, path)

from frozen import RESULTS  # noqa: E402

Results = Mapping[str, Callable[[], str]]
EXPECTED = FOLDER / "expected"
SHOWN_LINES = 40


def differences(frozen: str, present: str, name: str) -> list[str]:
    """Return the lines of a diff from a frozen result to the present one; none if they agree."""
    lines = frozen.splitlines(), present.splitlines()
    found = list(difflib.unified_diff(*lines, f"frozen {name}", "present", lineterm="", n=1))
    return found or [f"{name} differs in its line ends"] * (frozen != present)


def rebuild(folder: Path, results: Results = RESULTS) -> list[str]:
    """Write all results to a folder, and return the names of those that have changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, result in results.items():
        content = result()
        if frozen_text(folder / name) != content:
            changed.append(name)
            (folder / name).write_bytes(content.encode())
    return changed


def check(folder: Path, results: Results = RESULTS) -> list[str]:
    """Return what differs between the results and a folder, as the lines of diffs.

    A file that is missing and a file that is no result are named.
    """
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    lines = [f"{folder.name}/{name} is no result" for name in sorted(there - set(results))]
    for name, result in results.items():
        if name in there:
            lines += differences(frozen_text(folder / name), result(), name)[:SHOWN_LINES]
        else:
            lines.append(f"{folder.name}/{name} is missing")
    return lines


def frozen_text(path: Path) -> str:
    """Return a frozen result with its line ends as they are; empty if there is none."""
    return path.read_bytes().decode() if path.is_file() else ""


def main(
    arguments: Sequence[str] | None = None,
    *,
    folder: Path = EXPECTED,
    results: Results = RESULTS,
) -> int:
    """Run the script and return its exit status: 1 if `--check` finds a difference."""
    parser = argparse.ArgumentParser(description="Freeze results, or compare with the frozen ones.")
    parser.add_argument("--check", action="store_true", help="compare with what is there")
    if parser.parse_args(arguments).check:
        lines = check(folder, results)
        print("\n".join(lines) or "the same, byte for byte")
        return 1 if lines else 0
    changed = rebuild(folder, results)
    print("changed: " + ", ".join(changed) if changed else "the same, byte for byte")
    return 0


if __name__ == "__main__":
    sys.exit(main())
