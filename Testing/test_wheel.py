"""The package as its users get it: built, installed where nothing of it is, and run from another folder."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel

REPOSITORY = Path(__file__).parents[1]
LIBRARY = REPOSITORY / "LayerSeparation" / "LayerSeparationLib"
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
LARGEST_BYTES = 20_000_000
BUILT = {"LayerSeparation", "LICENSE.txt", "PKG-INFO", "README.md", "pyproject.toml", "setup.cfg"}
USED = "from LayerSeparationLib import GapEdit, read_radiograph\n"


def run(*words: str | Path, folder: Path) -> str:
    """Run a program that knows nothing of this checkout; return what it says."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=outside,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, Path]:
    """Return the source distribution, and the wheel that was built from it."""
    # Built from a copy: setuptools would take up what an earlier build left in the checkout.
    source = tmp_path_factory.mktemp("source")
    left_behind = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.partial*")
    shutil.copytree(REPOSITORY / "LayerSeparation", source / "LayerSeparation", ignore=left_behind)
    for name in ("pyproject.toml", "README.md", "LICENSE.txt"):
        shutil.copy(REPOSITORY / name, source / name)
    run(sys.executable, "-m", "build", "--outdir", source / "dist", folder=source)
    (sdist,) = (source / "dist").glob("*.tar.gz")
    (wheel,) = (source / "dist").glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def environment(built, tmp_path_factory) -> Path:
    """Return an environment that was empty, and into which pip put the wheel and what it depends on.

    Nothing is borrowed from the environment of the tests but the choice of torch: the same build of it, most
    probably out of pip's cache, and never one for a GPU on a machine that has none.
    """
    _sdist, wheel = built
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", folder / "venv", folder=folder)
    constraints = folder / "constraints.txt"
    constraints.write_text(f"torch=={importlib.metadata.version('torch')}\n")
    install = ("install", "--no-input", "--no-compile", "--constraint", constraints, wheel)
    run(folder / "venv" / SCRIPTS / "python", "-m", "pip", *install, folder=folder)
    return folder / "venv"


def test_source_distribution_holds_the_package_and_nothing_large_or_foreign(built):
    sdist, _wheel = built
    assert sdist.stat().st_size < LARGEST_BYTES
    with tarfile.open(sdist) as archive:
        files = [Path(*Path(one.name).parts[1:]) for one in archive.getmembers() if one.isfile()]
    assert {file.parts[0] for file in files} == BUILT
    assert {file.parts[1] for file in files if file.parts[0] == "LayerSeparation"} == {
        "LayerSeparationLib",
        "layer_separation.egg-info",
    }


def test_wheel_holds_every_file_of_the_library(built):
    _sdist, wheel = built
    assert wheel.stat().st_size < LARGEST_BYTES
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if not name.startswith("layer_separation-")}
    files = [file for file in LIBRARY.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    assert held == {file.relative_to(LIBRARY.parent).as_posix() for file in files}
    assert "LayerSeparationLib/py.typed" in held


def test_installed_package_runs_the_demo(environment, tmp_path):
    where = run(
        environment / SCRIPTS / "python",
        "-c",
        "import LayerSeparationLib; print(LayerSeparationLib.__file__)",
        folder=tmp_path,
    )
    assert environment.resolve() in Path(where.strip()).resolve().parents
    said = run(environment / SCRIPTS / "layer-separation", "demo", "--output", "out", folder=tmp_path)
    gaps = re.findall(r"^MCP3 .* ([\d.]+) mm +([\d.]+) mm +\d+ ms$", said, re.MULTILINE)
    assert len(gaps) == 5, said
    for asked, measured in gaps:
        assert float(measured) == pytest.approx(float(asked), abs=0.1)
    assert len(list((tmp_path / "out" / "PhantomHand").iterdir())) == 14
    assert (tmp_path / "out" / "figure_MCP3.png").read_bytes()[:4] == b"\x89PNG"


def checked_types(environment: Path, program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Have mypy look at somebody's program that uses the installed package."""
    (folder / "program.py").write_text(USED + program)
    interpreter = ("--python-executable", environment / SCRIPTS / "python")
    return subprocess.run(
        # One cache for all programs: the types of torch and numpy are read once.
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            *interpreter,
            "--cache-dir",
            environment / "mypy",
            "program.py",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_types_are_seen_by_those_who_use_the_package(environment, tmp_path):
    program = 'reveal_type(read_radiograph("hand.dcm"))\nreveal_type(GapEdit)\n'
    done = checked_types(environment, program, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"LayerSeparationLib.radiograph.radiograph.Radiograph"' in done.stdout
    assert re.search(r'"def \(.+\) -> LayerSeparationLib\.synthesis\.gap_edit\.GapEdit"', done.stdout)


def test_a_wrong_use_is_found_by_mypy(environment, tmp_path):
    done = checked_types(environment, 'pixels: int = read_radiograph("hand.dcm")\n', tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "program.py:2: error: Incompatible types in assignment" in done.stdout
    assert "Found 1 error in 1 file" in done.stdout
