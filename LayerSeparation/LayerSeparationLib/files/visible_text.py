"""Text out of files and names of files, made harmless for a terminal and for a spreadsheet."""

from __future__ import annotations

import re

# Control characters (ECMA-48), what turns the direction of text over (Unicode, 9), and bytes of a file's name
# that are no text (PEP 383). A line break and a tab are left to those who print.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def visible(text: object) -> str:
    r"""Return a text in which what a terminal would obey, or can't print, is written out.

    Examples
    --------
    >>> visible("hand\x1b[2J.png")
    'hand\\x1b[2J.png'
    >>> visible(b"hand\xff.png".decode("utf-8", "surrogateescape"))
    'hand\\udcff.png'
    """
    return _HIDDEN.sub(lambda one: one.group().encode("unicode_escape").decode(), str(text))


def as_cell(text: str) -> str:
    """Return a text that a spreadsheet shows and does not calculate (CWE-1236).

    Examples
    --------
    >>> as_cell("=cmd|' /C calc'!A0"), as_cell("hand.png")
    ("'=cmd|' /C calc'!A0", 'hand.png')
    """
    shown = visible(text)
    return f"'{shown}" if shown.startswith(_FORMULA_STARTS) else shown
