"""Every code that segments carry is in the module's terminology file."""

from __future__ import annotations

import json

import numpy as np
import pytest
import slicer

from LayerSeparationLib.export import describe_segments
from LayerSeparationLib.scene.terminology import TERMINOLOGY_FILE, TERMINOLOGY_NAME, register_terminology
from LayerSeparationLib.synthesis import JointMasks

MASKS = JointMasks(*np.zeros((4, 2, 2), bool))


@pytest.mark.parametrize("joint", ["MCP2", "PIP3", "IP1", "Joint 1"])
def test_codes_and_colours_of_segments_are_those_of_the_file(joint):
    terms = json.loads(TERMINOLOGY_FILE.read_text(encoding="utf-8"))
    assert terms["SegmentationCategoryTypeContextName"] == TERMINOLOGY_NAME
    known = {
        (category["CodeValue"], kind["CodeValue"]): (kind["CodeMeaning"], kind["recommendedDisplayRGBValue"])
        for category in terms["SegmentationCodes"]["Category"]
        for kind in category["Type"]
    }
    for segment in describe_segments(MASKS, joint=joint, side="L"):
        context, category, kind, *_rest = segment.terminology.split("~")
        _scheme, value, meaning = kind.split("^")
        assert context == TERMINOLOGY_NAME
        assert known[category.split("^")[1], value][0] == meaning


def test_slicer_loads_the_terms_once(host):
    logic = host.logics["Terminologies"]
    assert register_terminology(logic)
    assert register_terminology(logic)
    entry = slicer.vtkSlicerTerminologyEntry()
    text = describe_segments(MASKS, joint="MCP2")[1].terminology
    assert logic.DeserializeTerminologyEntry(text, entry)
    assert entry.GetTypeObject().GetCodeValue() == "36455000"
    assert entry.GetTypeObject().GetCodeMeaning() == "Metacarpal bone"
    kinds = logic.GetNumberOfTypesInTerminologyCategory(TERMINOLOGY_NAME, entry.GetCategoryObject())
    assert kinds == 4


def test_without_the_terminologies_module_nothing_happens(monkeypatch):
    monkeypatch.delattr(slicer, "modules", raising=False)
    assert register_terminology() is False
