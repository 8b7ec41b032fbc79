"""Rectangles of pixels: parts of a radiograph, or of a part of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rectangle:
    """Rows ``top`` to ``bottom - 1`` and columns ``left`` to ``right - 1`` of an image.

    Examples
    --------
    >>> film = Rectangle.whole((200, 100))
    >>> joint = Rectangle(150, 250, 20, 60).intersection(film)
    >>> joint
    Rectangle(top=150, bottom=200, left=20, right=60)
    >>> joint.shape, joint.within(Rectangle(100, 200, 0, 100)).slices
    ((50, 40), (slice(50, 100, None), slice(20, 60, None)))
    """

    top: int
    bottom: int
    left: int
    right: int

    @classmethod
    def whole(cls, shape: tuple[int, ...]) -> Rectangle:
        """Return all of an image of that shape (rows, columns, ...)."""
        return cls(0, shape[0], 0, shape[1])

    @classmethod
    def around(cls, rectangles: Iterable[Rectangle]) -> Rectangle:
        """Return the smallest rectangle that holds all of them; an empty one where all are empty."""
        filled = [one for one in rectangles if not one.is_empty]
        if not filled:
            return NOWHERE
        return cls(
            min(one.top for one in filled),
            max(one.bottom for one in filled),
            min(one.left for one in filled),
            max(one.right for one in filled),
        )

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of the rectangle in an array (rows, columns)."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.bottom - self.top, self.right - self.left

    @property
    def origin_px(self) -> tuple[int, int]:
        """(x, y) of the first pixel."""
        return self.left, self.top

    @property
    def is_empty(self) -> bool:
        """Whether there is no pixel in it."""
        return self.bottom <= self.top or self.right <= self.left

    def intersection(self, other: Rectangle) -> Rectangle:
        """Return what both hold; an empty rectangle where they do not meet."""
        common = Rectangle(
            max(self.top, other.top),
            min(self.bottom, other.bottom),
            max(self.left, other.left),
            min(self.right, other.right),
        )
        return NOWHERE if common.is_empty else common

    def grown(self, by_px: int) -> Rectangle:
        """Return the rectangle with so many pixels more at every side."""
        return Rectangle(self.top - by_px, self.bottom + by_px, self.left - by_px, self.right + by_px)

    def within(self, part: Rectangle) -> Rectangle:
        """Return the same pixels, counted from the first one of ``part``."""
        return self.moved(-part.left, -part.top)

    def moved(self, x_px: int, y_px: int) -> Rectangle:
        """Return the rectangle moved to the right and down."""
        return Rectangle(self.top + y_px, self.bottom + y_px, self.left + x_px, self.right + x_px)


NOWHERE = Rectangle(0, 0, 0, 0)
"""The empty rectangle."""
