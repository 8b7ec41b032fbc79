"""The section Show: which pictures are in view, and what is drawn over them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import qt
import slicer
import vtk

from ..scene import JointStatus, SceneJoint
from ..scene.joint_segmentation import SOFT_TISSUE
from ..scene.sweep_sequences import IMAGE_SHOWN, SEGMENTATION_SHOWN
from ..synthesis import GapEdit
from ..views.joint_overlay import JointOverlay
from ..views.layouts import (
    FILM,
    LOWER_BONE,
    SYNTHETIC,
    UPPER_BONE,
    composite_of,
    fit_again,
    is_in_view,
    show_layers,
    show_side_by_side,
    view_nodes,
)
from ..views.layouts import SOFT_TISSUE as SOFT_TISSUE_VIEW
from ..views.synthetic_mark import mark_synthetic_views
from ..views.view_choice import show_outside
from .session import Session
from .user_errors import show_errors

_LAYOUT_SETTLES_MS = 100


class ViewSection:
    """Lays out the views; outlines, margins and handles are those of the selected joint.

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
        self._is_sweep_shown = False
        self._was_result_shown = False
        self.ui.sideBySideButton.connect("clicked(bool)", self.show_side_by_side)
        self.ui.layersButton.connect("clicked(bool)", self.show_layers)
        for box in (self.ui.outlinesCheckBox, self.ui.marginsCheckBox, self.ui.handlesCheckBox):
            box.connect("toggled(bool)", self.show_overlays)
        self._settled = qt.QTimer()
        self._settled.setSingleShot(True)
        self._settled.setInterval(_LAYOUT_SETTLES_MS)
        self._settled.connect("timeout()", lambda: fit_again(slicer.mrmlScene))

    def close(self) -> None:
        """Look at the views no more."""
        self._settled.stop()
        self._close_overlay()

    def expect_result(self) -> None:
        """Show the next result by itself: another film is in work."""
        self._was_result_shown = False

    def show_result(self) -> None:
        """Show the film and the edited film once there is one; later the user's own choice stays."""
        if not self._was_result_shown and self._session.joint is not None:
            self._was_result_shown = True
            self.show_side_by_side()
        self.show_overlays()

    def show_side_by_side(self, _checked: bool = False) -> None:
        """Show the film and the edited film."""
        session = self._session
        if session.film is not None:
            with show_errors():
                show_side_by_side(session.film, session.joint)
                self._settled.start()
                self._show_overlays()

    def show_film(self) -> None:
        """Show the film straight on, for clicks into it; the user's own layout will do if it is."""
        film = self._session.film
        with show_errors():
            if film is not None and not (view_nodes(slicer.mrmlScene) and is_in_view(film)):
                self.show_side_by_side()

    def show_layers(self, _checked: bool = False) -> None:
        """Show the film and the three layers of the selected joint."""
        joint = self._session.joint
        if joint is not None and joint.layers is not None:
            with show_errors():
                show_layers(joint)
                self._settled.start()
            self._mark_synthetic()

    def show_overlays(self, _checked: bool = False) -> None:
        """Show what is ticked for the selected joint, and nothing for the others."""
        with show_errors():
            self._show_overlays()

    def _show_overlays(self) -> None:
        session, self._is_sweep_shown = self._session, False
        if session.film_problem:
            return
        for joint in session.all_joints:
            self._show_joint(joint)
        overlay = self._overlay_of_film()
        if overlay is not None:
            overlay.set_parts(
                outlines=self.ui.outlinesCheckBox.checked,
                margins=self.ui.marginsCheckBox.checked,
                handles=self.ui.handlesCheckBox.checked,
            )
            overlay.hold_film(session.joint is not None and session.joint.film_is_shown)
            overlay.show(session.joint)
        self._mark_synthetic()

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

    def leave_sweep(self) -> None:
        """Return from a frame of a sweep to the edit."""
        if self._is_sweep_shown:
            self.show_side_by_side()

    def follow_edit(self, joint: SceneJoint) -> None:
        """Bring what is drawn over the views to the edit."""
        overlay = self._overlay_of_film()
        if overlay is not None:
            overlay.hold_film(joint.film_is_shown)
            overlay.follow_edit(joint, joint.is_edit_finished)
        self._mark_synthetic()

    def show_frame(self, joint: SceneJoint) -> None:
        """Show the current frame of a joint's sweep where the edited film was, with its own outlines."""
        image, segmentation = joint.references.find(IMAGE_SHOWN), joint.references.find(SEGMENTATION_SHOWN)
        view = view_nodes(slicer.mrmlScene).get(SYNTHETIC)
        composite = composite_of(view) if view is not None else None
        if composite is not None and image is not None:
            composite.SetBackgroundVolumeID(image.GetID())
        self._is_sweep_shown = True
        overlay = self._overlay_of_film()
        if overlay is not None:
            overlay.hold_film(True)
        self._show_frame_outlines(segmentation, self.ui.outlinesCheckBox.checked)
        self._mark_synthetic()

    def _mark_synthetic(self) -> None:
        edited = JointStatus.EDITED
        mark_synthetic_views(any(joint.status is edited for joint in self._session.all_joints))

    def _show_frame_outlines(self, segmentation: vtk.vtkObject | None, visible: bool) -> None:
        display = segmentation.GetDisplayNode() if segmentation is not None else None
        if display is not None:
            display.SetVisibility2DFill(False)
            display.SetSegmentVisibility(SOFT_TISSUE, False)
            display.SetVisibility(visible)
            show_outside(display, (FILM,))

    def _show_joint(self, joint: SceneJoint) -> None:
        if joint.line.GetDisplayNode() is not None:
            # Over the edited film it would lie across the joint space that is read there.
            show_outside(joint.line.GetDisplayNode(), (SYNTHETIC, SOFT_TISSUE_VIEW, UPPER_BONE, LOWER_BONE))
        self._show_frame_outlines(joint.references.find(SEGMENTATION_SHOWN), False)
