"""The rooms of docs/rooms.py, read from the imports: arrows point one way, without circles."""

import ast
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("mer", "generate", "app", "tests", "benchmarks", "examples", "data", "docs")

# What a package may never import, wherever the import stands.
FORBIDDEN = {
    "mer": {"generate", "app", "gradio", "fluidsynth", "midirenderer"},
    "generate": {"app", "gradio"},
    "app": set[str](),
}
# Slow to import: only inside the function that needs them.
HEAVY = {
    "gradio",
    "matplotlib",
    "music21",
    "onnxruntime",
    "pretty_midi",
    "scipy",
    "sklearn",
    "soundfile",
    "swift_f0",
    "tqdm",
}
# Plain arrays in, numbers out: these import nothing of ours but the kinds of arrays.
ALONE = {
    "mer.evaluation.agreement",
    "mer.evaluation.metrics",
    "mer.maps.neighbourhoods",
    "mer.maps.projection",
}
ARRAYS = "mer.notes.arrays"

# One scorer: who may align, and who may apply shares to the parts of a similarity.
ONE_SCORER = {
    ("mer.alignment.align", "mer.alignment.lattice"): {
        "mer.alignment.steps",
        "mer.alignment.align",
        "mer.search.stack.comparison",
    },
    ("mer.search.stack.fusion",): {
        "mer.search.stack.comparison",
        "mer.search.stack.expansion",
        "mer.search.stack.methods",
        "mer.search.stack.proposal",
    },
    ("mer.search.stack.comparison",): {
        "mer.search.graphs",
        "mer.search.index",
        "mer.search.likeness",
        "mer.search.sharing.duplicates",
        "mer.search.sharing.stretches",
        "mer.search.sharing.synopsis",
        "mer.search.stack.expansion",
        "mer.search.stack.finding",
        "mer.search.stack.graph",
        "mer.search.stack.methods",
    },
}
SHARES = re.compile(r"(^|_)(SHARES?|WEIGHTS?|VIEWS|ALIGNED)$")

FORBIDDEN_FILES = {"util", "helper", "common", "core", "base", "manager", "handler"}
FORBIDDEN_CLASSES = ("Manager", "Handler", "Processor", "Factory", "Base")
LONGEST_FILE = 400


def load_rooms() -> ModuleType:
    """Return docs/rooms.py, which lies in no package."""
    spec = importlib.util.spec_from_file_location("docs_rooms", ROOT / "docs" / "rooms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


rooms = load_rooms()


@cache
def ours(package: str) -> list[tuple[str, ast.AST]]:
    """Return name and tree of each module of a package."""
    return list(rooms.modules(ROOT, package))


def modules(root: Path, package: str) -> Iterable[tuple[str, ast.AST]]:
    """Return the same of a package below `root`; what is below our own is read once."""
    return ours(package) if root == ROOT else rooms.modules(root, package)


def faults(root: Path) -> list[str]:
    """Return one sentence for each import in the packages below `root` that breaks a rule."""
    graph = rooms.graph(root)
    found: list[str] = rooms.back_arrows(graph)
    found += [f"circle: {' <-> '.join(group)}" for group in rooms.circles(graph)]
    for package, forbidden in FORBIDDEN.items():
        for module, tree in modules(root, package):
            names = list(rooms.imported(tree, module))
            tops = {name.split(".")[0] for name in names}
            found += [f"{module} imports {n}" for n in sorted(tops & forbidden)]
            if "music21" in tops and not module.startswith("mer.io."):
                found.append(f"{module} imports music21; only mer/io may")
            if package != "app":
                early = {n.split(".")[0] for n in rooms.imported(tree, module, at_import=True)}
                found += [f"{module} imports {n} at import time" for n in sorted(early & HEAVY)]
            if module in ALONE:
                ours = [n for n in names if n.split(".")[0] in FORBIDDEN and ARRAYS not in n]
                found += [f"{module} imports {n}: it stands alone" for n in ours]
    return found


def second_scorers(root: Path) -> list[str]:
    """Return one sentence for each module that compares melodies beside the one search."""
    found = []
    for package in FORBIDDEN:
        for module, tree in modules(root, package):
            names = set(rooms.imported(tree, module))
            for sources, allowed in ONE_SCORER.items():
                used = [n for n in names if n.rpartition(".")[0] in sources or n in sources]
                if used and module not in allowed:
                    found.append(f"{module} imports {', '.join(sorted(used))}")
            taken = [n for n in names if n.startswith("mer.search.") and SHARES.search(n)]
            if taken and not module.startswith("mer.search."):
                found.append(f"{module} takes shares from {', '.join(sorted(taken))}")
    return found


def test_there_is_one_scorer() -> None:
    assert second_scorers(ROOT) == []


SCORERS = [
    "from mer.alignment.align import align",
    "def f():\n    from mer.alignment import align",
    "import mer.alignment.lattice",
    "from mer.search.stack.fusion import total",
    "from mer.search.stack.comparison import by_motif",
    "from mer.search.stack.methods import MOTIF_VIEWS",
]


@pytest.mark.parametrize("code", SCORERS)
def test_a_second_scorer_is_found(tmp_path: Path, code: str) -> None:
    planted(tmp_path, "generate/lines/stitch.py", "from mer.search.stack.methods import rank")
    assert second_scorers(tmp_path) == []
    planted(tmp_path, "generate/lines/stitch.py", code)
    assert len(second_scorers(tmp_path)) == 1


def test_imports_point_one_way() -> None:
    assert faults(ROOT) == []


PLANTS = [
    ("mer/notes/melody.py", "import generate.compose", "mer.notes.melody imports generate"),
    ("mer/notes/key.py", "def f():\n    from app.style import assets", "mer.notes.key imports app"),
    ("mer/notes/key.py", "def f():\n    __import__('fluidsynth')", "imports fluidsynth"),
    ("generate/piece/vary.py", "from app.style import assets", "generate.piece.vary imports app"),
    ("generate/piece/vary.py", "def f():\n    import music21", "imports music21; only mer/io"),
    ("mer/io/score/read.py", "import music21", "mer.io.score.read imports music21 at import time"),
    ("mer/notes/key.py", "from ..search.index import A", "mer.notes.key imports mer.search.index"),
    ("mer/notes/key.py", "from mer.search import index", "which is a room after it"),
    ("mer/notes/viewpoints.py", "import mer.embeddings.terms", "which is a room after it"),
    ("mer/evaluation/metrics.py", "from mer.notes.melody import Melody", "it stands alone"),
    ("mer/stray.py", "", "mer.stray stands in no room of mer"),
    (
        "generate/plan/brief.py",
        "def f():\n    from generate.lines.stitch import a",
        "room after it",
    ),
    (
        "generate/plan/brief.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from generate import compose",
        "generate.plan.brief imports generate.compose, which is a room after it",
    ),
    ("generate/sampling/chain.py", "from generate import compose_many", "generate.__init__"),
    ("app/compose/page.py", "from app.serve.serving import serve", "which is a room after it"),
    ("app/visitor/motifs.py", "import app.compose.page", "which is a room after it"),
    ("mer/notes/melody.py", "import mer.notes.key", "circle: mer.notes.key <-> mer.notes.melody"),
    ("generate/piece/vary.py", "try:\n    import scipy\nexcept ImportError:\n    0", "scipy at"),
]
THERE = {
    "mer/notes/melody.py": "",
    "mer/notes/key.py": "def f():\n    from mer.notes.melody import Melody\n",
    "mer/search/index.py": "",
    "mer/embeddings/terms.py": "",
    "generate/__init__.py": "",
    "generate/compose.py": "",
    "generate/lines/stitch.py": "",
    "app/style/assets.py": "",
    "app/compose/page.py": "",
    "app/serve/serving.py": "",
}


def planted(root: Path, place: str, code: str) -> None:
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code)


