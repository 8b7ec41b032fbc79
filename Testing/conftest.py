"""Fixtures that all rooms share."""

import os
from pathlib import Path

import pytest

from LayerSeparationLib import JointPose, Separator, make_joint


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder with real radiographs (LAYER_SEPARATION_DATA, or `shared/data` beside the repository)."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("LAYER_SEPARATION_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"no real radiographs in {folder}; set LAYER_SEPARATION_DATA")
    return folder


@pytest.fixture(scope="session")
def separator() -> Separator:
    """Return a separator with the weights that ship."""
    return Separator("cpu")


@pytest.fixture(scope="session")
def phantoms():
    """Return one phantom joint of each kind."""
    widths_mm = {"MCP": 1.6, "PIP": 1.0, "DIP": 0.9, "IP": 1.1}
    return {kind: make_joint(kind, 20, jsw_mm=width) for kind, width in widths_mm.items()}


@pytest.fixture(scope="session")
def mcp_layers(separator, phantoms):
    """Return the layers that the network finds in the MCP phantom, a canonical crop."""
    film = phantoms["MCP"].radiograph
    return separator.separate(film, JointPose.whole_crop(film, "MCP3"))
