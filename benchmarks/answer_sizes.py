"""How large the answers of the page to programs are: each endpoint, and each tool with MCP.

    python benchmarks/answer_sizes.py [--address http://127.0.0.1:7860/]

Each endpoint is asked for as little as it needs and for the most that it takes; the table says in
bytes, as JSON, what came back. Without --address a page is started, with its tools where the
package `mcp` is installed. The exit status is 1 if an answer to somebody who asks for no more than
is needed has over 10,000 bytes, or if HTML is in any.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import re
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.page_client import ROOT, served

MOST_BYTES = 10_000
MOTIF = ROOT / "data" / "motifs" / "ode-to-joy.musicxml"
HTML = re.compile(r"<(?:div|p|span|svg|article|section|details)\b")
Asked = Mapping[str, Any]


def questions(notes: str, link: str, tune: str) -> dict[str, tuple[Asked, Asked | None]]:
    """Return what each endpoint is asked: what it needs, and the most that it takes, if more."""
    return {
        "choices": ({}, None),
        "read_notes": ({"notes": notes}, None),
        "find_phrases": ({"notes": notes}, {"notes": notes, "count": 50}),
        "read_tune": ({"tune_id": tune}, None),
        "compose": ({"notes": notes}, {"notes": notes, "bars": 64, "takes": 5}),
        "open_link": ({"link": link}, None),
        "reroll": ({"link": link, "take": 1, "keep_bars": "1"}, None),
    }


def bytes_of(answer: Any) -> int:
    """Return the size of an answer as JSON; none may hold HTML."""
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    if HTML.search(text):
        raise SystemExit(f"HTML: {text[:200]}")
    return len(text.encode())


def endpoints(
    address: str, *, most: bool = True
) -> tuple[dict[str, list[int]], dict[str, tuple[Asked, Asked | None]]]:
    """Return the sizes of the answers of each endpoint, and what they were asked.

    Parameters
    ----------
    most
        Whether each is asked for the most that it takes, too.
    """
    from gradio_client import Client, handle_file

    client = Client(address, verbose=False)
    sizes = {
        "(description)": [bytes_of(client.view_api(return_format="dict", print_info=False))],
        "read_file": [bytes_of(read := client.predict(handle_file(MOTIF), api_name="/read_file"))],
    }
    first = client.predict(read["notes"], api_name="/compose")
    asked = questions(read["notes"], first["link"], first["neighbours"][0]["tune_id"])
    asked = asked if most else {name: (given[0], None) for name, given in asked.items()}
    for name, given in asked.items():
        answers = (client.predict(**one, api_name=f"/{name}") for one in given if one is not None)
        sizes[name] = [bytes_of(answer) for answer in answers]
    return sizes, asked


async def tools(
    address: str, asked: Mapping[str, tuple[Asked, Asked | None]]
) -> dict[str, list[int]]:
    """Return the sizes of the answers of each tool; what is said of them in the first place."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async with (
        streamablehttp_client(f"{address.rstrip('/')}/gradio_api/mcp/") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        told = await session.list_tools()
        sizes = {"(description)": [bytes_of(told.model_dump_json())]}
        for name, given in asked.items():
            tool = next(one.name for one in told.tools if one.name.endswith(name))
            sizes[name] = []
            for one in given:
                if one is not None:
                    answer = await session.call_tool(tool, dict(one))
                    texts = [part.text for part in answer.content if part.type == "text"]
                    json.loads(texts[0])  # it is JSON
                    sizes[name].append(bytes_of("".join(texts)))
    return sizes


def table(way: str, sizes: Mapping[str, list[int]]) -> list[str]:
    """Return the rows of a table."""
    return [
        f"| {way} | {name} | {' | '.join([*(f'{size:,}' for size in told), ''][:2])} |"
        for name, told in sizes.items()
    ]


def main() -> int:
    """Ask, count and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--address", help="of a running page; else one is started")
    options = parser.parse_args()
    with_tools = importlib.util.find_spec("mcp") is not None
    own = served(*(["--mcp"] if with_tools else [])) if options.address is None else None
    with own or nullcontext((options.address, None)) as (address, _):
        sizes, asked = endpoints(address)
        rows = table("endpoint", sizes)
        if with_tools:
            told = asyncio.run(tools(address, asked))
            rows += table("MCP tool", told)
            sizes = {**sizes, **{f"{name} (MCP)": size for name, size in told.items()}}
    print("| way | name | bytes | bytes, asked for the most |\n|---|---|---|---|")
    print("\n".join(rows))
    large = [
        name
        for name, told in sizes.items()
        if told[0] > MOST_BYTES and not name.startswith("(description)")
    ]
    print(f"over {MOST_BYTES:,} bytes unasked: {', '.join(large) or 'none'}")
    return int(bool(large))


if __name__ == "__main__":
    sys.exit(main())
