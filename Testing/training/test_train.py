"""A small training run from a joint set to weights; and what can go wrong before it starts."""

import json

import numpy as np
import pytest

from LayerSeparationLib import Separator, make_joint
from LayerSeparationLib.cli import main
from LayerSeparationLib.errors import InputError, WeightsError
from LayerSeparationLib.inference.arrays import as_array
from LayerSeparationLib.inference.weights import find_weights, load_state
from LayerSeparationLib.separation.network import (
    ARCHITECTURE,
    MARGINS_PART,
    SEPARATION_PART,
    build_trained_network,
)
from LayerSeparationLib.separation.separator import default_weights
from LayerSeparationLib.training.estimated_overlaps import estimate_overlaps
from LayerSeparationLib.training.joint_set import read_joint_set
from LayerSeparationLib.training.layer_truth import split_into_layers
from LayerSeparationLib.training.phantom_truths import make_phantom_truths
from LayerSeparationLib.training.pseudo_pairs import PairMaker, PairSettings
from LayerSeparationLib.training.train import TrainingPlan, TrainingSources, _share_of_step


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
        "--pairs",
        "4",
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
    separator = Separator("cpu", output / "lsn.safetensors", with_margins=False)
    layers = separator.separate(film.radiograph, film.pose)
    assert layers.weights_sha256 == manifest["sha256"]
    assert layers.canonical.margins.ends_px is None
    assert next(output.rglob("metrics.csv")).read_text().startswith("anatomy,")


def test_margins_are_trained_after_the_separation(trained):
    """Weights from scratch have none yet: who wants to measure with them is told so."""
    output, _ = trained
    with pytest.raises(WeightsError, match="has no network 'margins': train it from these weights"):
        Separator("cpu", output / "lsn.safetensors")


def test_margins_of_the_weights_that_were_started_from_stay(trained, tmp_path):
    output, arguments = trained
    further = [str(tmp_path) if argument == str(output) else argument for argument in arguments]
    start = default_weights()
    assert main([*further, "--start", str(start), "--steps", "1", "--phantoms", "0"]) == 0
    before, after = (
        load_state(find_weights(path), ARCHITECTURE, MARGINS_PART)
        for path in (start, tmp_path / "lsn.safetensors")
    )
    assert before.keys() == after.keys()
    assert all(np.array_equal(as_array(before[name]), as_array(after[name])) for name in before)


def test_a_run_is_resumed_only_when_asked(trained, capsys):
    output, arguments = trained
    assert main([*arguments, "--steps", "3", "--phantoms", "2"]) == 1
    assert "resume that run" in capsys.readouterr().err
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


def test_a_run_from_weights_is_resumed_with_them(trained, tmp_path, capsys):
    output, arguments = trained
    further = [str(tmp_path) if argument == str(output) else argument for argument in arguments]
    start = ["--start", str(output / "lsn.safetensors")]
    assert main([*further, *start, "--steps", "1", "--phantoms", "0"]) == 0
    assert main([*further, "--steps", "2", "--phantoms", "0", "--resume"]) == 1
    assert "resume it with the same weights" in capsys.readouterr().err
    assert main([*further, *start, "--steps", "2", "--phantoms", "0", "--resume"]) == 0


def test_normalisation_is_kept_when_training_goes_on(trained, tmp_path):
    output, arguments = trained
    further = [str(tmp_path) if argument == str(output) else argument for argument in arguments]
    start = output / "lsn.safetensors"
    assert main([*further, "--start", str(start), "--steps", "1", "--phantoms", "0"]) == 0
    before, after = (
        load_state(find_weights(path), ARCHITECTURE, SEPARATION_PART)
        for path in (start, tmp_path / "lsn.safetensors")
    )
    statistics = [name for name in before if name.endswith(("running_mean", "running_var"))]
    assert statistics
    assert all(np.array_equal(as_array(before[name]), as_array(after[name])) for name in statistics)
    assert any(not np.array_equal(as_array(before[name]), as_array(after[name])) for name in before)


