import json
from typing import Any

import numpy as np

from generate.compose import prepare, takes
from generate.plan.settings import Settings
from generate.report.report import as_json, describe
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

MOTIF = Melody(
    pitch=np.array([67, 69, 71, 74]),
    onset=np.arange(4) * 240,
    duration=np.full(4, 240),
    meter=(6, 8),
    key=Key(7),
)


def described(index: PhraseIndex, verb: str) -> str:
    wishes: dict[str, Any] = {"model": "chain"} if verb == "continue" else {}
    brief = prepare(MOTIF, index, Settings(verb=verb, key=Key(2), **wishes))
    pieces = takes(brief, np.random.default_rng(1), 2)
    return as_json(describe(brief, pieces, seed_path="m.mid", rng_seed=1))


def test_the_report_alone_leads_back_to_the_corpus(index: PhraseIndex) -> None:
    for verb in ("continue", "answer", "stitch", "vary"):
        report = json.loads(described(index, verb))
        motif = [note["pitch"] for note in report["seed"]["notes"]]
        assert motif == MOTIF.pitch.tolist()
        for piece in report["pieces"]:
            for note in piece["notes"]:
                source = note["source"]
                if source["kind"] == "motif":
                    cited = motif[source["note"]]
                else:
                    tune = index.corpus.tune(index.corpus.find(source["tune_id"])).melody
                    cited = int(tune.pitch[source["note"]])
                assert cited + source["transposition"] == note["pitch"]


def test_the_report_names_settings_neighbours_and_originality(index: PhraseIndex) -> None:
    report = json.loads(described(index, "continue"))
    assert report["settings"]["key"] == "D major"
    assert report["seed"]["key"] == "G major"
    assert report["rng_seed"] == 1
    assert len(report["neighbours"]) == 12
    assert set(report["neighbours"][0]) == {
        "tune_id",
        "title",
        "collection",
        "phrase",
        "similarity",
        "transposition",
    }
    for piece in report["pieces"]:
        assert 1 <= piece["originality"]["longest_copied_run"] <= 8
        assert piece["originality"]["tune_id"] is not None


def test_equal_inputs_give_equal_bytes(index: PhraseIndex) -> None:
    assert described(index, "vary") == described(index, "vary")
