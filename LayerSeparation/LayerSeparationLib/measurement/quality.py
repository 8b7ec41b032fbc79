"""How far a joint space width can be trusted, and what speaks against it."""

from __future__ import annotations

from enum import Enum


class Quality(str, Enum):
    """What a measurement is worth, in the word that tables, files and the panel show.

    Examples
    --------
    >>> Quality("check") is Quality.CHECK
    True
    >>> f"{Quality.NOT_MEASURABLE}"
    'not measurable'
    """

    MEASURED = "measured"
    """Nothing speaks against it."""
    CHECK = "check"
    """There is a number, and a reason to look at the joint before it is used."""
    NOT_MEASURABLE = "not measurable"
    """There is no number."""

    def __str__(self) -> str:
        """Return the word."""
        return self.value