@pytest.mark.parametrize("processes", [1, 2, 3, 5])
def test_a_step_is_dealt_out_to_all_processes(processes):
    truths = make_phantom_truths(1)
    makers = [PairMaker(truths, PairSettings()) for _ in range(4)]
    sources = TrainingSources(makers[0], makers[1], makers[2], makers[3])
    plan = TrainingPlan()
    shares = [_share_of_step(plan, sources, process, processes) for process in range(processes)]
    asked = {
        makers[0]: plan.pseudo_pairs_a_step,
        makers[3]: plan.estimated_overlaps_a_step,
        makers[1]: plan.real_overlaps_a_step,
        makers[2]: plan.phantoms_a_step,
    }
    for maker, count in asked.items():
        assert sum(n for share in shares for m, n in share if m is maker) == count
    sizes = [sum(n for _, n in share) for share in shares]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("pairs", [4, 12, 24, 96])
def test_a_plan_for_other_numbers_of_pairs_keeps_the_proportions(pairs):
    plan = TrainingPlan().with_pairs_a_step(pairs)
    counts = [
        plan.pseudo_pairs_a_step,
        plan.estimated_overlaps_a_step,
        plan.real_overlaps_a_step,
        plan.phantoms_a_step,
    ]
    assert sum(counts) == pairs
    assert counts == pytest.approx(np.array([14, 5, 3, 2]) * pairs / 24, abs=1.5)


def test_estimated_overlaps_keep_what_is_known_and_the_sum(joint_set):
    truth = split_into_layers(read_joint_set(joint_set, "train")[2])
    assert not truth.sharing_known.all()
    state = load_state(find_weights(default_weights()), ARCHITECTURE, SEPARATION_PART)
    network = build_trained_network(state, "the weights")
    (filled,) = estimate_overlaps([truth], network)
    assert filled.sharing_known.all()
    assert np.array_equal(filled.soft_tissue, truth.soft_tissue)
    known = truth.sharing_known
    assert np.array_equal(filled.upper_bone[known], truth.upper_bone[known])
    bones = truth.upper_bone + truth.lower_bone
    assert filled.upper_bone + filled.lower_bone == pytest.approx(bones, abs=1e-5)
    part = filled.upper_bone[~known].sum() / bones[~known].sum()
    assert 0.2 < part < 0.8


def test_an_output_that_cannot_be_written_is_told_before_the_work(joint_set, tmp_path, capsys, monkeypatch):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setattr("LayerSeparationLib.training.run.load_layer_truths", lambda *_: pytest.fail("worked"))
    for output in (tmp_path / "file", tmp_path / "file" / "run"):
        assert main(["train", "--data", str(joint_set), "--output", str(output)]) == 1
        assert "part of the path is a file" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "mine"


def test_weights_that_are_there_are_not_replaced(joint_set, tmp_path, capsys):
    (tmp_path / "lsn.safetensors").write_text("mine")
    assert main(["train", "--data", str(joint_set), "--output", str(tmp_path)]) == 1
    assert "lsn.safetensors exists" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["lsn.safetensors"]


@pytest.mark.parametrize("devices", ["0", "two", "-1", "1.5"])
def test_devices_are_a_number(joint_set, tmp_path, capsys, devices):
    with pytest.raises(SystemExit) as ended:
        main(["train", "--data", str(joint_set), "--output", str(tmp_path), f"--devices={devices}"])
    assert ended.value.code == 2
    assert f"'{devices}' is no number of devices" in capsys.readouterr().err


def test_nothing_to_resume(joint_set, tmp_path, capsys):
    code = main(["train", "--data", str(joint_set), "--output", str(tmp_path), "--resume", "--phantoms", "0"])
    assert code == 1
    assert "start a new run" in capsys.readouterr().err


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
