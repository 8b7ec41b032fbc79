"""pytest's side of the host: fixtures `panel_host` and `panel`, and the failure for swallowed errors.

A conftest.py imports all three names.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .host import PanelHost


@pytest.fixture
def panel_host() -> Iterator[PanelHost]:
    """Return a host with a fresh scene."""
    from .host import PanelHost

    host = PanelHost()
    yield host
    host.close()
    host.errors.fail("while the panel was closed")


@pytest.fixture
def panel(panel_host: PanelHost) -> Any:
    """Return a function that opens a scripted module's panel; its attribute `host` is the host."""

    def open_panel(path: Path) -> Any:
        return panel_host.open(path)

    open_panel.host = panel_host
    return open_panel


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test fail in which an error was swallowed."""
    result = yield
    host = getattr(item, "funcargs", {}).get("panel_host")
    if host is not None:
        host.errors.fail("in the test")
    return result
