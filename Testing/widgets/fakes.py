"""Stand-ins for what a section of the panel is given: no scene, no network, no thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

from LayerSeparationLib import GapEdit
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.measurement import Quality
from LayerSeparationLib.scene import JointStatus
from LayerSeparationLib.widgets.states import PanelState

UNIT_PER_PX = {"mm": 0.08, "px": 1.0}
WIDEST_TARGET = 3.0


def width(mean, unit="mm"):
    """A joint space width."""
    short, reason = ("margins touch", "margins touch (or overlap)") if mean is None else ("", None)
    return SimpleNamespace(
        mean=mean,
        interval=None if mean is None else (mean - 0.1, mean + 0.1),
        minimum=mean,
        minimum_interval=None if mean is None else (mean - 0.2, mean + 0.2),
        unit=unit,
        reason=reason,
        quality=Quality.MEASURED if reason is None else Quality.NOT_MEASURABLE,
        findings=() if reason is None else (reason,),
        short_findings=short,
        margins=None,
    )


class FakeJoint:
    """A separated joint of 1.6 mm whose edits are carried out by writing them down."""

    def __init__(self, name="MCP3", unit="mm", mean=1.6, status=JointStatus.READY):
        self.name, self.side, self.status, self.confidence = name, "L", status, None
        self.outdated_reason = None
        self.line = Mock(GetDisplayNode=lambda: None)
        self.references = SimpleNamespace(find=lambda _role: None)
        self.bone_names = ("Proximal phalanx", "Metacarpal")
        self.pose = object()
        self.edit, self.edits = GapEdit(unit=unit), []
        self.jsw_before = self.jsw_after = width(mean, unit)
        self.layers = SimpleNamespace(crop=SimpleNamespace(unit_per_px=UNIT_PER_PX[unit], unit=unit))
        self.result = object()
        self.undo_kind = self.redo_kind = None
        self.film_is_shown = self.holds_work = False
        self.done = []

    def set_edit(self, edit, finished=True):
        if edit.target_jsw is not None and edit.target_jsw > WIDEST_TARGET:
            raise InputError("too wide")
        self.edits.append((edit, finished))
        self.edit = edit
        if edit.target_jsw is not None:
            self.jsw_after = width(edit.target_jsw or None, self.jsw_before.unit)

    def undo(self):
        self.done.append("undo")

    def redo(self):
        self.done.append("redo")

    def reset(self):
        self.done.append("reset")

    def use_corrected_silhouettes(self):
        self.done.append("corrected")

    def show_film(self, shown):
        self.film_is_shown = shown

    def layer_steps(self, layers):
        yield
        self.layers, self.status = layers, JointStatus.READY


class FakeSession:
    """A film with joints; notes what a section asks of it."""

    def __init__(self, *joints, unit="mm", film=None):
        self.unit, self.film, self.film_problem = unit, film, ""
        self.joint = joints[0] if joints else None
        self.all_joints, self.added = list(joints), []
        self.joints = SimpleNamespace(
            joints=self.all_joints,
            remove=self.all_joints.remove,
            found_steps=self._found_steps,
            jobs=lambda chosen: [(object(), joint.pose) for joint in chosen],
        )

    @property
    def film_node(self):
        return self.film.node if self.film is not None else None

    @property
    def waiting_joints(self):
        return [joint for joint in self.all_joints if joint.status is JointStatus.NOT_SEPARATED]

    @property
    def separated_joints(self):
        return [joint for joint in self.all_joints if joint.status in (JointStatus.READY, JointStatus.EDITED)]

    def has(self, joint):
        return joint in self.all_joints

    def select(self, joint):
        self.joint = joint

    def _found_steps(self, poses):
        for pose in poses:
            self.all_joints.append(FakeJoint(pose.name))
            yield self.all_joints[-1]


class StepsAtOnce:
    """A `StepRunner` that does not wait."""

    def start(self, steps, on_done, on_error, on_step=None):
        try:
            for value in steps:
                if on_step is not None:
                    on_step(value)
        except Exception as error:
            on_error(error)
        else:
            on_done()
        return lambda: None


@dataclass
class HeldSteps:
    """A `StepRunner` that runs nothing: a test takes the steps."""

    started: list[Any] = field(default_factory=list)
    given_up: list[Any] = field(default_factory=list)

    def start(self, steps, on_done, on_error, on_step=None):
        work = SimpleNamespace(steps=steps, done=on_done, error=on_error, step=on_step)
        self.started.append(work)
        return lambda: self.given_up.append(work)


@dataclass
class HeldJobs:
    """A `JobRunner` that runs nothing: a test says what came of a job."""

    steps: Any = field(default_factory=StepsAtOnce)
    submitted: list[Any] = field(default_factory=list)
    given_up: list[Any] = field(default_factory=list)

    def submit(self, job, on_progress, on_done, on_error):
        task = SimpleNamespace(job=job, progress=on_progress, done=on_done, error=on_error)
        self.submitted.append(task)
        return lambda: self.given_up.append(task)


@dataclass
class Notes:
    """What a section announced, in the order in which it did: `notes.of("name")` is a callback."""

    heard: list[Any] = field(default_factory=list)

    def of(self, name):
        return lambda *values: self.heard.append((name, *values) if values else name)

    def flush(self):
        """Make this a `PendingEdit`."""
        self.heard.append("flush")


class FakeActivity:
    """Notes the states one after the other."""

    def __init__(self):
        self.states = [PanelState.IDLE]

    @property
    def state(self):
        return self.states[-1]

    def set_state(self, state):
        self.states.append(state)
