"""Changes as the figures take them: how far each joint is from the earlier film, and what is said once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import inf

from ..figures import Deviation, Reference
from ..joints import JointKey, joint_key
from ..measurement.shared_findings import shared_findings
from .joint_change import JointChange
from .verdict import DETECTABLE_CHANGE_MM, Verdict


def since_baseline(changes: Sequence[JointChange]) -> Reference:
    """Compare the joints of a follow-up with those of the earlier film, by their registered change.

    A change without a verdict is told, but is no deviation, unless it is in px. Changes are on the scale of
    the earlier film.

    Examples
    --------
    >>> since_baseline([]).name
    'earlier film'
    """
    shared = shared_reasons(changes)
    deviations: dict[JointKey, Deviation] = {}
    for change in changes:
        crop = change.follow_up_crop
        key = joint_key(crop.pose) if crop else (change.name, change.side)
        deviations[key] = deviation_of(change, shared)
    films = {change.crops[0].radiograph.name: None for change in changes if change.crops is not None}
    named = ", ".join(f"'{name}'" for name in films)
    limit_told = f"by more than its smallest detectable change, {DETECTABLE_CHANGE_MM} mm at least"
    note = "; ".join(describe_shared(shared, changes))
    return Reference(f"earlier film {named}".rstrip(), deviations, limit_told, note)


def shared_reasons(changes: Sequence[JointChange]) -> tuple[str, ...]:
    """Return why most of the joints have no verdict, where that is one reason; see `shared_findings`."""
    return shared_findings([(change.reason,) for change in changes])


def describe_shared(shared: Sequence[str], changes: Sequence[JointChange]) -> list[str]:
    """Say once, of how many joints nothing can be told for a shared reason.

    Examples
    --------
    >>> describe_shared((), [])
    []
    """
    return [
        f"can't tell for {sum(one.reason == reason for one in changes)} of {len(changes)} joints: {reason}"
        for reason in shared
    ]


def deviation_of(change: JointChange, said_once: Collection[str]) -> Deviation:
    """Return a change as a deviation from the baseline.

    Parameters
    ----------
    change
        Of a joint.
    said_once
        Reasons that stand elsewhere, so that they need not stand beside each joint.
    """
    is_judged = change.verdict is not Verdict.UNKNOWN
    reason = "" if change.reason in said_once else change.reason
    verdict = change.verdict.value
    # Without a pixel spacing nobody can judge a change; its px are of use all the same.
    if change.change is None or change.interval is None or not (is_judged or change.unit == "px"):
        return Deviation(unit=change.unit, verdict=verdict, reason=reason)
    limit = change.detectable_change if is_judged and change.detectable_change is not None else inf
    return Deviation(change.change, change.interval, change.unit, limit, verdict, reason)
