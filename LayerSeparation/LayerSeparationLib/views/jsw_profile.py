"""The JSW profile of a joint as a plot: the film, and the edit."""

from __future__ import annotations

import numpy as np
import vtk
from numpy.typing import NDArray
from vtk.util import numpy_support

from ..measurement import JointSpaceWidth
from ..translation import tr as _
from .overlay_nodes import OverlayNodes

PROFILE, PROFILE_CHART = "jsw_profile", "jsw_profile_chart"
PROFILE_FILM, PROFILE_EDITED = "jsw_profile_film", "jsw_profile_edited"
_POSITION, _FILM, _EDITED = "position", "film", "edited"
_FILM_COLOR, _EDITED_COLOR = (0.45, 0.45, 0.45), (0.85, 0.33, 0.1)


def draw_profile(nodes: OverlayNodes, name: str, before: JointSpaceWidth, after: JointSpaceWidth) -> None:
    """Draw both profiles over the position across the joint, in the JSW's unit."""
    table, _made = nodes.find_or_make(PROFILE, "vtkMRMLTableNode", _("JSW profile"))
    position, film, edited = _columns(before, after)
    data = vtk.vtkTable()
    for column_name, values in ((_POSITION, position), (_FILM, film), (_EDITED, edited)):
        column = numpy_support.numpy_to_vtk(values, deep=True, array_type=vtk.VTK_DOUBLE)
        column.SetName(column_name)
        data.AddColumn(column)
    table.SetAndObserveTable(data)
    table.SetColumnUnitLabel(_POSITION, before.unit)
    table.SetColumnUnitLabel(_FILM, before.unit)
    table.SetColumnUnitLabel(_EDITED, before.unit)
    chart, _made = nodes.find_or_make(PROFILE_CHART, "vtkMRMLPlotChartNode", _("JSW profile"), hidden=False)
    for role, column_name, title, color in (
        (PROFILE_FILM, _FILM, _("film"), _FILM_COLOR),
        (PROFILE_EDITED, _EDITED, _("edited"), _EDITED_COLOR),
    ):
        series, new = nodes.find_or_make(role, "vtkMRMLPlotSeriesNode", title)
        series.SetAndObserveTableNodeID(table.GetID())
        series.SetXColumnName(_POSITION)
        series.SetYColumnName(column_name)
        if new:
            series.SetPlotType(series.PlotTypeScatter)
            series.SetMarkerStyle(series.MarkerStyleNone)
            series.SetColor(*color)
        if not chart.HasPlotSeriesNodeID(series.GetID()):
            chart.AddAndObservePlotSeriesNodeID(series.GetID())
    chart.SetTitle(_("{joint}: joint space width").format(joint=name))
    chart.SetXAxisTitle(_("across the joint ({unit})").format(unit=before.unit))
    chart.SetYAxisTitle(_("JSW ({unit})").format(unit=before.unit))


def _columns(
    before: JointSpaceWidth, after: JointSpaceWidth
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the positions of both profiles, and each profile on them, NaN beyond its ends."""
    position = before.position if before.position.size else after.position
    profiles = []
    for jsw in (before, after):
        if jsw.position.size:
            profiles.append(np.interp(position, jsw.position, jsw.profile, left=np.nan, right=np.nan))
        else:
            profiles.append(np.full(position.shape, np.nan))
    return position, profiles[0], profiles[1]
