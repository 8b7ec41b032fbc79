"""The panel's tests run on panel_host, which stands in for Slicer's application; they skip without it."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from .panel_bench import bench, film, ready, slow  # noqa: F401

REPOSITORY = Path(__file__).resolve().parents[2]
MODULE = REPOSITORY / "LayerSeparation" / "LayerSeparation.py"
TOOLS = Path(os.environ.get("LAYERSEPARATION_PANEL_HOST", REPOSITORY.parent / "shared" / "tools"))

if importlib.util.find_spec("panel_host") is None and (TOOLS / "panel_host").is_dir():
    sys.path.insert(0, str(TOOLS))

if importlib.util.find_spec("panel_host") is not None:
    from panel_host.pytest_plugin import panel, panel_host, pytest_runtest_call  # noqa: F401
else:

    @pytest.fixture
    def panel():
        pytest.skip(f"no panel_host in {TOOLS}; set LAYERSEPARATION_PANEL_HOST")


@pytest.fixture
def module_file() -> Path:
    """The scripted module."""
    return MODULE
