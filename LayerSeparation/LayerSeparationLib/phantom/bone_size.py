"""Sizes of the hand's tubular bones.

Round figures for an adult hand in mm; a hand's own size is a factor on all of them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BoneSize:
    """Length and widths of a bone."""

    length_mm: float
    base_mm: float
    """Width of the whole base."""
    shaft_mm: float
    """Width of the shaft where it is narrowest."""
    head_mm: float
    """Width of the articular head."""

    def scale(self, factor: float) -> BoneSize:
        """Return the same bone in a larger or smaller hand."""
        return BoneSize(
            self.length_mm * factor, self.base_mm * factor, self.shaft_mm * factor, self.head_mm * factor
        )


METACARPALS = {
    1: BoneSize(45.0, 15.0, 10.5, 13.5),
    2: BoneSize(67.0, 17.0, 8.6, 13.8),
    3: BoneSize(64.0, 14.5, 8.6, 13.6),
    4: BoneSize(57.5, 12.0, 7.4, 12.2),
    5: BoneSize(53.5, 13.0, 7.8, 11.8),
}
PROXIMAL_PHALANGES = {
    1: BoneSize(31.0, 14.8, 9.0, 11.8),
    2: BoneSize(40.0, 14.6, 9.0, 10.6),
    3: BoneSize(44.5, 14.4, 9.4, 11.0),
    4: BoneSize(41.5, 13.2, 8.8, 10.2),
    5: BoneSize(33.0, 12.6, 7.6, 8.8),
}
MIDDLE_PHALANGES = {
    2: BoneSize(23.0, 12.9, 7.6, 8.9),
    3: BoneSize(28.0, 13.2, 8.2, 9.2),
    4: BoneSize(26.5, 12.4, 7.6, 8.8),
    5: BoneSize(19.0, 10.4, 6.2, 7.6),
}
DISTAL_PHALANGES = {
    1: BoneSize(22.0, 13.4, 7.2, 8.0),
    2: BoneSize(16.5, 9.6, 4.8, 6.4),
    3: BoneSize(17.8, 10.0, 5.2, 6.8),
    4: BoneSize(17.8, 9.6, 5.0, 6.6),
    5: BoneSize(16.0, 8.4, 4.2, 5.6),
}
