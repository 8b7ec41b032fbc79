"""What the tests inside Slicer share: the open panel, waiting, pictures of the main window."""

from __future__ import annotations

import importlib.util
import os
import time
import unittest
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import qt
import slicer
import vtk

PATIENCE_S = 120.0
HAND_RESTS_S = 0.8
VIEWS_SETTLE_S = 0.4
JOINT = "MCP3"
EARLIER_SHIFT_PX = (7, -5)
"""Rows and columns by which the hand lay elsewhere on an earlier film."""
EARLIER_NOISE_SD = 0.003
"""Of intensity: the grain of an earlier film."""


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


def earlier_film(session, changes_mm: dict[str, float], name: str):
    """Add a phantom's film of an earlier visit to the scene: the hand lay elsewhere, some gaps were wider.

    Parameters
    ----------
    session
        Has the film of today, its joints separated.
    changes_mm
        By the names of joints, by how much their gaps were wider.
    name
        Of the volume.
    """
    from LayerSeparationLib import GapEdit
    from LayerSeparationLib.files.provenance import PHANTOM_KEY
    from LayerSeparationLib.scene.film_geometry import ijk_to_ras
    from LayerSeparationLib.synthesis import synthesize_film

    wider = [joint for joint in session.joints.joints if joint.name in changes_mm]
    edits = [GapEdit(change=changes_mm[joint.name]) for joint in wider]
    then = synthesize_film([joint.layers for joint in wider], edits).image
    then = np.roll(then, EARLIER_SHIFT_PX, (0, 1))
    then += np.random.default_rng(0).normal(0, EARLIER_NOISE_SD, then.shape)
    pixels = np.round(np.clip(then, 0, 1) * 4095).astype(np.uint16)
    node = slicer.util.addVolumeFromArray(pixels[None], ijk_to_ras(session.film_node), name)
    node.SetAttribute(PHANTOM_KEY, "true")
    process_events()
    return node


def is_in_slicer() -> bool:
    """Tell a real Slicer from the panel host, where times say nothing about Slicer's."""
    return hasattr(slicer.app, "applicationVersion")


class Heartbeat:
    """Measures in a `with` block for how long the event loop stood still: ``longest_gap_s``."""

    _BEAT_MS = 5

    def __init__(self) -> None:
        self.longest_gap_s, self._last = 0.0, 0.0
        self._timer = qt.QTimer()
        self._timer.setInterval(self._BEAT_MS)
        self._timer.connect("timeout()", self._beat)

    def __enter__(self):
        """Begin."""
        self._last = time.perf_counter()
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """End; what the loop has not come to yet counts too."""
        self._timer.stop()
        self._beat()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest_gap_s, self._last = max(self.longest_gap_s, now - self._last), now


class SceneCounts:
    """Counts in a `with` block the nodes that come and go, by class, and ModifiedEvents of all."""

    def __init__(self) -> None:
        self.added: Counter[str] = Counter()
        self.added_nodes: list[object] = []
        self.removed: Counter[str] = Counter()
        self.modified = 0
        self._observed: list[tuple[object, int]] = []

    def __enter__(self):
        """Begin."""

        def add(_scene, _event, node):
            self.added[node.GetClassName()] += 1
            self.added_nodes.append(node)
            self._observe(node)

        def remove(_scene, _event, node):
            self.removed[node.GetClassName()] += 1

        add.CallDataType = remove.CallDataType = vtk.VTK_OBJECT
        scene = slicer.mrmlScene
        for node in slicer.util.getNodesByClass("vtkMRMLNode"):
            self._observe(node)
        for event, function in ((scene.NodeAddedEvent, add), (scene.NodeRemovedEvent, remove)):
            self._observed.append((scene, scene.AddObserver(event, function)))
        return self

    def __exit__(self, *_error: object) -> None:
        """End."""
        for target, tag in self._observed:
            target.RemoveObserver(tag)
        self._observed.clear()

    def _observe(self, node) -> None:
        self._observed.append((node, node.AddObserver(vtk.vtkCommand.ModifiedEvent, self._count_modified)))

    def _count_modified(self, *_event: object) -> None:
        self.modified += 1


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
        ends_px = next(one for one in sample_films() if one.name == "PhantomHand").joints[name]
        self.place_line(ends_px, name)

    def place_line(self, ends_px, name: str) -> None:
        """Draw a joint's line between two points of the film, (x, y) in its pixels."""
        before = len(self.session.joints.joints)
        self.click("placeJointButton")
        selection = slicer.mrmlScene.GetNodeByID("vtkMRMLSelectionNodeSingleton")
        line = slicer.mrmlScene.GetNodeByID(selection.GetActivePlaceNodeID())
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
        self.wait(lambda: abs((self.joint.jsw_after.mean or 0.0) - width) < 0.006, "the joint at the gap", 30)
        self.let_hand_rest()
        self.wait(lambda: self.ui.undoButton.enabled, "the step undoable", 30)

    def let_hand_rest(self) -> None:
        """Hold still: a drag becomes a step that can be undone."""
        end = time.monotonic() + HAND_RESTS_S
        self.wait(lambda: time.monotonic() > end, "time passed")

    def synthetic(self) -> np.ndarray:
        """Return a copy of the edited film's pixels."""
        return np.array(slicer.util.arrayFromVolume(self.session.joints.synthetic_film))
