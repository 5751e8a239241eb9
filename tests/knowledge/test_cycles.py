"""Pausing the searches for cycles: they are on again afterwards, whatever happened."""

from __future__ import annotations

import gc

import pytest

from knowledge.cycles import no_collections


def test_they_go_on_afterwards() -> None:
    assert gc.isenabled()
    with no_collections():
        assert not gc.isenabled()
        with no_collections():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="broken"), no_collections():
        raise ValueError("broken")
    assert gc.isenabled()


def test_who_had_them_off_finds_them_off() -> None:
    gc.disable()
    try:
        with no_collections():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
