"""A small training run from a joint set to weights; and what can go wrong before it starts."""

import csv
import json

import numpy as np
import pytest
import SimpleITK as sitk

from LayerSeparationLib import Separator, make_joint
from LayerSeparationLib.cli import main
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.training.joint_set import read_joint_set

pytest.importorskip("lightning_fabric")


@pytest.fixture(scope="module")
def joint_set(tmp_path_factory):
    """Phantoms laid out like a set of drawn joints: four to train on (one overlapping), two to validate."""
    folder = tmp_path_factory.mktemp("joints")
    rows = []
    for number, width_mm in enumerate((1.5, 1.4, -1.0, 1.6, 1.5, 1.3)):
        joint = make_joint("MCP", 500 + number, jsw_mm=width_mm)
        grey = np.rint(joint.radiograph.intensity * 255).astype(np.uint8)
        gap = width_mm > 0
        upper = joint.upper_silhouette & ~(
            joint.lower_silhouette if gap else np.zeros_like(joint.lower_silhouette)
        )
        bits = upper * np.uint8(1) + joint.lower_silhouette * np.uint8(2)
        name = f"series{number}/film"
        (folder / name).parent.mkdir()
        sitk.WriteImage(
            sitk.GetImageFromArray(np.stack([grey] * 3, axis=-1), isVector=True), str(folder / f"{name}.jpg")
        )
        sitk.WriteImage(sitk.GetImageFromArray(bits), str(folder / f"{name}_mask.png"))
        rows.append({"name": name, "series": f"series{number}", "split": "train" if number < 4 else "val"})
    with (folder / "index.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["name", "series", "split"])
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def trained(joint_set, tmp_path_factory):
    output = tmp_path_factory.mktemp("run")
    arguments = [
        "train",
        "--data",
        str(joint_set),
        "--output",
        str(output),
        "--accelerator",
        "cpu",
        "--devices",
        "1",
    ]
    assert main([*arguments, "--steps", "2", "--phantoms", "2"]) == 0
    return output, arguments


def test_joint_set_is_read_by_split(joint_set):
    joints = read_joint_set(joint_set, "train")
    assert [joint.series for joint in joints] == ["series0", "series1", "series2", "series3"]
    assert [joint.overlaps for joint in joints] == [False, False, True, False]
    assert joints[0].intensity.max() <= 1
    with pytest.raises(InputError, match=r"no joint in split 'test'.*'train', 'val'"):
        read_joint_set(joint_set, "test")
    with pytest.raises(InputError, match=r"no index\.csv"):
        read_joint_set(joint_set / "series0", "train")


def test_training_writes_weights_that_work(trained):
    output, _ = trained
    manifest = json.loads((output / "lsn.json").read_text())
    assert manifest["training"]["plan"]["steps"] == 2
    assert (output / "lsn.safetensors").stat().st_size <= 12e6
    film = make_joint("MCP", 1)
    layers = Separator("cpu", output / "lsn.safetensors").separate(film.radiograph, film.pose)
    assert layers.weights_sha256 == manifest["sha256"]
    assert next(output.rglob("metrics.csv")).read_text().startswith("anatomy,")


def test_a_run_is_resumed_only_when_asked(trained, capsys):
    output, arguments = trained
    assert main([*arguments, "--steps", "3", "--phantoms", "2"]) == 1
    assert "--resume" in capsys.readouterr().err
    assert main([*arguments, "--steps", "3", "--phantoms", "2", "--resume"]) == 0
    assert json.loads((output / "lsn.json").read_text())["training"]["plan"]["steps"] == 3


def test_weights_can_be_trained_further(trained, tmp_path):
    output, arguments = trained
    further = [str(tmp_path) if argument == str(output) else argument for argument in arguments]
    code = main([*further, "--start", str(output / "lsn.safetensors"), "--steps", "1", "--phantoms", "0"])
    assert code == 0
    manifest = json.loads((tmp_path / "lsn.json").read_text())
    assert (
        manifest["training"]["started_from_sha256"] == json.loads((output / "lsn.json").read_text())["sha256"]
    )


def test_nothing_to_resume(joint_set, tmp_path, capsys):
    code = main(["train", "--data", str(joint_set), "--output", str(tmp_path), "--resume", "--phantoms", "0"])
    assert code == 1
    assert "start without --resume" in capsys.readouterr().err


def test_figures_of_the_weights_that_ship(joint_set, tmp_path):
    target = tmp_path / "figures.json"
    assert (
        main(
            ["evaluate", "--data", str(joint_set), "--split", "val", "--device", "cpu", "--json", str(target)]
        )
        == 0
    )
    figures = json.loads(target.read_text())
    assert figures["joints"] == 2
    assert figures["dice_without_overlap"]["upper_bone"] > 0.95
    assert figures["pseudo_overlaps"]["psnr_overlap_pooled_db"] > 25
    assert figures["zero_edit_greatest_difference"] == 0
    assert figures["gap"]["mean_absolute_error_mm"] < 0.2
