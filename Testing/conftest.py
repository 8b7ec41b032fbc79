"""Fixtures that all rooms share."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder with real radiographs (LAYER_SEPARATION_DATA, or `shared/data` beside the repository)."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("LAYER_SEPARATION_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"no real radiographs in {folder}; set LAYER_SEPARATION_DATA")
    return folder
