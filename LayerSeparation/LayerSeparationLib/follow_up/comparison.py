"""All joints of two visits: paired by name and side, and compared one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

from ..joints import JOINT_NAMES, JointFinder, JointKey, JointPose, joint_key
from ..measurement import JointSpaceWidth, measure_film
from ..radiograph import Radiograph
from ..separation import JointLayers, Separator
from .film_scales import share_grey_scale
from .hand_doubt import doubt_hands
from .joint_change import JointChange, change_of_measured
from .verdict import Verdict
from .visit_check import check_origins


class HasJsw(Protocol):
    """A joint whose JSW is known, such as a `MeasuredJoint`."""

    @property
    def layers(self) -> JointLayers:
        """The separated joint."""
        ...

    @property
    def jsw(self) -> JointSpaceWidth:
        """Its JSW, with what the other joints of its film say against it."""
        ...


class _Measured(NamedTuple):
    layers: JointLayers
    jsw: JointSpaceWidth


def compare_films(
    baseline: Radiograph,
    follow_up: Radiograph,
    separator: Separator | None = None,
    *,
    locate: Callable[[Radiograph], Sequence[JointPose]] | None = None,
    despite_headers: bool = False,
) -> list[JointChange]:
    """Compare the joints of two films of the same hand or hands.

    Both films are brought onto one grey scale where they have one in common (`share_grey_scale`);
    `JointChange.grey_scale` says whether they were.

    Parameters
    ----------
    baseline, follow_up
        The earlier and the later film.
    separator
        By default a `Separator` on the best device.
    locate
        Says where the joints of a film are; by default they are found on whole hands (`JointFinder.find`).
    despite_headers
        Compare them even if their DICOM headers name two patients or hands, or a follow-up that is older.

    Returns
    -------
    A change for every joint that is on either film, in the order of `JOINT_NAMES`, right hand first.

    Raises
    ------
    VisitMismatchError
        If the headers say that they don't belong together.

    Examples
    --------
    >>> from LayerSeparationLib import GapEdit, JointPose, Radiograph, Separator, make_joint, synthesize
    >>> phantom, separator = make_joint("MCP", seed=3, jsw_mm=1.6), Separator("cpu")
    >>> layers = separator.separate(phantom.radiograph, phantom.pose)
    >>> later = Radiograph.from_array(synthesize(layers, GapEdit(change=0.3)).film, spacing_mm=0.082)
    >>> def locate(film):
    ...     return [JointPose.whole_crop(film, "MCP2")]
    >>> (change,) = compare_films(phantom.radiograph, later, separator, locate=locate)
    >>> change.name, round(change.change, 1), change.verdict.value
    ('MCP2', 0.3, 'widened')
    """
    if not despite_headers:
        check_origins(baseline.origin, follow_up.origin)
    separator = separator or Separator()
    locate = locate or JointFinder().find
    films = [
        separator.separate_many([(film, pose) for pose in locate(film)])
        for film in share_grey_scale(baseline, follow_up)
    ]
    return compare_joints(*films)


def compare_joints(baseline: Sequence[JointLayers], follow_up: Sequence[JointLayers]) -> list[JointChange]:
    """Compare separated joints of two visits, paired by anatomical name and side.

    Where one visit does not say which hand a joint is of, and the other has but one of that name, they are a
    pair. A joint that is missing on one side, or there twice, has the verdict "can't tell", and why. So have
    all joints of a hand that looks like another person's (`hand_doubt.doubt_hands`).

    Returns
    -------
    A change for every joint of either visit, in the order of `JOINT_NAMES`, right hand first; other names
    behind them.

    Examples
    --------
    >>> from LayerSeparationLib import Separator, make_joint
    >>> phantom = make_joint("MCP", seed=3)
    >>> layers = Separator("cpu").separate(phantom.radiograph, phantom.pose)
    >>> (lost,) = compare_joints([layers], [])
    >>> lost.verdict.value, lost.reason
    ("can't tell", 'not on the follow-up')
    """
    return compare_measured(_measure(baseline), _measure(follow_up))


def compare_measured(
    baseline: Sequence[HasJsw],
    follow_up: Sequence[HasJsw],
    progress: Callable[[int, int], None] | None = None,
) -> list[JointChange]:
    """Compare joints of two visits that were measured; see `compare_joints`, which measures them.

    ``progress`` is called with (done, all) before the first joint and after each.

    Examples
    --------
    >>> compare_measured([], [])
    []
    """
    keys = sorted({joint_key(joint.layers.pose) for joint in (*baseline, *follow_up)}, key=_order)
    keys = _without_unsided_twins(keys)
    changes: list[JointChange] = []
    for done, (name, side) in enumerate(keys):
        if progress:
            progress(done, len(keys))
        pair = [_of_joint(visit, name, side) for visit in (baseline, follow_up)]
        if all(len(found) == 1 for found in pair):
            (before,), (after,) = pair
            change = change_of_measured(before.layers, after.layers, before.jsw, after.jsw)
            changes.append(replace(change, name=name, side=side))
        else:
            changes.append(_unpaired(name, side, *pair))
    if progress and keys:
        progress(len(keys), len(keys))
    return doubt_hands(changes)


def _measure(visit: Sequence[JointLayers]) -> list[_Measured]:
    """Measure the joints of a visit, each beside the others of its film."""
    films: dict[int, list[JointLayers]] = {}
    for layers in visit:
        films.setdefault(id(layers.radiograph), []).append(layers)
    return [
        _Measured(layers, jsw)
        for film in films.values()
        for layers, jsw in zip(film, measure_film(film), strict=True)
    ]


def _order(key: JointKey) -> tuple[str, int, str]:
    name, side = key
    place = JOINT_NAMES.index(name) if name in JOINT_NAMES else len(JOINT_NAMES)
    return {"R": "0", "L": "1"}.get(side or "", "2"), place, name


def _without_unsided_twins(keys: Sequence[JointKey]) -> list[JointKey]:
    """Leave out names without a side that have one and only one side elsewhere: they are the same joint."""
    sides: dict[str, set[str]] = {}
    for name, side in keys:
        sides.setdefault(name, set()).update({side} if side else set())
    return [(name, side) for name, side in keys if side or len(sides[name]) != 1]


def _of_joint(visit: Sequence[HasJsw], name: str, side: str | None) -> list[HasJsw]:
    keys = [joint_key(joint.layers.pose) for joint in visit]
    exact = [joint for joint, key in zip(visit, keys, strict=True) if key == (name, side)]
    return exact or [joint for joint, key in zip(visit, keys, strict=True) if key == (name, None)]


def _unpaired(
    name: str, side: str | None, baseline: Sequence[HasJsw], follow_up: Sequence[HasJsw]
) -> JointChange:
    reasons = []
    for film, found in (("baseline", baseline), ("follow-up", follow_up)):
        if len(found) != 1:
            reasons.append(f"{len(found)} times on the {film}" if found else f"not on the {film}")
    widths = [found[0].jsw if len(found) == 1 else None for found in (baseline, follow_up)]
    return JointChange(
        name=name,
        side=side,
        unit=[*baseline, *follow_up][0].layers.crop.unit,
        change=None,
        interval=None,
        verdict=Verdict.UNKNOWN,
        reason=", ".join(reasons),
        own_note="",
        baseline=widths[0],
        follow_up=widths[1],
        follow_up_crop=follow_up[0].layers.crop if len(follow_up) == 1 else None,
    )
