"""What shows the selected joint of a film over its views: made once, and moved from joint to joint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import vtk
from numpy.typing import NDArray

from ..errors import InputError
from ..joints import CANONICAL_SIZE_PX, JointCrop
from ..joints.affine import map_points
from ..measurement import JointSpaceWidth, Quality, jsw_of_margins
from ..scene import Film, SceneJoint
from ..scene.joint_lines import SELECTED_COLOR, color_lines
from ..synthesis import BoneMotion, GapEdit, SyntheticJoint
from ..translation import tr as _
from .bone_curves import BoneCurves, smooth_margins
from .handle_transforms import HandleTransforms
from .joint_curves import gap_box, jsw_bar, square, within
from .jsw_label import JswLabel, jsw_text
from .jsw_profile import draw_profile
from .layouts import FILM, SOFT_TISSUE, VISITS
from .line_model import LineModel, dashed
from .out_of_the_way import OutOfTheWay
from .overlay_nodes import OverlayNodes
from .view_choice import views_outside

BOX, BAR = "box", "jsw_bar"
UPPER_OUTLINE, LOWER_OUTLINE = "upper_outline", "lower_outline"
UPPER_MARGIN, LOWER_MARGIN = "upper_margin", "lower_margin"
# Of Okabe and Ito's colours those that stay apart for every common kind of colour blindness.
_ORANGE, _SKY_BLUE, _WHITE = (0.902, 0.624, 0.0), (0.337, 0.706, 0.914), (1.0, 1.0, 1.0)
_MARGIN_WIDTH_PX = 2
_DASH_PX = 5.0
"""Length of a dash, 0.4 mm, in canonical pixels."""


@dataclass(frozen=True)
class OverlayParts:
    """What the user wants to see of the selected joint."""

    outlines: bool = True
    """Outlines of both bones."""
    margins: bool = True
    """Articular margins and joint space width."""
    handles: bool = False
    """Handles that drag and turn the bones."""
    joints: bool = False
    """The joint's line and the square that it takes of the film, also while its gap is edited."""


