"""Many visitors at once, who do all that can be done, with FluidSynth and without: none fails.

The second server starts where Ctrl-C stopped the first.
"""

import signal
import socket
import sys
from pathlib import Path

import pytest

from mer.search.index import PhraseIndex

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

from page_client import served  # noqa: E402
from soak import ACTIONS, SETUPS, set_up, soak  # noqa: E402

sys.path.remove(str(ROOT / "benchmarks"))

pytest.importorskip("gradio", reason="gradio is not installed")
pytest.importorskip("httpx", reason="httpx is not installed")
# Setup -> how many there are. The synthesiser of a library is what so many could get in the way of.
VISITORS = {"without FluidSynth": 10, "with a stand-in for FluidSynth": 20}


@pytest.fixture(scope="module")
def port() -> int:
    """A port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    return number


def test_the_setups_are_those_of_the_benchmark() -> None:
    assert set(VISITORS) == {*SETUPS} - {"as it is"}


@pytest.mark.parametrize("setup", VISITORS)
def test_many_visitors_at_once(
    setup: str, port: int, walking_index: PhraseIndex, tmp_path: Path
) -> None:
    walking_index.save(tmp_path / "walking.npz")
    options = ("--corpus", str(tmp_path / "walking.npz"), "--per-minute", "10000", "--queue", "100")
    with served(*options, port=port, environment=set_up(setup, tmp_path)) as (address, server):
        found = soak(address, visitors=VISITORS[setup], least=1)
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) == 0
    assert found.failed == []
    assert found.done == dict.fromkeys(ACTIONS, VISITORS[setup] // len(ACTIONS))
