"""The folder of a comparison: table, record, pictures and DICOM report of two visits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from ..files import output_folder, write_json, write_table
from .comparison_figure import draw_changes
from .comparison_record import TABLE_COLUMNS, make_comparison_record, make_table_row
from .follow_up_figure import draw_follow_up
from .joint_change import JointChange
from .measurement_report import can_be_reported, write_measurement_report

RECORD, TABLE, REPORT = "changes.json", "changes.csv", "report.dcm"
"""Names of the files; pictures are called after the hand."""


def write_comparison(
    folder: str | Path,
    changes: Sequence[JointChange],
    *,
    overwrite: bool = False,
    keep_patient: bool = False,
    with_pictures: bool = True,
    with_report: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> list[str]:
    """Write all that is said of two visits into a folder.

    Parameters
    ----------
    folder
        Final folder, which is complete or not there.
    changes
        Of the joints; at least one.
    overwrite
        Replace files of these names in an existing folder.
    keep_patient
        Name patient and films in the DICOM report, see `write_measurement_report`.
    with_pictures
        Draw a picture of the changes a hand, and one of each film of the later visit; needs matplotlib.
    with_report
        Write the DICOM report where `can_be_reported` is true of a joint; it needs pydicom and highdicom.
    progress
        Called with (done, all) before each file; it may raise to stop, and then nothing is written.

    Returns
    -------
    Names of the files that were written.

    Raises
    ------
    OutputExistsError
        The folder exists and ``overwrite`` is false.
    OutputError
        It can't be written, or the disk is full.
    DependencyError
        If a package is missing.

    Examples
    --------
    >>> from LayerSeparationLib import Separator, make_joint
    >>> from LayerSeparationLib.follow_up import measure_change
    >>> phantom = make_joint("MCP", seed=3)
    >>> layers = Separator("cpu").separate(phantom.radiograph, phantom.pose)
    >>> write_comparison("visits", [measure_change(layers, layers)], with_pictures=False)
    ['changes.csv', 'changes.json']
    """
    writers: list[Callable[[Path], None]] = [
        lambda place: write_json(place / RECORD, make_comparison_record(changes)),
        lambda place: write_table(place / TABLE, TABLE_COLUMNS, map(make_table_row, changes)),
    ]
    if with_pictures:
        writers += [
            partial(_draw_hand, changes=changes, side=side)
            for side in dict.fromkeys(change.side for change in changes)
        ]
        writers.append(partial(draw_follow_up, changes=changes))
    if with_report and any(map(can_be_reported, changes)):
        writers.append(
            lambda place: write_measurement_report(place / REPORT, changes, keep_patient=keep_patient)
        )
    with output_folder(folder, overwrite=overwrite) as place:
        for done, write in enumerate(writers):
            if progress:
                progress(done, len(writers))
            write(place)
        return sorted(path.name for path in place.iterdir())


def _draw_hand(place: Path, changes: Sequence[JointChange], side: str | None) -> None:
    of_hand = [change for change in changes if change.side == side]
    draw_changes(place / (f"changes_{side}.png" if side else "changes.png"), of_hand)
