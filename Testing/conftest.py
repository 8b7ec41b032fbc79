"""Fixtures that all rooms share."""

import hashlib
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from panel_host.fixtures import panel, panel_host, pytest_runtest_call  # noqa: F401

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


@pytest.fixture(scope="session")
def begun_process():
    """Return a function: runs Python in a process until a data set has its first block, and gives it out.

    When the block around ends, so must have the process and all that it started.
    """
    import psutil

    @contextmanager
    def begun(words, data_set):
        library = Path(__file__).parents[1] / "LayerSeparation"
        process = subprocess.Popen(
            [sys.executable, *map(str, words)],
            env={**os.environ, "PYTHONPATH": str(library), "OMP_NUM_THREADS": "1"},
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 240
        while not list((data_set / ".work" / "blocks").glob("*.jsonl")):
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.005)
        family = psutil.Process(process.pid).children(recursive=True)
        yield process
        process.wait(60)
        _, alive = psutil.wait_procs(family, timeout=20)
        for one in alive:
            one.kill()
        assert not alive

    return begun


def _tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def tree():
    """Return a function: folder -> path and sha256 of every file."""
    return _tree
