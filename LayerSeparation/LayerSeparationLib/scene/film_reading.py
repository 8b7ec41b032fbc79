"""A film's pixels out of the scene, ready to become a radiograph in whatever thread."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from ..errors import InputError
from ..radiograph import Radiograph
from ..radiograph.dicom_dataset import check_is_projection
from ..radiograph.film_to_radiograph import film_to_radiograph
from ..radiograph.luminance import luminance
from ..radiograph.polarity import PolarityChoice
from ..radiograph.stored_film import StoredFilm
from ..translation import tr as _
from .film_source import FilmSource


@dataclass(frozen=True, eq=False)
class FilmReading:
    """What a radiograph is made of; nothing of it is bound to the scene."""

    name: str
    """The film's name."""
    pixels: NDArray[Any]
    """The film's own numbers, (rows, columns) or (rows, columns, channels)."""
    source: FilmSource
    """What is known of the film."""
    is_turned_over: bool
    """Whether the user says that the polarity which the content tells is the wrong one."""
    state: Hashable
    """See `Film.state`."""

    def read(self) -> Radiograph:
        """Make the radiograph, which takes a second for a large film.

        Raises
        ------
        InputError
            If the film can't be a radiograph, such as one without contrast, or a slice of a CT by its header.
        """
        source, pixels = self.source, self.pixels
        if pixels.ndim == 3:
            pixels = luminance(pixels, self.name)
        stored = StoredFilm(
            pixels=pixels, origin=source.origin, spacing=source.spacing, nominal_range=source.nominal_range
        )
        try:
            check_is_projection(source.origin.modality, None, self.name)
            radiograph = film_to_radiograph(stored)
            if self.is_turned_over:
                choice: PolarityChoice = "bone-bright" if radiograph.polarity.inverted else "bone-dark"
                radiograph = film_to_radiograph(stored, polarity=choice)
        except InputError as error:
            raise InputError(
                _("{name} can't be used as radiograph. {reason}").format(name=self.name, reason=error)
            ) from error
        return replace(radiograph, name=self.name)