class JointOverlay:
    """Shows one joint of a film: box, outlines, margins, JSW, handles of its bones, JSW profile.

    Nothing of it is saved with the scene, and nothing belongs to a joint.

    Parameters
    ----------
    film
        The radiograph.
    wanted
        Called with the edit that the user asks for by a handle in the view.
    """

    def __init__(self, film: Film, wanted: Callable[[GapEdit], None]) -> None:
        self.film = film
        self._wanted = wanted
        self._nodes = nodes = OverlayNodes(film)
        self._box = LineModel(nodes, BOX, _("joint"), SELECTED_COLOR)
        self._outlines = [
            LineModel(nodes, UPPER_OUTLINE, _("upper outline"), _ORANGE),
            LineModel(nodes, LOWER_OUTLINE, _("lower outline"), _SKY_BLUE),
        ]
        self._margins = [
            LineModel(nodes, UPPER_MARGIN, _("upper margin"), _ORANGE, _MARGIN_WIDTH_PX),
            LineModel(nodes, LOWER_MARGIN, _("lower margin"), _SKY_BLUE, _MARGIN_WIDTH_PX),
        ]
        self._bar = LineModel(nodes, BAR, _("JSW"), _WHITE)
        self._label = JswLabel()
        self._handles = HandleTransforms(nodes, self._follow_handles)
        self._parts = OverlayParts()
        self._out_of_the_way = OutOfTheWay(film.node.GetScene(), self._is_near, self._show_parts)
        self._frame: GapEdit | None = None
        self._result: SyntheticJoint | None = None
        self._is_film_held = False
        self._joint: SceneJoint | None = None
        self._geometry = film.geometry
        self._curves: BoneCurves | None = None

    @property
    def joint(self) -> SceneJoint | None:
        """The joint that is shown."""
        return self._joint

    def find(self, role: str) -> vtk.vtkObject | None:
        """Return the node that shows something, such as `UPPER_OUTLINE`; None where there is none."""
        return self._nodes.find(role)

    def show(self, joint: SceneJoint | None) -> None:
        """Show a joint as it is now, in place of the one before; None: remove all that was shown."""
        color_lines(self.film, joint.line if joint is not None else None)
        if joint is None:
            self.close()
            return
        if joint is not self._joint:
            self._out_of_the_way.show()
            self._frame = None
        self._joint, self._geometry = joint, self.film.geometry
        self._draw_box(joint)
        self._result = result = joint.result
        if result is not None:
            self._draw_edit(joint, result)
            draw_profile(self._nodes, joint.name, result.jsw_before, result.jsw_after)
        self._show_parts()

    def follow_edit(self, joint: SceneJoint, finished: bool) -> None:
        """Bring what is shown of a joint to its edit; other joints are not shown.

        Parameters
        ----------
        joint
            Was edited.
        finished
            False while the user drags: the JSW profile waits.
        """
        result = joint.result
        if joint is not self._joint or result is None:
            return
        self._draw_edit(joint, result)
        if finished:
            draw_profile(self._nodes, joint.name, result.jsw_before, result.jsw_after)
        before, self._result = self._result, result
        # Neither a film that is held and let go is an edit, nor are other layers.
        is_edit = before is not None and before is not result and before.layers is result.layers
        if not self._parts.joints and (is_edit or self._out_of_the_way.is_hidden):
            self._out_of_the_way.follow_edit(joint.line, finished)
        self._show_parts()

    def show_frame(self, edit: GapEdit | None) -> None:
        """Show another edit of the joint in place of its own, such as that of a sweep's frame; None: its own.

        Its own has handles, the others have none.
        """
        if edit == self._frame:
            return
        self._frame = edit
        if self._joint is not None and self._joint.result is not None:
            self._draw_edit(self._joint, self._joint.result)
        self._show_parts()

    def set_parts(
        self,
        *,
        outlines: bool | None = None,
        margins: bool | None = None,
        handles: bool | None = None,
        joints: bool | None = None,
    ) -> None:
        """Show or hide parts, see `OverlayParts`; None leaves one as it is."""
        asked = {"outlines": outlines, "margins": margins, "handles": handles, "joints": joints}
        parts = replace(self._parts, **{name: value for name, value in asked.items() if value is not None})
        if parts == self._parts:
            return
        were_joints, self._parts = self._parts.joints, parts
        joint = self._joint
        if parts.joints:
            self._out_of_the_way.show()
        elif were_joints and joint is not None and not joint.edit.is_neutral:
            self._out_of_the_way.follow_edit(joint.line, joint.is_edit_finished)
        if self._joint is not None and self._joint.result is not None:
            # Outlines leave the margins free where those are drawn.
            self._draw_edit(self._joint, self._joint.result)
        self._show_parts()

    def hold_film(self, held: bool) -> None:
        """Hide what belongs to the edit while the film is shown in its place."""
        self._is_film_held = held
        self._show_parts()

    def close(self) -> None:
        """Remove all that was shown."""
        self._joint = self._curves = self._frame = self._result = None
        self._out_of_the_way.show()
        self._handles.close()
        self._label.close()
        self._nodes.remove_all()

    def _draw_box(self, joint: SceneJoint) -> None:
        try:
            crop = JointCrop(self.film.radiograph, joint.pose)
        except InputError:
            # The box stays as it is while the line can't be a joint.
            return
        self._box.draw([self._to_ras(map_points(crop.canonical_to_film, square()))])

    def _draw_edit(self, joint: SceneJoint, result: SyntheticJoint) -> None:
        layers = result.layers
        motion, jsw = self._shown_edit(result)
        are_corrected = joint.editing.are_corrected
        if (
            self._curves is None
            or self._curves.layers is not layers
            or self._curves.are_corrected != are_corrected
        ):
            self._curves = BoneCurves(layers, result.jsw_before.margins, are_corrected)
        with_margins = self._parts.margins and jsw.margins is not None
        moved = self._curves.moved((motion.upper, motion.lower), with_margins)
        outlines = [[self._to_ras(curve) for curve in curves] for curves in moved]
        for model, lines in zip(self._outlines, outlines, strict=True):
            model.draw(self._as_trusted(lines, jsw, layers.crop))
        self._draw_jsw(layers.crop, jsw, np.concatenate([np.empty((0, 3)), *outlines[0], *outlines[1]]))
        self._handles.place(layers.crop, self._geometry, result.motion)

    def _shown_edit(self, result: SyntheticJoint) -> tuple[BoneMotion, JointSpaceWidth]:
        """Return the motion that is shown, and the JSW after it."""
        before, crop = result.jsw_before, result.layers.crop
        if self._frame is None:
            return result.motion, result.jsw_after
        motion = BoneMotion.of_edit(self._frame, before, crop.unit_per_px)
        if before.margins is None:
            return motion, before
        return motion, jsw_of_margins(crop, motion.move_margins(before.margins), before.doubts)

    def _draw_jsw(self, crop: JointCrop, jsw: JointSpaceWidth, outlines_ras: NDArray[np.float64]) -> None:
        """Draw the margins, smoothed, and the bar between them; the JSW beside it is the measured one."""
        if jsw.margins is None:
            return
        margins = smooth_margins(crop, jsw.margins)
        for model, line in zip(self._margins, (margins.upper, margins.lower), strict=True):
            line_px = map_points(crop.canonical_to_film, line)
            lines = [self._to_ras(part) for part in within([line_px], crop.radiograph.shape)]
            model.draw(self._as_trusted(lines, jsw, crop))
        bar = [] if jsw.mean is None else jsw_bar(margins, jsw.mean / crop.unit_per_px)
        self._bar.draw([self._to_ras(map_points(crop.canonical_to_film, line)) for line in bar])
        box = self._to_ras(map_points(crop.canonical_to_film, gap_box(margins)))
        self._label.write(jsw_text(jsw), box, outlines_ras)

    def _as_trusted(
        self, lines: Sequence[NDArray[np.float64]], jsw: JointSpaceWidth, crop: JointCrop
    ) -> list[NDArray[np.float64]]:
        """Return lines as they are drawn: dashed where they are to be checked."""
        if jsw.quality is not Quality.CHECK:
            return list(lines)
        ends = self._to_ras(map_points(crop.canonical_to_film, np.array([[0.0, 0.0], [_DASH_PX, 0.0]])))
        dash = float(np.linalg.norm(ends[1] - ends[0]))
        return [part for line in lines for part in dashed(line, dash)]

    def _show_parts(self) -> None:
        """Show what is wanted and there is, in the views where it belongs."""
        scene = self.film.node.GetScene()
        if scene is None:
            # The film was removed, and the overlay is closed soon.
            return
        joint, parts = self._joint, self._parts
        result = joint.result if joint is not None else None
        is_edit_seen = result is not None and not self._is_film_held
        shown = self._shown_edit(result) if result is not None else None
        has_margins = shown is not None and shown[1].margins is not None
        is_moved = shown is not None and not shown[0].is_none
        # A layer that stays as on the film has nothing of an edit over it.
        as_on_film = (FILM, SOFT_TISSUE, *VISITS) if is_moved else (FILM, *VISITS)
        of_edit = views_outside(scene, as_on_film) if joint is not None else []
        self._box.show_in(views_outside(scene, VISITS))
        self._box.show(joint is not None and not self._out_of_the_way.is_hidden)
        for models, wanted in (
            (self._outlines, is_edit_seen and parts.outlines),
            ([*self._margins, self._bar], is_edit_seen and parts.margins and has_margins),
        ):
            show_models(models, wanted, of_edit)
        self._label.show_in(of_edit)
        self._label.show(is_edit_seen and parts.margins and has_margins)
        self._handles.show(is_edit_seen and parts.handles and self._frame is None, of_edit)

    def _follow_handles(self) -> None:
        joint = self._joint
        result = joint.result if joint is not None else None
        if joint is not None and result is not None:
            edit = self._handles.edit(result.motion, joint.edit)
            if edit != joint.edit:
                self._wanted(edit)

    def _is_near(self, place_ras: NDArray[np.float64]) -> bool:
        """Tell whether a place is in the joint's square."""
        result = self._joint.result if self._joint is not None else None
        if result is None:
            return True
        place = map_points(result.layers.crop.film_to_canonical, self._geometry.to_px(place_ras))
        return bool(np.all((place >= -0.5) & (place <= CANONICAL_SIZE_PX - 0.5)))

    def _to_ras(self, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
        return self._geometry.to_ras(points_px)


def show_models(models: Sequence[LineModel], visible: bool, view_ids: Sequence[str]) -> None:
    """Show or hide models, in these views."""
    for model in models:
        model.show_in(view_ids)
        model.show(visible)
