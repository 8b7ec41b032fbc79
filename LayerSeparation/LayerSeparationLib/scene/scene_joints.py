"""All joints of one film."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import vtk
from numpy.typing import NDArray

from ..errors import InputError
from ..joints import JOINT_NAMES, JointPose, unique_names
from ..measurement import check_film
from ..radiograph import Radiograph
from ..translation import tr as _
from .batch import batch
from .events import JointEvent
from .film import Film
from .film_nodes import FilmNodes
from .hierarchy import put_in_folder
from .joint_lines import (
    anatomical_order,
    check_is_free,
    ends_of,
    free_name,
    is_newer,
    is_older,
    joint_lines,
    line_display,
    line_ends,
    mark_as_joint,
    new_line,
    pose_between,
    runs_backwards,
    set_confidence,
    set_side,
)
from .new_nodes import add_node
from .observers import Observers
from .scene_joint import SceneJoint

Callback: TypeAlias = Callable[[SceneJoint | None, JointEvent], None]


class SceneJoints:
    """The joints that are marked on a film; finds what a loaded scene has.

    Parameters
    ----------
    film
        The radiograph.
    """

    def __init__(self, film: Film) -> None:
        self.film = film
        self._callbacks: list[Callback] = []
        self._nodes = FilmNodes(film)
        self._joints: list[SceneJoint] = []
        self._names: dict[SceneJoint, str] = {}
        self._newer: list[str] = []
        self._older: list[str] = []
        self._observers = Observers(self)
        self._keep_header()
        for line in joint_lines(film):
            if is_newer(line):
                self._newer.append(line.GetName())
                continue
            if is_older(line):
                self._older.append(line.GetName())
            self._take(line)
        self._load()
        self._check_film()
        self._film_state, self._film_name = film.state, film.name
        self._nodes.follow_film_name()
        self._observers.start()

    @property
    def joints(self) -> list[SceneJoint]:
        """All joints in anatomical order."""
        return sorted(self._joints, key=lambda joint: anatomical_order(joint.name))

    @property
    def warning(self) -> str | None:
        """What the user must know of the scene that was loaded; None where all is well."""
        texts = []
        if self._newer:
            text = _(
                "Joints {names} were saved by a newer version of Layer Separation and are left as they are: "
                "update the extension to edit them."
            )
            texts.append(text.format(names=", ".join(self._newer)))
        if self._older:
            text = _(
                "Joints {names} were saved by an earlier version of Layer Separation: separate them again."
            )
            texts.append(text.format(names=", ".join(self._older)))
        return " ".join(texts) or None

    def add(self, points_or_line: NDArray[np.float64] | vtk.vtkObject, name: str | None = None) -> SceneJoint:
        """Mark a joint by two points (2, 3) in RAS, proximal and distal, or by a markups line with both.

        Without a name, a line whose name is that of a finger joint keeps it; else a free name is proposed.

        Raises
        ------
        InputError
            If the line has no length or lies outside of the film, the name is taken or can't be one, or there
            is a joint at this place. The scene is then as it was.
        """
        line = points_or_line if isinstance(points_or_line, vtk.vtkObject) else None
        if line is not None:
            known = self.get(line)
            if known is not None:
                return known
            ends = ends_of(line)
        else:
            ends = np.asarray(points_or_line, dtype=np.float64)
            if ends.shape != (2, 3) or not np.isfinite(ends).all():
                raise InputError(_("A joint needs two points in RAS, the first proximal, the second distal."))
        taken = [node.GetName() for node in joint_lines(self.film)]
        if name is None:
            own = line.GetName() if line is not None else ""
            name = own if own in JOINT_NAMES and own not in taken else free_name(taken)
        pose = pose_between(self.film, name, ends, None)
        check_is_free(self.film, pose, self._poses())
        with batch(self.film.node.GetScene()):
            if line is None:
                line = self._add_line(new_line(self.film, name, ends))
            else:
                line.SetName(name)
                mark_as_joint(line, self.film)
            joint = self._join(line)
            self._nodes.write_table(self.joints)
        self._tell_of_film(joint, JointEvent.LIST)
        return joint

    def add_found(self, poses: Sequence[JointPose]) -> list[SceneJoint]:
        """Mark the joints that were found on the film, apart from those that are marked already.

        Returns the joints that were added.
        """
        with batch(self.film.node.GetScene()):
            return list(self.found_steps(poses))

    def found_steps(self, poses: Sequence[JointPose]) -> Generator[SceneJoint, None, None]:
        """Do what `add_found` does, a joint at a time: a window can be drawn in between.

        All are told of once, after the last; none stays where the generator is closed before.

        Yields
        ------
        SceneJoint
            Each joint that was added.
        """
        added: list[SceneJoint] = []
        try:
            for label, pose in zip(unique_names(poses), poses, strict=True):
                try:
                    check_is_free(self.film, replace(pose, name=label), self._poses())
                    line = new_line(self.film, label, line_ends(self.film, pose))
                except InputError:
                    # The user's own joint of this name, or at this place, stays as it is.
                    continue
                if pose.side != self.film.radiograph.origin.laterality:
                    set_side(line, pose.side)
                set_confidence(line, pose.confidence)
                joint = self._join(self._add_line(line))
                added.append(joint)
                yield joint
        except GeneratorExit:
            self._remove([joint for joint in added if joint in self._joints])
            raise
        if added:
            self._nodes.write_table(self.joints)
            self._tell_of_film(None, JointEvent.LIST)

    def get(self, line_node: vtk.vtkObject) -> SceneJoint | None:
        """Return the joint of a line."""
        return next((joint for joint in self._joints if joint.line is line_node), None)

    def runs_backwards(self, joint: SceneJoint) -> bool:
        """Tell whether a joint's line was probably drawn from distal to proximal."""
        pose = joint.pose
        return runs_backwards(pose, [other for other in self._poses() if other.name != pose.name])

    def remove(self, joint: SceneJoint) -> None:
        """Remove a joint with its line and all its nodes."""
        if joint not in self._joints:
            return
        self._remove([joint])
        self._tell_of_film(joint, JointEvent.LIST)

    def remove_all(self) -> None:
        """Remove every joint of the film with its line and all its nodes."""
        self._remove(self.joints)
        self._tell_of_film(None, JointEvent.LIST)

    @property
    def table(self) -> vtk.vtkObject | None:
        """Table 'Joint space widths'; None before there is a joint."""
        return self._nodes.table

    @property
    def synthetic_film(self) -> vtk.vtkObject | None:
        """Scalar volume of the whole radiograph with every edited joint; None before a separation."""
        return self._nodes.synthetic_film

    def jobs(self, joints: Iterable[SceneJoint]) -> list[tuple[Radiograph, JointPose]]:
        """Return what `Separator.separate_many` needs; nothing of it is bound to the scene.

        Raises
        ------
        InputError
            If a joint's line can't be a joint.
        """
        radiograph = self.film.radiograph
        return [(radiograph, joint.pose) for joint in joints]

    def on_change(self, callback: Callback) -> Callable[[], None]:
        """Be told of changes; returns the function that ends it.

        ``callback(joint, event)``; the joint is None where all are meant.
        """
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return unsubscribe

    def close(self) -> None:
        """Let go of the scene; the nodes stay."""
        self._observers.stop()
        self._joints.clear()

    def follow_closing(self) -> None:
        """Let go of a scene that is closed, or of a film that was removed."""
        self.close()
        self._tell(None, JointEvent.LIST)

    def follow_film(self) -> None:
        """Tell of another name, film, spacing or polarity, once layers that it fits now are restored."""
        self._follow_film_name()
        state = self.film.state
        if state == self._film_state:
            return
        self._film_state = state
        self._keep_header()
        if self.film.state != state:
            # What was kept is a change of its own, and was told.
            return
        self._load()
        self._tell_of_film(None, JointEvent.FILM)

    def follow_line(self, joint: SceneJoint) -> None:
        """Take a line that the user moved as where the user says, no longer where it was found."""
        set_confidence(joint.line, None)
        self._tell_of_film(joint, JointEvent.LINE)

    def follow_name(self, joint: SceneJoint) -> None:
        """Rename what belongs to a line that was renamed, here or anywhere in Slicer."""
        old = self._names.get(joint, joint.name)
        if old != joint.name:
            self._names[joint] = joint.name
            joint.follow_name(old)
            self._nodes.write_table(self.joints)
            self._tell_of_film(joint, JointEvent.LIST)

    def follow_removal(self, joint: SceneJoint) -> None:
        """Forget a joint whose line the user removed; its nodes are gone already."""
        if joint in self._joints:
            self._drop(joint)
            self._nodes.forget(self.joints, joint)
            self._tell_of_film(joint, JointEvent.LIST)

    def _follow_film_name(self) -> None:
        if self.film.name != self._film_name:
            self._film_name = self.film.name
            for joint in self._joints:
                joint.follow_film_name()
            self._nodes.follow_film_name()
            self._tell(None, JointEvent.FILM_NAME)

    def _take(self, line: vtk.vtkObject) -> SceneJoint:
        joint = SceneJoint(self.film, line, self._follow_change)
        self._joints.append(joint)
        self._names[joint] = joint.name
        self._observers.watch(joint)
        return joint

    def _remove(self, joints: Sequence[SceneJoint]) -> None:
        with batch(self.film.node.GetScene()):
            for joint in joints:
                self._drop(joint)
                joint.remove()
                self._nodes.forget(self.joints, joint)

    def _join(self, line: vtk.vtkObject) -> SceneJoint:
        """Make a line a new joint, in a folder of its own."""
        put_in_folder(line, line, self.film.node)
        return self._take(line)

    def _load(self) -> None:
        """Restore the layers that the scene keeps, where there are none."""
        for joint in self._joints:
            if joint.layers is None:
                _load_layers(joint)

    def _keep_header(self) -> None:
        try:
            self.film.keep_header()
        except InputError:
            # What is wrong with the film is said where the film is needed.
            return

    def _drop(self, joint: SceneJoint) -> None:
        self._observers.unwatch(joint)
        self._joints.remove(joint)
        self._names.pop(joint, None)

    def _follow_change(self, joint: SceneJoint, event: JointEvent, finished: bool) -> None:
        if joint not in self._joints:
            return
        if event in (JointEvent.EDIT, JointEvent.LAYERS):
            self._nodes.write_film(self.joints, joint)
        if event is not JointEvent.EDIT:
            self._check_film()
        if finished:
            self._nodes.write_table(self.joints, joint)
        self._tell(joint, event)

    def _check_film(self) -> None:
        """Compare the joints with one another, after a change of any of them."""
        joints = [joint for joint in self._joints if joint.layers is not None]
        layers = [joint.layers for joint in joints if joint.layers is not None]
        widths = [jsw for joint in joints if (jsw := joint.editing.own_jsw) is not None]
        found = check_film(layers, widths, self._poses())
        changed = [
            joint
            for joint, findings in zip(joints, found, strict=True)
            if joint.editing.set_film_findings(findings)
        ]
        for joint in changed:
            self._nodes.write_table(self.joints, joint)

    def _poses(self) -> list[JointPose]:
        poses = [_pose_of(joint) for joint in self._joints]
        return [pose for pose in poses if pose is not None]

    def _add_line(self, line: vtk.vtkObject) -> vtk.vtkObject:
        scene = self.film.node.GetScene()
        add_node(scene, line, line_display(scene))
        return line

    def _tell_of_film(self, joint: SceneJoint | None, event: JointEvent) -> None:
        """Tell of a change that the other joints may be judged by."""
        self._check_film()
        self._tell(joint, event)

    def _tell(self, joint: SceneJoint | None, event: JointEvent) -> None:
        for callback in list(self._callbacks):
            callback(joint, event)


def _load_layers(joint: SceneJoint) -> None:
    try:
        joint.load()
    except InputError:
        # Where the film can't be read, or the layers can't have the edit, the joint is to be separated again.
        return


def _pose_of(joint: SceneJoint) -> JointPose | None:
    try:
        return joint.pose
    except InputError:
        # A line that the user spoilt is in nobody's way.
        return None
