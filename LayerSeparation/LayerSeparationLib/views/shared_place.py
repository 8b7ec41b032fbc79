"""One place of the film, and one magnification, for several views of any size."""

from __future__ import annotations

from collections.abc import Sequence

import vtk

from ..radiograph import Rectangle
from ..scene.film_geometry import FilmGeometry
from .view_place import (
    ViewPlace,
    centre_of,
    fit_area,
    is_in_sight,
    is_useful,
    on_film,
    place_of,
    put_view,
    size_of,
)


class SharedPlace:
    """What views show together: an area fitted into each of them, or where the user went from there."""

    def __init__(self) -> None:
        self._place: ViewPlace | None = None
        self._fitted: Rectangle | None = None
        self._sizes: dict[str, tuple[int, int]] = {}

    @property
    def fitted(self) -> Rectangle | None:
        """The area that is fitted into the views; None once the user panned or zoomed."""
        return self._fitted

    def fit(self, area: Rectangle | None) -> None:
        """Fit an area of the film (in its pixels) into the views, whatever their size; None: all of it."""
        self._fitted, self._place = area, None

    def bring_in_sight(
        self, area: Rectangle, views: Sequence[vtk.vtkObject], geometry: FilmGeometry, any_size: bool
    ) -> None:
        """Move an area into sight; nothing changes where every view shows it at a useful size already.

        Parameters
        ----------
        area
            In pixels of the film.
        views
            Slice nodes.
        geometry
            Of the film.
        any_size
            Whether the area may be as small or as large as it is now.
        """
        scale = self._place.mm_per_px if self._place is not None else None
        if scale is None or not (any_size or all(is_useful(view, scale, geometry, area) for view in views)):
            self.fit(area)
        elif not all(is_in_sight(view, geometry, area) for view in views):
            self._place, self._fitted = ViewPlace(centre_of(geometry, area), scale), None

    def put(
        self, views: Sequence[vtk.vtkObject], geometry: FilmGeometry, but: vtk.vtkObject | None = None
    ) -> None:
        """Let all views, but perhaps one, show the place."""
        if self._place is None and self._fitted is None:
            self._fitted = Rectangle.whole(geometry.shape)
        if self._fitted is not None:
            self._place = fit_area(views, geometry, self._fitted)
        for view in views:
            self._sizes[view.GetID()] = size_of(view)
            if view is not but and self._place is not None:
                put_view(view, geometry, self._place)

    def was_resized(self, view: vtk.vtkObject) -> bool:
        """Tell whether a view has another size than it had when it was put to the place."""
        return self._sizes.get(view.GetID()) != size_of(view)

    def follow(self, view: vtk.vtkObject, views: Sequence[vtk.vtkObject], geometry: FilmGeometry) -> bool:
        """Take over where the user moved one view; return whether it was moved at all.

        A view that was moved off the film, which has one slice only, would show nothing: it is put back.
        """
        seen = place_of(view)
        place = on_film(geometry, seen)
        was_moved = self._place is not None and not place.is_same(self._place)
        if was_moved:
            self._place, self._fitted = place, None
        self.put(views, geometry, but=view if place.is_same(seen) else None)
        return was_moved
