"""SvdH-like scores of joint space narrowing from the width alone.

The Sharp-van der Heijde method scores joint space narrowing 0 (normal) to 4 (ankylosis or luxation); a reader
also looks at focal narrowing and subluxation, which a mean width does not tell. As in the LSN paper (doi
10.1145/3746027.3755407) the bins are quarters of the healthy width; a closed space is 4.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...joints import JOINT_KINDS, joint_kind

SCORED_KINDS = ("MCP", "PIP")
"""Finger joints whose narrowing the method scores: MCP, and PIP of fingers 2 to 5. It scores no DIP joints,
and of the thumb's IP joint erosions only (van der Heijde, J Rheumatol 1999;26:743-5)."""
NORMAL_JSW_MM = {"MCP": 1.75, "PIP": 0.95}
"""JSW of healthy joints, of which scores are quarters. MCP: that of the LSN paper (doi
10.1145/3746027.3755407). PIP: the middle of the published range of means, 0.9 to 1.0 mm (+- 0.2 mm); it is
greater in men and shrinks with age (Pfeil et al., doi 10.1016/j.acra.2007.01.032), so give one's own where it
is known."""
_LOWER_BOUNDS = (0.75, 0.5, 0.25)


def score_of(width_mm: float, normal_mm: float) -> int:
    """Return the SvdH-like score of a mean JSW, in mm; 0 mm or less is 4."""
    if width_mm <= 0:
        return 4
    return sum(width_mm < bound * normal_mm for bound in _LOWER_BOUNDS)


def width_bins(normal_mm: float, span: tuple[float, float]) -> dict[int, tuple[float, float]]:
    """Return score -> (least, greatest) width within a span, in mm, for every score that the span holds."""
    edges = [bound * normal_mm for bound in _LOWER_BOUNDS]
    uppers = [max(span[1], edges[0]), *edges]
    lowers = [*edges, 0.0]
    bins = {}
    for score, (low, high) in enumerate(zip(lowers, uppers, strict=True)):
        first, last = max(low, span[0]), min(high, span[1])
        if last > first or (last == first and score_of(first, normal_mm) == score):
            bins[score] = (first, last)
    if span[0] <= 0:
        bins[4] = (0.0, 0.0)
    return bins


def normal_width(joint: str, normal_jsw_mm: Mapping[str, float]) -> float | None:
    """Return the healthy JSW of a joint by its name (MCP2 -> MCP), in mm; None where none is given."""
    return normal_jsw_mm.get(joint_kind(joint), normal_jsw_mm.get("*"))


def why_not_scored(joint: str) -> str:
    """Return why a joint without a `normal_width` has no score, and what to do."""
    kind = joint_kind(joint)
    if kind in JOINT_KINDS and kind not in SCORED_KINDS:
        return (
            f"the Sharp-van der Heijde method does not score the narrowing of {kind} joints: take only "
            f"{' and '.join(SCORED_KINDS)} joints, or give the width of a healthy {kind} joint in mm, and "
            "theirs is graded all the same."
        )
    return (
        f"the width of a healthy joint like {joint} is not known, so there are no SvdH-like scores: "
        "give it in mm."
    )
