"""Texts with names out of files, where Qt would take what looks like markup for markup."""

from __future__ import annotations

import html


def as_plain(text: str) -> str:
    """Return a text that a tooltip or a message box shows letter by letter.

    Both guess from the text whether it is rich: '<b>MCP3</b>', the name of a node, would be shown bold, and
    '<img src=...>' loaded.

    Examples
    --------
    >>> as_plain("MCP3 was moved")
    'MCP3 was moved'
    >>> as_plain("<b>MCP3</b> was moved")
    '<qt>&lt;b&gt;MCP3&lt;/b&gt; was moved</qt>'
    """
    if "<" not in text:
        return text
    return f"<qt>{html.escape(text, quote=False)}</qt>".replace("\n", "<br>")
