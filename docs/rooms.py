"""The imports of the three packages -> `docs/rooms.md`: rooms, arrows between them, and counts.

    python docs/rooms.py            writes docs/rooms.md anew
    python docs/rooms.py --check    compares, prints the counts, and writes nothing

`ROOMS` is the order: a room imports from the rooms before it. `tests/test_layers.py` holds the code
to it. An import counts wherever it stands: at the top, in a function, for type checking only.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "rooms.md"
MOST_ENTRIES = 12
ROOMS = {
    "mer": (
        *("errors", "terminal", "notes", "io", "corpus", "embeddings", "alignment", "search"),
        *("evaluation", "maps", "build", "__init__", "__main__"),
    ),
    "generate": (
        *("piece", "sampling", "originality", "prediction", "plan", "markov", "lines", "sound"),
        *("harmony", "report", "compose", "__init__", "__main__"),
    ),
    "app": (
        *("style", "visitor", "sound", "pictures", "compose", "share", "explore"),
        *("compare", "corpora", "listen", "serve", "__init__", "__main__"),
    ),
}
Graph = dict[str, set[str]]


def modules(root: Path, package: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield the dotted name and the syntax tree of each module of a package."""
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        yield ".".join(parts), parsed(path.read_text(encoding="utf-8"))


@cache
def parsed(source: str) -> ast.Module:
    """Return the syntax tree of a source, which is only read, and made once."""
    return ast.parse(source)


def imported(tree: ast.AST, module: str, *, at_import: bool = False) -> Iterator[str]:
    """Yield the dotted name of all that `module` imports; with `at_import`, not in functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = ".".join(module.split(".")[: -node.level]) if node.level else ""
            source = ".".join(part for part in (parent, node.module) if part)
            yield from (f"{source}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and is_import_call(node):
            yield from (str(a.value) for a in node.args[:1] if isinstance(a, ast.Constant))
        if at_import and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if at_import and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield from imported(node, module, at_import=at_import)


def is_import_call(node: ast.Call) -> bool:
    """Return whether the call imports a module by its name."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("import_module", "__import__")


def graph(root: Path, packages: Iterable[str] = ROOMS) -> Graph:
    """Return which modules of ours each module imports."""
    trees = {name: tree for package in packages for name, tree in modules(root, package)}
    found: Graph = {name: set() for name in trees}
    for name, tree in trees.items():
        for wanted in imported(tree, name):
            target = home(wanted, trees)
            if target is not None and target != name:
                found[name].add(target)
    return found


def home(wanted: str, known: Mapping[str, object]) -> str | None:
    """Return the module of ours that an imported name comes from, if it is ours."""
    parts = wanted.split(".")
    for size in range(len(parts), 0, -1):
        name = ".".join(parts[:size])
        for module in (name, f"{name}.__init__"):
            if module in known:
                return module
    return None


def room(module: str) -> tuple[str, str]:
    """Return package and room of a module: what stands directly in the package's folder."""
    package, name = module.split(".")[:2]
    return package, name


def back_arrows(found: Graph) -> list[str]:
    """Return one sentence for each import that does not point to a room before."""
    faults = []
    for module, targets in found.items():
        package, name = room(module)
        order = ROOMS[package]
        if name not in order:
            faults.append(f"{module} stands in no room of {package}; see ROOMS in docs/rooms.py")
            continue
        for target in sorted(targets):
            other, below = room(target)
            if other == package and below in order and order.index(below) > order.index(name):
                faults.append(f"{module} imports {target}, which is a room after it")
    return faults


