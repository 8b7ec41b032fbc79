"""The dialog that asks for the file of a radiograph."""

from __future__ import annotations

from pathlib import Path

import qt
import slicer

from ..scene.film_loading import FILM_SUFFIXES
from ..translation import tr as _
from .preferences import read_preference, write_preference

_PREFERENCE = "film"


def ask_for_film(title: str) -> str:
    """Return the file that the user chose, '' where none; it begins in the folder of the last one."""
    kept = read_preference(_PREFERENCE).get("folder")
    endings = " ".join(f"*{suffix}" for suffix in FILM_SUFFIXES)
    path = qt.QFileDialog.getOpenFileName(
        slicer.util.mainWindow(),
        title,
        str(kept or ""),
        _("Radiographs ({endings});;All files (*)").format(endings=endings),
    )
    if path:
        write_preference(_PREFERENCE, {"folder": str(Path(path).parent)})
    return str(path or "")
