"""The manifest that nodes hold -> where each segment of the index is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mer.embeddings import SETS
from mer.errors import InputError
from mer.notes.arrays import Ints
from mer.search.postgres.nodes import Nodes
from mer.search.segments.manifest import KIND
from mer.search.segments.segment import VERSION
from mer.search.segments.store import Size

MANIFEST = "SELECT serial, manifest FROM mer.manifest"
SEGMENTS = "SELECT id, name, tunes, sequences, notes, collections FROM mer.segment"


@dataclass(frozen=True)
class Located:
    """Where a segment is: number of the node, number in its tables; and what the manifest says."""

    node: int
    segment: int
    size: Size
    dead: Ints
    notes: int
    collections: tuple[str, ...]


def places_on(nodes: Nodes) -> tuple[str, list[Located]]:
    """Return the unit of the index and where its segments are; reads the manifest.

    Raises
    ------
    InputError
        If a node does not answer, a segment is on none, or there is no index of this release.
    """
    made = newest_manifest(nodes.ask_all(MANIFEST))
    if made is None:
        raise InputError("the nodes hold no index; 'mer index push' puts one there")
    held = {
        row[1]: (node, row) for node, rows in enumerate(nodes.ask_all(SEGMENTS)) for row in rows
    }
    places = []
    for listed in made["segments"]:
        if listed["file"] not in held:
            names = ", ".join(node.name for node in nodes.nodes)
            raise InputError(
                f"segment {listed['file']!r} is on none of the nodes {names}; name all nodes "
                "of the index, or push it again"
            )
        node, row = held[listed["file"]]
        size = Size(listed["tunes"], listed["sequences"], listed["notes"])
        dead = np.array(listed["removed"], dtype=np.int64)
        places.append(Located(node, row[0], size, dead, row[4], tuple(row[5])))
    return made["unit"], places


def newest_manifest(answers: Sequence[Sequence[tuple[Any, ...]]]) -> dict[str, Any] | None:
    """Return the newest of the manifests that nodes hold, None if they hold none.

    A push publishes it on one node after the other, when all segments are there.

    Raises
    ------
    InputError
        If it is not one of this release.
    """
    rows = [row for rows in answers for row in rows]
    if not rows:
        return None
    made: dict[str, Any] = json.loads(max(rows)[1])
    if made.get("kind") != KIND or made.get("version") != VERSION or made["views"] != list(SETS):
        raise InputError("the nodes hold an index of another release; build it again and push it")
    return made
