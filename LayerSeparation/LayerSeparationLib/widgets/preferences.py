"""What the user chose before, kept in the application's settings from one session to the next."""

from __future__ import annotations

import json
from typing import Any

import qt

from ..files import parse_json

_GROUP = "LayerSeparation"


def read_preference(name: str) -> dict[str, Any]:
    """Return what was kept under a name; nothing where there is nothing that can be read."""
    text = qt.QSettings().value(f"{_GROUP}/{name}", "")
    try:
        kept = parse_json(str(text or "{}"))
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}


def write_preference(name: str, values: dict[str, Any]) -> None:
    """Keep values that JSON knows under a name."""
    qt.QSettings().setValue(f"{_GROUP}/{name}", json.dumps(values))
