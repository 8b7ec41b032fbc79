"""What all joints of a film share: the table of widths, and the whole film with every edit in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np
import vtk
from numpy.typing import NDArray

from ..radiograph import Rectangle
from ..synthesis import SyntheticJoint
from ..translation import tr as _
from .edited_film import changed_region, compose_region
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
        self._shown: WeakKeyDictionary[SceneJoint, SyntheticJoint] = WeakKeyDictionary()

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
        radiograph = self._film.radiograph
        if (
            volume is None
            or self._base is not radiograph.intensity
            or not has_shape(volume, radiograph.shape)
        ):
            self._write_whole(volume, joints)
            return
        before = self._shown.get(joint)
        self._remember(joint)
        regions = [changed_region(shown) for shown in (before, self._shown.get(joint)) if shown is not None]
        if regions:
            region = Rectangle.around(regions)
            visible = self._visible(joints)
            voxels_of(volume)[region.slices] = compose_region(radiograph.intensity, visible, region)
            touch(volume)
            write_synthetic(volume, _hold_an_edit(visible))

    def forget(self, joints: Sequence[SceneJoint], gone: SceneJoint) -> None:
        """Take a joint that is gone out of the synthetic film; without joints nothing is left."""
        shown = self._shown.pop(gone, None)
        if not joints:
            for node in (self.table, self.synthetic_film):
                if node is not None:
                    remove_node(node)
            return
        volume = self.synthetic_film
        if volume is not None and (shown is not None or self._base is None):
            self._write_whole(volume, joints)
        self.write_table(list(joints))

    def _write_whole(self, volume: vtk.vtkObject | None, joints: Sequence[SceneJoint]) -> None:
        radiograph = self._film.radiograph
        rows, columns = radiograph.shape
        whole = Rectangle.whole((rows, columns))
        visible = self._visible(joints)
        image = compose_region(radiograph.intensity, visible, whole)
        matrix = self._film.geometry.region_matrix(whole)
        if volume is None:

            def finish(made: vtk.vtkObject) -> vtk.vtkObject:
                write_volume(made, image, matrix)
                write_synthetic(made, _hold_an_edit(visible))
                return grey_display(self._film.node.GetScene(), *image_window(image, film_window(self._film)))

            title = _film_title(self._film.name)
            make_shared(self._film, SYNTHETIC_FILM, "vtkMRMLScalarVolumeNode", title, finish)
        else:
            write_volume(volume, image, matrix)
            write_synthetic(volume, _hold_an_edit(visible))
        self._base = radiograph.intensity
        for joint in joints:
            self._remember(joint)

    def _visible(self, joints: Sequence[SceneJoint]) -> list[SyntheticJoint]:
        edited = [j for j in joints if not j.film_is_shown and not j.edit.is_neutral]
        results = [joint.result for joint in edited]
        return [
            result
            for result in results
            if result is not None and result.layers.radiograph.shape == self._film.radiograph.shape
        ]

    def _remember(self, joint: SceneJoint) -> None:
        # A joint without an edit changes nothing; asking for its result would make it, for nothing.
        if joint.edit.is_neutral or joint.result is None:
            self._shown.pop(joint, None)
        else:
            self._shown[joint] = joint.result


def _film_title(film: str) -> str:
    return _("{film} synthetic").format(film=film)


def _hold_an_edit(results: Sequence[SyntheticJoint]) -> bool:
    """Tell whether pixels that these edits were composed into differ from the film."""
    return any(result.is_synthetic for result in results)
