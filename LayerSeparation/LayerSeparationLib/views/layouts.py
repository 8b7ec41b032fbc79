"""The module's layouts: film alone, film | edited, film + layers, two visits; and their views."""

from __future__ import annotations

import vtk

from ..scene import node_attributes
from ..scene.film import Film
from ..translation import tr as _
from .view_place import looks_straight

FILM, EDITED = "film", "edited"
SOFT_TISSUE, UPPER_BONE, LOWER_BONE = (
    node_attributes.SOFT_TISSUE,
    node_attributes.UPPER_BONE,
    node_attributes.LOWER_BONE,
)
LAYERS = (SOFT_TISSUE, UPPER_BONE, LOWER_BONE)
BASELINE, FOLLOW_UP, DIFFERENCE = "baseline", "follow_up", "difference"
VISITS = (BASELINE, FOLLOW_UP, DIFFERENCE)
OWN_VIEWS = (FILM, EDITED, *LAYERS, *VISITS)
FILM_LAYOUT, SIDE_BY_SIDE_LAYOUT, LAYERS_LAYOUT, COMPARISON_LAYOUT = 3780, 3781, 3782, 3783
"""Numbers of the layouts; Slicer's own end below 100, other extensions choose as freely."""
OWN_LAYOUTS = (FILM_LAYOUT, SIDE_BY_SIDE_LAYOUT, LAYERS_LAYOUT, COMPARISON_LAYOUT)
VIEW_GROUP = 3781
"""Group of the module's views; those of the user's other layouts stay where they are."""
_SLICE_TYPE = "vtkMRMLSliceNode"

# name -> (singleton tag, short label, colour of the bar)
_VIEWS = {
    FILM: ("LayerSeparationFilm", "F", "#8C8C8C"),
    EDITED: ("LayerSeparationSynthetic", "E", "#D9A400"),
    SOFT_TISSUE: ("LayerSeparationSoftTissue", "T", "#CC99B3"),
    UPPER_BONE: ("LayerSeparationUpperBone", "U", "#E69F00"),
    LOWER_BONE: ("LayerSeparationLowerBone", "L", "#0072B2"),
    BASELINE: ("LayerSeparationBaseline", "B", "#56B4E9"),
    FOLLOW_UP: ("LayerSeparationFollowUp", "N", "#8C8C8C"),
    DIFFERENCE: ("LayerSeparationDifference", "D", "#FF7A59"),
}


def view_nodes(scene: vtk.vtkObject) -> dict[str, vtk.vtkObject]:
    """Return the slice nodes of the layouts by name, as far as they exist."""
    found = {name: scene.GetSingletonNode(tag, _SLICE_TYPE) for name, (tag, _label, _color) in _VIEWS.items()}
    return {name: node for name, node in found.items() if node is not None}


def synthetic_film_of(film_node: vtk.vtkObject) -> vtk.vtkObject | None:
    """Return the volume of a film with its edited joints; None before the first separation."""
    scene = film_node.GetScene()
    if scene is None:
        return None
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
        FILM_LAYOUT: layout_description([FILM], columns=1),
        SIDE_BY_SIDE_LAYOUT: layout_description([FILM, EDITED], columns=2),
        LAYERS_LAYOUT: layout_description([FILM, *LAYERS], columns=2),
        COMPARISON_LAYOUT: layout_description(list(VISITS), columns=3),
    }
    for number, description in descriptions.items():
        if not node.IsLayoutDescription(number):
            node.AddLayoutDescription(number, description)
    return node


def is_in_view(film: Film) -> bool:
    """Tell whether a view of the present layout shows the film straight on, so that it can be drawn on."""
    scene, geometry = film.node.GetScene(), film.geometry
    # Beside another film, a click may be meant for that one.
    of_visits = [view for name, view in view_nodes(scene).items() if name in VISITS]
    for index in range(scene.GetNumberOfNodesByClass(_SLICE_TYPE)):
        view = scene.GetNthNodeByClass(index, _SLICE_TYPE)
        composite = composite_of(view)
        if not view.IsMappedInLayout() or composite is None or view in of_visits:
            continue
        if composite.GetBackgroundVolumeID() == film.node.GetID() and looks_straight(view, geometry):
            return True
    return False


def composite_of(view: vtk.vtkObject) -> vtk.vtkObject | None:
    """Return what a slice view is composed of."""
    scene = view.GetScene()
    for index in range(scene.GetNumberOfNodesByClass("vtkMRMLSliceCompositeNode")):
        composite = scene.GetNthNodeByClass(index, "vtkMRMLSliceCompositeNode")
        if composite.GetLayoutName() == view.GetLayoutName():
            return composite
    return None


def set_up_view(view: vtk.vtkObject) -> None:
    """Make a view one of the module's: its group, no orientation marker, not filled by other modules."""
    view.SetViewGroup(VIEW_GROUP)
    # Left and right of a film are not those of the patient's space.
    view.SetOrientationMarkerType(view.OrientationMarkerTypeNone)
    view.SetSliceResolutionMode(view.SliceResolutionMatch2DView)
    composite = composite_of(view)
    if composite is not None:
        # Linked by Slicer, each view would take over what another one shows, and mm, not magnification.
        composite.SetLinkedControl(False)
        composite.SetDoPropagateVolumeSelection(False)


def view_title(name: str) -> str:
    """Return what a view shows, for people."""
    return {
        FILM: _("Film"),
        EDITED: _("Edited"),
        SOFT_TISSUE: _("Soft tissue"),
        UPPER_BONE: _("Upper bone"),
        LOWER_BONE: _("Lower bone"),
        BASELINE: _("Earlier"),
        FOLLOW_UP: _("Now"),
        DIFFERENCE: _("Difference"),
    }[name]
