"""Every module has a test file in its mirrored place, or the test that covers it stands here."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("mer", "generate", "app")
OURS = ("mer.", "generate.", "app.")

# Module -> the test that runs it, where that is not the one in the mirrored place.
COVERED: dict[str, str] = {
    "app/compare/changes.py": "tests/app/compare/test_trials.py",
    "app/compare/comparison.py": "tests/app/compare/test_trials.py",
    "app/compare/page.py": "tests/app/test_page_compare.py",
    "app/compare/ranking.py": "tests/app/compare/test_trials.py",
    "app/compose/events.py": "tests/app/test_page_compose.py",
    "app/compose/landing.py": "tests/app/compose/test_visits.py",
    "app/compose/layout.py": "tests/app/test_page_compose.py",
    "app/compose/showing.py": "tests/app/compose/test_answers.py",
    "app/compose/links.py": "tests/app/compose/test_visits.py",
    "app/compose/page.py": "tests/app/test_page_compose.py",
    "app/compose/take_card.py": "tests/app/pictures/test_cards.py",
    "app/corpora/holdings.py": "tests/app/visitor/test_library.py",
    "app/corpora/newness/check_cards.py": "tests/app/corpora/newness/test_checks.py",
    "app/corpora/newness/page.py": "tests/app/test_page_check.py",
    "app/corpora/newness/checkables.py": "tests/app/corpora/newness/test_checks.py",
    "app/corpora/newness/variant_cards.py": "tests/app/corpora/newness/test_checks.py",
    "app/corpora/page.py": "tests/app/test_page_corpus.py",
    "app/explore/atlas.py": "tests/app/explore/test_tours.py",
    "app/explore/layouts.py": "tests/app/test_page_explore.py",
    "app/explore/map.py": "tests/app/explore/test_tours.py",
    "app/explore/measures.py": "tests/app/explore/test_tours.py",
    "app/explore/page.py": "tests/app/test_page_explore.py",
    "app/listen/practice/page.py": "tests/app/test_page_check.py",
    "app/listen/page.py": "tests/app/test_page_listen.py",
    "app/pictures/bars.py": "tests/app/pictures/test_cards.py",
    "app/pictures/dumbbells.py": "tests/app/compare/test_trials.py",
    "app/pictures/piano.py": "tests/app/test_page_compose.py",
    "app/serve/allocator.py": "tests/app/serve/test_serving.py",
    "app/serve/gate.py": "tests/app/visitor/test_limits.py",
    "app/serve/site.py": "tests/app/serve/test_serving.py",
    "app/share/results.py": "tests/app/share/test_programs.py",
    "app/serve/tabs.py": "tests/app/serve/test_serving.py",
    "app/style/theme.py": "tests/app/serve/test_serving.py",
    "app/style/words.py": "tests/app/serve/test_front.py",
    "app/visitor/sessions.py": "tests/app/visitor/test_limits.py",
    "app/visitor/states.py": "tests/app/test_page_compose.py",
    "generate/harmony/outline.py": "tests/generate/harmony/test_settling.py",
    "generate/harmony/slots.py": "tests/generate/harmony/test_harmony.py",
    "generate/lines/assembly.py": "tests/generate/lines/test_morph.py",
    "generate/lines/repair.py": "tests/generate/test_compose.py",
    "generate/lines/route.py": "tests/generate/lines/test_morph.py",
    "generate/lines/stitch.py": "tests/generate/lines/test_morph.py",
    "generate/lines/target.py": "tests/generate/lines/test_morph.py",
    "generate/lines/variations.py": "tests/generate/test_compose.py",
    "generate/markov/markov.py": "tests/generate/test_compose.py",
    "generate/originality/bound.py": "tests/generate/markov/test_copying.py",
    "generate/piece/places.py": "tests/generate/piece/test_composition.py",
    "generate/piece/plan_reader.py": "tests/generate/piece/test_given_plan.py",
    "generate/piece/plan_text.py": "tests/generate/piece/test_given_plan.py",
    "generate/piece/planned.py": "tests/generate/plan/test_plan.py",
    "generate/prediction/experts.py": "tests/generate/prediction/test_melody_model.py",
    "generate/prediction/predictor.py": "tests/generate/prediction/test_melody_model.py",
    "generate/prediction/rhythm_views.py": "tests/generate/prediction/test_melody_model.py",
    "generate/prediction/views.py": "tests/generate/prediction/test_melody_model.py",
    "generate/report/arranging.py": "tests/generate/harmony/test_arrangement.py",
    "generate/report/options.py": "tests/generate/test_main.py",
    "generate/sound/additive.py": "tests/generate/sound/test_audio.py",
    "mer/build/batches.py": "tests/mer/build/test_corpora.py",
    "mer/build/commands/check.py": "tests/mer/search/sharing/test_check.py",
    "mer/build/commands/corpus.py": "tests/mer/test_main.py",
    "mer/evaluation/commands.py": "tests/mer/test_main.py",
    "mer/build/ledger.py": "tests/mer/build/test_adding.py",
    "mer/build/music_files.py": "tests/mer/build/test_folders.py",
    "mer/build/bundles.py": "tests/mer/build/test_adding.py",
    "mer/build/commands/index.py": "tests/mer/search/postgres/test_pushing.py",
    "mer/corpus/joining.py": "tests/mer/search/segments/test_segments.py",
    "mer/errors.py": "tests/mer/notes/test_key.py",
    "generate/report/explaining.py": "tests/generate/report/test_counterfactual.py",
    "mer/build/commands/synopsis.py": "tests/mer/search/sharing/test_synopsis.py",
    "mer/search/sharing/synopsis_picture.py": "tests/mer/search/sharing/test_synopsis.py",
    "mer/io/chant/chant.py": "tests/mer/io/test_pieces.py",
    "mer/io/chant/read.py": "tests/mer/io/test_pieces.py",
    "mer/io/incipit/durations.py": "tests/mer/io/incipit/test_music.py",
    "mer/io/incipit/fields.py": "tests/mer/io/incipit/test_music.py",
    "mer/io/incipit/read.py": "tests/mer/io/incipit/test_music.py",
    "mer/io/recording/pitch_track.py": "tests/mer/io/recording/test_read.py",
    "mer/io/score/mei/layer.py": "tests/mer/io/score/mei/test_score.py",
    "mer/io/score/mei/signs.py": "tests/mer/io/score/mei/test_score.py",
    "mer/io/score/mei/staff.py": "tests/mer/io/score/mei/test_score.py",
    "mer/io/score/stream.py": "tests/mer/io/score/test_read.py",
    "mer/search/postgres/nodes.py": "tests/mer/search/postgres/test_store.py",
    "mer/search/postgres/places.py": "tests/mer/search/postgres/test_store.py",
    "mer/search/postgres/tables.py": "tests/mer/search/postgres/test_store.py",
    "mer/search/segments/segment.py": "tests/mer/search/segments/test_segments.py",
    "mer/alignment/aspects.py": "tests/mer/search/sharing/test_runs.py",
    "mer/search/sharing/prints.py": "tests/mer/search/sharing/test_runs.py",
    "mer/search/sharing/stretches.py": "tests/mer/search/sharing/test_check.py",
    "mer/search/sharing/telling.py": "tests/mer/search/sharing/test_check.py",
    "mer/search/sharing/usual.py": "tests/mer/search/sharing/test_runs.py",
    "mer/search/stack/comparison.py": "tests/mer/search/stack/test_methods.py",
    "mer/search/stack/finding.py": "tests/mer/search/test_index.py",
    "mer/search/stack/pool.py": "tests/mer/search/stack/test_methods.py",
    "mer/search/stack/query.py": "tests/mer/search/test_index.py",
}


def modules() -> list[str]:
    """Return the path of each module, without those of packages that only say what they are."""
    paths = (path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
    return sorted(p.relative_to(ROOT).as_posix() for p in paths if p.name != "__init__.py")


def mirrored(module: str) -> str:
    """Return where the test of a module belongs.

    Examples
    --------
    >>> mirrored("mer/notes/key.py"), mirrored("mer/__main__.py")
    ('tests/mer/notes/test_key.py', 'tests/mer/test_main.py')
    """
    path = Path(module)
    return f"tests/{path.parent.as_posix()}/test_{path.stem.strip('_')}.py"


def reached(test: str) -> set[str]:
    """Return the modules that a test imports, directly or not, wherever the import stands."""
    found: set[str] = set()
    waiting = [test, *(str(p.relative_to(ROOT)) for p in conftests(test))]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        waiting += leads_to(path)
    return found


@cache
def leads_to(path: str) -> set[str]:
    """Return the files that are run where a file is imported, itself left out."""
    names = {
        "/".join(parts[:length])
        for parts in (name.split(".") for name in imports(ROOT / path))
        for length in range(1, len(parts) + 1)
    }
    files = {file for name in names for file in (f"{name}.py", f"{name}/__init__.py")}
    return {file for file in files if (ROOT / file).is_file()}


def conftests(test: str) -> list[Path]:
    return [p / "conftest.py" for p in (ROOT / test).parents if (p / "conftest.py").is_file()]


def imports(path: Path) -> set[str]:
    """Return the names that a file imports, holds as text, or runs as a program."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and node.value in PACKAGES:  # run with -m
            names.add(f"{node.value}.__main__")
        elif isinstance(node, ast.Constant) and str(node.value).startswith(OURS):
            names.add(str(node.value))
    return names


@pytest.mark.parametrize("module", modules())
def test_every_module_has_its_test(module: str) -> None:
    there = (ROOT / mirrored(module)).is_file()
    assert there or module in COVERED, f"write {mirrored(module)}, or name the test that covers it"
    assert not (there and module in COVERED), f"{mirrored(module)} is there; drop {module}"


def test_the_table_names_modules_that_there_are() -> None:
    assert sorted(set(COVERED) - set(modules())) == []
    assert [test for test in COVERED.values() if not (ROOT / test).is_file()] == []


@pytest.mark.parametrize("test", sorted(set(COVERED.values())))
def test_a_test_that_covers_a_module_reaches_it(test: str) -> None:
    found = reached(test)
    assert [m for m, t in COVERED.items() if t == test and m not in found] == []
