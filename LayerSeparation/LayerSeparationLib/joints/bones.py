"""The bones of a finger by name: which joint lies between which, and which bones two joints share."""

from __future__ import annotations

from typing import NamedTuple

from .pose import JOINT_NAMES, JointPose, joint_key

_BONES_OF_KINDS = {
    "MCP": ("proximal phalanx", "metacarpal"),
    "PIP": ("middle phalanx", "proximal phalanx"),
    "DIP": ("distal phalanx", "middle phalanx"),
    "IP": ("distal phalanx", "proximal phalanx"),
}


class BoneKey(NamedTuple):
    """What a bone goes by on every film of a person.

    Examples
    --------
    >>> BoneKey("proximal phalanx 2", "L").kind, BoneKey("crop upper bone", None).kind
    ('proximal phalanx', None)
    """

    name: str
    """``proximal phalanx 2``, 1 = thumb; of a joint with a user's own name, ``<name> upper bone``."""
    side: str | None
    """'L', 'R', or None where the side is unknown."""

    @property
    def kind(self) -> str | None:
        """``proximal phalanx`` of ``proximal phalanx 2``; None of a joint with a user's own name."""
        kind = self.name[:-2]
        return kind if any(kind in bones for bones in _BONES_OF_KINDS.values()) else None


def bones_of_joint(pose: JointPose) -> tuple[BoneKey, BoneKey]:
    """Return the distal (upper) and the proximal (lower) bone of a joint.

    Examples
    --------
    >>> upper, lower = bones_of_joint(JointPose("MCP2_L", (9, 9), (0, -1)))
    >>> upper, lower.name
    (BoneKey(name='proximal phalanx 2', side='L'), 'metacarpal 2')
    >>> upper == bones_of_joint(JointPose("PIP2", (9, 9), (0, -1), side="L"))[1]
    True
    >>> bones_of_joint(JointPose("crop", (9, 9), (0, -1)))[0].name
    'crop upper bone'
    """
    name, side = joint_key(pose)
    if name not in JOINT_NAMES:
        return BoneKey(f"{pose.name} upper bone", side), BoneKey(f"{pose.name} lower bone", side)
    upper, lower = _BONES_OF_KINDS[name[:-1]]
    return BoneKey(f"{upper} {name[-1]}", side), BoneKey(f"{lower} {name[-1]}", side)
