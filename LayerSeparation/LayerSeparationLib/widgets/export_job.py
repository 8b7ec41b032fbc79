"""What the worker does for the section Export: files of joints, and data sets. Neither Qt nor MRML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..dataset import (
    DatasetOptions,
    DatasetOutcome,
    DatasetPaths,
    make_film_dataset,
    read_failed_inputs,
    resume_dataset,
)
from ..export import JointExport, export_film, export_joints
from ..scene.export_edit import MADE_BY
from .worker import JobProgress

FILES, DATA_SET = "files", "data set"
"""What a progress is about."""


@dataclass(frozen=True)
class ExportSummary:
    """What was written."""

    folders: list[Path] = field(default_factory=list)
    """Of joints, or of a whole film."""
    data_set: Path | None = None
    """Of the data set; None where none was asked for."""
    outcome: DatasetOutcome | None = None
    """How the data set went."""
    left_out: tuple[str, ...] = ()
    """Joints that the data set could not use, each with its reason."""


def export_job(
    items: Sequence[JointExport],
    folder: Path,
    formats: Sequence[str],
    options: DatasetOptions | None,
    overwrite: bool,
) -> Callable[[JobProgress], ExportSummary]:
    """Return a job that writes files of joints in some formats, and a data set, where these are asked for."""

    def job(progress: JobProgress) -> ExportSummary:
        folders = []
        if formats:
            folders = export_joints(
                items, folder, formats=formats, overwrite=overwrite, progress=_pass_on(progress, FILES)
            )
        if options is None:
            return ExportSummary(folders)
        made = make_film_dataset(
            items, options, folder, command=MADE_BY, progress=_pass_on(progress, DATA_SET)
        )
        return ExportSummary(folders, made.folder, made.outcome, made.failed_inputs)

    return job


def film_job(
    items: Sequence[JointExport], folder: Path, formats: Sequence[str], overwrite: bool
) -> Callable[[JobProgress], ExportSummary]:
    """Return a job that writes the whole film with the edits of all its joints in some formats."""

    def job(progress: JobProgress) -> ExportSummary:
        progress(0, 1, FILES)
        written = export_film(items, folder, formats=formats, overwrite=overwrite)
        progress(1, 1, FILES)
        return ExportSummary([written])

    return job


def resume_job(places: DatasetPaths) -> Callable[[JobProgress], ExportSummary]:
    """Return a job that goes on with a data set."""

    def job(progress: JobProgress) -> ExportSummary:
        outcome = resume_dataset(places, _pass_on(progress, DATA_SET))
        return ExportSummary(
            data_set=places.root, outcome=outcome, left_out=tuple(read_failed_inputs(places))
        )

    return job


def _pass_on(progress: JobProgress, what: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(done, total, what)
