"""What the tests inside Slicer share: the open panel, waiting, pictures of the main window."""

from __future__ import annotations

import importlib.util
import os
import time
import unittest
from collections.abc import Callable
from pathlib import Path

import numpy as np
import slicer

PATIENCE_S = 120.0
HAND_RESTS_S = 0.8
VIEWS_SETTLE_S = 0.4
JOINT = "MCP3"


def open_panel():
    """Switch to the module; return its widget."""
    slicer.util.selectModule("LayerSeparation")
    process_events()
    return slicer.util.getModuleWidget("LayerSeparation")


def process_events() -> None:
    """Let Slicer handle what is waiting: timers, drawing, deferred deletion."""
    slicer.app.processEvents()


def screenshot(name: str) -> None:
    """Save a picture of the main window, where LAYERSEPARATION_SCREENSHOTS names a folder."""
    folder = os.environ.get("LAYERSEPARATION_SCREENSHOTS")
    if not folder:
        return
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        # Views get their size, and are fitted, a moment after their layout was chosen.
        end = time.monotonic() + VIEWS_SETTLE_S
        while time.monotonic() < end:
            process_events()
            time.sleep(0.025)
        slicer.util.forceRenderAllViews()
        process_events()
        slicer.util.mainWindow().grab().save(str(Path(folder) / f"{name}.png"), "PNG")
    except Exception as error:  # a picture that can't be taken is no reason for a test to fail
        print(f"no screenshot {name}: {error!r}")


def needs_torch(case: unittest.TestCase) -> None:
    """Skip a test where the network can't run."""
    if importlib.util.find_spec("torch") is None:
        case.skipTest("torch is not installed")


class Bench(unittest.TestCase):
    """A test with the panel; `ready()` does whatever of the session is not done yet."""

    def setUp(self):
        """Open the panel."""
        self.widget = open_panel()
        self.ui, self.panel = self.widget.ui, self.widget.panel

    @property
    def session(self):
        """What the panel works on."""
        return self.panel.session

    @property
    def joint(self):
        """The selected joint."""
        return self.session.joint

    def wait(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
        """Let Slicer work until something is so."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                self.fail(f"after {seconds:g} s still not: {what}")
            process_events()
            # The worker's Python runs only while the main thread is asleep.
            time.sleep(0.025)

    def click(self, name: str) -> None:
        """Press a button, which must be enabled, as a user would find it."""
        self.wait(lambda: getattr(self.ui, name).enabled, f"{name} enabled", 30)
        getattr(self.ui, name).click()
        process_events()

    def fresh_film(self) -> None:
        """Start anew with the phantom hand."""
        from LayerSeparationLib.scene.sample_data import load_sample

        slicer.mrmlScene.Clear(0)
        process_events()
        load_sample("PhantomHand")
        self.wait(lambda: self.session.film is not None, "the film chosen", 30)

    def film(self) -> None:
        """Have the phantom hand in the panel."""
        if self.session.film is None:
            self.fresh_film()

    def place(self, name: str = JOINT) -> None:
        """Draw a joint's line by what two clicks in a view do."""
        from LayerSeparationLib.phantom import sample_films

        self.film()
        before = len(self.session.joints.joints)
        self.click("placeJointButton")
        selection = slicer.mrmlScene.GetNodeByID("vtkMRMLSelectionNodeSingleton")
        line = slicer.mrmlScene.GetNodeByID(selection.GetActivePlaceNodeID())
        ends_px = next(one for one in sample_films() if one.name == "PhantomHand").joints[name]
        for point in self.session.film.to_ras(np.array(ends_px)):
            line.AddControlPoint(*(float(value) for value in point))
        self.wait(lambda: len(self.session.joints.joints) == before + 1, "the joint in the list", 30)
        self.joint.name = name
        process_events()

    def placed(self) -> None:
        """Have a joint on the film."""
        self.film()
        if self.joint is None:
            self.place()

    def ready(self) -> None:
        """Have a separated joint."""
        needs_torch(self)
        self.placed()
        if self.joint.layers is None:
            self.click("separateButton")
            self.wait(lambda: not self.panel.state.busy, "the separation done")
            self.assertIsNotNone(self.joint.layers)
            process_events()

    def drag_gap(self, width: float) -> None:
        """Move the slider of the joint space, and let the hand rest."""
        self.ui.gapSpinBox.value = width
        self.wait(lambda: abs(self.joint.jsw_after.mean - width) < 0.006, "the joint at the gap", 30)
        self.let_hand_rest()
        self.wait(lambda: self.ui.undoButton.enabled, "the step undoable", 30)

    def let_hand_rest(self) -> None:
        """Hold still: a drag becomes a step that can be undone."""
        end = time.monotonic() + HAND_RESTS_S
        self.wait(lambda: time.monotonic() > end, "time passed")

    def synthetic(self) -> np.ndarray:
        """Return a copy of the edited film's pixels."""
        return np.array(slicer.util.arrayFromVolume(self.session.joints.synthetic_film))
