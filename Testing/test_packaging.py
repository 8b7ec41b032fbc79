"""What ships is what is there, and every description of the extension says the same."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from LayerSeparationLib import __version__

REPOSITORY = Path(__file__).parents[1]
MODULE = REPOSITORY / "LayerSeparation"
LARGEST_FILE = 12_000_000
# Not part of what ships: compiled files, and traces of editable installs and of outputs that were cut off.
NOT_SHIPPED = re.compile(r"\.pyc$|__pycache__|\.egg-info/|/\.|^\.|CMakeLists\.txt$")
BINARY = {".png", ".jpg", ".safetensors", ".nrrd", ".dcm", ".npz", ".gz"}


def text(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def listed(variable: str) -> list[str]:
    """Return the files that a list of the module's CMakeLists.txt names."""
    (body,) = re.findall(rf"set\({variable}\n(.*?)\)", text("LayerSeparation/CMakeLists.txt"), re.DOTALL)
    return [
        line.strip().replace("${MODULE_NAME}", "LayerSeparation")
        for line in body.splitlines()
        if line.strip()
    ]


def shipped(*, scripts: bool) -> list[str]:
    """Return the files of the module's folder: Python files, or all others."""
    files = [path.relative_to(MODULE).as_posix() for path in MODULE.rglob("*") if path.is_file()]
    return sorted(file for file in files if not NOT_SHIPPED.search(file) and file.endswith(".py") == scripts)


def tracked() -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for name in done.stdout.split("\0") if name and (path := REPOSITORY / name).is_file()]


@pytest.mark.parametrize(
    ("variable", "scripts"), [("MODULE_PYTHON_SCRIPTS", True), ("MODULE_PYTHON_RESOURCES", False)]
)
def test_cmake_lists_name_every_file_and_no_other(variable, scripts):
    files = shipped(scripts=scripts)
    paste = "\n".join([f"set({variable}", *(f"  {file}" for file in files), "  )"])
    paste = paste.replace("  LayerSeparation.py", "  ${MODULE_NAME}.py")
    paste = paste.replace("  LayerSeparationLib/", "  ${MODULE_NAME}Lib/")
    assert sorted(listed(variable)) == files, (
        f"\n\nPaste this into LayerSeparation/CMakeLists.txt:\n\n{paste}\n"
    )


def test_weights_ship_with_their_card():
    resources = shipped(scripts=False)
    assert [file for file in resources if file.endswith(".safetensors")]
    assert [
        file
        for file in resources
        if file.startswith("LayerSeparationLib/inference/models/") and file.endswith(".md")
    ]


def test_python_package_and_module_say_where_the_project_lives():
    homepage = "https://github.com/LayerSeparation/SlicerLayerSeparation"
    for name in ("pyproject.toml", "CITATION.cff", "LayerSeparation/LayerSeparation.py"):
        assert homepage in text(name), name


def test_slicer_finds_its_classes():
    tree = ast.parse(text("LayerSeparation/LayerSeparation.py"))
    classes = {
        node.name: ast.unparse(node.bases[0])
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.bases
    }
    assert classes["LayerSeparation"] == "ScriptedLoadableModule"
    assert classes["LayerSeparationWidget"] == "ScriptedLoadableModuleWidget"
    assert classes["LayerSeparationLogic"] == "ScriptedLoadableModuleLogic"
    assert classes["LayerSeparationTest"] == "ScriptedLoadableModuleTest"


def test_one_version():
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert f"\nversion: {__version__}\n" in text("CITATION.cff")
    assert f"## [{__version__}]" in text("CHANGELOG.md")
    assert 'dynamic = ["version"]' in text("pyproject.toml")


def test_licence_is_apache_2():
    licence = text("LICENSE.txt")
    assert "Apache License" in licence
    assert "Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert 'license = "Apache-2.0"' in text("pyproject.toml")
    assert "license: Apache-2.0" in text("CITATION.cff")


def test_tracked_files_are_small_and_have_unix_line_ends():
    for path in tracked():
        data = path.read_bytes()
        assert len(data) <= LARGEST_FILE, path
        if path.suffix not in BINARY:
            assert b"\r\n" not in data, path
