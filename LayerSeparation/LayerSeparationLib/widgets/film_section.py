"""The section Radiograph: which film, its pixel spacing, calibration, polarity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import slicer
import vtk

from ..errors import InputError, LayerSeparationError
from ..scene import films_in
from ..translation import tr as _
from .line_placing import LinePlacing
from .session import Session
from .user_errors import show_errors


class FilmSection:
    """Chooses the film and says how large its pixels are.

    Parameters
    ----------
    ui
        Holds the section's widgets as attributes.
    session
        Has the film in work.
    on_chosen
        Called with the volume node of the film that the user chose, or None.
    on_change
        Called when a known length begins or ends to be drawn.
    """

    def __init__(
        self,
        ui: Any,
        session: Session,
        on_chosen: Callable[[vtk.vtkObject | None], None],
        on_change: Callable[[], None],
    ) -> None:
        self.ui, self._session = ui, session
        self._on_chosen, self._on_change = on_chosen, on_change
        self._is_filling = False
        self._node_ids: list[str | None] = []
        self._calibration_line: vtk.vtkObject | None = None
        self._placing = LinePlacing(self._take_line, self._stop_calibration)
        self.ui.calibrationRow.visible = False
        self.ui.filmComboBox.connect("currentIndexChanged(int)", self._choose)
        self.ui.calibrateButton.connect("clicked(bool)", self._toggle_calibration)
        self.ui.calibrationApplyButton.connect("clicked(bool)", self._apply_calibration)
        self.ui.invertCheckBox.connect("toggled(bool)", self._invert)

    @property
    def calibrating(self) -> bool:
        """Whether a known length is being drawn or typed."""
        return self._placing.line is not None or self._calibration_line is not None

    def fill(self) -> None:
        """List the scene's films and show the one in work."""
        films = films_in(slicer.mrmlScene) if slicer.mrmlScene else []
        current = self._session.film_node
        if current is not None and current.GetScene() is not None and current not in films:
            films.insert(0, current)
        node_ids: list[str | None] = [node.GetID() for node in films]
        names = [node.GetName() for node in films]
        if not films:
            node_ids, names = [None], [_("no radiograph in the scene")]
        elif current is None:
            node_ids, names = [None, *node_ids], [_("choose a radiograph"), *names]
        box = self.ui.filmComboBox
        self._is_filling = True
        try:
            if node_ids != self._node_ids or names != [box.itemText(i) for i in range(box.count)]:
                self._node_ids = node_ids
                box.clear()
                for name in names:
                    box.addItem(name)
            box.setCurrentIndex(node_ids.index(current.GetID()) if current is not None else 0)
        finally:
            self._is_filling = False

    def refresh(self) -> None:
        """Show spacing and polarity of the film in work."""
        film = self._session.film
        text, tip = _("no film chosen"), ""
        if film is not None:
            try:
                text = film.spacing_text
                if not film.spacing.known:
                    tip = _("The file has no pixel spacing: draw a known length to get results in mm")
            except LayerSeparationError as error:
                text, tip = _("not known"), str(error)
        self.ui.spacingLabel.text = text
        self.ui.spacingLabel.toolTip = tip or text
        self.ui.calibrateButton.checked = self.calibrating
        self._is_filling = True
        self.ui.invertCheckBox.checked = film is not None and film.invert_polarity
        self._is_filling = False

    def close(self, scene_closes: bool = False) -> None:
        """Stop a calibration."""
        if scene_closes:
            self._placing.forget()
            self._calibration_line = None
            self.ui.calibrationRow.visible = False
        else:
            self._stop_calibration()

    def _choose(self, index: int) -> None:
        if not self._is_filling and 0 <= index < len(self._node_ids):
            node_id = self._node_ids[index]
            self._on_chosen(slicer.mrmlScene.GetNodeByID(node_id) if node_id else None)

    def _toggle_calibration(self, _checked: bool = False) -> None:
        if self.calibrating:
            self._stop_calibration()
            return
        self.ui.calibrationRow.visible = True
        self.ui.calibrationLabel.text = _("Click both ends of a known length on the film")
        self.ui.calibrationSpinBox.enabled = self.ui.calibrationApplyButton.enabled = False
        self._placing.start(_("Known length"))
        self._on_change()

    def _take_line(self, line: vtk.vtkObject) -> None:
        self._calibration_line = line
        self.ui.calibrationLabel.text = _("Its true length, of {length:.0f} pixels, is").format(
            length=self._length_px()
        )
        self.ui.calibrationSpinBox.enabled = self.ui.calibrationApplyButton.enabled = True
        self._on_change()

    def _apply_calibration(self, _checked: bool = False) -> None:
        film = self._session.film
        with show_errors():
            if film is None or self._calibration_line is None:
                return
            if self._calibration_line.GetScene() is None:
                self._stop_calibration()
                raise InputError(_("The line was removed. Press Calibrate and draw it again."))
            film.calibrate(self._length_px(), self.ui.calibrationSpinBox.value)
            self._stop_calibration()

    def _stop_calibration(self) -> None:
        self._placing.cancel()
        line, self._calibration_line = self._calibration_line, None
        if line is not None and line.GetScene() is not None:
            slicer.mrmlScene.RemoveNode(line)
        self.ui.calibrationRow.visible = False
        self._on_change()

    def _length_px(self) -> float:
        film, line = self._session.film, self._calibration_line
        if film is None or line is None:
            return 0.0
        ends = np.array([line.GetNthControlPointPositionWorld(index) for index in range(2)])
        return float(np.linalg.norm(np.diff(film.to_px(ends), axis=0)))

    def _invert(self, checked: bool) -> None:
        film = self._session.film
        if film is not None and not self._is_filling:
            film.invert_polarity = checked


def find_likely_film() -> vtk.vtkObject | None:
    """Return the film that the user most likely wants: the one in view, else the newest; None without any."""
    films = films_in(slicer.mrmlScene) if slicer.mrmlScene else []
    composites = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
    shown = [node.GetBackgroundVolumeID() for node in composites]
    return next((node for node in reversed(films) if node.GetID() in shown), films[-1] if films else None)
