"""What stands beside a joint on a figure: its width, how sure it is, and how far from the reference."""

from __future__ import annotations

from collections.abc import Collection
from textwrap import wrap
from typing import NamedTuple

from ..joints import JointPose, anatomical_name
from ..measurement import JointSpaceWidth, Quality
from ..measurement.length_text import interval_text, number_text
from .reference import Deviation

_LETTERS = 38
"""Of a line."""
NARROWER_SIGN, WIDER_SIGN = "▼", "▲"


class JointLabel(NamedTuple):
    """The words beside a joint."""

    head: str
    """Name and mean JSW; a dash where there is none."""
    interval: str
    """Of the JSW, beside it."""
    deviation: tuple[str, ...]
    """Lines in the joint's colour: how far it is from its reference."""
    details: tuple[str, ...]
    """Lines below: what to look at, or why there is no JSW."""


def label_joint(
    pose: JointPose,
    jsw: JointSpaceWidth,
    deviation: Deviation | None,
    with_side: bool = False,
    said_once: Collection[str] = (),
) -> JointLabel:
    """Put a joint into words.

    Parameters
    ----------
    pose
        Its name and side.
    jsw
        Its JSW.
    deviation
        From its reference; None where that says nothing of the joint.
    with_side
        Name the side: both hands are on the film.
    said_once
        Findings that the figure has elsewhere, because most joints share them.

    Examples
    --------
    >>> from LayerSeparationLib import Radiograph
    >>> from LayerSeparationLib.joints import JointCrop
    >>> from LayerSeparationLib.measurement import without_jsw
    >>> pose = JointPose("MCP2", (150, 200), (0, -1))
    >>> crop = JointCrop(Radiograph.from_array([[0.1] * 300] * 400, spacing_mm=0.1), pose)
    >>> label_joint(pose, without_jsw(crop, "closed (margins touch)"), None)
    JointLabel(head='MCP2  -', interval='', deviation=(), details=('not measurable: closed',))
    """
    name = anatomical_name(pose.name)
    if with_side and pose.side:
        name = f"{pose.side} {name}"
    told: list[str] = []
    if deviation is not None:
        sign = (NARROWER_SIGN if (deviation.length or 0) < 0 else WIDER_SIGN) if deviation.is_real else ""
        told = wrap(f"{sign} {deviation.label}".strip(), _LETTERS)
    findings = "; ".join(one.partition(" (")[0] for one in jsw.findings if one not in said_once)
    quality = f"{jsw.quality}: {findings}" if findings else str(jsw.quality)
    if jsw.mean is None or jsw.interval is None:
        return JointLabel(f"{name}  -", "", tuple(told), tuple(wrap(quality, _LETTERS)))
    head = f"{name}  {number_text(jsw.mean, jsw.unit)} {jsw.unit}"
    details = wrap(quality, _LETTERS) if jsw.quality is Quality.CHECK else ()
    return JointLabel(head, interval_text(jsw.interval, jsw.unit), tuple(told), tuple(details))
