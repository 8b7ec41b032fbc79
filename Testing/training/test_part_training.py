"""Margins and silhouettes are trained from weights, each without touching the rest of them."""

import json

import numpy as np
import pytest

from LayerSeparationLib import Separator, make_joint
from LayerSeparationLib.cli import main
from LayerSeparationLib.inference.arrays import as_array
from LayerSeparationLib.inference.weights import find_weights, read_tensors
from LayerSeparationLib.separation import default_weights

TINY = ("--phantoms", "4", "--steps", "1", "--pairs", "2", "--accelerator", "cpu", "--devices", "1")


@pytest.fixture(scope="module")
def traced(joint_set, directed_hand_set, tmp_path_factory):
    """Return the arguments of the sets, and the folder of a run of the margins, which traced the joints."""
    output = tmp_path_factory.mktemp("margins")
    sets = ["--data", str(joint_set), "--hands", str(directed_hand_set), "--start", str(default_weights())]
    assert main(["train", "--part", "margins", "--output", str(output), *sets, *TINY]) == 0
    return sets, output


@pytest.fixture(scope="module")
def silhouettes(traced, tmp_path_factory):
    sets, margins = traced
    output = tmp_path_factory.mktemp("silhouettes")
    (output / "cache").mkdir()
    for file in (margins / "cache").iterdir():  # what was traced is not traced again
        (output / "cache" / file.name).write_bytes(file.read_bytes())
    assert main(["train", "--part", "silhouettes", "--output", str(output), *sets, *TINY]) == 0
    return output


def changed(output):
    """Return the names of the tensors that are not as in the weights that ship."""
    before, after = (read_tensors(path) for path in (default_weights(), output / "lsn.safetensors"))
    assert before.keys() == after.keys()
    return {name for name in before if not np.array_equal(as_array(before[name]), as_array(after[name]))}


def test_training_of_the_margins_leaves_the_separation(traced):
    names = changed(traced[1])
    assert names
    assert all(name.startswith("margins.") for name in names)


def test_training_of_the_silhouettes_leaves_all_but_them(silhouettes):
    names = changed(silhouettes)
    assert names
    assert all(name.startswith("separation.anatomy.") for name in names)
    assert not any("running_" in name for name in names)


@pytest.mark.parametrize("part", ["margins", "silhouettes"])
def test_what_is_written_works_and_says_what_it_is_of(traced, silhouettes, part):
    output = traced[1] if part == "margins" else silhouettes
    weights = find_weights(output / "lsn.safetensors")
    training = weights.manifest["training"]
    assert training[part]["plan"]["steps"] == 1
    assert training[part]["started_from_sha256"] == find_weights(default_weights()).sha256
    assert training[part]["joints"][-1] == 4  # phantoms
    assert training["plan"] == find_weights(default_weights()).manifest["training"]["plan"]
    film = make_joint("MCP", 1)
    layers = Separator("cpu", weights.path).separate(film.radiograph, film.pose)
    assert layers.weights_sha256 == json.loads((output / "lsn.json").read_text())["sha256"]


def test_joints_are_traced_once(traced):
    names = sorted(file.name for file in (traced[1] / "cache").iterdir())
    short = find_weights(default_weights()).sha256[:16]
    assert names == [f"traced-hands-{short}.npz", f"traced-joints-{short}.npz"]


def test_a_run_goes_on_with_what_was_traced(traced, monkeypatch):
    sets, output = traced
    monkeypatch.setattr(
        "LayerSeparationLib.training.part_training.trace_joint", lambda *_: pytest.fail("traced again")
    )
    more = [argument if argument != "1" else "2" for argument in TINY[:4]]
    arguments = ["train", "--part", "margins", "--output", str(output), *sets, *more, *TINY[4:]]
    assert main([*arguments, "--resume"]) == 0
    training = json.loads((output / "lsn.json").read_text())["training"]
    assert training["margins"]["plan"]["steps"] == 2


def test_a_hand_set_without_joints_to_train_on(joint_set, directed_hand_set, traced, tmp_path, capsys):
    sets, margins = traced
    (tmp_path / "hands").mkdir()
    (tmp_path / "hands" / "joints.csv").write_text("image,joint,x,y,visible\n")
    (tmp_path / "hands" / "directions.csv").write_text("image,joint,dx,dy\n")
    (tmp_path / "run" / "cache").mkdir(parents=True)
    for file in (margins / "cache").glob("traced-joints-*"):
        (tmp_path / "run" / "cache" / file.name).write_bytes(file.read_bytes())
    changed_sets = [str(tmp_path / "hands") if word == str(directed_hand_set) else word for word in sets]
    arguments = ["train", "--part", "margins", "--output", str(tmp_path / "run"), *changed_sets, *TINY]
    assert main(arguments) == 1
    assert "There are no hands to train on" in capsys.readouterr().err
