"""The layers of DESIGN, read from the imports: dependencies point one way."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("mer", "generate", "app")
FOLDERS = (*PACKAGES, "tests", "benchmarks", "examples", "data")

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

# The layers inside `mer`, from the bottom up: a module imports from its own layer or from below.
LAYERS = (
    {"errors", "terminal"},
    {"key", "melody", "naming"},
    {"shipped", "storage", "columns", "corpus"},
    {
        "io",
        "voices",
        "phrases",
        "metre",
        "viewpoints",
        "profile",
        "lattice",
        "alignment",
        "drawing",
    },
    {"embeddings"},
    {
        "traits",
        "contrast",
        "expansion",
        "variety",
        "figures",
        "explanation",
        "match",
        "filters",
        "growing",
        "shortlist",
    },
    {"index", "methods"},
    {"pace"},
    {"collections", "journal", "sources", "building", "adding", "listing", "measuring"},
    {"__init__", "__main__"},
)
ALONE = {"agreement", "evaluation", "neighbourhoods", "projection"}

FORBIDDEN_FILES = {"util", "helper", "common", "core", "base", "manager", "handler"}
FORBIDDEN_CLASSES = ("Manager", "Handler", "Processor", "Factory", "Base")
LONGEST_FILE = 400


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
            yield from (a.value for a in node.args[:1] if isinstance(a, ast.Constant))
        if at_import and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if at_import and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield from imported(node, module, at_import=at_import)


def is_import_call(node: ast.Call) -> bool:
    """Return whether the call imports a module by its name."""
    return ast.unparse(node.func) in ("import_module", "importlib.import_module", "__import__")


def modules(root: Path, package: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield the dotted name and the syntax tree of each module of a package."""
    for path in sorted((root / package).rglob("*.py")):
        yield ".".join(path.relative_to(root).with_suffix("").parts), ast.parse(path.read_text())


def layer(module: str) -> int:
    """Return the layer of a module of `mer`, or -1 if nobody has given it one."""
    name = module.split(".")[1]
    return next((i for i, names in enumerate(LAYERS) if name in names), -1)


def layer_faults(module: str, names: list[str], known: set[str]) -> Iterator[str]:
    """Yield one sentence for each import inside `mer` that points up."""
    part = module.split(".")[1]
    if part in ALONE:
        yield from (f"{module} imports {n}: it stands alone" for n in names if n[:4] == "mer.")
        return
    if layer(module) < 0:
        yield f"{module} has no layer; give it one in tests/test_layers.py"
        return
    for name in names:
        target = ".".join(name.split(".")[:2])
        outside = target in known and target != f"mer.{part}" and target[4:] not in ALONE
        if outside and layer(target) > layer(module):
            yield f"{module} imports {name}, which is a layer above it"


def faults(root: Path) -> list[str]:
    """Return one sentence for each import in the packages below `root` that breaks a rule."""
    known = {".".join(name.split(".")[:2]) for name, _ in modules(root, "mer")}
    found = []
    for package in PACKAGES:
        for module, tree in modules(root, package):
            names = list(imported(tree, module))
            tops = {name.split(".")[0] for name in names}
            found += [f"{module} imports {n}" for n in sorted(tops & FORBIDDEN[package])]
            if "music21" in tops and not module.startswith("mer.io."):
                found.append(f"{module} imports music21; only mer/io may")
            if package != "app":
                early = {n.split(".")[0] for n in imported(tree, module, at_import=True)}
                found += [f"{module} imports {n} at import time" for n in sorted(early & HEAVY)]
            if package == "mer":
                found += layer_faults(module, names, known)
    return found


def test_imports_point_one_way() -> None:
    assert faults(ROOT) == []


PLANTS = [
    ("mer/notes/melody.py", "import generate.compose", "mer.notes.melody imports generate"),
    ("mer/notes/key.py", "def f():\n    from app import pages", "mer.notes.key imports app"),
    (
        "mer/notes/key.py",
        "def f():\n    __import__('fluidsynth')",
        "mer.notes.key imports fluidsynth",
    ),
    (
        "generate/piece/operators.py",
        "from app import pages",
        "generate.piece.operators imports app",
    ),
    (
        "generate/piece/operators.py",
        "def f():\n    import music21",
        "generate.piece.operators imports music21; only",
    ),
    ("mer/io/score/read.py", "import music21", "mer.io.score.read imports music21 at import time"),
    (
        "mer/notes/melody.py",
        "from .index import PhraseIndex",
        "mer.notes.melody imports mer.search.index.PhraseIndex",
    ),
    (
        "mer/notes/melody.py",
        "from mer import index",
        "mer.notes.melody imports mer.search.index, which is a layer",
    ),
    (
        "mer/notes/viewpoints.py",
        "import mer.embeddings.tfidf",
        "mer.notes.viewpoints imports mer.embeddings",
    ),
    (
        "mer/evaluation/metrics.py",
        "from mer.notes.melody import Melody",
        "mer.evaluation.metrics imports mer.notes.melody",
    ),
    ("mer/stray.py", "", "mer.stray has no layer"),
    (
        "generate/piece/operators.py",
        "try:\n    import scipy\nexcept ImportError:\n    pass",
        "scipy at import",
    ),
]


@pytest.mark.parametrize(("place", "code", "message"), PLANTS)
def test_a_planted_import_is_found(tmp_path: Path, place: str, code: str, message: str) -> None:
    for name in (
        "mer/search/index.py",
        "mer/embeddings/tfidf.py",
        "mer/notes/melody.py",
        "app/pages.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert faults(tmp_path) == []
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text(code)
    found = faults(tmp_path)
    assert len(found) == 1
    assert message in found[0]


def test_an_import_inside_a_function_is_not_an_early_one(tmp_path: Path) -> None:
    (tmp_path / "mer/io").mkdir(parents=True)
    (tmp_path / "mer/io/score/read.py").write_text("def read():\n    import music21\n")
    assert faults(tmp_path) == []


def test_importing_everything_loads_nothing_heavy() -> None:
    found = [name for package in ("mer", "generate") for name, _ in modules(ROOT, package)]
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


def test_no_file_or_class_has_a_name_that_says_nothing() -> None:
    stems = {str(p.relative_to(ROOT)): p.stem.rstrip("s") for p in sources()}
    assert [name for name, stem in stems.items() if stem in FORBIDDEN_FILES] == []
    classes = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and node.name.endswith(FORBIDDEN_CLASSES)
    ]
    assert classes == []
