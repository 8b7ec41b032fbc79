"""The films of the later visit, each joint coloured by what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..figures import Deviation, Reference, draw_hand
from ..joints import JointCrop, JointKey, joint_key
from ..measurement import JointSpaceWidth
from .joint_change import JointChange
from .verdict import Verdict


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


def since_baseline(changes: Sequence[JointChange]) -> Reference:
    """Compare the joints of a follow-up with those of the earlier film, by their registered change.

    A change without a verdict is told, but is no deviation. Changes are on the scale of the earlier film.

    Examples
    --------
    >>> since_baseline([]).name
    'earlier film'
    """
    deviations: dict[JointKey, Deviation] = {}
    films: dict[str, None] = {}
    for change in changes:
        told = change.reason or change.verdict.value
        deviation = Deviation(None, 0.0, told)
        has_verdict = change.verdict is not Verdict.UNKNOWN
        if has_verdict and change.change is not None and change.interval is not None:
            deviation = Deviation(change.change, (change.interval[1] - change.interval[0]) / 2, told)
        crop = change.follow_up_crop
        deviations[joint_key(crop.pose) if crop else (change.name, change.side)] = deviation
        if change.crops is not None:
            films[change.crops[0].radiograph.name] = None
    named = ", ".join(f"'{name}'" for name in films)
    return Reference(f"earlier film {named}".rstrip(), deviations)
