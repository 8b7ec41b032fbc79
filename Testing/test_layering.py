"""Data flows one way: no import runs back up, no circle, no overlong file, nothing heavy too early.

Imports for types only count as well: who reads a file has to know what they name.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import LayerSeparationLib

LIBRARY = Path(__file__).parents[1] / "LayerSeparation" / "LayerSeparationLib"
# A room may use the rooms before it, never those behind it.
ROOMS = (
    *("errors", "version", "translation", "files", "radiograph", "inference", "joints", "separation"),
    *("phantom", "measurement", "synthesis", "export", "figures", "follow_up", "dataset", "training"),
    *("scene", "views", "widgets", "cli"),
)
FILES = sorted(LIBRARY.rglob("*.py"))
LONGEST_FILE = 400
LARGEST_ROOM = 0.155
ALWAYS_THERE = {*sys.stdlib_module_names, "numpy", "scipy", "SimpleITK", "LayerSeparationLib"}
TORCH_ROOMS = ("inference", "training")
OF_SLICER = {
    "translation": {"slicer"},
    "scene": {"vtk", "slicer"},
    "views": {"vtk", "slicer"},
    "widgets": {"vtk", "slicer", "qt", "ctk"},
}


def module_of(file: Path) -> str:
    parts = ("LayerSeparationLib", *file.relative_to(LIBRARY).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(file): file for file in FILES}


def room_of(module: str) -> str | None:
    """Return the room of a module; None for the package itself, which every room may name."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] not in {"__main__", "__version__"} else None


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def statements(tree: ast.AST, *, at_run_time: bool, at_file_scope: bool):
    """Yield a file's import statements, without those for types or those in functions if so asked."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif at_run_time and is_type_checking(node):
            for other in node.orelse:
                yield from statements(other, at_run_time=at_run_time, at_file_scope=at_file_scope)
        elif not (at_file_scope and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))):
            yield from statements(node, at_run_time=at_run_time, at_file_scope=at_file_scope)


def imports(file: Path, *, at_run_time: bool = False, at_file_scope: bool = False) -> set[str]:
    """Return the full names of the modules that a file imports."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    package = module_of(file).split(".")
    if file.name != "__init__.py":
        package.pop()
    found: set[str] = set()
    for node in statements(tree, at_run_time=at_run_time, at_file_scope=at_file_scope):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
            continue
        parent = package[: len(package) - node.level + 1] if node.level else []
        base = ".".join([*parent, *([node.module] if node.module else [])])
        for alias in node.names:
            full = f"{base}.{alias.name}"
            if base == "LayerSeparationLib" and alias.name in LayerSeparationLib._ROOM_OF:
                full = f"{base}.{LayerSeparationLib._ROOM_OF[alias.name]}"
            found.add(full if full in MODULES else base)
    return found


def relative_name(file: Path) -> str:
    return file.relative_to(LIBRARY).as_posix()


def test_every_folder_and_file_is_a_known_room():
    assert {room_of(module) for module in MODULES} - {None} <= set(ROOMS)


# The package and its command line entry stand above all rooms.
@pytest.mark.parametrize("file", [file for file in FILES if room_of(module_of(file))], ids=relative_name)
def test_no_import_runs_back_up(file):
    own = room_of(module_of(file))
    used = {room_of(name) for name in imports(file) if name.split(".")[0] == "LayerSeparationLib"} - {None}
    wrong = {room for room in used if room not in ROOMS[: ROOMS.index(own) + 1]}
    assert not wrong, f"{relative_name(file)} ({own}) imports {sorted(wrong)}"


def test_no_circle():
    graph = {
        module: {name for name in imports(file) if name in MODULES and name != module}
        for module, file in MODULES.items()
        if file.name != "__init__.py"
    }
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"circle: {' <- '.join(error.args[1])}")


def test_folders_of_a_room_have_an_order():
    """A plan knows neither who carries it out nor what is said of it; formats don't know who lists them."""
    composed = ("dataset.make_dataset", "dataset.film_dataset")
    for folder, unknown in (
        ("dataset/plan", ("dataset.run", "dataset.report", *composed)),
        ("dataset/run", ("dataset.report", *composed)),
        ("dataset/report", ("dataset.run.block", "dataset.run.cluster", "dataset.run.local", *composed)),
        ("export/formats", ("export.registry",)),
    ):
        for file in (LIBRARY / folder).glob("*.py"):
            used = {name.removeprefix("LayerSeparationLib.") for name in imports(file)}
            wrong = {name for name in used if name.startswith(unknown)}
            assert not wrong, f"{relative_name(file)} imports {sorted(wrong)}"


def test_no_room_is_much_larger_than_the_others():
    lines = Counter()
    for module, file in MODULES.items():
        lines[room_of(module)] += len(file.read_text(encoding="utf-8").splitlines())
    room, largest = lines.most_common(1)[0]
    assert largest <= LARGEST_ROOM * lines.total(), f"{room} holds {largest} of {lines.total()} lines"


@pytest.mark.parametrize("file", FILES, ids=relative_name)
def test_file_is_short_and_named_for_what_it_holds(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    assert not {"utils", "util", "helpers", "misc", "common"} & set(file.with_suffix("").parts)


@pytest.mark.parametrize("file", FILES, ids=relative_name)
def test_only_what_slicer_always_has_is_imported_at_file_scope(file):
    room = room_of(module_of(file)) or ""
    used = {name.split(".")[0] for name in imports(file, at_run_time=True, at_file_scope=True)}
    allowed = ALWAYS_THERE | OF_SLICER.get(room, set())
    if room in TORCH_ROOMS or file.name.endswith("network.py"):
        allowed = allowed | {"torch", "safetensors", "lightning_fabric", "tensorboard", "tqdm"}
    assert not used - allowed, f"{relative_name(file)} imports {sorted(used - allowed)} at file scope"


@pytest.mark.parametrize(
    "statement",
    [
        "import LayerSeparationLib",
        "from LayerSeparationLib import read_radiograph, JointPose, Separator, GapEdit",
        "import LayerSeparationLib.cli",
        "import LayerSeparationLib.export",
        "from LayerSeparationLib import make_joint, make_hand, Radiograph, JointLayers, SyntheticJoint",
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(statement):
    heavy = ["torch", "pydicom", "matplotlib", "lightning_fabric", "PIL", "skimage"]
    program = f"import sys; {statement}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=LIBRARY.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_public_names_are_listed_and_found():
    assert set(LayerSeparationLib.__all__) <= set(dir(LayerSeparationLib))
    for name in LayerSeparationLib.__all__:
        assert getattr(LayerSeparationLib, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = LayerSeparationLib.no_such_name
