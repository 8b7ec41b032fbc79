"""The panel's tests run on `panel_host`, which stands in for Slicer's application."""

from __future__ import annotations

from pathlib import Path

import pytest
from panel_host.host import start_qt

from .panel_bench import bench, film, ready, slow  # noqa: F401

# Sections import qt, which only Slicer and the host have.
start_qt()

MODULE = Path(__file__).resolve().parents[2] / "LayerSeparation" / "LayerSeparation.py"


@pytest.fixture
def module_file() -> Path:
    """The scripted module."""
    return MODULE
