"""Drawing a line by two clicks in a view."""

from __future__ import annotations

from collections.abc import Callable

import slicer
import vtk

from .timers import single_shot_timer

_POINTS = 2
_THICKNESS, _GLYPH_SCALE = 0.25, 1.8


class LinePlacing:
    """Waits until the user has clicked both ends of a line.

    Parameters
    ----------
    on_placed
        Called with the line node; whoever takes it owns it.
    on_given_up
        Called when the user left place mode, or the line was removed, before its second point.
    """

    def __init__(self, on_placed: Callable[[vtk.vtkObject], None], on_given_up: Callable[[], None]) -> None:
        self._on_placed, self._on_given_up = on_placed, on_given_up
        self._line: vtk.vtkObject | None = None
        self._observed: list[tuple[vtk.vtkObject, int]] = []
        # Nodes must not be removed, nor modes be changed, from within the events that the clicks fire.
        self._soon = single_shot_timer(self._look)

    @property
    def line(self) -> vtk.vtkObject | None:
        """The line that is being drawn."""
        return self._line

    def start(self, name: str, color: tuple[float, float, float] | None = None) -> None:
        """Make a line and enter place mode; without a colour it looks as Slicer's lines do."""
        self.cancel()
        scene = slicer.mrmlScene
        line = scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", name)
        line.SetSaveWithScene(False)
        line.CreateDefaultDisplayNodes()
        display = line.GetDisplayNode()
        display.SetCurveLineSizeMode(display.UseLineThickness)
        display.SetLineThickness(_THICKNESS)
        display.SetGlyphScale(_GLYPH_SCALE)
        if color is not None:
            # A new line is a selected one.
            display.SetColor(*color)
            display.SetSelectedColor(*color)
        # Slicer's own mm beside the line may be made up.
        display.SetPropertiesLabelVisibility(False)
        self._line = line
        interaction = _interaction_node()
        self._observe(line, slicer.vtkMRMLMarkupsNode.PointPositionDefinedEvent)
        self._observe(scene, slicer.vtkMRMLScene.NodeRemovedEvent)
        if interaction is None:
            return
        self._observe(interaction, slicer.vtkMRMLInteractionNode.InteractionModeChangedEvent)
        selection = scene.GetNodeByID("vtkMRMLSelectionNodeSingleton")
        if selection is not None:
            selection.SetReferenceActivePlaceNodeClassName(line.GetClassName())
            selection.SetActivePlaceNodeID(line.GetID())
        interaction.SetPlaceModePersistence(0)
        interaction.SetCurrentInteractionMode(interaction.Place)

    def cancel(self) -> None:
        """Stop drawing and remove what was begun."""
        line = self._let_go()
        if line is not None and line.GetScene() is not None:
            slicer.mrmlScene.RemoveNode(line)

    def forget(self) -> None:
        """Stop drawing while the scene is being closed: its nodes go by themselves."""
        self._let_go()

    def _let_go(self) -> vtk.vtkObject | None:
        self._soon.stop()
        for target, tag in self._observed:
            target.RemoveObserver(tag)
        self._observed.clear()
        line, self._line = self._line, None
        interaction = _interaction_node()
        if line is not None and interaction is not None and _is_placing(interaction):
            interaction.SetCurrentInteractionMode(interaction.ViewTransform)
        return line

    def _observe(self, target: vtk.vtkObject, event: int) -> None:
        self._observed.append((target, target.AddObserver(event, lambda *_: self._soon.start(0))))

    def _look(self) -> None:
        line = self._line
        if line is None:
            return
        if line.GetScene() is None:
            self._let_go()
            self._on_given_up()
        elif line.GetNumberOfDefinedControlPoints() >= _POINTS:
            line.SetSaveWithScene(True)
            self._let_go()
            self._on_placed(line)
        elif not _is_placing(_interaction_node()):
            self.cancel()
            self._on_given_up()


def _interaction_node() -> vtk.vtkObject | None:
    return slicer.mrmlScene.GetNodeByID("vtkMRMLInteractionNodeSingleton")


def _is_placing(interaction: vtk.vtkObject | None) -> bool:
    return interaction is not None and interaction.GetCurrentInteractionMode() == interaction.Place
