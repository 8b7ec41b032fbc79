"""Which button can be pressed when, and what the others say is missing; no Qt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from LayerSeparationLib.widgets.states import (
    Facts,
    PackageState,
    PanelState,
    controls,
    next_step,
    separate_text,
)

EMPTY = Facts()
FILM = Facts(film=True)
PLACED = replace(FILM, joints=2, waiting=2, joint=True)
READY = replace(PLACED, waiting=0, layers=True, separated=2)
EDITED = replace(READY, edited=True, undo="tilt of MCP3")


def enabled(facts):
    return {name for name, control in controls(facts).items() if control.enabled}


def test_every_disabled_button_says_what_is_missing():
    for facts in (EMPTY, FILM, PLACED, READY, *(replace(EDITED, state=state) for state in PanelState)):
        for name, control in controls(facts).items():
            assert control.enabled or control.tooltip, (name, facts)


def test_only_the_next_step_is_open():
    assert "placeJointButton" not in enabled(EMPTY)
    assert {"placeJointButton", "calibrateButton"} <= enabled(FILM)
    assert not {"separateButton", "removeButton", "exportButton"} & enabled(FILM)
    assert {"separateButton", "removeButton", "renameButton"} <= enabled(PLACED)
    assert not {"gapControls", "makeSequenceButton", "exportButton"} & enabled(PLACED)
    assert {"gapControls", "makeSequenceButton", "exportButton"} <= enabled(READY)
    assert not {"undoButton", "redoButton", "resetButton", "holdFilmButton"} & enabled(READY)
    assert {"undoButton", "resetButton", "holdFilmButton"} <= enabled(EDITED)


def test_a_comparison_says_what_it_waits_for():
    def tip(name="compareButton", **facts):
        control = controls(replace(READY, **facts))[name]
        return "" if control.enabled else control.tooltip

    assert tip(separated=0) == "Separate a film first"
    assert tip() == "Choose or open an earlier film first"
    assert tip(baseline=True) == ""
    assert tip(baseline=True, state=PanelState.COMPARING).startswith("Wait")
    assert tip("exportChangesButton") == tip("visitsButton") == "Compare first"
    assert tip("exportChangesButton", compared=2) == tip("visitsButton", compared=2) == ""
    assert "compare again" in tip("exportChangesButton", compared=2, outdated_changes=1)
    assert tip("outlinesCheckBox") == ""
    assert "choose another view" in tip("outlinesCheckBox", visits_shown=True)


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        (EMPTY, "openFilmButton"),
        (FILM, "findJointsButton"),
        (replace(FILM, torch=PackageState.MISSING), "placeJointButton"),
        (PLACED, "separateButton"),
        (EDITED, "exportButton"),
    ],
)
def test_the_next_step_is_named_and_open(facts, name):
    assert next_step(facts) == name
    assert name is None or name in enabled(facts)


@pytest.mark.parametrize("state", [state for state in PanelState if state.busy])
def test_while_something_runs_nothing_else_can_be_started(state):
    steps = {"separateButton", "makeSequenceButton", "exportButton", "removeButton", "placeJointButton"}
    steps |= {"findJointsButton", "compareButton", "exportChangesButton", "gapControls", "undoButton"}
    facts = replace(EDITED, state=state, baseline=True, compared=2)
    assert not enabled(facts) & steps
    assert steps < enabled(replace(facts, state=PanelState.IDLE))
    assert "cancel it below" in controls(facts)["compareButton"].tooltip
    assert next_step(replace(PLACED, state=state)) is None


def test_the_button_says_what_it_does():
    assert separate_text(PLACED) == "Separate all (2)"
    assert separate_text(replace(PLACED, waiting=1)) == "Separate"
    assert separate_text(READY) == "Separate again"
    assert separate_text(replace(PLACED, torch=PackageState.MISSING)).startswith("Install")
    assert separate_text(replace(PLACED, torch=PackageState.BROKEN)).startswith("Repair")


def test_without_torch_the_rest_stays_usable():
    facts = replace(EDITED, torch=PackageState.BROKEN)
    assert {"gapControls", "exportButton", "makeSequenceButton", "undoButton"} <= enabled(facts)
    assert "separateButton" in enabled(facts)
    assert "findJointsButton" not in enabled(facts)
    assert "PyTorch" in controls(facts)["findJointsButton"].tooltip


def test_an_unfinished_data_set_can_be_resumed_without_a_joint():
    facts = replace(FILM, unfinished="data_set_1", folder=True)
    assert "resumeButton" in enabled(facts)
    assert "data_set_1" in controls(facts)["resumeButton"].tooltip
    assert "resumeButton" not in enabled(replace(facts, folder=False))
    assert "resumeButton" not in enabled(replace(facts, state=PanelState.EXPORTING))
    assert "loadSegmentationButton" in enabled(FILM)


def test_a_failure_closes_nothing():
    assert enabled(replace(EDITED, state=PanelState.FAILED)) == enabled(EDITED)
