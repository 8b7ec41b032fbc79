"""Whether a joint space can be as wide as it was measured."""

from __future__ import annotations

from ..radiograph import LengthUnit

_WIDEST_MM = {"MCP": 4.0, "PIP": 3.0, "DIP": 3.0, "IP": 3.0}
"""What is possible, not what is normal: healthy adults have 1.7 (sd 0.25) mm in MCP and 0.9 (sd 0.2) mm in
PIP joints; youths with open growth plates, and acromegaly, up to twice as much."""
_WIDEST_OF_ALL_MM = 4.0
_WIDEST_PART = {"MCP": 0.3, "PIP": 0.28, "DIP": 0.32, "IP": 0.3}
"""Of the width of the bones' ends; 97 of 100 joints of the training hands, youths mostly, have less."""
_WIDEST_PART_OF_ALL = 0.32


def check_width(kind: str, mean: float, unit: LengthUnit, part_of_bone: float) -> tuple[str, ...]:
    """Compare a mean JSW with what is possible in a joint of its kind.

    Parameters
    ----------
    kind
        'MCP', 'PIP', 'DIP' or 'IP'; any other may be as wide as the widest of them.
    mean
        Mean JSW.
    unit
        Of it: only a width in mm is held against mm.
    part_of_bone
        The same as a part of the mean width of the two bones' ends.

    Returns
    -------
    tuple of str
        What is to be looked at: in short, then more in brackets.

    Examples
    --------
    >>> check_width("DIP", 0.9, "mm", 0.1)
    ()
    >>> check_width("DIP", 9.3, "mm", 0.9)
    ('wider than a DIP joint can be (9.30 mm, above 3.0 mm: are the margins in their place?)',)
    """
    widest_mm = _WIDEST_MM.get(kind, _WIDEST_OF_ALL_MM)
    widest_part = _WIDEST_PART.get(kind, _WIDEST_PART_OF_ALL)
    name = f"a {kind} joint" if kind in _WIDEST_MM else "a finger joint"
    if unit == "mm" and mean > widest_mm:
        limit = f"{mean:.2f} mm, above {widest_mm} mm"
    elif part_of_bone > widest_part:
        limit = f"{part_of_bone:.0%} of the bones' width, above {widest_part:.0%}"
    else:
        return ()
    return (f"wider than {name} can be ({limit}: are the margins in their place?)",)
