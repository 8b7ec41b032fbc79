"""The word SYNTHETIC on every slice view that shows an edited image."""

from __future__ import annotations

import slicer
import vtk

from ..scene import node_attributes
from ..translation import tr as _
from .layouts import composite_of


def mark_synthetic_views(film_is_edited: bool) -> None:
    """Write the mark on the views that show something edited, and take it off the others.

    Parameters
    ----------
    film_is_edited
        Whether any joint of the film is edited; without that the synthetic film is the film itself.
    """
    manager = slicer.app.layoutManager() if hasattr(slicer.app, "layoutManager") else None
    if manager is None:
        return
    for name in manager.sliceViewNames():
        widget = manager.sliceWidget(name)
        if not hasattr(widget, "sliceView"):
            continue
        shown = _shows_edit(widget.mrmlSliceNode(), film_is_edited)
        annotation = widget.sliceView().cornerAnnotation()
        # The corners belong to Slicer's own annotations; the middle of the upper edge is free.
        annotation.SetText(vtk.vtkCornerAnnotation.UpperEdge, _("SYNTHETIC") if shown else "")
        widget.sliceView().scheduleRender()


def _shows_edit(view: vtk.vtkObject, film_is_edited: bool) -> bool:
    composite = composite_of(view)
    if composite is None:
        return False
    ids = (composite.GetBackgroundVolumeID(), composite.GetForegroundVolumeID())
    volumes = [slicer.mrmlScene.GetNodeByID(identifier) for identifier in ids if identifier]
    return any(
        volume is not None
        and volume.GetAttribute("LayerSeparation.synthetic") == "true"
        and (film_is_edited or node_attributes.role_of(volume) != node_attributes.SYNTHETIC_FILM)
        for volume in volumes
    )
