"""A radiograph as the rest of the library sees it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError
from .attenuation import attenuation_from_intensity
from .film_storage import FilmStorage
from .intensity_map import IntensityMap
from .pixel_check import check_finite
from .polarity import Polarity
from .spacing import UNKNOWN_SPACING, PixelSpacing, spacing_given_by_user


@dataclass(frozen=True)
class Origin:
    """Where a radiograph comes from, as far as its file says. Holds nothing that names a patient.

    Examples
    --------
    >>> Radiograph.from_array(np.zeros((64, 64))).origin.format
    'array'
    """

    path: Path | None = None
    """The file, None for an array."""
    format: str = "array"
    """'DICOM', 'PNG', 'JPEG', 'TIFF', 'BMP', 'NRRD', 'NIfTI', 'MetaImage', or 'array'."""
    laterality: Literal["L", "R"] | None = None
    """Side of the body, DICOM (0020,0062) or (0020,0060)."""
    body_part: str | None = None
    """DICOM (0018,0015)."""
    modality: str | None = None
    """DICOM (0008,0060)."""
    study_instance_uid: str | None = None
    """DICOM (0020,000D)."""
    series_instance_uid: str | None = None
    """DICOM (0020,000E)."""
    sop_instance_uid: str | None = None
    """DICOM (0008,0018)."""


@dataclass(frozen=True, eq=False)
class Radiograph:
    """One projection radiograph: intensity, scale, and the way back to the film's own numbers.

    Examples
    --------
    >>> radiograph = Radiograph.from_array(np.full((200, 100), 0.5), spacing_mm=0.15, name="hand")
    >>> radiograph.shape, radiograph.spacing.mm, radiograph.name
    ((200, 100), (0.15, 0.15), 'hand')
    >>> float(radiograph.attenuation[0, 0])  # -ln(1 - 0.5)
    0.6931471824645996
    """

    intensity: NDArray[np.float32]
    """(rows, columns), 0..1, bone bright, read-only."""
    spacing: PixelSpacing
    """Pixel spacing in mm as (row, column), with its source."""
    polarity: Polarity
    """Whether the file stores bone dark, and how that was decided."""
    intensity_map: IntensityMap
    """From the film's own numbers to `intensity`."""
    origin: Origin
    """File, format and what the header says."""
    name: str = "radiograph"
    """Name for output; the file's name without extension where there is a file."""
    native_pixels: NDArray[Any] | None = field(default=None, repr=False)
    """The film's own numbers, kept only where float32 intensity can't carry them exactly (floating point
    in other units, 32-bit integers). Read-only."""

    def __post_init__(self) -> None:
        """Check the array and make it this radiograph's own."""
        intensity = self.intensity
        if intensity.ndim != 2 or intensity.dtype != np.float32 or intensity.size == 0:
            raise InputError(
                f"Intensity must be a float32 array of shape (rows, columns), "
                f"not {intensity.dtype} {intensity.shape}."
            )
        object.__setattr__(self, "intensity", _own(intensity))
        if self.native_pixels is not None:
            object.__setattr__(self, "native_pixels", _own(self.native_pixels))

    @classmethod
    def from_array(
        cls,
        intensity: ArrayLike,
        spacing_mm: float | Sequence[float] | None = None,
        name: str = "radiograph",
    ) -> "Radiograph":
        """Make a radiograph from intensities.

        Parameters
        ----------
        intensity
            (rows, columns): 0..1, bone bright. Copied.
        spacing_mm
            Pixel spacing in mm, one number or (row, column). None: unknown, every result is in pixels.
        name
            Name for output.

        Raises
        ------
        InputError
            If the array is not two-dimensional, not of floating point, not finite, or outside 0..1.
        """
        pixels = np.asarray(intensity)
        if pixels.dtype.kind != "f":
            raise InputError(
                f"Intensity must be floating point within 0..1, not {pixels.dtype}: divide by the largest "
                "grey value (255 for 8 bits), or use read_radiograph on the file."
            )
        if pixels.ndim != 2:
            raise InputError(f"Intensity must have the shape (rows, columns), not {pixels.shape}.")
        check_finite(pixels, name)
        if pixels.size and (pixels.min() < 0 or pixels.max() > 1):
            raise InputError(f"Intensity must lie within 0..1, not {pixels.min():g}..{pixels.max():g}.")
        return cls(
            intensity=np.array(pixels, dtype=np.float32),
            spacing=UNKNOWN_SPACING if spacing_mm is None else spacing_given_by_user(spacing_mm),
            polarity=Polarity(inverted=False, decided_by="array of intensity"),
            intensity_map=IntensityMap.full_scale(0.0, 1.0, np.dtype(np.float32)),
            origin=Origin(),
            name=name,
        )

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        rows, columns = self.intensity.shape
        return rows, columns

    @cached_property
    def attenuation(self) -> NDArray[np.float32]:
        """Attenuation `-ln(1 - intensity)`, float32, shape (rows, columns), read-only."""
        attenuation = attenuation_from_intensity(self.intensity)
        attenuation.setflags(write=False)
        return attenuation

    @cached_property
    def storage(self) -> FilmStorage:
        """How the film was stored: its grey values, and its JPEG blocks if it has some."""
        return FilmStorage.of(self.intensity, self.intensity_map)

    def with_spacing(self, spacing_mm: float | Sequence[float]) -> "Radiograph":
        """Return the radiograph with a spacing given by the user: one number in mm, or (row, column)."""
        return replace(self, spacing=spacing_given_by_user(spacing_mm, self.spacing.aspect))

    def with_intensity_map(self, intensity_map: IntensityMap) -> "Radiograph":
        """Return the same film on another scale of intensity, such as one shared with an earlier film.

        Raises
        ------
        InputError
            If the map is of films in another number type or polarity, or does not reach over this film's
            numbers.

        Examples
        --------
        >>> film = Radiograph.from_array(np.full((200, 100), 0.5))
        >>> darker = IntensityMap((0.0, 1.0), (0.0, 0.5), "float32")
        >>> float(film.with_intensity_map(darker).intensity[0, 0])
        0.25
        """
        native = self.native()
        if np.dtype(intensity_map.dtype) != native.dtype or intensity_map.inverted != self.polarity.inverted:
            raise InputError(
                f"{self.name}: the scale is that of a film with other numbers ({_describe(intensity_map)}); "
                f"this one has {_describe(self.intensity_map)}."
            )
        lowest, highest = intensity_map.native[0], intensity_map.native[-1]
        if native.min() < lowest or native.max() > highest:
            raise InputError(
                f"{self.name}: the scale reaches from {lowest:g} to {highest:g}; this film's numbers "
                f"from {native.min():g} to {native.max():g}."
            )
        return replace(
            self,
            intensity=intensity_map.to_intensity(native),
            intensity_map=intensity_map,
            native_pixels=None if intensity_map.is_exact else native,
        )

    def native(self, intensity: NDArray[Any] | None = None) -> NDArray[Any]:
        """Return the film, or an edited version of it, in the film's own numbers.

        Parameters
        ----------
        intensity
            (rows, columns): edited intensity (0..1, bone bright) of the whole film. None: the film as it is.

        Returns
        -------
        ndarray of the film's own dtype, shape (rows, columns)
            Polarity and scale as in the file. Pixels whose intensity was not changed come back bit for bit.

        Raises
        ------
        InputError
            If `intensity` has another shape than the film, or is not finite.
        """
        edited = self.intensity if intensity is None else np.asarray(intensity)
        if edited.shape != self.shape:
            raise InputError(f"The edited film has the shape {edited.shape}, the radiograph {self.shape}.")
        check_finite(edited, self.name)
        native = self.intensity_map.to_native(edited)
        if self.native_pixels is not None:
            # The numbers that float32 could not carry: taken from the film wherever nothing was changed.
            unchanged = self.intensity_map.to_intensity(self.native_pixels) == edited
            np.copyto(native, self.native_pixels, where=unchanged)
        return native


