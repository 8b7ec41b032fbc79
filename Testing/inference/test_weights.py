"""Weights are believed only when manifest, sha256 and architecture agree."""

import errno
import json

import pytest
import torch

from LayerSeparationLib.errors import OutputError, WeightsError
from LayerSeparationLib.inference.weights import find_weights, load_state, read_tensors, save_weights


@pytest.fixture
def saved(tmp_path):
    state = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.num_batches_tracked": torch.tensor(3)}
    return save_weights(tmp_path / "net.safetensors", state, "arch-1", {"steps": 3})


def test_written_weights_are_found_and_read(saved):
    found = find_weights(saved.path)
    assert found.sha256 == saved.sha256
    tensors = load_state(found, "arch-1")
    assert set(tensors) == {"a.weight"}
    assert torch.equal(tensors["a.weight"].float(), torch.arange(6.0).reshape(2, 3))


def test_writing_that_fails_leaves_the_old_weights_and_nothing_else(saved, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("LayerSeparationLib.inference.weights.write_json", refuse)
    with pytest.raises(OutputError, match="disk is full"):
        save_weights(saved.path, {"a.weight": torch.zeros(2)}, "arch-1", {})
    assert find_weights(saved.path).sha256 == saved.sha256
    assert {path.name for path in saved.path.parent.iterdir()} == {"net.safetensors", "net.json"}


def test_own_reader_agrees_with_the_package(saved):
    from safetensors.torch import load_file

    theirs = load_file(saved.path)
    ours = read_tensors(saved.path)
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_missing(tmp_path):
    with pytest.raises(WeightsError, match="missing"):
        find_weights(tmp_path / "none.safetensors")


def test_without_manifest(saved):
    saved.path.with_suffix(".json").unlink()
    with pytest.raises(WeightsError, match="manifest"):
        find_weights(saved.path)


@pytest.mark.parametrize("content", ["no json", "[]", '{"sha256": "1"}'])
def test_damaged_manifest(saved, content):
    saved.path.with_suffix(".json").write_text(content)
    with pytest.raises(WeightsError, match="manifest"):
        find_weights(saved.path)


def test_truncated_file_has_another_sha256(saved):
    saved.path.write_bytes(saved.path.read_bytes()[:-4])
    with pytest.raises(WeightsError, match="sha256"):
        find_weights(saved.path)


def test_another_architecture(saved):
    with pytest.raises(WeightsError, match="'arch-1', this program needs 'arch-2'"):
        load_state(find_weights(saved.path), "arch-2")


@pytest.mark.parametrize("content", [b"", b"\x08\x00\x00\x00\x00\x00\x00\x00not json", bytes(100)])
def test_no_safetensors_file(tmp_path, content):
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="not a whole safetensors file"):
        read_tensors(path)


def test_networks_that_share_a_file_are_read_by_name(tmp_path):
    state = {"one.a.weight": torch.ones(2), "two.a.weight": torch.zeros(3), "two.b": torch.zeros(1)}
    weights = save_weights(tmp_path / "both.safetensors", state, "arch-1", {})
    assert load_state(weights, "arch-1", "one").keys() == {"a.weight"}
    assert load_state(weights, "arch-1", "two").keys() == {"a.weight", "b"}
    assert load_state(weights, "arch-1").keys() == state.keys()
    with pytest.raises(WeightsError, match=r"both\.safetensors has no network 'three'"):
        load_state(weights, "arch-1", "three")


def test_tensors_that_do_not_fit_the_network(tmp_path):
    from LayerSeparationLib.separation.network import ARCHITECTURE
    from LayerSeparationLib.separation.separator import Separator

    path = tmp_path / "wrong.safetensors"
    save_weights(path, {"separation.a": torch.zeros(2)}, ARCHITECTURE, {})
    with pytest.raises(WeightsError, match="does not fit"):
        Separator("cpu", path)


def test_what_ships_holds_both_networks():
    from LayerSeparationLib.separation import default_weights
    from LayerSeparationLib.separation.network import ARCHITECTURE, MARGINS_PART, SEPARATION_PART

    weights = find_weights(default_weights())
    parts = {name.partition(".")[0] for name in read_tensors(weights.path)}
    assert parts == {SEPARATION_PART, MARGINS_PART}
    assert weights.manifest["architecture"] == ARCHITECTURE


def test_the_manifest_of_what_ships_names_its_training():
    from LayerSeparationLib.separation import default_weights

    manifest = json.loads(default_weights().with_suffix(".json").read_text())
    assert manifest["training"]["plan"]["steps"] > 0
    assert default_weights().stat().st_size <= 12e6
