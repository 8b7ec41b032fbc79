"""What all joints of a film share: the table of widths, and the whole film with every edit in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np
import vtk
from numpy.typing import NDArray

from ..radiograph import NOWHERE, Rectangle
from ..synthesis import MovableFilm, MovableJoint, SyntheticJoint
from ..synthesis.movable_film import is_same_film
from ..translation import tr as _
from .film import Film
from .joint_nodes import film_window
from .jsw_table import fill_row, fill_table
from .node_attributes import SYNTHETIC_FILM, TABLE
from .node_references import remove_node
from .provenance import write_synthetic
from .scalar_volumes import grey_display, has_shape, image_window, touch, voxels_of, write_volume
from .scene_joint import SceneJoint
from .shared_nodes import find_shared, make_shared


class FilmNodes:
    """Finds, makes and writes the nodes that belong to a film and not to one joint."""

    def __init__(self, film: Film) -> None:
        self._film = film
        self._base: NDArray[np.float32] | None = None
        self._separated: list[MovableJoint] = []
        self._prepared_for: NDArray[np.float32] | None = None
        self._members: list[SceneJoint] = []
        self._movable: MovableFilm | None = None
        self._extents: WeakKeyDictionary[SceneJoint, Rectangle] = WeakKeyDictionary()

    @property
    def table(self) -> vtk.vtkObject | None:
        """Table of the joint space widths; None before there is a joint."""
        return find_shared(self._film, TABLE, "vtkMRMLTableNode")

    @property
    def synthetic_film(self) -> vtk.vtkObject | None:
        """Volume of the whole film with every edit; None before a joint is separated."""
        return find_shared(self._film, SYNTHETIC_FILM, "vtkMRMLScalarVolumeNode")

    def follow_film_name(self) -> None:
        """Name the synthetic film after the film, unless the user gave it a name of another kind."""
        volume = self.synthetic_film
        if volume is None:
            return
        pattern = re.escape(_film_title("\n")).replace(re.escape("\n"), "(.*)")
        match = re.fullmatch(rf"{pattern}(?:_\d+)?", volume.GetName(), re.DOTALL)
        if match is not None and match[1] != self._film.name:
            volume.SetName(self._film.node.GetScene().GenerateUniqueName(_film_title(self._film.name)))

    def write_table(self, joints: list[SceneJoint], joint: SceneJoint | None = None) -> None:
        """Write one joint's row, or all."""
        table = self.table
        if table is None:
            finish = partial(fill_table, joints=joints)
            make_shared(self._film, TABLE, "vtkMRMLTableNode", _("Joint space widths"), finish)
        elif joint is None:
            fill_table(table, joints)
        else:
            fill_row(table, joints, joint)

    def write_film(self, joints: Sequence[SceneJoint], joint: SceneJoint) -> None:
        """Rewrite what one joint changes of the synthetic film, or changed before."""
        volume = self.synthetic_film
        if volume is not None and self._shows_film(volume):
            self._write_part(volume, joints, joint)
        else:
            self._write_whole(volume, joints)

    def forget(self, joints: Sequence[SceneJoint], gone: SceneJoint) -> None:
        """Take a joint that is gone out of the synthetic film; without joints nothing is left."""
        if not joints:
            for node in (self.table, self.synthetic_film):
                if node is not None:
                    remove_node(node)
            return
        volume = self.synthetic_film
        if volume is not None and self._shows_film(volume):
            self._write_part(volume, joints, gone)
        elif volume is not None:
            self._write_whole(volume, joints)
        self.write_table(list(joints))

    def _shows_film(self, volume: vtk.vtkObject) -> bool:
        """Tell whether a volume was written for the film as it is now."""
        radiograph = self._film.radiograph
        return self._base is radiograph.intensity and has_shape(volume, radiograph.shape)

    def _write_part(self, volume: vtk.vtkObject, joints: Sequence[SceneJoint], changed: SceneJoint) -> None:
        """Rewrite what a joint's edit reaches, or reached before."""
        before, known = dict(self._extents), self._movable
        film, edited = self._edited(joints)
        # With other layers than before, a bone may be seen by other joints.
        rewritten = [changed] if film is known else [*before, *self._extents]
        region = Rectangle.around(
            [extents.get(joint, NOWHERE) for joint in rewritten for extents in (before, self._extents)]
        )
        if not region.is_empty:
            voxels_of(volume)[region.slices] = self._compose(film, edited, region)
            touch(volume)
            write_synthetic(volume, _hold_an_edit(edited))

    def _write_whole(self, volume: vtk.vtkObject | None, joints: Sequence[SceneJoint]) -> None:
        radiograph = self._film.radiograph
        rows, columns = radiograph.shape
        whole = Rectangle.whole((rows, columns))
        film, edited = self._edited(joints)
        image = self._compose(film, edited, whole)
        matrix = self._film.geometry.region_matrix(whole)
        if volume is None:

            def finish(made: vtk.vtkObject) -> vtk.vtkObject:
                write_volume(made, image, matrix)
                write_synthetic(made, _hold_an_edit(edited))
                return grey_display(self._film.node.GetScene(), *image_window(image, film_window(self._film)))

            title = _film_title(self._film.name)
            make_shared(self._film, SYNTHETIC_FILM, "vtkMRMLScalarVolumeNode", title, finish)
        else:
            write_volume(volume, image, matrix)
            write_synthetic(volume, _hold_an_edit(edited))
        self._base = radiograph.intensity

    def _compose(
        self, film: MovableFilm | None, edited: Sequence[SyntheticJoint | None], region: Rectangle
    ) -> NDArray[np.float32]:
        if film is None:
            return self._film.radiograph.intensity[region.slices].copy()
        return film.compose(edited, region)

    def _edited(
        self, joints: Sequence[SceneJoint]
    ) -> tuple[MovableFilm | None, Sequence[SyntheticJoint | None]]:
        """Return the film's separated joints and the edits of those that are shown with theirs.

        Keeps what was prepared as long as all layers are the same, and remembers how far each edit reaches.
        """
        intensity = self._film.radiograph.intensity
        separated = [movable for joint in joints if (movable := joint.editing.movable) is not None]
        if separated != self._separated or self._prepared_for is not intensity:
            self._separated, self._prepared_for = separated, intensity
            self._members, movables = [], []
            for joint in joints:
                movable = joint.editing.movable
                if movable is not None and is_same_film(movable.layers.radiograph, self._film.radiograph):
                    self._members.append(joint)
                    movables.append(movable)
            self._movable = MovableFilm(movables) if movables else None
        # A joint without an edit changes nothing; asking for its result would make it, for nothing.
        edited = [None if j.film_is_shown or j.edit.is_neutral else j.result for j in self._members]
        self._extents = WeakKeyDictionary()
        if self._movable is not None:
            for index, joint in enumerate(self._members):
                self._extents[joint] = self._movable.extent(edited, index)
        return self._movable, edited


def _film_title(film: str) -> str:
    return _("{film} synthetic").format(film=film)


def _hold_an_edit(results: Sequence[SyntheticJoint | None]) -> bool:
    """Tell whether pixels that these edits were composed into differ from the film."""
    return any(result is not None and result.is_synthetic for result in results)
