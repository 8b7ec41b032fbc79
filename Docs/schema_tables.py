"""A Sphinx directive that shows a JSON schema of the package as tables: a row a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

WIDTHS = 30, 20, 50
LIBRARY = Path(__file__).resolve().parents[1] / "LayerSeparation" / "LayerSeparationLib"


class SchemaTable(SphinxDirective):
    """``schema-table:: <path of a schema within LayerSeparationLib>``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the tables of the schema and of the objects in it."""
        path = LIBRARY / self.arguments[0]
        self.env.note_dependency(str(path))
        schema = json.loads(path.read_text(encoding="utf-8"))
        description = nodes.paragraph(text=schema.get("description", ""))
        return [description, _table([("key", "type", "meaning"), *_rows(schema, schema, "")])]


def _table(rows: list[tuple[str, str, str]]) -> nodes.table:
    """Return a table whose first row is its head, and whose first column holds code."""
    group = nodes.tgroup(cols=len(WIDTHS))
    group.extend(nodes.colspec(colwidth=width) for width in WIDTHS)
    head, body = nodes.thead(), nodes.tbody()
    for number, cells in enumerate(rows):
        row = nodes.row()
        for column, cell in enumerate(cells):
            is_code = number > 0 and column == 0
            text = nodes.literal(text=cell) if is_code else nodes.inline(text=cell)
            row.append(nodes.entry("", nodes.paragraph("", "", text)))
        (body if number else head).append(row)
    group.extend([head, body])
    return nodes.table("", group)


def _rows(schema: dict[str, Any], whole: dict[str, Any], prefix: str) -> Iterator[tuple[str, str, str]]:
    required = schema.get("required", [])
    for key, value in schema.get("properties", {}).items():
        resolved = _resolve(value, whole)
        name = f"{prefix}{key}"
        optional = "" if key in required else " (may be left out)"
        yield name, _type_of(resolved), f"{resolved.get('description', '')}{optional}".strip()
        for one in (resolved, *(_resolve(o, whole) for o in resolved.get("anyOf", []))):
            yield from _rows(one, whole, f"{name}.")
            items = _resolve(one.get("items", {}), whole) if isinstance(one.get("items"), dict) else {}
            yield from _rows(items, whole, f"{name}[].")


def _resolve(value: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference within the schema; what stands beside it, such as a description, stays."""
    if "$ref" not in value:
        return value
    found: Any = whole
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return {**found, **{key: item for key, item in value.items() if key != "$ref"}}


def _type_of(value: dict[str, Any]) -> str:
    if "const" in value:
        return json.dumps(value["const"])
    if "enum" in value:
        return ", ".join(json.dumps(one) for one in value["enum"])
    kinds = value.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    kinds += [kind for one in value.get("anyOf", []) if isinstance(kind := one.get("type"), str)]
    return " or ".join(kinds)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("schema-table", SchemaTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
