"""What a hand's deviations come to, in the line that is read first."""

from __future__ import annotations

from collections.abc import Iterable

from .reference import Deviation

_MOST_NAMED = 6
"""Joints of one verdict that are named; more are counted."""


def sum_up(deviations: Iterable[tuple[str, Deviation | None]]) -> list[str]:
    """Name the joints of each verdict that is real, what is narrower first, and count the others.

    Parameters
    ----------
    deviations
        Of each joint, with its name.

    Examples
    --------
    >>> narrower = Deviation(-0.25, (-0.31, -0.19), limit=0.11, verdict="progressed")
    >>> same = Deviation(0.02, (-0.04, 0.08), limit=0.11, verdict="unchanged")
    >>> sum_up([("MCP2", narrower), ("MCP3", same), ("PIP2", narrower), ("PIP3", None)])
    ['progressed: MCP2, PIP2', '1 unchanged']
    """
    named: dict[str, list[str]] = {}
    counted: dict[str, int] = {}
    known = [(name, one) for name, one in deviations if one is not None and one.verdict]
    for name, deviation in sorted(known, key=lambda one: (one[1].length or 0) > 0):
        if deviation.is_real:
            named.setdefault(deviation.verdict, []).append(name)
        else:
            counted[deviation.verdict] = counted.get(deviation.verdict, 0) + 1
    told = [
        f"{verdict}: {', '.join(names) if len(names) <= _MOST_NAMED else f'{len(names)} joints'}"
        for verdict, names in named.items()
    ]
    return [*told, *(f"{count} {verdict}" for verdict, count in counted.items())]
