"""A film of the scene compared with an earlier one: what came of it, and the nodes that keep it."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import vtk

from ..errors import InputError
from ..follow_up import JointChange
from ..joints import JointKey, JointPose, anatomical_name, joint_key
from .bone_motions import remove_motions, write_motions
from .change_table import change_table_of, remove_change_table, write_change_table
from .comparison_record import ComparedState, ComparisonRecord
from .film import Film
from .fingerprints import FilmFingerprint, JointFingerprints
from .joint_identity import JointIdentity
from .joint_lines import joint_lines, same_place
from .node_attributes import BASELINE_REFERENCE, COMPARED_REFERENCE
from .scene_joint import SceneJoint
from .scene_joints import SceneJoints
from .visits import (
    Find,
    Separate,
    Visit,
    check_headers,
    compare_visits,
    put_on_one_scale,
    separate_baseline,
    separate_follow_up,
)


def compare_with(
    joints: SceneJoints, baseline: Film, find: Find, separate: Separate, *, despite_headers: bool = False
) -> SceneComparison:
    """Compare the separated joints of a film with an earlier film, and keep what comes of it in the scene.

    Both films are brought onto one grey scale where they have one in common, as `follow_up.compare_films` and
    the command line do it; joints whose silhouettes were corrected stay as they are.

    Parameters
    ----------
    joints
        Of the later film.
    baseline
        The earlier film; what the scene has of its joints is taken.
    find
        Says where its joints are, where the scene has none.
    separate
        Separates the joints that are not separated on that scale, such as `Separator.separate_many`.
    despite_headers
        Whether films are compared whose headers say that they don't belong together.

    Raises
    ------
    VisitMismatchError
        If the films' DICOM files name two patients, two hands, or the reverse order.
    InputError
        If a film can't be a radiograph, or the earlier one has no joints.
    """

    def progress(*_step: object) -> None:
        """Nobody watches."""

    visits = Visit.of_film(baseline), Visit.of(joints)
    if not despite_headers:
        check_headers(*visits)
    films = put_on_one_scale(visits[0].reading.read(), visits[1].reading.read())
    corrected = visits[0].corrected | visits[1].corrected
    before = separate_baseline(visits[0], films[0], find, separate, progress, corrected)
    after = separate_follow_up(visits[1], films[1], separate, progress, corrected)
    comparison = SceneComparison(baseline, joints, compare_visits(before, after, visits, progress))
    comparison.write()
    return comparison


class SceneComparison:
    """The changes of a film's joints since an earlier film.

    Parameters
    ----------
    baseline
        The earlier film.
    joints
        Of the later film.
    changes
        One for each joint of either.
    """

    def __init__(self, baseline: Film, joints: SceneJoints, changes: Sequence[JointChange]) -> None:
        self.baseline, self.film = baseline, joints.film
        self.changes = tuple(changes)
        self._joints = joints
        self._films = FilmFingerprint(baseline), FilmFingerprint(joints.film)
        self._of_joints = JointFingerprints()
        self._compared = [self._find(change) for change in self.changes]
        self._state = self._state_now()

    @classmethod
    def restore(cls, joints: SceneJoints) -> SceneComparison | None:
        """Return the comparison that the scene has of a film; None where it has none, or it can't be read.

        What was changed since it was made is out of date in it, as if the scene had never been closed.

        Raises
        ------
        InputError
            If a film can't be read.
        """
        table = change_table_of(joints.film)
        node = table.GetNodeReference(BASELINE_REFERENCE) if table is not None else None
        record = ComparisonRecord.read(table) if table is not None and node is not None else None
        if record is None:
            return None
        baseline = Film(node)
        restored = cls(baseline, joints, ())
        is_as_then = restored._are_films_of(record.state)
        films = put_on_one_scale(baseline.radiograph, joints.film.radiograph) if is_as_then else None
        changes = record.restore(films)
        if changes is None:
            return None
        restored.changes = tuple(changes)
        restored._compared = [restored._referred(table, row) for row in range(len(changes))]
        # Without their films the changes have no place to be shown at, whatever the films become.
        state = record.state
        restored._state = state if is_as_then else ComparedState("-", "-", state.joints)
        return restored

    def joint_of(self, change: JointChange) -> SceneJoint | None:
        """Return the joint of the later film; None where there is none, or no longer."""
        joint = self._compared[self.changes.index(change)]
        return joint if joint is not None and joint in self._joints.joints else None

    def change_of(self, joint: SceneJoint | None) -> JointChange | None:
        """Return the change of a joint of the later film."""
        pairs = zip(self._compared, self.changes, strict=True)
        return next((change for other, change in pairs if other is not None and other is joint), None)

    def is_of(self, joints: SceneJoints | None) -> bool:
        """Tell whether these are the changes of a film's joints as they are known now."""
        return self._joints is joints

    @property
    def is_there(self) -> bool:
        """Whether both films are in the scene."""
        scene = self.film.node.GetScene()
        return scene is not None and self.baseline.node.GetScene() is scene

    def is_current(self, change: JointChange) -> bool:
        """Tell whether films and joint are still as they were compared."""
        return self.are_current()[self.changes.index(change)]

    def are_current(self) -> list[bool]:
        """Tell of each change whether films and joint are still as they were compared."""
        if not self.is_there or not self._are_films_of(self._state):
            return [False] * len(self.changes)
        places = _places_of(self.baseline)
        return [
            self._of_joints.text_of(self.joint_of(change)) == state and _is_at(change, places)
            for change, state in zip(self.changes, self._state.joints, strict=True)
        ]

    def write(self) -> None:
        """Keep all of it in the scene: a table with the record, and the motions of the bones."""
        for _step in self.write_steps():
            pass

    def write_steps(self) -> Generator[None, None, None]:
        """Do what `write` does, a joint at a time: a window can be drawn in between."""
        table = write_change_table(self.film, self.baseline, self.changes)
        self._refer(table)
        ComparisonRecord.of(self._state, self.changes).write(table)
        told = {joint: change for joint, change in zip(self._compared, self.changes, strict=True) if joint}
        for joint in self._joints.joints:
            yield
            if joint in told:
                write_motions(joint, told[joint], self.baseline)
            else:
                remove_motions(joint)

    def remove(self) -> None:
        """Remove what `write` made."""
        remove_change_table(self.film)
        for joint in self._joints.joints:
            remove_motions(joint)

    def _state_now(self) -> ComparedState:
        return ComparedState(
            self._films[0].text,
            self._films[1].text,
            tuple(self._of_joints.text_of(joint) for joint in self._compared),
        )

    def _are_films_of(self, state: ComparedState) -> bool:
        texts = self._films[0].text, self._films[1].text
        return all(texts) and texts == (state.baseline, state.follow_up)

    def _find(self, change: JointChange) -> SceneJoint | None:
        named = [joint for joint in self._joints.joints if anatomical_name(joint.name) == change.name]
        of_side = [joint for joint in named if joint.side == change.side]
        unsided = [joint for joint in named if joint.side is None]
        return next(iter(of_side or unsided), None)

    def _refer(self, table: vtk.vtkObject) -> None:
        """Let the table know the joints: they may be renamed."""
        roles: list[str] = []
        table.GetNodeReferenceRoles(roles)
        for role in roles:
            if role.startswith(f"{COMPARED_REFERENCE}."):
                table.RemoveNodeReferenceIDs(role)
        for row, joint in enumerate(self._compared):
            if joint is not None:
                table.SetNodeReferenceID(f"{COMPARED_REFERENCE}.{row}", joint.line.GetID())

    def _referred(self, table: vtk.vtkObject, row: int) -> SceneJoint | None:
        line = table.GetNodeReference(f"{COMPARED_REFERENCE}.{row}")
        return self._joints.get(line) if line is not None else None


def _places_of(film: Film) -> dict[JointKey, list[JointPose]]:
    """Return where the lines of a film's joints say that they are."""
    places: dict[JointKey, list[JointPose]] = {}
    for line in joint_lines(film):
        try:
            pose = JointIdentity(film, line).pose
        except InputError:
            continue
        places.setdefault(joint_key(pose), []).append(pose)
    return places


def _is_at(change: JointChange, places: dict[JointKey, list[JointPose]]) -> bool:
    """Tell whether the joint of the earlier film is where it was; one that nobody marked is."""
    if not places:
        return True
    found = places.get((change.name, change.side)) or places.get((change.name, None)) or []
    if change.crops is None:
        return (change.baseline is not None) == (len(found) == 1)
    return any(same_place(pose, change.crops[0].pose) for pose in found)
