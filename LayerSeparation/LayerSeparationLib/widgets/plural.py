"""Counts in texts: one thing, or several."""

from __future__ import annotations


def plural(count: int, one: str, many: str) -> str:
    """Return the text for a count, with the count in the place of ``{count}``.

    Both texts come translated. Two forms are what English has; a language with more of them puts its own
    words for any number into the second.

    Parameters
    ----------
    count
        How many there are.
    one, many
        The text for exactly one, and that for every other number.

    Examples
    --------
    >>> plural(1, "1 sample", "{count} samples"), plural(0, "1 sample", "{count} samples")
    ('1 sample', '0 samples')
    """
    return (one if count == 1 else many).format(count=count)
