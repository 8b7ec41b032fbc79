"""What a ``joint.json`` beside an image says of it, so that phantoms and results can be inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import InputError
from ..export import read_joint_record
from ..files import read_json
from ..joints import JointPose
from ..radiograph import PixelSpacing, Radiograph
from .progress import say

_NAME = "joint.json"
_FORMAT = "LayerSeparation joint record"


def recorded_spacing(path: Path) -> PixelSpacing | None:
    """Return the pixel spacing in mm that the record beside an image has; None without one."""
    record = _record_beside(path)
    if record is None:
        return None
    spacing = PixelSpacing.from_json(record["spacing"])
    return spacing if spacing.known else None


def recorded_pose(radiograph: Radiograph) -> JointPose | None:
    """Return the joint of a phantom's film, as its record has it; None where there is none.

    The record of a result tells where its joint lay on the film that it was made from: it does not count.
    """
    path = radiograph.origin.path
    record = None if path is None else _record_beside(path)
    if record is None or record["weights_sha256"] is not None or record["edit"] is not None:
        return None
    pose = JointPose.from_json({**record["pose"], "name": record["joint"], "side": record["side"]})
    rows, columns = radiograph.shape
    x, y = pose.centre_px
    return pose if 0 <= x <= columns - 1 and 0 <= y <= rows - 1 else None


def _record_beside(path: Path) -> dict[str, Any] | None:
    """Return the record; what is no record of this program's is passed over, a damaged one is told."""
    file = path.parent / _NAME
    try:
        found = read_json(file)
    except InputError:
        return None
    if not isinstance(found, dict) or not str(found.get("format", "")).startswith(_FORMAT):
        return None
    try:
        return read_joint_record(file)
    except InputError as error:
        say(f"{path}: what lies beside it is left alone: {error}")
        return None
