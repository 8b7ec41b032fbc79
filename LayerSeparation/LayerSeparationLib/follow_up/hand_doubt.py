"""Whether two films are of one hand at all: what all of its joints say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .joint_change import JointChange
from .verdict import Verdict

FEWEST_JOINTS = 3
"""Registered joints that it takes to judge a hand. Joints of training visits, thrown together by threes as if
of one hand, are doubted in 17 % of the draws, by nines in 1.5 %, by fourteens in 0.05 %; those of two people
in 99.8 % and more."""
LEAST_TYPICAL_CORRELATION = 0.6
"""Median over a hand's joints, each by its bone that is recognised less. Two visits of training joints have
0.78, two hands of the training set 0.35 to 0.64 (29 pairs), copies of one film 0.95 and more (16)."""
GREATEST_SCATTER = 0.03
"""Standard deviation, from joint to joint, of the logarithm of how much larger the bones appear: one hand on
two films has one magnification. Two visits of training joints have 0.014, of whatever hands; two hands of the
training set 0.026 to 0.125, copies of one film 0.001."""


def doubt_hands(changes: Sequence[JointChange]) -> list[JointChange]:
    """Take the verdicts from hands whose films look as if they were of two people.

    Each joint of another person's hand can, by chance, be registered well enough; all of them can't. Where
    most joints of a hand don't fit, the bones look little alike, or differ in size from joint to joint,
    nothing is told of any of its joints. What was said against a joint alone becomes part of its note. With
    these limits none of 29 pairs of different training hands keeps a verdict (28 had one before), and none of
    16 pairs of a film and its copy loses them.

    Parameters
    ----------
    changes
        Of all joints of two visits.

    Examples
    --------
    >>> doubt_hands([])
    []
    """
    hands: dict[str | None, list[JointChange]] = {}
    for change in changes:
        hands.setdefault(change.side, []).append(change)
    reasons = {side: find_hand_doubt(hand) for side, hand in hands.items()}
    return [_doubt(change, reasons[change.side]) for change in changes]


def find_hand_doubt(hand: Sequence[JointChange]) -> str:
    """Return why the joints of one hand may be those of two people; '' where nothing says so.

    Parameters
    ----------
    hand
        Changes of its joints.

    Examples
    --------
    >>> find_hand_doubt([])
    ''
    """
    tried = [change for change in hand if change.fits is not None]
    if len(tried) < FEWEST_JOINTS or all(change.verdict is Verdict.UNKNOWN for change in tried):
        return ""
    misfits = sum(change.fits is False for change in tried)
    correlations = [change.correlation for change in tried if change.correlation is not None]
    scales = np.log([change.scale for change in tried if change.scale is not None])
    scatter = float(scales.std(ddof=1)) if len(scales) >= FEWEST_JOINTS else 0.0
    found = []
    if 2 * misfits > len(tried):
        found.append(f"the bones of {misfits} of {len(tried)} joints don't fit on each other")
    if np.median(correlations) < LEAST_TYPICAL_CORRELATION:
        found.append(f"the bones look little alike (median correlation {np.median(correlations):.2f})")
    if scatter > GREATEST_SCATTER:
        low, high = (100 * (np.exp(edge) - 1) for edge in (scales.min(), scales.max()))
        found.append(f"their sizes differ by {low:+.0f} to {high:+.0f} % from joint to joint")
    return f"perhaps another hand: {'; '.join(found)}" if found else ""


def _doubt(change: JointChange, reason: str) -> JointChange:
    if not reason or change.fits is None:
        return change
    note = "; ".join(filter(None, (change.reason, change.own_note)))
    return replace(change, verdict=Verdict.UNKNOWN, reason=reason, own_note=note)
