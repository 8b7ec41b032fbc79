"""The films of the later visit, each joint coloured by what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..figures import draw_hand
from ..joints import JointCrop
from ..measurement import JointSpaceWidth
from .deviations import since_baseline
from .joint_change import JointChange


def draw_follow_up(folder: Path, changes: Sequence[JointChange]) -> None:
    """Draw each film of a hand of the later visit: ``follow_up.png``, or ``follow_up_1.png`` and so on.

    Every joint that was found there is on it, those that the baseline lacks among them. Crops of joints are
    no hands, and not drawn.

    Raises
    ------
    DependencyError
        If matplotlib is not installed.
    """
    reference = since_baseline(changes)
    films: dict[int, list[tuple[JointCrop, JointSpaceWidth]]] = {}
    for change in changes:
        crop, jsw = change.follow_up_crop, change.follow_up
        if crop is not None and jsw is not None and not crop.covers_film:
            films.setdefault(id(crop.radiograph), []).append((crop, jsw))
    for number, joints in enumerate(films.values(), 1):
        name = "follow_up.png" if len(films) == 1 else f"follow_up_{number}.png"
        draw_hand(folder / name, joints, reference)
