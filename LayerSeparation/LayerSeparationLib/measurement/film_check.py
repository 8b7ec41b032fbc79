"""What the joints of a film say of one another: each JSW against the hand that it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..errors import LayerSeparationError, UnexpectedError
from ..joints import JointPose, check_positions
from ..joints.hand_size import check_spacing, doubt_widths
from ..separation import JointLayers, SeparatedJoint, SeparationFailure
from .hand_check import compare_with_hand
from .jsw import JointSpaceWidth, measure_jsw


@dataclass(frozen=True, eq=False)
class MeasuredJoint(SeparatedJoint):
    """A separated joint of a file, and its JSW."""

    jsw: JointSpaceWidth
    """With what the film's other joints say against it."""
    film_findings: tuple[str, ...]
    """What they say, which `measure_jsw` of the layers alone can't know."""


def check_film(
    joints: Sequence[JointLayers], widths: Sequence[JointSpaceWidth], poses: Sequence[JointPose] = ()
) -> list[tuple[str, ...]]:
    """Compare the joints of one film with one another.

    Parameters
    ----------
    joints
        Separated joints of the film.
    widths
        JSW of each, as `measure_jsw` returns them.
    poses
        All joints of the film that are known, those that were not separated among them.

    Returns
    -------
    list of tuple of str
        Findings of each of ``joints``, for `JointSpaceWidth.with_findings`; see `check_spacing`,
        `check_positions`, `doubt_widths` and `compare_with_hand`.

    Examples
    --------
    >>> from LayerSeparationLib import Separator, make_joint
    >>> joint = make_joint("MCP", 3)
    >>> layers = Separator("cpu").separate(joint.radiograph, joint.pose)
    >>> check_film([layers], [measure_jsw(layers)])
    [()]
    """
    if not joints:
        return []
    own = [layers.pose for layers in joints]
    known = [*own, *(pose for pose in poses if not any(_are_same(pose, other) for other in own))]
    of_positions = check_positions(known, joints[0].radiograph)
    # Joints that were not measured tell where their finger's segments end all the same.
    shared = [_shared_width(layers, jsw) for layers, jsw in zip(joints, widths, strict=True)]
    of_sizes = doubt_widths(known, [*shared, *[None] * (len(known) - len(own))], joints[0].radiograph)
    of_hand = compare_with_hand(own, widths)
    of_spacing = check_spacing(joints[0].radiograph, known)
    found = zip(of_positions, of_sizes, of_hand, strict=False)
    return [(*of_spacing, *place, *size, *hand) for place, size, hand in found]


def _shared_width(layers: JointLayers, jsw: JointSpaceWidth) -> float | None:
    """Return how wide the bones of a joint face each other, in ``jsw.unit``; None where nobody knows."""
    if jsw.margins is None:
        return None
    left, right = jsw.margins.upper_extent
    return (right - left) * layers.crop.unit_per_px


def measure_film(joints: Sequence[JointLayers], poses: Sequence[JointPose] = ()) -> list[JointSpaceWidth]:
    """Measure the joints of one film, each beside the others: `measure_jsw`, then `check_film`.

    Examples
    --------
    >>> from LayerSeparationLib import Separator, make_joint
    >>> joint = make_joint("MCP", 3, jsw_mm=1.6)
    >>> layers = Separator("cpu").separate(joint.radiograph, joint.pose)
    >>> [round(jsw.mean, 1) for jsw in measure_film([layers])]
    [1.6]
    """
    widths = [measure_jsw(layers) for layers in joints]
    found = check_film(joints, widths, poses)
    return [jsw.with_findings(*findings) for jsw, findings in zip(widths, found, strict=True)]


def measure_separated(
    outcomes: Iterable[SeparatedJoint | SeparationFailure],
) -> Iterator[MeasuredJoint | SeparationFailure]:
    """Measure what `separate_files` yields, each joint beside the others of its film.

    Yields
    ------
    MeasuredJoint or SeparationFailure
        Joints in the same order; failures of a film's joints before them.

    Examples
    --------
    >>> from pathlib import Path
    >>> from LayerSeparationLib import JointPose, Separator, make_joint, separate_files
    >>> from LayerSeparationLib.export import write_png
    >>> write_png(Path("finger.png"), make_joint("MCP", seed=1).radiograph.intensity, synthetic=True)
    >>> def whole_crop(radiograph):
    ...     return [JointPose.whole_crop(radiograph, "MCP3")]
    >>> separated = separate_files(["finger.png"], Separator("cpu"), locate=whole_crop)
    >>> [(one.name, one.jsw.unit, str(one.jsw.quality)) for one in measure_separated(separated)]
    [('MCP3', 'px', 'measured')]
    """
    for _, group in groupby(outcomes, key=_film_of):
        joints: list[SeparatedJoint] = []
        widths: list[JointSpaceWidth] = []
        for one in group:
            measured = _measure(one) if isinstance(one, SeparatedJoint) else one
            if isinstance(one, SeparatedJoint) and isinstance(measured, JointSpaceWidth):
                joints.append(one)
                widths.append(measured)
            elif isinstance(measured, SeparationFailure):
                yield measured
        if not joints:
            continue
        found = check_film([joint.layers for joint in joints], widths, joints[0].film_poses)
        for joint, width, findings in zip(joints, widths, found, strict=True):
            yield MeasuredJoint(
                joint.path,
                joint.name,
                joint.layers,
                joint.film_poses,
                width.with_findings(*findings),
                findings,
            )


def _measure(joint: SeparatedJoint) -> JointSpaceWidth | SeparationFailure:
    """Measure a joint; one that fails, whatever the reason, does not cost the others."""
    try:
        return measure_jsw(joint.layers)
    except Exception as error:
        told = error if isinstance(error, LayerSeparationError) else UnexpectedError.of(joint.path, error)
        return SeparationFailure(joint.path, joint.name, told)


def _film_of(outcome: SeparatedJoint | SeparationFailure) -> int:
    """Return what joints of one film share; failures have nothing to wait for."""
    return id(outcome.layers.radiograph) if isinstance(outcome, SeparatedJoint) else 0


def _are_same(pose: JointPose, other: JointPose) -> bool:
    return (pose.name, pose.side, pose.centre_px) == (other.name, other.side, other.centre_px)