@pytest.mark.parametrize(("place", "code", "message"), PLANTS)
def test_a_planted_import_is_found(tmp_path: Path, place: str, code: str, message: str) -> None:
    for name, text in THERE.items():
        planted(tmp_path, name, text)
    assert faults(tmp_path) == []
    planted(tmp_path, place, code)
    found = faults(tmp_path)
    assert len(found) == 1
    assert message in found[0]


def test_an_import_inside_a_function_is_not_an_early_one(tmp_path: Path) -> None:
    planted(tmp_path, "mer/io/score/read.py", "def read():\n    import music21\n")
    assert faults(tmp_path) == []


def test_no_folder_is_crowded() -> None:
    entries = rooms.entries(ROOT)
    assert {f: n for f, n in entries.items() if n > rooms.MOST_ENTRIES} == {}
    assert len(entries) > 30


def test_every_room_says_what_it_does_and_what_it_imports() -> None:
    folders = [path.parent for p in FORBIDDEN for path in (ROOT / p).rglob("*/__init__.py")]
    silent = []
    for folder in folders:
        said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
        if "->" not in said or "Imports" not in said:
            silent.append(str(folder.relative_to(ROOT)))
    assert silent == []


def test_the_drawing_of_the_rooms_is_up_to_date() -> None:
    assert rooms.PAGE.read_text() == rooms.page(ROOT), "run: python docs/rooms.py"


def test_a_stale_drawing_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "PAGE", tmp_path / "rooms.md")
    assert rooms.main(["--check"]) == 1
    assert rooms.main([]) == 0
    assert rooms.main(["--check"]) == 0


def test_importing_everything_loads_nothing_heavy() -> None:
    found = [name for package in ("mer", "generate") for name, _ in ours(package)]
    names = [name.removesuffix(".__init__") for name in found]
    code = (
        f"import sys, importlib\nfor name in {names}:\n    importlib.import_module(name)\n"
        f"print(sorted({HEAVY} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def sources() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def test_no_file_is_too_long() -> None:
    long = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in sources()}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


def unstable_sorts(source: str) -> list[int]:
    """Return the lines that put equal values in an order which depends on the processor."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            stable = any(
                word.arg == "kind" and ast.unparse(word.value) == "'stable'"
                for word in node.keywords
            )
            if node.func.attr == "argpartition" or (node.func.attr == "argsort" and not stable):
                found.append(node.lineno)
    return found


def test_no_order_depends_on_the_processor() -> None:
    packages = [path for path in sources() if path.relative_to(ROOT).parts[0] in FORBIDDEN]
    found = {str(p.relative_to(ROOT)): unstable_sorts(p.read_text()) for p in packages}
    assert {name: lines for name, lines in found.items() if lines} == {}, "largest() is stable"


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("np.argsort(x)", [1]),
        ("x.argsort(axis=1)", [1]),
        ("np.argpartition(x, 3)", [1]),
        ("np.argsort(x, kind='stable')", []),
        ("np.sort(x)", []),
    ],
)
def test_an_unstable_sort_is_found(code: str, lines: list[int]) -> None:
    assert unstable_sorts(code) == lines


def test_no_file_or_class_has_a_name_that_says_nothing() -> None:
    stems = {str(p.relative_to(ROOT)): p.stem.rstrip("s") for p in sources()}
    assert [name for name, stem in stems.items() if stem in FORBIDDEN_FILES] == []
    classes = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources()
        for name in re.findall(r"^\s*class (\w+)", path.read_text(), flags=re.MULTILINE)
        if name.endswith(FORBIDDEN_CLASSES)
    ]
    assert classes == []
