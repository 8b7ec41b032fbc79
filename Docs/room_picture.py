"""A Sphinx directive that draws the rooms of the library and who uses whom, as the code has it today."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

LIBRARY = Path(__file__).resolve().parents[1] / "LayerSeparation" / "LayerSeparationLib"
GROUND = ("errors", "version", "translation")
"""Files that every room may use: they are drawn as one floor, without arrows."""
WIDTH, HEIGHT, GAP_X, GAP_Y = 132, 44, 26, 34
MARGIN, LANE = 80, 16


class RoomPicture(SphinxDirective):
    """``room-picture::`` draws every room above those that it uses; no arrow follows from others."""

    def run(self) -> list[nodes.Node]:
        """Return the picture."""
        return [nodes.raw("", draw(used_rooms()), format="html")]


def used_rooms() -> dict[str, set[str]]:
    """Return room -> the rooms that its files import."""
    used: dict[str, set[str]] = defaultdict(set)
    for file in sorted(LIBRARY.rglob("*.py")):
        folders = file.relative_to(LIBRARY).parent.parts
        if not folders:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == len(folders) + 1:
                names = [node.module.split(".")[0]] if node.module else [alias.name for alias in node.names]
                used[folders[0]].update(names)
    return {
        room: {name for name in names if (LIBRARY / name).is_dir()} - {room} for room, names in used.items()
    }


def draw(used: dict[str, set[str]]) -> str:
    """Return the picture as SVG."""
    floors = _floors(used)
    widest = max(map(len, floors.values()))
    width, height = widest * (WIDTH + GAP_X) + GAP_X + MARGIN, (len(floors) + 1) * (HEIGHT + GAP_Y)
    place: dict[str, tuple[float, float]] = {}
    for floor, rooms in floors.items():
        left = (width - MARGIN - len(rooms) * (WIDTH + GAP_X) + GAP_X) / 2
        for number, room in enumerate(rooms):
            place[room] = left + number * (WIDTH + GAP_X), (len(floors) - 1 - floor) * (HEIGHT + GAP_Y) + 4
    floor_of = {room: floor for floor, rooms in floors.items() for room in rooms}
    lines, beside = [], 0
    for room, below in _without_shortcuts(used).items():
        for other in sorted(below):
            (x, y), (to_x, to_y) = place[room], place[other]
            if floor_of[room] - floor_of[other] == 1:
                middle, to_middle = x + WIDTH / 2, to_x + WIDTH / 2
                lines.append(
                    f'<path d="M{middle:g},{y + HEIGHT:g} C{middle:g},{y + HEIGHT + GAP_Y:g} '
                    f'{to_middle:g},{to_y - GAP_Y:g} {to_middle:g},{to_y - 3:g}"/>'
                )
            else:  # past the floors between them, on the right
                beside += 1
                lane = width - MARGIN + beside * LANE
                start, end = y + HEIGHT / 2 + 4 * beside, to_y + HEIGHT / 2 - 4 * beside
                lines.append(
                    '<path stroke-dasharray="5 3" '
                    f'd="M{x + WIDTH:g},{start:g} H{lane:g} V{end:g} H{to_x + WIDTH:g}"/>'
                )
    boxes = [
        f'<rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
        f'<text x="{x + WIDTH / 2:g}" y="{y + HEIGHT / 2 + 5:g}">{room}</text>'
        for room, (x, y) in place.items()
    ]
    ground_y = len(floors) * (HEIGHT + GAP_Y) + 4
    ground = (
        f'<rect x="{GAP_X}" y="{ground_y:g}" width="{width - MARGIN - 2 * GAP_X:g}" '
        f'height="{HEIGHT}" rx="6"/>'
        f'<text x="{(width - MARGIN) / 2:g}" y="{ground_y + HEIGHT / 2 + 5:g}">{", ".join(GROUND)}</text>'
    )
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" style="max-width:{width:g}px" '
        f'xmlns="http://www.w3.org/2000/svg"><title>The rooms of the library; each uses those below</title>'
        '<g fill="none" stroke="currentColor" stroke-opacity="0.45">' + "".join(lines) + "</g>"
        '<g fill="var(--color-background-secondary)" stroke="currentColor">'
        + "".join(part.split("<text")[0] for part in (*boxes, ground))
        + '</g><g fill="currentColor" text-anchor="middle" font-family="monospace" font-size="15">'
        + "".join("<text" + part.split("<text")[1] for part in (*boxes, ground))
        + "</g></svg>"
    )


def _floors(used: dict[str, set[str]]) -> dict[int, list[str]]:
    """Return floor -> its rooms: every room stands one floor above the highest that it uses."""
    floor: dict[str, int] = {}

    def floor_of(room: str) -> int:
        if room not in floor:
            floor[room] = 1 + max((floor_of(other) for other in used.get(room, ())), default=-1)
        return floor[room]

    floors: dict[int, list[str]] = defaultdict(list)
    for room in sorted({*used, *(other for others in used.values() for other in others)}):
        floors[floor_of(room)].append(room)
    return dict(floors)


def _without_shortcuts(used: dict[str, set[str]]) -> dict[str, set[str]]:
    """Leave out what a room uses by way of another one as well."""

    def reached(room: str) -> set[str]:
        return {room}.union(*(reached(other) for other in used.get(room, ())))

    return {
        room: {
            other
            for other in others
            if not any(other in reached(between) for between in others if between != other)
        }
        for room, others in used.items()
    }


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("room-picture", RoomPicture)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
