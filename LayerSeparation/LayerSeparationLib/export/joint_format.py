"""Formats of one joint, or of a whole film: files that lie together in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from .sample import ExportedImage


class JointFormat(Protocol):
    """A format of one joint, or of a whole film.

    Examples
    --------
    >>> from LayerSeparationLib.export import joint_formats
    >>> {one.name: one.label for one in joint_formats() if one.is_default}["png"]
    'PNG, 16 bit'
    """

    name: str
    """What scripts call it."""
    label: str
    """What people read, in English; see `scene.export_edit` for other languages."""
    is_default: bool
    """Whether it is written where nobody chose."""

    def write(self, folder: Path, sample: ExportedImage) -> None:
        """Write its files of a sample into a folder, which exists."""
        ...
