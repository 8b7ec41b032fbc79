"""The files that `--figure FILE|DIR` names: a picture of one film, or a folder with one of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ..errors import InputError
from ..figures import FIGURE_SUFFIXES
from ..files import refuse_existing_file
from .film_inputs import name_by_folders
from .usage import UsageError


def name_figures(
    target: Path | None, paths: Sequence[Path], ending: str, *, overwrite: bool
) -> dict[Path, Path]:
    """Return the picture's file for each input, ``<stem>_<ending>.png`` in a folder; none without a target.

    Raises
    ------
    UsageError
        If several films don't fit into one file.
    InputError
        If two pictures would have the same name.
    OutputError
        If one is there and may not be written over.
    """
    if target is None:
        return {}
    if target.suffix.lower() in FIGURE_SUFFIXES:
        if len(paths) > 1:
            raise UsageError(
                f"argument --figure: {len(paths)} inputs don't fit into one {target}: "
                "name a folder for the pictures"
            )
        files = dict.fromkeys(paths, target)
    else:
        files = {path: target / f"{name}_{ending}.png" for path, name in name_by_folders(paths).items()}
    for file, count in Counter(files.values()).items():
        if count > 1:
            alike = ", ".join(str(path) for path in paths if files[path] == file)
            raise InputError(
                f"These inputs would have the same picture, {file.name}: {alike}. Run them singly."
            )
    for file in files.values():
        refuse_existing_file(file, overwrite=overwrite)
    return files
