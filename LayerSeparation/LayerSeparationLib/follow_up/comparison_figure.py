"""Two visits side by side: a card for each joint of a hand, below what the hand comes to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..figures.canvas import FAINT, INK, dark_figure, save_figure
from ..figures.verdict_words import sum_up
from ..radiograph import Radiograph, is_synthetic_file
from .comparison_card import ComparisonCard
from .deviations import describe_shared, deviation_of, shared_reasons
from .film_scales import describe_grey_scales
from .joint_change import JointChange
from .verdict import DETECTABLE_CHANGE_MM

_CARDS_A_ROW = 2
_EDGE_INCHES, _TITLE_INCHES, _LINE_INCHES, _FOOT_INCHES = 0.2, 0.5, 0.22, 0.4
_SIDES = {"L": "left hand", "R": "right hand"}


def draw_changes(path: Path, changes: Sequence[JointChange]) -> None:
    """Write a picture (PNG, PDF or SVG) with a card for each joint of a hand.

    A card has both films with their margins, each JSW with its interval and quality, and what differs when
    the lower bones lie on each other. What holds for most joints is said once, above.

    Raises
    ------
    DependencyError
        If matplotlib is not installed.
    """
    shared = shared_reasons(changes)
    with_difference = any(change.registration is not None for change in changes)
    deviations = [deviation_of(change, shared) for change in changes]
    cards = [
        ComparisonCard(change, deviation, with_difference)
        for change, deviation in zip(changes, deviations, strict=True)
    ]
    rows = [cards[first : first + _CARDS_A_ROW] for first in range(0, len(cards), _CARDS_A_ROW)]
    heights = [max(card.height for card in row) for row in rows]
    told = [_explain(with_difference), *_describe_films(changes, shared)]
    head = _TITLE_INCHES + _LINE_INCHES * len(told) + 0.15
    width = max(len(row) for row in rows) * ComparisonCard.width(with_difference)
    height = head + sum(heights) + _FOOT_INCHES
    figure = dark_figure((width, height))
    style: dict[str, Any] = {"va": "center", "parse_math": False}

    def write(x: float, y: float, text: str, **looks: Any) -> None:
        figure.text(x / width, y / height, text, **{**style, **looks})

    found = sum_up((change.name, one) for change, one in zip(changes, deviations, strict=True))
    title = " · ".join([_SIDES.get(changes[0].side or "", "side unknown"), *found])
    y = height - _TITLE_INCHES / 2
    write(_EDGE_INCHES, y, title, color=INK, fontsize=13, weight="bold")
    synthetic = _are_synthetic(changes)
    if synthetic:
        write(width - _EDGE_INCHES, y, "SYNTHETIC", color=INK, fontsize=11, weight="bold", ha="right")
    for number, line in enumerate(told):
        line_y = height - _TITLE_INCHES - (number + 0.5) * _LINE_INCHES
        write(_EDGE_INCHES, line_y, line, color=FAINT if number == 0 else INK, fontsize=10)
    foot = "research only"
    if any(change.detectable_change is not None for change in changes):
        limit = f"real above {DETECTABLE_CHANGE_MM} mm and 1.96 of its standard deviations"
        foot = f"change with 90 % interval; {limit} · {foot}"
    write(_EDGE_INCHES, 0.18, foot, color=FAINT, fontsize=10)
    top = height - head
    for row, row_height in zip(rows, heights, strict=True):
        for column, card in enumerate(row):
            card.draw(figure, column * ComparisonCard.width(with_difference), top)
        top -= row_height
    save_figure(figure, path, comment="Drawn of SYNTHETIC films" if synthetic else "Drawn of radiographs")


def _explain(with_difference: bool) -> str:
    """Return how the cards are to be read."""
    shown = "baseline | follow-up, laid on it, margins green"
    if not with_difference:
        return shown
    differs = "what differs when the lower bones lie on each other: orange is brighter now, violet darker"
    return f"{shown} | {differs}"


def _describe_films(changes: Sequence[JointChange], shared: Sequence[str]) -> list[str]:
    """Return what has to be known of both films."""
    scales = describe_grey_scales([change.grey_scale for change in changes])
    notes = [f"note: {note}" for note in dict.fromkeys(change.note for change in changes) if note]
    return [*describe_shared(shared, changes), *filter(None, [scales]), *notes]


def _are_synthetic(changes: Sequence[JointChange]) -> bool:
    films: dict[int, Radiograph] = {}
    for change in changes:
        films.update({id(crop.radiograph): crop.radiograph for crop in change.crops or ()})
    return any(film.origin.path and is_synthetic_file(film.origin.path) for film in films.values())
