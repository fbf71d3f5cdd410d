"""The wheel without the scripts of `data/`, which need a checkout; pyproject.toml says the rest.

Packages may list data files to leave out, but not modules, and `data/rebuild.py` counts as one.
"""

from __future__ import annotations

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithoutScripts(build_py):
    """Copy the packages, but no module of `data/`."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """Return (package, module, file) of each module to copy."""
        found: list[tuple[str, str, str]] = super().find_package_modules(package, package_dir)
        return [] if package == "mer_data" else found


setup(cmdclass={"build_py": BuildWithoutScripts})
