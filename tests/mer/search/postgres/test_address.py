"""Addresses are told from names of corpora, and passwords never shown."""

import builtins
from typing import Any

import pytest

from mer.errors import InputError
from mer.search.postgres.address import addresses, driver, is_address

SECRET = "s3cret"


def test_addresses_are_told_from_corpora() -> None:
    assert is_address("postgres://a/music")
    assert not is_address(None)
    assert not is_address("/srv/postgresql://a")


def test_several_nodes_and_replicas() -> None:
    pytest.importorskip("psycopg")
    found = addresses(f"postgresql://me:{SECRET}@a:1,b:2/music,postgres://c/music?sslmode=require")
    assert [one.name for one in found] == ["a:1,b:2/music", "c/music"]
    assert found[1].options["sslmode"] == "require"
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://me:{SECRET}@w@a/music",
        f"postgresql://me:p/{SECRET}@a/music",
        f"postgresql://me:{SECRET}@a/music?no=such",
        f"postgresql://me:{SECRET}@a:x/music,music",
        f"postgresql://me:{SECRET}@a/music,postgresql://me:{SECRET}@a/music",
    ],
)
def test_wrong_addresses_are_refused_in_one_line_without_the_password(text: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(InputError) as told:
        addresses(text)
    assert SECRET not in str(told.value)
    assert "\n" not in str(told.value)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def missing(name: str, *more: Any) -> Any:
        if name.split(".")[0] == "psycopg":
            raise ImportError(name)
        return imported(name, *more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(InputError, match=r"pip install 'mer\[postgres\]'"):
        driver()
