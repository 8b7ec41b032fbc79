"""A film of the scene compared with an earlier one: what came of it, and the nodes that keep it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from ..follow_up import JointChange
from ..joints import JointPose, anatomical_name
from ..radiograph import Radiograph
from ..separation import JointLayers
from .bone_motions import remove_motions, write_motions
from .change_table import remove_change_table, write_change_table
from .film import Film
from .joint_status import JointStatus
from .scene_joint import SceneJoint
from .scene_joints import SceneJoints
from .visits import Visit, compare_visits, separate_visit

_OUT_OF_DATE = (JointStatus.NOT_SEPARATED, JointStatus.OUTDATED)


def compare_with(
    joints: SceneJoints,
    baseline: Film,
    find: Callable[[Radiograph], Sequence[JointPose]],
    separate: Callable[[Radiograph, JointPose], JointLayers],
) -> SceneComparison:
    """Compare the separated joints of a film with an earlier film, and keep what comes of it in the scene.

    Parameters
    ----------
    joints
        Of the later film.
    baseline
        The earlier film; what the scene has of its joints is taken.
    find
        Says where its joints are, where the scene has none.
    separate
        Separates those of its joints that are not separated.

    Raises
    ------
    InputError
        If a film can't be a radiograph, or the earlier one has no joints.
    """

    def progress(*_step: object) -> None:
        """Nobody watches."""

    layers = separate_visit(Visit.of_film(baseline), find, separate, progress)
    comparison = SceneComparison(baseline, joints, compare_visits(layers, Visit.of(joints), progress))
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
        self._baseline_state = baseline.state
        self._compared = [self._find(change) for change in self.changes]

    def joint_of(self, change: JointChange) -> SceneJoint | None:
        """Return the joint of the later film; None where there is none, or no longer."""
        joint = self._compared[self.changes.index(change)]
        return joint if joint is not None and joint in self._joints.joints else None

    def change_of(self, joint: SceneJoint | None) -> JointChange | None:
        """Return the change of a joint of the later film."""
        pairs = zip(self._compared, self.changes, strict=True)
        return next((change for other, change in pairs if other is not None and other is joint), None)

    @property
    def is_there(self) -> bool:
        """Whether both films are in the scene."""
        scene = self.film.node.GetScene()
        return scene is not None and self.baseline.node.GetScene() is scene

    def is_current(self, change: JointChange) -> bool:
        """Tell whether films and joint are still as they were compared."""
        if not self.is_there or self.baseline.state != self._baseline_state:
            return False
        joint = self.joint_of(change)
        layers = joint.layers if joint is not None and joint.status not in _OUT_OF_DATE else None
        if change.layers is None:
            return (layers is not None) == (change.follow_up is not None)
        return layers is not None and layers.canonical is change.layers[1].canonical

    def write(self) -> None:
        """Keep all of it in the scene: a table, and the motions of the bones."""
        for _step in self.write_steps():
            pass

    def write_steps(self) -> Generator[None, None, None]:
        """Do what `write` does, a joint at a time: a window can be drawn in between."""
        write_change_table(self.film, self.baseline, self.changes)
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

    def _find(self, change: JointChange) -> SceneJoint | None:
        named = [joint for joint in self._joints.joints if anatomical_name(joint.name) == change.name]
        of_side = [joint for joint in named if joint.side == change.side]
        unsided = [joint for joint in named if joint.side is None]
        return next(iter(of_side or unsided), None)
