"""What has to be said where bones appear larger or smaller on the follow-up."""

from __future__ import annotations

from collections.abc import Collection

_TOLD = 0.02
"""Films of one hand laid down anew differ in magnification by less."""
_WHOSE_LENGTHS = "lengths are the baseline's"


def describe_magnification(scale: float) -> str:
    """Say of one joint how much larger its bones appear; '' where it is no more than usual.

    Examples
    --------
    >>> describe_magnification(1.04)
    "the bones appear 4 % larger on the follow-up; lengths are the baseline's"
    """
    return f"the bones appear {_size(scale)} on the follow-up; {_WHOSE_LENGTHS}" if _is_told(scale) else ""


def describe_magnifications(scales: Collection[float]) -> str:
    """Say of many joints, once, how much larger their bones appear; '' where it is no more than usual.

    Parameters
    ----------
    scales
        Of all joints that are registered.

    Examples
    --------
    >>> describe_magnifications([0.95, 1.0, 1.09])
    "the bones appear 5 % smaller to 9 % larger on the follow-up (2 of 3 joints); lengths are the baseline's"
    """
    told = [scale for scale in scales if _is_told(scale)]
    if not told:
        return ""
    edges = dict.fromkeys((_size(min(told)), _size(max(told))))
    count = f"{len(told)} of {len(scales)} joints"
    return f"the bones appear {' to '.join(edges)} on the follow-up ({count}); {_WHOSE_LENGTHS}"


def _is_told(scale: float) -> bool:
    return abs(scale - 1) >= _TOLD


def _size(scale: float) -> str:
    return f"{100 * abs(scale - 1):.0f} % {'larger' if scale > 1 else 'smaller'}"