def circles(found: Graph) -> list[list[str]]:
    """Return the groups of modules that import each other in a circle (Tarjan 1972)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for target in sorted(found[name]):
            if target not in order:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], order[target])
        if low[name] == order[name]:
            at = stack.index(name)
            group = stack[at:]
            del stack[at:]
            if len(group) > 1:
                groups.append(sorted(group))

    for name in sorted(found):
        if name not in order:
            visit(name)
    return groups


def entries(root: Path) -> dict[str, int]:
    """Return how many files and folders each folder of the packages holds."""
    aside = {"__init__.py", "py.typed", "__pycache__"}
    folders = [p for package in ROOMS for p in [root / package, *(root / package).rglob("*")]]
    return {
        folder.relative_to(root).as_posix(): sum(p.name not in aside for p in folder.iterdir())
        for folder in sorted(folders)
        if folder.is_dir() and folder.name != "__pycache__"
    }


def arrows(found: Graph, package: str) -> list[tuple[str, str]]:
    """Return the arrows between the rooms of a package, in the order of the rooms."""
    order = ROOMS[package]
    pairs = {
        (room(module)[1], room(target)[1])
        for module, targets in found.items()
        for target in targets
        if room(module)[0] == room(target)[0] == package
    }
    return sorted(
        ((a, b) for a, b in pairs if a != b), key=lambda p: (order.index(p[0]), order.index(p[1]))
    )


def sentence(root: Path, package: str, name: str) -> str:
    """Return the first line of the docstring of a room."""
    for path in (root / package / name / "__init__.py", root / package / f"{name}.py"):
        if path.is_file():
            text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            return text.splitlines()[0] if text else ""
    return ""


def drawing(found: Graph, package: str) -> Iterator[str]:
    """Yield the lines of a mermaid drawing: each room, and an arrow to each that it imports."""
    yield "```mermaid"
    yield "flowchart BT"
    shown = [(a, b) for a, b in arrows(found, package) if not {a, b} & {"__init__", "__main__"}]
    direct = {pair for pair in shown if not is_implied(pair, shown)}
    for name in ROOMS[package]:
        if any(name in pair for pair in shown) and name != "errors":
            yield f"    {name}"
    yield from (f"    {a} --> {b}" for a, b in shown if (a, b) in direct and b != "errors")
    yield "```"


def is_implied(pair: tuple[str, str], pairs: Iterable[tuple[str, str]]) -> bool:
    """Return whether a longer way leads where the arrow leads, so that it need not be drawn."""
    start, goal = pair
    following = [b for a, b in pairs if a == start and b != goal]
    seen = set(following)
    while following:
        here = following.pop()
        more = [b for a, b in pairs if a == here and b not in seen]
        if goal in more:
            return True
        seen.update(more)
        following += more
    return False


def page(root: Path) -> str:
    """Return the text of docs/rooms.md."""
    found = graph(root)
    lines = [
        "# Rooms",
        "",
        "`python docs/rooms.py` writes this page from the imports. A room imports from the rooms",
        "before it and from no other; arrows that a longer way implies are not drawn, nor those to",
        "`errors`.",
    ]
    for package in ROOMS:
        lines += ["", f"## {package}", "", *drawing(found, package), "", "| room | what it does |"]
        lines.append("|---|---|")
        for name in ROOMS[package]:
            said = sentence(root, package, name)
            if said and not name.startswith("__"):
                lines.append(f"| `{package}/{name}` | {said} |")
    lines += ["", "## Counts", "", "| folder | files and folders |", "|---|---|"]
    lines += [f"| `{folder}` | {count} |" for folder, count in entries(root).items()]
    lines += ["", f"Circles: {len(circles(found))}. Arrows back: {len(back_arrows(found))}."]
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or compare with it; return 0, or 1 if something is wrong."""
    parser = argparse.ArgumentParser(description="Draw the rooms of the code from its imports.")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    options = parser.parse_args(arguments)
    found, text = graph(ROOT), page(ROOT)
    for folder, count in entries(ROOT).items():
        print(f"{count:>3}  {folder}{'' if count <= MOST_ENTRIES else '  too many'}")
    faults = back_arrows(found) + [" <-> ".join(group) for group in circles(found)]
    print(f"circles: {len(circles(found))}, arrows back: {len(back_arrows(found))}")
    print("\n".join(faults), end="\n" if faults else "")
    stale = not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text
    if stale and options.check:
        print("docs/rooms.md is out of date; run: python docs/rooms.py")
    elif stale:
        PAGE.write_text(text, encoding="utf-8")
    return int(bool(faults) or (stale and options.check))


if __name__ == "__main__":
    sys.exit(main())
