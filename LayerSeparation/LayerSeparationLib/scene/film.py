"""A radiograph in the scene."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import replace

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray

from ..errors import InputError
from ..radiograph import PixelSpacing, Radiograph, SpacingSource
from ..translation import tr as _
from .film_geometry import FilmGeometry, ijk_to_ras
from .film_reading import FilmReading
from .film_source import film_source, keep_header, stated_spacing
from .node_attributes import CALIBRATION, INVERT, SPACING, role_of, write_json


class Film:
    """A volume node of one slice, grey or colour, seen as a radiograph.

    The volume itself is never changed; only calibration, polarity and what its file said of the pixel spacing
    are kept as attributes of it, so that they are saved with the scene.
    """

    def __init__(self, volume_node: vtk.vtkObject) -> None:
        if volume_node is None:
            raise InputError(_("There is no radiograph: load one, or choose it in the list."))
        self.node = volume_node
        self._radiograph: Radiograph | None = None
        self._made_from: Hashable = None

    @property
    def name(self) -> str:
        """Name of the film at the moment: the user can rename it at any time, and files go by it."""
        return str(self.node.GetName())

    @property
    def radiograph(self) -> Radiograph:
        """The film's intensities, made anew when its pixels, its calibration or its polarity changed.

        Its name is the one that the film has now.

        Raises
        ------
        InputError
            If the volume can't be a radiograph: several slices, no pixels, a transform, no contrast.
        """
        geometry = self.geometry
        if self._radiograph is None or self.state != self._made_from:
            reading = self._reading(geometry)
            self._radiograph, self._made_from = reading.read(), reading.state
        if self._radiograph.name != self.name:
            self._radiograph = replace(self._radiograph, name=self.name)
        return self._radiograph

    def reading(self) -> FilmReading:
        """Return what the radiograph is made of, so that another thread can make it; see `take`.

        Raises
        ------
        InputError
            If the volume can't be a radiograph: several slices, no pixels, a transform.
        """
        return self._reading(self.geometry)

    def take(self, reading: FilmReading, radiograph: Radiograph) -> bool:
        """Take what a reading became, and return True; False where the film is another one by now."""
        state = self.state
        if reading.state != state:
            return False
        if self._radiograph is None or self._made_from != state:
            self._radiograph, self._made_from = radiograph, state
        return True

    @property
    def state(self) -> Hashable:
        """Everything that the radiograph depends on: as long as it is the same, so is the radiograph."""
        node, image, storage = self.node, self.node.GetImageData(), self.node.GetStorageNode()
        return (
            # Times are unique: another image has another one.
            image.GetMTime() if image is not None else 0,
            ijk_to_ras(node).tobytes(),
            node.GetTransformNodeID(),
            # While a file is being loaded, its volume may be in the scene before its name is.
            storage.GetFileName() if storage is not None else None,
            *(node.GetAttribute(name) for name in (CALIBRATION, INVERT, SPACING, "DICOM.instanceUIDs")),
        )

    @property
    def geometry(self) -> FilmGeometry:
        """Where the film's pixels lie."""
        return FilmGeometry.of(self.node)

    @property
    def spacing(self) -> PixelSpacing:
        """Pixel spacing with its source; cheap, the pixels are not looked at."""
        if self._radiograph is not None and self.state == self._made_from:
            return self._radiograph.spacing
        return film_source(self.node, self.geometry).spacing

    @property
    def spacing_text(self) -> str:
        """Pixel spacing and its source for people: '0.150 mm/px, detector plane'."""
        spacing = self.spacing
        if spacing.mm is None:
            if spacing.aspect != 1:
                return _("unknown: results in pixels, which are {aspect:.3g} times as high as wide").format(
                    aspect=spacing.aspect
                )
            return _("unknown: results in pixels")
        row, column = (f"{value:.3f}" for value in spacing.mm)
        value = row if row == column else f"{row} x {column}"
        return _("{value} mm/px, {source}").format(value=value, source=source_text(spacing.source))

    def length_px(self, ends_px: NDArray[np.float64]) -> float:
        """Return the length between two points (2, 2) of (x, y), in px.

        Where the film's pixels are not square, in edges of square ones of the same area.
        """
        x_px, y_px = np.diff(ends_px, axis=0)[0].tolist()
        return PixelSpacing(None, None, SpacingSource.UNKNOWN, aspect=self._aspect).length(x_px, y_px)

    @property
    def _aspect(self) -> float:
        """Height of a pixel over its width, as the film's file has it."""
        row, column = stated_spacing(self.node, self.geometry).relative
        return row / column

    def calibrate(self, length_px: float, length_mm: float) -> None:
        """Set the pixel spacing by a length that is known, in mm and as `length_px` has it.

        Raises
        ------
        InputError
            If a length is not above 0, or the result can't be a pixel spacing.
        """
        if not all(math.isfinite(length) and length > 0 for length in (length_px, length_mm)):
            raise InputError(
                _("A length to calibrate with must be above 0: draw a line over it, and type its mm.")
            )
        mm = length_mm / length_px
        if not 0.005 <= mm <= 2:
            raise InputError(
                _(
                    "{mm:.3g} mm in {px:.1f} px make a pixel of {value:.3g} mm; a hand radiograph has about "
                    "0.05 to 0.4 mm. Check the line and the unit."
                ).format(mm=length_mm, px=length_px, value=mm)
            )
        write_json(self.node, CALIBRATION, {"mm": mm, "aspect": self._aspect})

    def keep_header(self) -> None:
        """Keep with the volume what its file says of spacing, side and range: a saved scene has it no longer.

        Raises
        ------
        InputError
            If the volume can't be a radiograph.
        """
        keep_header(self.node, self.geometry)

    @property
    def is_calibrated(self) -> bool:
        """Whether the user set the pixel spacing by a known length."""
        return self.node.GetAttribute(CALIBRATION) is not None

    def clear_calibration(self) -> None:
        """Go back to what the file says."""
        self.node.RemoveAttribute(CALIBRATION)

    @property
    def invert_polarity(self) -> bool:
        """Whether the user says that the polarity which the content tells is the wrong one."""
        return bool(self.node.GetAttribute(INVERT) == "true")

    @invert_polarity.setter
    def invert_polarity(self, value: bool) -> None:
        if value:
            self.node.SetAttribute(INVERT, "true")
        else:
            self.node.RemoveAttribute(INVERT)

    def to_px(self, points_ras: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map points (n, 3) in RAS to pixels (n, 2) of (x, y)."""
        return self.geometry.to_px(points_ras)

    def to_ras(self, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map pixels (n, 2) of (x, y) to points (n, 3) in RAS."""
        return self.geometry.to_ras(points_px)

    def _reading(self, geometry: FilmGeometry) -> FilmReading:
        return FilmReading(
            name=self.name,
            pixels=geometry.pixels(self.node),
            source=film_source(self.node, geometry),
            is_turned_over=self.invert_polarity,
            state=self.state,
        )


def films_in(scene: vtk.vtkObject) -> list[vtk.vtkObject]:
    """List the volumes that can be a radiograph: one slice, grey or colour, not made by this extension.

    Volumes under a transform are listed, too: `Film.radiograph` says what to do.
    """
    films = []
    for index in range(scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode")):
        node = scene.GetNthNodeByClass(index, "vtkMRMLScalarVolumeNode")
        if role_of(node) is None and not node.GetHideFromEditors() and _is_flat_image(node):
            films.append(node)
    return films


def find_likely_film(scene: vtk.vtkObject) -> vtk.vtkObject | None:
    """Return the film that the user most likely wants: the one in view, else the newest; None without any."""
    films, kind = films_in(scene), "vtkMRMLSliceCompositeNode"
    composites = [
        scene.GetNthNodeByClass(index, kind) for index in range(scene.GetNumberOfNodesByClass(kind))
    ]
    shown = [node.GetBackgroundVolumeID() for node in composites]
    return next((node for node in reversed(films) if node.GetID() in shown), films[-1] if films else None)


def _is_flat_image(node: vtk.vtkObject) -> bool:
    if isinstance(node, (slicer.vtkMRMLLabelMapVolumeNode, slicer.vtkMRMLTensorVolumeNode)):
        return False
    image = node.GetImageData()
    if image is None or image.GetNumberOfScalarComponents() not in (1, 3, 4):
        return False
    return len([length for length in image.GetDimensions() if length > 1]) == 2


def source_text(source: SpacingSource) -> str:
    """Return where a pixel spacing comes from, for people."""
    return {
        SpacingSource.CALIBRATED: _("calibrated"),
        SpacingSource.CORRECTED: _("corrected for magnification"),
        SpacingSource.DETECTOR: _("detector plane"),
        SpacingSource.USER: _("given by the user"),
        SpacingSource.UNKNOWN: _("unknown"),
    }[source]
