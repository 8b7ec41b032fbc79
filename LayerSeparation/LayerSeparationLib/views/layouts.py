"""Two layouts of linked views that look straight at the film: film | synthetic, and film + three layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import vtk
from numpy.typing import NDArray

from ..scene import node_attributes
from ..scene.film import Film
from ..scene.film_geometry import FilmGeometry, to_vtk
from ..translation import tr as _

if TYPE_CHECKING:
    from ..scene.scene_joint import SceneJoint

FILM, SYNTHETIC = "film", "synthetic"
SOFT_TISSUE, UPPER_BONE, LOWER_BONE = (
    node_attributes.SOFT_TISSUE,
    node_attributes.UPPER_BONE,
    node_attributes.LOWER_BONE,
)
SIDE_BY_SIDE_LAYOUT, LAYERS_LAYOUT = 3781, 3782
"""Numbers of the layouts; Slicer's own end below 100, other extensions choose as freely."""
VIEW_GROUP = 3781
"""Views of one group move together; those of the user's other layouts stay where they are."""
_SLICE_TYPE = "vtkMRMLSliceNode"
_FITS_WITH_BORDER = 1.05
_SHOWN = "LayerSeparation.shown"
_TO_FIT = "LayerSeparation.to_fit"
_STRAIGHT = 0.999
"""Cosine between a view's normal and the film's, above which the film is seen straight on."""

# name -> (singleton tag, label in the view's bar, colour of the bar)
_VIEWS = {
    FILM: ("LayerSeparationFilm", "F", "#8C8C8C"),
    SYNTHETIC: ("LayerSeparationSynthetic", "S", "#D9A400"),
    SOFT_TISSUE: ("LayerSeparationSoftTissue", "T", "#CC99B3"),
    UPPER_BONE: ("LayerSeparationUpperBone", "U", "#E69F00"),
    LOWER_BONE: ("LayerSeparationLowerBone", "L", "#0072B2"),
}


def show_side_by_side(film: Film | vtk.vtkObject, joint: SceneJoint | None = None) -> None:
    """Show the film and, beside it, the film with every edited joint.

    The field of view is kept as long as the same joint is shown; otherwise the views turn to the joint, or
    to the whole film without one.
    """
    film = film if isinstance(film, Film) else Film(film)
    synthetic = synthetic_film_of(film.node) or film.node
    _show(film, joint, SIDE_BY_SIDE_LAYOUT, {FILM: film.node, SYNTHETIC: synthetic})


def show_layers(joint: SceneJoint) -> None:
    """Show the film and the three layers of a joint, 2 x 2."""
    layers = {role: joint.references.find(role) for role in (SOFT_TISSUE, UPPER_BONE, LOWER_BONE)}
    _show(joint.film, joint, LAYERS_LAYOUT, {FILM: joint.film.node, **layers})


def view_nodes(scene: vtk.vtkObject) -> dict[str, vtk.vtkObject]:
    """Return the slice nodes of the layouts by name, as far as they exist."""
    found = {name: scene.GetSingletonNode(tag, _SLICE_TYPE) for name, (tag, _label, _color) in _VIEWS.items()}
    return {name: node for name, node in found.items() if node is not None}


