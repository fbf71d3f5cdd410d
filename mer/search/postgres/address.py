"""One text with addresses of PostgreSQL servers -> what connects to each, and its name in messages.

Addresses are those of libpq: ``postgresql://user@host:port/database?option=value``. Several stand
in one text with commas between them; a comma inside an address separates replicas of one server. A
password may be part of an address, and never becomes part of a name or message.
"""

from __future__ import annotations

import os
import re
from types import ModuleType
from typing import Any, NamedTuple

from mer.errors import InputError

_SCHEMES = ("postgres://", "postgresql://")
_CONNECT_TIMEOUT_SEC = 10


class Address(NamedTuple):
    """Where one server is.

    Parameters
    ----------
    options
        What libpq takes, by its names for them.
    name
        Hosts, ports and database, for messages.
    """

    options: dict[str, Any]
    name: str

    def __repr__(self) -> str:
        return f"Address({self.name})"


def is_address(where: object) -> bool:
    """Return whether a text names PostgreSQL servers, and no file or folder.

    Examples
    --------
    >>> is_address("postgresql://a/music,postgresql://b/music"), is_address("my-tunes")
    (True, False)
    """
    return isinstance(where, str) and where.startswith(_SCHEMES)


def addresses(text: str) -> list[Address]:
    """Return the addresses in one text, in their order.

    Raises
    ------
    InputError
        If psycopg is missing, one is no address of PostgreSQL, or one stands there twice.
    """
    parts = re.split(r",(?=postgres(?:ql)?://)", text)
    found = [_address(part, number) for number, part in enumerate(parts, start=1)]
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"the node {name} is named twice; name each node once")
    return found


def driver() -> ModuleType:
    """Return psycopg, which only those who use PostgreSQL need.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        import psycopg
    except ImportError as error:
        raise InputError(
            "PostgreSQL needs psycopg, which is not installed; run: pip install 'mer[postgres]'"
        ) from error
    return psycopg


def _address(part: str, number: int) -> Address:
    psycopg = driver()
    wrong = InputError(
        f"address {number} is none of PostgreSQL; write postgresql://USER@HOST:PORT/DATABASE, "
        "with %40 for @ and %2F for / in a password"
    )
    # libpq would take the rest of a password for a host, and name it in messages.
    if (
        not part.startswith(_SCHEMES)
        or part.count("@") > 1
        or "@" in part.partition("//")[2].partition("/")[2]
    ):
        raise wrong
    try:
        options: dict[str, Any] = psycopg.conninfo.conninfo_to_dict(part)
    except psycopg.Error:
        raise wrong from None  # its message may hold the password
    hosts = str(options.get("host") or options.get("hostaddr") or "localhost").split(",")
    ports = str(options.get("port") or "").split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    if len(ports) != len(hosts) or not all(re.fullmatch(r"\d*", port) for port in ports):
        raise wrong
    named = [host + (f":{port}" if port else "") for host, port in zip(hosts, ports, strict=True)]
    if "connect_timeout" not in options and "PGCONNECT_TIMEOUT" not in os.environ:
        options["connect_timeout"] = _CONNECT_TIMEOUT_SEC
    options.setdefault("application_name", "mer")
    return Address(options, f"{','.join(named)}/{options.get('dbname', '')}")
