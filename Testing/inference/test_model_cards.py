"""The model cards say what the manifests and the weights say."""

from __future__ import annotations

import json
import re

import pytest

from LayerSeparationLib.inference.weights import MODELS_FOLDER, find_weights, read_tensors
from LayerSeparationLib.training.loop import Schedule

CARD_OF = {"lsn": "lsn.md", "hands": "joints.md", "joints": "joints.md"}


def card(model: str) -> str:
    """Return the model's card with every gap between words as one blank."""
    return " ".join((MODELS_FOLDER / CARD_OF[model]).read_text(encoding="utf-8").split())


def training(model: str) -> dict:
    """Return what the manifest says of the training."""
    return json.loads((MODELS_FOLDER / f"{model}.json").read_text(encoding="utf-8"))["training"]


def number(pattern: str, text: str) -> float:
    """Return the number that a card gives in the pattern's group."""
    [found] = re.findall(pattern, text)
    return float(found.replace(",", ""))


def test_every_model_has_a_manifest_and_a_card():
    assert {path.stem for path in MODELS_FOLDER.glob("*.safetensors")} == set(CARD_OF)
    for model, name in CARD_OF.items():
        assert f"`{model}.safetensors`" in card(model)
        assert (MODELS_FOLDER / name).is_file()


@pytest.mark.parametrize(
    ("model", "pattern"),
    [
        ("lsn", r"\(.+?network\.py`\), ([\d.]+) M parameters"),
        ("hands", r"`hand-finder-1` \(([\d.]+) M parameters\)"),
        ("joints", r"`joint-finder-1` \(([\d.]+) M\)"),
    ],
)
def test_architecture_and_size(model, pattern):
    weights = find_weights(MODELS_FOLDER / f"{model}.safetensors")
    assert f"`{weights.manifest['architecture']}`" in card(model)
    tensors = read_tensors(weights.path)
    learnt = [values for name, values in tensors.items() if "running_" not in name]
    assert sum(values.numel() for values in learnt) / 1e6 == pytest.approx(
        number(pattern, card(model)), abs=0.05
    )


@pytest.mark.parametrize("model", CARD_OF)
def test_plans_use_the_words_of_the_code(model):
    assert set(Schedule.__dataclass_fields__) <= set(training(model)["plan"])


def test_layer_separation():
    said, plan, text = training("lsn"), training("lsn")["plan"], card("lsn")
    assert number(r"- (\d+) phantoms of MCP", text) == said["phantoms"]
    pseudo, real = said["joints"]["pseudo pairs"], said["joints"]["real overlaps"]
    assert number(r"- (\d+) of the 1,046 radiographs", text) == pseudo + real
    assert number(r"pseudo overlaps \((\d+) joints without overlap", text) == pseudo
    assert number(r"from the (\d+) joints that do overlap", text) == real
    kinds = ("pseudo_pairs", "estimated_overlaps", "real_overlaps", "phantoms")
    pairs = [plan[f"{kind}_a_step"] for kind in kinds]
    pattern = (
        r"(\d+) pairs of a step .+? (\d+) are pseudo .+? (\d+) are made .+? (\d+) are real .+? (\d+) are phan"
    )
    [found] = re.findall(pattern, text)
    assert [int(one) for one in found] == [sum(pairs), *pairs]
    assert number(r"([\d,]+) steps in bfloat16", text) == plan["steps"]
    assert number(r"Muon .+? \(learning rate ([\d.]+)\)", text) == plan["muon_learning_rate"]
    assert number(r"AdamW for everything else \(([\d.]+)\)", text) == plan["learning_rate"]
    assert number(r"moving average of the weights \(([\d.]+)\)", text) == plan["averaging"]


@pytest.mark.parametrize(
    ("part", "phantoms"),
    [("margins", r"And ([\d,]+) phantoms of all four kinds"), ("silhouettes", r"and ([\d,]+) phantoms\.")],
)
def test_parts_of_the_layer_separation(part, phantoms):
    said, text = training("lsn").get(part), card("lsn")
    assert f"`--part {part}`" in text
    assert number(phantoms, text) > 0
    if said is not None:  # trained on its own since
        for one in said.get("rounds", [said]):
            assert set(Schedule.__dataclass_fields__) <= set(one["plan"])
            assert one["plan"]["muon_learning_rate"] is None


def test_layer_separation_names_its_weights_and_those_it_started_from():
    manifest = find_weights(MODELS_FOLDER / "lsn.safetensors").manifest
    named = re.findall(r"weights sha256 `([0-9a-f]{12})\.\.\.`", card("lsn"))
    assert named == [manifest["training"]["started_from_sha256"][:12], manifest["sha256"][:12]]


def test_finding_joints():
    text = card("joints")
    steps = []
    for model in ("hands", "joints"):
        said, plan = training(model), training(model)["plan"]
        assert number(r"- (\d+) of 205 whole-hand films", text) == said["hands"]
        assert number(r"- (\d+) phantoms of whole hands", text) == said["phantoms"]
        assert number(r"(\d+) crops of single joints", text) == said["films without a hand"]
        assert number(r"steps of (\d+) views", text) == plan["views_a_step"]
        assert number(r"AdamW \(learning rate ([\d.]+)\)", text) == plan["learning_rate"]
        assert plan["muon_learning_rate"] is None
        steps.append(f"{plan['steps']:,}")
    assert f"{' and '.join(steps)} steps" in text
    size = sum((MODELS_FOLDER / f"{model}.safetensors").stat().st_size for model in ("hands", "joints"))
    assert number(r"float16, ([\d.]+) MB together", text) == pytest.approx(size / 1e6, abs=0.06)
