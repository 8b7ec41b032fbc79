"""The section Show: which pictures are in view, and what is drawn over them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import slicer

from ..scene import JointEvent, SceneJoint
from ..scene.joint_lines import lines_of_other_films
from ..scene.provenance import read_provenance
from ..scene.sweep_sequences import IMAGE_SHOWN
from ..synthesis import GapEdit
from ..views.film_views import FilmViews
from ..views.joint_overlay import JointOverlay
from ..views.layout_choice import LayoutChoice
from ..views.layouts import (
    EDITED,
    FILM_LAYOUT,
    LAYERS,
    LAYERS_LAYOUT,
    OWN_VIEWS,
    SIDE_BY_SIDE_LAYOUT,
    VISITS,
    is_in_view,
    view_nodes,
)
from ..views.synthetic_mark import SyntheticMarks
from ..views.view_choice import show_outside
from .session import Session
from .user_errors import show_errors


class ViewSection:
    """Passes on to the views what the user wants to see, and what became of film and joints.

    Parameters
    ----------
    ui
        Holds the section's widgets as attributes.
    session
        Has the film, its joints, and the selected one.
    wanted
        Called with the edit that the user asks for by a handle in the view.
    """

    def __init__(self, ui: Any, session: Session, wanted: Callable[[GapEdit], None]) -> None:
        self.ui, self._session, self._wanted = ui, session, wanted
        self.overlay: JointOverlay | None = None
        self._marks = SyntheticMarks(slicer.mrmlScene)
        self._buttons = {
            FILM_LAYOUT: ui.filmButton,
            SIDE_BY_SIDE_LAYOUT: ui.sideBySideButton,
            LAYERS_LAYOUT: ui.layersButton,
        }
        self._views = FilmViews(slicer.mrmlScene, self._show_layout)
        for button, show in (
            (ui.filmButton, self.show_film_alone),
            (ui.sideBySideButton, self.show_side_by_side),
            (ui.layersButton, self.show_layers),
            (ui.wholeFilmButton, self.show_whole_film),
        ):
            button.connect("clicked(bool)", show)
        for box in (ui.outlinesCheckBox, ui.marginsCheckBox, ui.handlesCheckBox, ui.jointsCheckBox):
            box.connect("toggled(bool)", self.show_overlays)

    @property
    def layouts(self) -> LayoutChoice:
        """Which layout is on; whoever has another of the module's layouts asks here for it."""
        return self._views.layouts

    def enter(self) -> None:
        """Show the layout that was left, as the module comes into view."""
        self._do(self._views.layouts.enter)

    def leave(self) -> None:
        """Give the user's layout back, as the module goes out of view."""
        self._do(self._views.layouts.leave)

    def close(self) -> None:
        """Look at the views no more."""
        self._close_overlay()
        self._views.close()
        self._marks.close()

    def open_film(self) -> None:
        """Show another film, alone and large; the next result is shown by itself."""
        self._do(lambda: self._views.open_film(self._session.film, self._session.joint))

    def offer_result(self) -> None:
        """Show the edited film beside the film, unless the user chose another layout meanwhile."""
        self._do(self._views.offer_result)

    def show_film_alone(self, _checked: bool = False) -> None:
        """Show the film alone."""
        self._show(self._views.show_film)

    def show_side_by_side(self, _checked: bool = False) -> None:
        """Show the film and the edited film."""
        self._show(self._views.show_side_by_side)

    def show_layers(self, _checked: bool = False) -> None:
        """Show the film and the three layers of the selected joint; once more: the film's, and back."""
        joint = self._session.joint
        if joint is not None and joint.layers is not None:
            self._show(self._views.show_layers)

    def show_whole_film(self, _checked: bool = False) -> None:
        """Show all of the film, and the joint again where the whole film is shown already."""
        self._show(self._views.show_whole_film)

    def show_film(self) -> None:
        """Show the film straight on, for clicks into it; the user's own layout will do if it is."""
        film = self._session.film
        with show_errors():
            if film is not None and not (view_nodes(slicer.mrmlScene) and is_in_view(film)):
                self._views.show_film()

    def show_overlays(self, _checked: bool = False) -> None:
        """Show what is ticked for the selected joint, and nothing for the others."""
        self._do(self._show_overlays)

    def follow_edit(self, joint: SceneJoint, event: JointEvent) -> None:
        """Bring views, and what is drawn over them, to an edit, or to the film that is held in its place."""
        overlay, is_layout_left = self._overlay_of_film(), False
        if joint is self._session.joint:
            is_layout_left = self._views.follow_edit(joint, event)
            self._hide_edit()
        if overlay is not None:
            overlay.follow_edit(joint, joint.is_edit_finished)
        self._views.set_right()
        if is_layout_left:
            self.show_overlays()

    def show_frame(self, joint: SceneJoint) -> None:
        """Show the current frame of a joint's sweep where the edited film was, with its own outlines."""
        image = joint.references.find(IMAGE_SHOWN)
        if image is not None:
            self._views.show_frame(image)
            self._hide_edit()

    def _show(self, show: Callable[[], None]) -> None:
        if self._session.film is not None:
            self._do(show)
            self.show_overlays()
        self._show_layout()

    def _show_layout(self) -> None:
        """Show by the buttons which of the layouts is on."""
        for layout, button in self._buttons.items():
            button.checked = layout == self._views.layouts.shown

    @staticmethod
    def _do(act: Callable[[], None]) -> None:
        with show_errors():
            act()

    # What is drawn over the views.

    def _show_overlays(self) -> None:
        session = self._session
        if session.film_problem:
            return
        self._views.choose_joint(session.joint)
        self._views.hold_film(session.joint is not None and session.joint.film_is_shown)
        for joint in session.all_joints:
            if joint.line.GetDisplayNode() is not None:
                # Over the edited film it would lie across the joint space that is read there, over another
                # film nowhere in particular.
                show_outside(joint.line.GetDisplayNode(), (EDITED, *LAYERS, *VISITS))
        for line in lines_of_other_films(session.film) if session.film is not None else ():
            if line.GetDisplayNode() is not None:
                show_outside(line.GetDisplayNode(), OWN_VIEWS)
        overlay = self._overlay_of_film()
        if overlay is not None:
            overlay.set_parts(
                outlines=self.ui.outlinesCheckBox.checked,
                margins=self.ui.marginsCheckBox.checked,
                handles=self.ui.handlesCheckBox.checked,
                joints=self.ui.jointsCheckBox.checked,
            )
            overlay.show(session.joint)
        self._hide_edit()

    def _hide_edit(self) -> None:
        """Hide what belongs to the edit while something else is shown in its place."""
        overlay, joint = self.overlay, self._session.joint
        if overlay is None:
            return
        is_frame_seen = self._views.is_frame_shown and not self._views.is_film_held
        frame = joint.references.find(IMAGE_SHOWN) if joint is not None and is_frame_seen else None
        shown = read_provenance(frame) if frame is not None else None
        overlay.show_frame(shown.edit if shown is not None else None)
        overlay.hold_film(not self._views.is_edit_shown and frame is None)

    def _overlay_of_film(self) -> JointOverlay | None:
        """Return the overlay of the film in work; that of another film is removed."""
        film = self._session.film
        if self.overlay is not None and self.overlay.film is not film:
            self._close_overlay()
        if self.overlay is None and film is not None:
            self.overlay = JointOverlay(film, self._wanted)
        return self.overlay

    def _close_overlay(self) -> None:
        if self.overlay is not None:
            self.overlay.close()
            self.overlay = None
