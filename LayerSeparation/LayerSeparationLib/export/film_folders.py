"""The folder of a whole film with all edits of its joints, as the command line and 3D Slicer write it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import InputError
from ..files import output_folder
from ..synthesis import SyntheticFilm, synthesize_film
from .film_record import validate_film_record
from .film_sample import make_film_sample
from .joint_folders import JointExport, film_folder, is_in_the_way
from .registry import choose_joint_formats

WHOLE_FILM = "whole_film"
"""The folder beside those of the film's joints."""


def write_synthetic_film(folder: Path, film: SyntheticFilm, formats: Sequence[str] | None = None) -> None:
    """Write a film with all edits in some formats, by default in those that are written where nobody chose.

    Raises
    ------
    InputError
        If there is no such format, or none was asked for.

    Examples
    --------
    >>> hand = make_hand(3, spacing_mm=0.3)
    >>> layers = Separator("cpu").separate(hand.radiograph, hand.joints["PIP2"].pose)
    >>> write_synthetic_film(Path("."), synthesize_film([layers], [GapEdit(change=-0.2)]))
    >>> sorted(path.name for path in Path(".").iterdir())
    ['film.json', 'image.nrrd', 'image.png', 'segmentation.seg.nrrd']
    """
    chosen = choose_joint_formats(formats)
    sample = make_film_sample(film)
    validate_film_record(sample.record)
    for one in chosen:
        one.write(folder, sample)


def export_film(
    joints: Sequence[JointExport],
    folder: Path,
    *,
    formats: Sequence[str] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write ``<folder>/<film>/whole_film/`` with the edits of all joints: whole, or not at all.

    Parameters
    ----------
    joints
        Joints of one film, each with its edit.
    folder
        The folder that holds all; made if it is missing.
    formats
        Names of `joint_formats`; by default those that are written where nobody chose.
    overwrite
        Replace a folder that exists.

    Raises
    ------
    InputError
        If there is nothing to export, or the joints can't be edited together; see `synthesize_film`.
    OutputError
        If the folder exists, or can't be written.

    Examples
    --------
    >>> hand = make_hand(3, spacing_mm=0.3)
    >>> layers = Separator("cpu").separate(hand.radiograph, hand.joints["PIP2"].pose)
    >>> joints = [JointExport(layers, GapEdit(change=-0.2))]
    >>> find_existing_film(joints, Path("out"))
    []
    >>> written = export_film(joints, Path("out"))
    >>> written.name, find_existing_film(joints, Path("out")) == [written]
    ('whole_film', True)
    """
    choose_joint_formats(formats)
    target = _target(joints, folder)
    with output_folder(target, overwrite=overwrite) as place:
        film = synthesize_film([joint.layers for joint in joints], [joint.edit for joint in joints])
        found = film.with_findings([joint.film_findings for joint in joints])
        write_synthetic_film(place, found, formats)
    return target


def find_existing_film(joints: Sequence[JointExport], folder: Path) -> list[Path]:
    """Return what `export_film` would have to replace: to ask the user before.

    Raises
    ------
    InputError
        If there is nothing to export.
    """
    target = _target(joints, folder)
    return [target] if is_in_the_way(target) else []


def _target(joints: Sequence[JointExport], folder: Path) -> Path:
    if not joints:
        raise InputError("There is nothing to export: separate a joint first.")
    return Path(folder) / film_folder(joints[0].layers.radiograph.name) / WHOLE_FILM
