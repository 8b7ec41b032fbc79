"""What holds for most joints of a film, to be said once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

_SHARED_PART = 0.5
"""Of the joints, that a finding has to hold for..."""
_FEWEST = 3
"""...and the fewest of them."""


def shared_findings(findings: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the findings, or reasons, of more than half of the joints of a film, and of three at least.

    Parameters
    ----------
    findings
        Of each joint; '' counts for none.

    Examples
    --------
    >>> shared_findings([("film ends before the wrist",)] * 3 + [("film ends before the wrist", "hole"), ()])
    ('film ends before the wrist',)
    >>> shared_findings([("hole",), ("hole",)])
    ()
    """
    count = Counter(finding for of_joint in findings for finding in dict.fromkeys(of_joint) if finding)
    fewest = max(_FEWEST, _SHARED_PART * len(findings))
    return tuple(finding for finding, joints in count.items() if joints >= fewest)
