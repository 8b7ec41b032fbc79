"""The phantom films that come with the package: listed, checked, ready to be read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from ..files import sha256_of_file
from ..translation import tr as _

SAMPLE_FOLDER = Path(__file__).parent / "sample_data"
"""Films, thumbnails, and ``sample_data.json``, the list of them."""


@dataclass(frozen=True)
class SampleFilm:
    """A film that comes with the package; a phantom, no patient.

    Examples
    --------
    >>> find_sample_film("PhantomHand").spacing_mm
    (0.175, 0.175)
    """

    name: str
    file: Path
    """NRRD with its pixel spacing, whole grey values, marked as synthetic."""
    thumbnail: Path
    """A square PNG."""
    sha256: str
    """Of the file."""
    spacing_mm: tuple[float, float]
    """(row, column)."""
    shape: tuple[int, int]
    """(rows, columns)."""
    joints: dict[str, list[list[float]]]
    """Name -> ends of a line along the finger through the joint, (x, y) in px, the proximal one first."""

    @property
    def description(self) -> str:
        """What people read under the thumbnail."""
        known: dict[str, str] = {
            "PhantomHand": _("Phantom hand (synthetic)"),
            "PhantomJoint": _("Phantom MCP joint (synthetic)"),
        }
        return known.get(self.name, self.name)


def sample_films() -> list[SampleFilm]:
    """List the films that come with the package.

    Raises
    ------
    InputError
        If the list of them is missing or damaged.

    Examples
    --------
    >>> [film.name for film in sample_films()]
    ['PhantomHand', 'PhantomJoint']
    """
    listed = SAMPLE_FOLDER / "sample_data.json"
    try:
        return [
            SampleFilm(
                name=entry["name"],
                file=SAMPLE_FOLDER / entry["file"],
                thumbnail=SAMPLE_FOLDER / entry["thumbnail"],
                sha256=entry["sha256"],
                spacing_mm=tuple(entry["spacing_mm"]),
                shape=tuple(entry["shape"]),
                joints=entry["joints"],
            )
            for entry in json.loads(listed.read_text(encoding="utf-8"))
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            _("The sample data can't be found ({error}): install the extension again.").format(error=error)
        ) from error


def find_sample_film(name: str) -> SampleFilm:
    """Return the film of a name, after a look at whether its file is whole.

    Raises
    ------
    InputError
        If there is no such film, or its file is missing or damaged.

    Examples
    --------
    >>> find_sample_film("PhantomJoint").shape
    (256, 256)
    """
    films = sample_films()
    for film in films:
        if film.name == name:
            _check_is_whole(film)
            return film
    offered = ", ".join(film.name for film in films)
    raise InputError(
        _("There is no sample {name}: choose among {offered}.").format(name=name, offered=offered)
    )


def _check_is_whole(film: SampleFilm) -> None:
    try:
        found = sha256_of_file(film.file)
    except OSError as error:
        raise InputError(
            _("{file} is missing: install the extension again.").format(file=film.file)
        ) from error
    if found != film.sha256:
        raise InputError(_("{file} is damaged: install the extension again.").format(file=film.file))
