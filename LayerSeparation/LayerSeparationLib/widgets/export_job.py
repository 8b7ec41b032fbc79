"""What the worker does for the section Export: files of joints, and data sets. Neither Qt nor MRML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..dataset import DatasetOptions, DatasetPaths, Outcome, left_out, make_film_data_set, resume_dataset
from ..export import JointExport, export_joints
from ..scene.export_edit import MADE_BY

if TYPE_CHECKING:
    from .worker import Report

FILES, DATA_SET = "files", "data set"
"""What a progress is about."""


@dataclass(frozen=True)
class Written:
    """What was written."""

    folders: list[Path] = field(default_factory=list)
    """Of joints."""
    data_set: Path | None = None
    outcome: Outcome | None = None
    left_out: tuple[str, ...] = ()
    """Joints that the data set could not use, each with its reason."""


def export_job(
    items: Sequence[JointExport],
    folder: Path,
    formats: Sequence[str],
    options: DatasetOptions | None,
    overwrite: bool,
) -> Callable[[Report], Written]:
    """Return a job that writes files of joints in some formats, and a data set, where these are asked for."""

    def job(report: Report) -> Written:
        folders = []
        if formats:
            folders = export_joints(
                items, folder, formats=formats, overwrite=overwrite, progress=_told(report, FILES)
            )
        if options is None:
            return Written(folders)
        made = make_film_data_set(items, options, folder, command=MADE_BY, progress=_told(report, DATA_SET))
        return Written(folders, made.folder, made.outcome, made.left_out)

    return job


def resume_job(places: DatasetPaths) -> Callable[[Report], Written]:
    """Return a job that goes on with a data set."""

    def job(report: Report) -> Written:
        outcome = resume_dataset(places, _told(report, DATA_SET))
        return Written(data_set=places.root, outcome=outcome, left_out=tuple(left_out(places)))

    return job


def _told(report: Report, what: str) -> Callable[[int, int], None]:
    return lambda done, total: report(done, total, what)
