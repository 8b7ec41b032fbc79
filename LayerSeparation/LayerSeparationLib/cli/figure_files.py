"""The files that `--figure FILE|DIR` names: a picture of one film, or a folder with one of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import InputError
from ..figures import FIGURE_SUFFIXES
from ..files import refuse_existing_file
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
        files = {path: target / f"{path.stem}_{ending}.png" for path in paths}
    if len(set(files.values())) < len(files):
        raise InputError("Two inputs have the same name, and so would their pictures: run them singly.")
    for file in files.values():
        refuse_existing_file(file, overwrite=overwrite)
    return files
