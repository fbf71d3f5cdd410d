"""A visitor's clicks, without gradio: what they are shown, and what stays on the disk."""

import re
import wave
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from app.compose import takes as actions
from app.compose.landing import compose_landing
from app.compose.links import Link, read_link
from app.compose.takes import Take, cited_by
from app.compose.visits import Progress, Result, Visits
from app.compose.wishes import VERB_NAMES, Wishes
from app.sound import sounds
from app.visitor.motifs import Motif, typed_motif
from generate.plan.brief import Brief
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.io import load_melody
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


def composed(visits: Visits, wishes: Wishes, motif: Motif | None = None) -> list[Progress]:
    link = Link(motif or visits.choose_example("Walk up"), wishes)
    return list(visits.find_and_compose(link, visits.sessions.folder("ann")))


def result_of(steps: list[Progress]) -> Result:
    assert steps[-1].result is not None
    return steps[-1].result


def file_of(result: Result, ending: str, number: int = 1) -> Path:
    return next(iter(sorted(result.folder.glob(f"*take-{number}{ending}"))))


PIECES = Path(__file__).parents[2] / "mer" / "io" / "pieces"


@pytest.mark.parametrize("ending", ["mei", "pae", "gabc", "volpiano"])
def test_a_pasted_notation_is_taken_and_grown_into_music(visits: Visits, ending: str) -> None:
    for path in sorted((PIECES / ending).iterdir()):
        motif = visits.edited(None, path.read_text(encoding="utf-8"))
        whole = load_melody(path)
        notes = len(motif.melody)
        assert motif.melody.pitch.tolist() == whole.pitch[:notes].tolist()
        assert notes == len(whole) or motif.whole is not None
        # What the page shows in the box reads back as what it is.
        assert typed_motif(motif.text).melody == motif.melody
    last = composed(visits, Wishes(takes=1), motif)[-1]
    assert last.neighbours.count("<audio") > 0
    assert len(last.cards) == 1


# The motif has one bar; the others hear it and answer it in eight.
BARS = {"Answer": 1, "B part": 2}


@pytest.mark.parametrize("verb", VERB_NAMES)
def test_find_and_compose(visits: Visits, verb: str) -> None:
    steps = composed(visits, Wishes(verb=verb, take=3, takes=2, max_copy=12))
    assert "Searching 320 phrases" in steps[0].status
    # Somebody waits for the first take; what it was made of comes after it.
    assert [len(step.cards) for step in steps] == [0, 1, 1, 2, 2]
    assert [bool(step.neighbours) for step in steps] == [False, False, True, True, True]
    tunes = steps[2].neighbours.count('class="card neighbour"')
    assert 12 < tunes <= 24
    assert f"Show {tunes - 12} more" in steps[2].neighbours
    last = steps[-1]
    assert "Done in" in last.status
    assert last.neighbours.count("<audio") == tunes
    for card in last.cards:
        assert card.count("<audio") == 1
        assert verb in card
        assert "Tune <" not in card
        assert "no target is given" not in card
        assert card.count('class="lock"') == (BARS.get(verb, 8))
    result = result_of(steps)
    assert [take.number for take in result.takes] == [3, 4]
    midi = file_of(result, ".mid", 3)
    assert len(load_melody(midi)) == len(result.takes[0].composition)
    # Sound is made when it is wanted, but for programs, which want all of it.
    assert not list(result.folder.glob("*.wav"))
    visits.save_sounds(result)
    with wave.open(str(file_of(result, ".wav", 4))) as file:
        assert file.getnchannels() == 2


def test_a_note_is_heard_in_the_tune_that_it_comes_from(visits: Visits) -> None:
    result = result_of(composed(visits, Wishes(takes=1)))
    (take,) = result.takes
    cited = cited_by(take, result.brief)
    held = [cell.cell_contents for cell in cited.__closure__ or ()]
    assert not [one for one in held if isinstance(one, Brief | Corpus | Take)]
    corpus = result.brief.corpus
    for note, source in enumerate(take.composition.sources):
        heard = cited(note)
        if source.tune_id:
            tune = corpus.tune(corpus.find(source.tune_id)).melody
            assert heard.pitch.tolist() == tune.pitch[source.note :][: len(heard)].tolist()
            assert heard.pitch[0] + source.transposition == take.composition.melody.pitch[note]
    with pytest.raises(InputError, match="there is no note"):
        cited(len(take.composition))


def test_same_take_same_music_other_take_other_music(visits: Visits) -> None:
    both = result_of(composed(visits, Wishes(take=1, takes=2)))
    later = result_of(composed(visits, Wishes(take=2, takes=1)))
    one, two = (file_of(both, ".mid", number).read_bytes() for number in (1, 2))
    assert one != two
    assert file_of(later, ".mid", 2).read_bytes() == two


def test_a_link_leads_to_the_same_music_re_rolls_included(visits: Visits) -> None:
    result = result_of(composed(visits, Wishes(takes=2, bars=6), typed_motif("G4 A B D5")))
    for keep in ("1-2", "1-4"):
        result, card = visits.reroll(result, 2, keep)
    assert card.count('aria-pressed="true"') == 4
    link = read_link(result.address, visits.examples)
    assert link is not None
    again = result_of(list(visits.find_and_compose(link, visits.sessions.folder("ben"))))
    assert again.address == result.address
    for mine, theirs in zip(result.takes, again.takes, strict=True):
        assert mine.composition.melody == theirs.composition.melody


