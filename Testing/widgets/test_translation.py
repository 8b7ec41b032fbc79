"""What an extraction of texts for translators needs: every text stands in its call, as a literal."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

MODULE = Path(__file__).parents[2] / "LayerSeparation"
FILES = sorted(MODULE.rglob("*.py"))
TEXT_AT = {"_": 0, "tr": 0, "translate": 1}
"""The functions that translate, and which of their arguments is the text."""


def calls(file):
    """Yield each call that translates, and its text as it stands in the code."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        name = getattr(node.func, "id", None) if isinstance(node, ast.Call) else None
        if name in TEXT_AT and len(node.args) > TEXT_AT[name]:
            yield node, node.args[TEXT_AT[name]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(MODULE).as_posix())
def test_every_text_for_translators_is_a_literal(file):
    hidden = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node, text in calls(file)
        if not (isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value)
    ]
    assert not hidden


def test_there_are_texts_to_check():
    assert sum(1 for file in FILES for _ in calls(file)) > 200
