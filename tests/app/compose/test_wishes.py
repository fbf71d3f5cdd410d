"""Every wish on offer is understood, others are refused; a link leads back to the same wishes."""

from dataclasses import replace

import pytest

from app.compose.links import MOST_REROLLS, Link, Reroll, read_link, write_link
from app.compose.wishes import (
    CHORDS,
    CLOSENESS,
    FORMS,
    KEY_OF_MOTIF,
    MOTIFS_RHYTHM,
    OLD_NAMES,
    RHYTHMS,
    SURPRISES,
    VERB_NAMES,
    Wishes,
    bars_offered,
    keys_offered,
    whole,
)
from app.visitor.motifs import Motif, typed_motif
from generate.plan.form import plan_form
from generate.plan.verbs import VERBS
from generate.sound.instruments import INSTRUMENTS
from mer.errors import InputError

MOTIF = typed_motif("4/4 key=G-major tempo=90 G4 A4 B4 D5", "Walk up")
OFFERED = {
    "verb": VERB_NAMES,
    "closeness": CLOSENESS,
    "surprise": SURPRISES,
    "form": FORMS,
    "key": keys_offered(),
    "instrument": INSTRUMENTS,
    "chords": CHORDS,
    "rhythm": RHYTHMS,
}


def test_verbs_of_the_page_are_those_of_the_generator() -> None:
    assert list(VERB_NAMES.values()) == list(VERBS)


@pytest.mark.parametrize("name", OFFERED)
def test_everything_on_offer_is_understood(name: str) -> None:
    for value in OFFERED[name]:
        wishes = replace(Wishes(), **{name: value})
        settings = wishes.settings()
        assert wishes.program in range(128)
        plan_form(8, settings.form)
        if name == "key":
            assert (settings.key is None) == (value == KEY_OF_MOTIF)


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        (Wishes(verb="magic"), "magic"),
        (Wishes(key="H major"), "H major"),
        (Wishes(bars=-1), "bars"),
        (Wishes(bars=65), "65"),
        (Wishes(tempo_bpm=5000), "tempo"),
        (Wishes(tempo_bpm=float("nan")), "tempo"),
        (Wishes(takes=6), "takes"),
        (Wishes(take=-1), "take"),
        (Wishes(surprise="huge"), "huge"),
        (Wishes(closeness="far"), "far"),
        (Wishes(chords="ninths"), "ninths"),
        (Wishes(rhythm="swing"), "swing"),
    ],
)
def test_bad_wishes(wishes: Wishes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        wishes.settings()
    with pytest.raises(InputError, match="kazoo"):
        _ = Wishes(instrument="kazoo").program


def test_what_a_verb_does_not_take_is_left_out() -> None:
    wishes = Wishes(verb="Stitch phrases", surprise="calm", rhythm=MOTIFS_RHYTHM)
    assert wishes.settings().surprise is None
    assert not wishes.settings().keep_rhythm
    assert replace(wishes, verb="Continue").settings().surprise == "calm"
    every = Wishes(bars=12, form="A B", closeness="only its neighbours")
    taken = [
        (told.bars, told.form, told.opens)
        for told in (
            replace(every, verb=name).settings() for name in ("Continue", "Vary", "B part")
        )
    ]
    assert taken == [(12, "A B", False), (12, None, False), (None, None, False)]


def test_lengths_follow_the_motif_unless_chosen() -> None:
    assert Wishes().settings().bars is None
    assert Wishes.of({"bars": 12.0}).settings().bars == 12
    assert [value for _, value in bars_offered()] == list(range(65))


@pytest.mark.parametrize("name", [*OLD_NAMES, "Stitch phrases"])
def test_links_made_before_there_were_verbs(name: str) -> None:
    link = read_link(f"notes=C4+D4+E4&method={name.replace(' ', '+')}", {})
    assert link is not None
    assert link.wishes.verb == OLD_NAMES.get(name, name)
    assert "method" not in write_link(link)


@pytest.mark.parametrize("value", [None, 2.5, float("inf")])
def test_whole_numbers(value: float | None) -> None:
    assert whole("bars", 8.0) == 8
    with pytest.raises(InputError, match="bars"):
        whole("bars", value)


@pytest.mark.parametrize(
    "motif", [MOTIF, replace(MOTIF, example=True), typed_motif("C D E", "<b>&")]
)
def test_links_round_trip(motif: Motif) -> None:
    wishes = Wishes(bars=16, form="A B, A'", key="D dorian", tempo_bpm=72.0, take=41, chords="auto")
    rerolls = (Reroll(41, "1-4,7"), Reroll(42, ""), Reroll(41, "2"))
    known = {motif.name: motif}
    for link in (Link(motif, wishes, rerolls), Link(motif, Wishes(tempo_bpm=motif.tempo_bpm))):
        assert read_link(f"{write_link(link)}&tab=compose", known) == link


def test_a_link_counts_beats_and_links_made_before_are_still_understood() -> None:
    jig = typed_motif("6/8 tempo=96 G4 A4 B4 D5")
    link = Link(jig, Wishes(tempo_bpm=180.0))
    assert write_link(link).endswith("&tempo=120")
    assert read_link(write_link(link), {}) == link
    before = read_link("notes=6/8+G4+A4+B4&tempo_bpm=180&meter=as+the+motif", {})
    assert before is not None
    assert before.wishes.tempo_bpm == 180.0
    # What was a wish once is a metre of the motif now.
    waltz = read_link("notes=4/4+G4+A4+B4&meter=3/4", {})
    assert waltz is not None
    assert str(waltz.motif.meter) == "3/4"
    assert write_link(waltz).startswith("notes=3%2F4+")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("notes=C+D+E&tempo=fast", "tempo is 'fast' in the link"),
        ("notes=C+D+E&meter=3/5", "3/5 is not supported"),
        ("example=Nonsense", "Nonsense"),
        ("notes=hello+world", "hello"),
        ("notes=C+D+E&bars=many", "many"),
        ("notes=C+D+E&bars=99", "99"),
        ("notes=C+D+E&verb=magic", "magic"),
        ("notes=C+D+E&keep=x", "keep"),
        ("notes=C+D+E" + "&keep=1:1" * (MOST_REROLLS + 1), "re-rolls"),
        ("notes=C" + "&a=1" * 100, "too many"),
    ],
)
def test_bad_links(query: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_link(query, {})