def _own(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only array that nobody else can write to: `pixels` itself if that is so already."""
    if pixels.flags.writeable or not pixels.flags.owndata or not pixels.flags.c_contiguous:
        pixels = np.array(pixels, order="C")
        pixels.setflags(write=False)
    return pixels


def common_intensity_map(first: Radiograph, second: Radiograph) -> IntensityMap:
    """Return one map for two films of one hand: at every grey value the mean of their own intensities.

    Two films that were taken and stored alike can be compared grey value by grey value only on one scale.

    Parameters
    ----------
    first, second
        Films in the same numbers: of one number type and polarity.

    Raises
    ------
    InputError
        If their numbers differ.

    Examples
    --------
    >>> film = Radiograph.from_array(np.full((200, 100), 0.5))
    >>> common_intensity_map(film, film) == film.intensity_map
    True
    """
    a, b = first.intensity_map, second.intensity_map
    if a.dtype != b.dtype or a.inverted != b.inverted:
        raise InputError(
            f"{first.name} and {second.name} have no scale in common: their numbers are "
            f"{_describe(a)}, and {_describe(b)}."
        )
    knots = np.union1d(a.native, b.native)
    mean = (np.interp(knots, a.native, a.intensity) + np.interp(knots, b.native, b.intensity)) / 2
    apart = np.concatenate([[True], np.diff(mean) != 0])
    return IntensityMap(tuple(knots[apart].tolist()), tuple(mean[apart].tolist()), a.dtype)


def _describe(intensity_map: IntensityMap) -> str:
    return f"{intensity_map.dtype}, bone {'dark' if intensity_map.inverted else 'bright'}"
