"""The browser tests -> the pictures of the tour.

    python docs/tour/rebuild.py

Runs the tests that drive the page in Chromium, with MER_SCREENSHOTS set, and keeps the pictures
that the tour shows, made small. Needs what the tests need: `python3 setup_env.py --dev`, and
Chromium.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WIDEST_PX = 1000
SHOWN = re.compile(r"!\[[^\]]+\]\((\w+)\.png\)")


def shown() -> list[str]:
    """Return the names of the pictures that the tour shows, in order."""
    return SHOWN.findall((HERE / "README.md").read_text(encoding="utf-8"))


def shrink(source: Path, target: Path) -> None:
    """Write a PNG of at most 1,000 pixels in width and 256 colours."""
    from PIL import Image

    with Image.open(source) as picture:
        small = picture.convert("RGB")
        if small.width > WIDEST_PX:
            height = round(small.height * WIDEST_PX / small.width)
            small = small.resize((WIDEST_PX, height), Image.Resampling.LANCZOS)
        # This method keeps rare colours apart, which here tell one source from another.
        small = small.quantize(
            256, method=Image.Quantize.MAXCOVERAGE, kmeans=5, dither=Image.Dither.NONE
        )
        small.save(target, optimize=True)


def main() -> None:
    """Make the pictures anew."""
    tests = sorted(str(path) for path in (ROOT / "tests" / "app").glob("test_page_*.py"))
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "MER_SCREENSHOTS": folder}
        command = [sys.executable, "-m", "pytest", *tests]
        failed = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        if failed:
            sys.exit("the tests of the page fail; the pictures are as they were")
        missing = [name for name in shown() if not (Path(folder) / f"{name}.png").exists()]
        if missing:
            sys.exit(f"no test makes a picture of {', '.join(missing)}")
        for old in HERE.glob("*.png"):
            old.unlink()
        for name in shown():
            shrink(Path(folder) / f"{name}.png", HERE / f"{name}.png")


if __name__ == "__main__":
    main()