def synthetic_film_of(film_node: vtk.vtkObject) -> vtk.vtkObject | None:
    """Return the volume of a film with its edited joints; None before the first separation."""
    scene = film_node.GetScene()
    for index in range(scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode")):
        node = scene.GetNthNodeByClass(index, "vtkMRMLScalarVolumeNode")
        is_it = node_attributes.role_of(node) == node_attributes.SYNTHETIC_FILM
        if is_it and node.GetNodeReference(node_attributes.FILM_REFERENCE) is film_node:
            return node
    return None


def layout_description(names: list[str], columns: int) -> str:
    """Return a layout of slice views as XML, row by row."""
    rows = [names[start : start + columns] for start in range(0, len(names), columns)]
    inner = "".join(f"<item>{_row(row)}</item>" for row in rows)
    return f'<layout type="vertical" split="true">{inner}</layout>'


def _row(names: list[str]) -> str:
    items = "".join(f"<item>{_view(name)}</item>" for name in names)
    return f'<layout type="horizontal" split="true">{items}</layout>'


def _view(name: str) -> str:
    tag, label, color = _VIEWS[name]
    return (
        f'<view class="{_SLICE_TYPE}" singletontag="{tag}">'
        f'<property name="orientation" action="default">Axial</property>'
        f'<property name="viewlabel" action="default">{label}</property>'
        f'<property name="viewcolor" action="default">{color}</property>'
        f'<property name="viewgroup" action="default">{VIEW_GROUP}</property>'
        "</view>"
    )


def _show(
    film: Film, joint: SceneJoint | None, layout: int, volumes: dict[str, vtk.vtkObject | None]
) -> None:
    scene = film.node.GetScene()
    _arrange(scene, layout)
    nodes = view_nodes(scene)
    views = {name: nodes[name] for name in volumes if name in nodes}
    geometry = film.geometry
    shown = (joint.line if joint is not None else film.node).GetID()
    place = _place_of_views(views, shown, joint, geometry)
    for name, view in views.items():
        _look_at_film(view, geometry, name, shown, place)
        volume = volumes[name]
        composite = composite_of(view)
        if composite is not None:
            composite.SetLinkedControl(True)
            composite.SetHotLinkedControl(True)
            composite.SetBackgroundVolumeID(volume.GetID() if volume is not None else None)
            composite.SetForegroundVolumeID(None)
            composite.SetLabelVolumeID(None)


def _arrange(scene: vtk.vtkObject, layout: int) -> None:
    """Let Slicer's layout manager make the views; without an application nothing happens."""
    node = register_layouts(scene)
    if node is not None:
        node.SetViewArrangement(layout)


def register_layouts(scene: vtk.vtkObject) -> vtk.vtkObject | None:
    """Make the layouts known, so that a saved scene finds the one it was saved with.

    Returns
    -------
    vtkMRMLLayoutNode
        None without an application.
    """
    node = scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    if node is None:
        return None
    descriptions = {
        SIDE_BY_SIDE_LAYOUT: layout_description([FILM, SYNTHETIC], columns=2),
        LAYERS_LAYOUT: layout_description([FILM, SOFT_TISSUE, UPPER_BONE, LOWER_BONE], columns=2),
    }
    for number, description in descriptions.items():
        if not node.IsLayoutDescription(number):
            node.AddLayoutDescription(number, description)
    return node


def _place_of_views(
    views: dict[str, vtk.vtkObject], shown: str, joint: SceneJoint | None, geometry: FilmGeometry
) -> tuple[NDArray[np.float64], float, float]:
    """Return centre (3,) in RAS, width and height that every view should show."""
    for view in views.values():
        if view.GetAttribute(_SHOWN) == shown:
            matrix = view.GetSliceToRAS()
            centre = np.array([matrix.GetElement(row, 3) for row in range(3)])
            return centre, *_extent_shown(view)
    rows, columns = geometry.shape
    left, top, right, bottom = -0.5, -0.5, columns - 0.5, rows - 0.5
    layers = joint.layers if joint is not None else None
    if layers is not None:
        region = layers.crop.region
        left, top, right, bottom = region.left, region.top, region.right, region.bottom
    row_mm, column_mm = geometry.step_mm
    centre = geometry.to_ras(np.array([(left + right) / 2, (top + bottom) / 2]))
    return centre, (right - left) * column_mm * _FITS_WITH_BORDER, (bottom - top) * row_mm * _FITS_WITH_BORDER


def _extent_shown(view: vtk.vtkObject) -> tuple[float, float]:
    """Width and height that a view is to show: what it was fitted to, unless the user zoomed since."""
    width, height, _depth = view.GetFieldOfView()
    kept = node_attributes.read_json(view, _TO_FIT)
    # Slicer keeps the height in mm of a view that it gives another size.
    if kept is not None and np.isclose(height, kept["shown_height"]):
        return kept["width"], kept["height"]
    return width, height


def _look_at_film(
    view: vtk.vtkObject,
    geometry: FilmGeometry,
    name: str,
    shown: str,
    place: tuple[NDArray[np.float64], float, float],
) -> None:
    centre, width, height = place
    view.SetViewGroup(VIEW_GROUP)
    view.SetLayoutName(_VIEWS[name][0])
    # Left and right of a film are not those of the patient's space.
    view.SetOrientationMarkerType(view.OrientationMarkerTypeNone)
    view.SetSliceResolutionMode(view.SliceResolutionMatch2DView)
    view.GetSliceToRAS().DeepCopy(to_vtk(film_to_view(geometry, centre)))
    _fit(view, width, height)
    view.SetAttribute(_SHOWN, shown)


def _fit(view: vtk.vtkObject, width: float, height: float) -> None:
    columns, rows, _depth = view.GetDimensions()
    mm_per_px = max(width / max(columns, 1), height / max(rows, 1))
    view.SetFieldOfView(mm_per_px * max(columns, 1), mm_per_px * max(rows, 1), view.GetFieldOfView()[2])
    view.UpdateMatrices()
    fitted = {"width": width, "height": height, "size_px": [columns, rows], "shown_height": mm_per_px * rows}
    node_attributes.write_json(view, _TO_FIT, fitted)


def fit_again(scene: vtk.vtkObject) -> None:
    """Fit what was shown last into views whose size has changed since.

    Slicer gives the views of a layout their size only after the layout was chosen, and keeps their height in
    mm: the sides of what they show may then be cut off.
    """
    for view in view_nodes(scene).values():
        kept = node_attributes.read_json(view, _TO_FIT)
        if kept is not None and list(view.GetDimensions()[:2]) != kept["size_px"]:
            _fit(view, kept["width"], kept["height"])


def is_in_view(film: Film) -> bool:
    """Tell whether a view of the present layout shows the film straight on, so that it can be drawn on."""
    scene, geometry = film.node.GetScene(), film.geometry
    normal = np.cross(geometry.x_step, geometry.y_step)
    normal /= np.linalg.norm(normal)
    for index in range(scene.GetNumberOfNodesByClass(_SLICE_TYPE)):
        view = scene.GetNthNodeByClass(index, _SLICE_TYPE)
        composite = composite_of(view)
        if not view.IsMappedInLayout() or composite is None:
            continue
        matrix = view.GetSliceToRAS()
        across = np.array([matrix.GetElement(row, 2) for row in range(3)])
        if composite.GetBackgroundVolumeID() == film.node.GetID() and abs(across @ normal) > _STRAIGHT:
            return True
    return False


def film_to_view(geometry: FilmGeometry, centre: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return SliceToRAS (4, 4) of a view in which the film is seen as it is: rows go down."""
    right = geometry.x_step / np.linalg.norm(geometry.x_step)
    up = -geometry.y_step / np.linalg.norm(geometry.y_step)
    normal = np.cross(right, up)
    # As Slicer's own presets: the normal points to patient right, anterior or superior.
    normal *= 1.0 if normal[np.argmax(np.abs(normal))] > 0 else -1.0
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2], matrix[:3, 3] = right, up, normal, centre
    return matrix


def composite_of(view: vtk.vtkObject) -> vtk.vtkObject | None:
    """Return what a slice view is composed of."""
    scene = view.GetScene()
    for index in range(scene.GetNumberOfNodesByClass("vtkMRMLSliceCompositeNode")):
        composite = scene.GetNthNodeByClass(index, "vtkMRMLSliceCompositeNode")
        if composite.GetLayoutName() == view.GetLayoutName():
            return composite
    return None


def view_title(name: str) -> str:
    """Return what a view shows, for people."""
    return {
        FILM: _("Film"),
        SYNTHETIC: _("Synthetic"),
        SOFT_TISSUE: _("Soft tissue"),
        UPPER_BONE: _("Upper bone"),
        LOWER_BONE: _("Lower bone"),
    }[name]