def test_keeping_all_bars_is_refused_and_names_stay_different(visits: Visits) -> None:
    result = result_of(composed(visits, Wishes(takes=1, bars=4)))
    with pytest.raises(InputError, match="all 4 bars are kept"):
        visits.reroll(result, 1, "1-3,4")
    names = [result.takes[0].name]
    for _ in range(5):
        result, _ = visits.reroll(result, 1, "1")
        names.append(result.takes[0].name)
    assert len(set(names)) == len(names)


def test_a_link_to_bars_of_a_take_that_is_not_there(visits: Visits) -> None:
    with pytest.raises(InputError, match="take 9; it has takes 2 to 4"):
        read_link("notes=C4+D+E+G&take=2&keep=9:1", visits.examples)


def test_own_files_cannot_be_reached_by_a_link(visits: Visits) -> None:
    own = replace(visits, own=True)
    plain, private = (composed(one, Wishes(takes=1, bars=4))[-1] for one in (visits, own))
    assert "cannot reproduce" not in plain.status
    assert "the address cannot reproduce it" in private.status


def test_a_take_becomes_the_next_motif(visits: Visits) -> None:
    result = result_of(composed(visits, Wishes(takes=1)))
    motif = visits.reuse(result, 1)
    assert motif.name == "Walk up, take 1"
    assert "Walk up, take 1" in visits.motif_card(motif)
    assert composed(visits, Wishes(takes=1), motif)[-1].cards
    for asked in (lambda: visits.reuse(result, 9), lambda: visits.reroll(result, 9, "1")):
        with pytest.raises(InputError, match="no take 9"):
            asked()
    with pytest.raises(InputError, match="compose first"):
        visits.reroll(None, 1, "1")


def sections(take: Take) -> list[Melody]:
    melody = take.composition.melody
    starts = [*melody.phrase_starts, len(melody)]
    return [melody.cut(start, stop) for start, stop in pairwise(starts)]


def test_a_click_searches_for_its_music_once_and_for_the_tunes_beside_it_once(
    visits: Visits, searched: list[Melody]
) -> None:
    motif = visits.choose_example("Walk up").melody
    result = result_of(composed(visits, Wishes(takes=3)))
    assert searched.count(motif) == 2
    # All else that is searched for are sections of the takes: their reports name the tunes nearest.
    written = [section for take in result.takes for section in sections(take)]
    assert all(query in written for query in searched if query != motif)

    searched.clear()
    result, _ = visits.reroll(result, 2, "1-4")
    assert motif not in searched
    assert all(query in sections(result.takes[1]) for query in searched)


def test_a_re_roll_goes_on_from_what_was_found(visits: Visits, walking_index: PhraseIndex) -> None:
    result = result_of(composed(visits, Wishes(takes=1)))
    other = PhraseIndex.build(Corpus.from_tunes([walking_index.corpus.tune(0)]))
    here, there = visits, replace(visits, index=other, own=True)
    mine, theirs = (one.reroll(result, 1, "1-4")[0] for one in (here, there))
    assert mine.takes[0].composition.melody == theirs.takes[0].composition.melody
    assert not theirs.own


def test_text_that_was_not_changed_is_the_motif_at_hand(visits: Visits) -> None:
    motif = visits.choose_example("Walk up")
    assert visits.edited(motif, f" {motif.text}\n") is motif
    assert visits.edited(None, motif.text) is motif
    assert visits.edited(motif, "C4 D E").text == "C4 D4 E4"


def test_old_results_are_cleared_away(visits: Visits) -> None:
    for take in range(5):
        last = result_of(composed(visits, Wishes(takes=1, take=take, bars=4)))
    folders = list(visits.sessions.folder("ann").glob("result-*"))
    assert len(folders) == 3
    assert last.folder in folders


def test_visitors_do_not_share_and_leave_nothing(visits: Visits) -> None:
    motif = visits.choose_example("Walk up")
    for name in ("ann", "ben"):
        list(visits.find_and_compose(Link(motif, Wishes(takes=1)), visits.sessions.folder(name)))
    root = visits.sessions.root
    assert len(list(root.iterdir())) == 2
    visits.sessions.remove("ann")
    assert list(root.iterdir()) == [visits.sessions.folder("ben")]
    visits.sessions.remove("ben")
    visits.sessions.remove("nobody")
    visits.sessions.remove("everyone")
    assert list(root.iterdir()) == []


def test_the_page_opens_with_an_example_composed(visits: Visits) -> None:
    landing = compose_landing(visits)
    assert landing.motif == visits.examples["Walk up"]
    assert landing.card.count("<audio") == 1
    assert len(landing.progress.cards) == 3
    visits.sessions.remove("everyone")
    assert landing.progress.result is not None
    assert file_of(landing.progress.result, ".mid").is_file()


def test_the_sounds_that_the_page_opens_with_are_there_for_good(
    visits: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sounds, "_MOST_OFFERED", 1)
    landing = compose_landing(visits)
    texts = (landing.card, landing.progress.neighbours, *landing.progress.cards)
    names = set(re.findall(r"sound/([0-9a-f]{32})", "".join(texts)))
    assert len(names) > 4
    for name in names:
        assert visits.sounds.file(name).is_file()


def test_each_take_is_arranged_once(visits: Visits, monkeypatch: pytest.MonkeyPatch) -> None:
    arranged: list[str] = []
    arrange = actions.arranged
    monkeypatch.setattr(
        actions,
        "arranged",
        lambda take, *rest: (arranged.append(take.name), arrange(take, *rest))[1],
    )
    composed(visits, Wishes(takes=2))
    assert arranged == ["Take 1", "Take 2"]


def test_unknown_example(visits: Visits) -> None:
    with pytest.raises(InputError, match="Nonsense"):
        visits.choose_example("Nonsense")
