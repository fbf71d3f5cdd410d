"""What a verb takes, and how long it makes what it makes."""

import pytest

from generate.compose import METHODS
from generate.plan.settings import Settings
from generate.plan.verbs import MOST_BARS, TAKEN_BY, VERBS, check_taken, usual_bars
from mer.errors import InputError


def test_every_verb_has_a_method_and_every_method_a_verb() -> None:
    assert {verb.method for verb in VERBS.values()} == set(METHODS)
    assert all(set(verbs) < set(VERBS) for verbs in TAKEN_BY.values())


@pytest.mark.parametrize(
    ("motif", "bars"), [(0, 8), (1, 8), (2, 8), (3, 8), (4, 8), (5, 12), (7, 16), (8, 16), (9, 20)]
)
def test_a_motif_is_heard_whole_and_answered(motif: int, bars: int) -> None:
    assert usual_bars("continue", motif) == usual_bars("vary", motif) == bars
    assert usual_bars("answer", motif) == usual_bars("b-part", motif) == 2 * max(motif, 1)


def test_what_is_too_long() -> None:
    assert usual_bars("continue", 100) == MOST_BARS
    with pytest.raises(InputError, match="the motif has 65 bars; b-part takes one of at most 64"):
        usual_bars("b-part", 65)


@pytest.mark.parametrize(
    ("verb", "wishes", "message"),
    [
        (
            "answer",
            {"bars": 4},
            "^bars goes with continue, vary, morph or stitch, not with answer$",
        ),
        ("b-part", {"form": "A B"}, "^form goes with continue, not with b-part$"),
        ("vary", {"scale": "key"}, "^scale goes with continue, answer or b-part, not with vary$"),
        ("stitch", {"first_note": 60}, "^first goes with"),
        ("morph", {"keep_rhythm": True}, "^keep-rhythm goes with"),
        ("vary", {"surprise": 2.0}, "^surprise goes with"),
        ("sing", {}, "^unknown verb 'sing'; choose one of continue, answer, b-part, vary, morph"),
        (None, {}, "^verb is None; a name in quotes is needed$"),
    ],
)
def test_settings_refuse_what_the_verb_does_not_take(
    verb: str, wishes: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        Settings(verb=verb, **wishes)  # type: ignore[arg-type]


def test_only_an_answer_leaves_the_motif_out() -> None:
    assert [name for name in VERBS if not Settings(verb=name).opens] == ["answer"]
    assert Settings(verb="answer", open_with_motif=True).opens
    assert not Settings(verb="b-part", open_with_motif=False).opens


def test_an_option_of_the_command_line_is_named_as_it_is_written() -> None:
    with pytest.raises(InputError, match=r"^--keep-bars goes with continue, not with answer$"):
        check_taken("answer", ["scale", "keep-bars"], sign="--")
