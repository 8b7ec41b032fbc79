"""The section Radiograph: which film, its pixel spacing, calibration, polarity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray

from ..errors import LayerSeparationError
from ..scene import films_in
from ..scene.film_loading import open_film
from ..translation import tr as _
from .elision import elided
from .film_dialog import ask_for_film
from .line_placing import LinePlacing
from .plain_text import as_plain
from .session import Session
from .user_errors import show_errors

_COLOR = (1.0, 0.85, 0.0)
"""Of the known length: yellow stands out on a bright and on a dark film, for everybody."""


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
    before_drawing
        Called before a known length is drawn: the film has to be in view, straight on.
    on_change
        Called when a known length begins or ends to be drawn.
    say
        Shows a text to the user, or with '' takes it away.
    """

    def __init__(
        self,
        ui: Any,
        session: Session,
        on_chosen: Callable[[vtk.vtkObject | None], None],
        before_drawing: Callable[[], None],
        on_change: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self.ui, self._session = ui, session
        self._on_chosen, self._before_drawing, self._on_change = on_chosen, before_drawing, on_change
        self._say = say
        self._is_filling = False
        self._node_ids: list[str | None] = []
        self._watched: dict[vtk.vtkObject, int] = {}
        self._calibration_line: vtk.vtkObject | None = None
        self._line_tag = 0
        self._placing = LinePlacing(self._take_line, self.cancel)
        self._show_rows()
        # A section that unfolds shows all that it holds.
        self.ui.filmSection.connect("contentsCollapsed(bool)", lambda _folded: self._show_rows())
        self.ui.openFilmButton.connect("clicked(bool)", self._open_film)
        self.ui.calibrationSpinBox.connect("valueChanged(double)", lambda _value: self._show_rows())
        self.ui.filmComboBox.connect("currentIndexChanged(int)", self._choose)
        self.ui.calibrateButton.connect("clicked(bool)", self._toggle_calibration)
        self.ui.clearCalibrationButton.connect("clicked(bool)", self._clear_calibration)
        self.ui.calibrationApplyButton.connect("clicked(bool)", self._apply_calibration)
        self.ui.invertCheckBox.connect("toggled(bool)", self._invert)

    @property
    def calibrating(self) -> bool:
        """Whether a known length is being drawn or typed."""
        return self._placing.line is not None or self._calibration_line is not None

    def drawing_hint(self, is_drawing: bool) -> str:
        """Return what comes next while a line is drawn or measured; '' otherwise."""
        if self._calibration_line is not None:
            return _("Type its length in mm, then Apply")
        return _("Two clicks on the film; Esc stops") if is_drawing else ""

    def fill(self) -> None:
        """List the scene's films and show the one in work."""
        if self._calibration_line is not None and self._calibration_line.GetScene() is None:
            self.cancel()
        films = films_in(slicer.mrmlScene) if slicer.mrmlScene else []
        current = self._session.film_node
        if current is not None and current.GetScene() is not None and current not in films:
            films.insert(0, current)
        node_ids: list[str | None] = [node.GetID() for node in films]
        names = [node.GetName() for node in films]
        self._watch(films)
        if not films:
            node_ids, names = [None], [_("no radiograph in the scene")]
        elif current is None:
            node_ids, names = [None, *node_ids], [_("choose a radiograph"), *names]
        is_old = current is not None and current.GetID() in self._node_ids
        if is_old and not set(node_ids) <= set(self._node_ids):
            self._say(_("Another radiograph was loaded: choose it under Radiograph"))
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

    def say(self, text: str) -> None:
        """Show a text in place of what the section said before, or with '' take that away."""
        self._say(text)

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
        self.ui.spacingLabel.toolTip = as_plain(tip or text)
        self.ui.calibrateButton.checked = self.calibrating
        self.ui.calibrateButton.text = _("Stop") if self.calibrating else _("Calibrate...")
        self._show_rows()
        self.ui.filmSection.text = self._title()
        self._is_filling = True
        self.ui.invertCheckBox.checked = film is not None and film.invert_polarity
        self._is_filling = False

    def close(self, scene_closes: bool = False) -> None:
        """Stop a calibration."""
        if scene_closes:
            self._placing.forget()
            self._let_go_of_line()
            self._show_rows()
        else:
            self.cancel()

    def stop_watching(self) -> None:
        """Let go of the films: their new names are no longer followed."""
        self._watch([])

    def cancel(self) -> None:
        """Stop a calibration and remove its line."""
        if not self.calibrating and not self.ui.calibrationRow.visible:
            return
        self._placing.cancel()
        line = self._let_go_of_line()
        if line is not None and line.GetScene() is not None:
            slicer.mrmlScene.RemoveNode(line)
        self._show_rows()
        self._on_change()

    def start_calibration(self) -> None:
        """Let the user draw a known length."""
        self.cancel()
        self._before_drawing()
        self._placing.start(_("Known length"), _COLOR)
        self._show_rows()
        self._on_change()

    def _watch(self, films: list[vtk.vtkObject]) -> None:
        """Follow the names of the films that are listed."""
        for node in [node for node in self._watched if node not in films]:
            node.RemoveObserver(self._watched.pop(node))
        for node in films:
            if node not in self._watched:
                event = vtk.vtkCommand.ModifiedEvent
                self._watched[node] = node.AddObserver(event, self._follow_name)

    def _follow_name(self, node: vtk.vtkObject, _event: str) -> None:
        node_id, box = node.GetID(), self.ui.filmComboBox
        if node_id in self._node_ids and box.itemText(self._node_ids.index(node_id)) != node.GetName():
            self.fill()

    def _choose(self, index: int) -> None:
        if not self._is_filling and 0 <= index < len(self._node_ids):
            node_id = self._node_ids[index]
            self._on_chosen(slicer.mrmlScene.GetNodeByID(node_id) if node_id else None)

    def _open_film(self, _checked: bool = False) -> None:
        path = ask_for_film(_("Open a radiograph"))
        if path:
            with show_errors():
                self._on_chosen(open_film(path))

    def _toggle_calibration(self, _checked: bool = False) -> None:
        if self.calibrating:
            self.cancel()
        else:
            self.start_calibration()

    def _take_line(self, line: vtk.vtkObject) -> None:
        self._calibration_line = line
        # The ends can still be dragged.
        event = slicer.vtkMRMLMarkupsNode.PointModifiedEvent
        self._line_tag = line.AddObserver(event, lambda *_: self._show_rows())
        self._show_rows()
        self.ui.calibrationSpinBox.setFocus()
        self._on_change()

    def _let_go_of_line(self) -> vtk.vtkObject | None:
        line, self._calibration_line = self._calibration_line, None
        if line is not None:
            line.RemoveObserver(self._line_tag)
        return line

    def _apply_calibration(self, _checked: bool = False) -> None:
        film, length_px = self._session.film, self._length_px()
        with show_errors():
            if film is not None and self._calibration_line is not None:
                film.calibrate(length_px, self.ui.calibrationSpinBox.value)
                self.cancel()

    def _clear_calibration(self, _checked: bool = False) -> None:
        self.cancel()
        if self._session.film is not None:
            self._session.film.clear_calibration()

    def _show_rows(self) -> None:
        """Show what is to be done next of a calibration."""
        ui, length_px = self.ui, self._length_px()
        ui.calibrationRow.visible = self.calibrating and not ui.filmSection.collapsed
        film = self._session.film
        is_calibrated = film is not None and film.is_calibrated
        ui.clearCalibrationButton.visible = is_calibrated and not ui.filmSection.collapsed
        is_on_film = self._is_line_on_film()
        ui.calibrationSpinBox.enabled = length_px > 0
        ui.calibrationApplyButton.enabled = is_on_film and length_px > 0 and ui.calibrationSpinBox.value > 0
        if length_px > 0 and not is_on_film:
            text = _("The line leaves the film: drag both ends onto it")
        elif length_px > 0:
            text = _("Its true length, of {length:.0f} pixels, is").format(length=length_px)
        else:
            text = _("Click both ends of a known length on the film")
        ui.calibrationLabel.text = text

    def _title(self) -> str:
        """Return what the section is called: folded, it says what it holds."""
        film = self._session.film
        if film is None:
            return _("Radiograph")
        try:
            mm = film.spacing.mm
        except LayerSeparationError:
            mm = None
        spacing = _("{mm:.3f} mm/px").format(mm=mm[0]) if mm is not None else _("no pixel spacing")
        name = elided(self.ui.filmSection, film.name)
        return _("Radiograph: {name}, {spacing}").format(name=name, spacing=spacing)

    def _length_px(self) -> float:
        film, ends_px = self._session.film, self._ends_px()
        return film.length_px(ends_px) if film is not None and ends_px is not None else 0.0

    def _ends_px(self) -> NDArray[np.float64] | None:
        film, line = self._session.film, self._calibration_line
        if film is None or line is None:
            return None
        ends = np.array([line.GetNthControlPointPositionWorld(index) for index in range(2)])
        return film.to_px(ends)

    def _is_line_on_film(self) -> bool:
        film, ends_px = self._session.film, self._ends_px()
        if film is None or ends_px is None:
            return False
        # The edge of a pixel is half a pixel from its middle.
        last = np.array(film.geometry.shape[::-1]) - 0.5
        return bool(np.all((ends_px >= -0.5) & (ends_px <= last)))

    def _invert(self, checked: bool) -> None:
        film = self._session.film
        if film is not None and not self._is_filling:
            film.invert_polarity = checked
