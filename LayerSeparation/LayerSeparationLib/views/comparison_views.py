"""Two films of a joint side by side, and what differs: each view at the same place of the bone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import vtk
from numpy.typing import NDArray

from ..errors import InputError
from ..follow_up import JointChange
from ..scene.batch import is_settled
from ..scene.change_format import change_title
from ..scene.joint_lines import joint_lines
from ..scene.scene_comparison import SceneComparison
from ..translation import tr as _
from .difference_volume import DifferenceVolume
from .followed_views import FollowedViews
from .joint_frame import CENTRE_PX, SHOWN_PX, JointFrame, frames_of
from .layout_choice import LayoutChoice
from .layouts import (
    BASELINE,
    COMPARISON_LAYOUT,
    DIFFERENCE,
    EDITED,
    FILM_LAYOUT,
    FOLLOW_UP,
    LAYERS,
    OWN_VIEWS,
    VISITS,
    composite_of,
    set_up_view,
    view_nodes,
    view_title,
)
from .slice_widgets import hide_sliders
from .view_choice import show_outside
from .view_place import BORDER, ViewPlace, place_of, put_view, size_of


class ComparisonViews(FollowedViews):
    """Sets the views of the comparison right: then, now, and the difference of the selected joint.

    All of them show the same place of the joint's lower bone at the same magnification of the bone; where the
    user moves one, the others follow. Nothing is done while another layout is on.

    Parameters
    ----------
    scene
        Holds the views; it is followed until `close`.
    layouts
        Switches the layout.
    on_shown
        Called when the layout was asked for: what is drawn over views has to stay out of these.
    """

    def __init__(
        self,
        scene: vtk.vtkObject,
        layouts: LayoutChoice,
        on_shown: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(scene)
        self._layouts, self._on_shown = layouts, on_shown
        self._comparison: SceneComparison | None = None
        self._change: JointChange | None = None
        self._difference = DifferenceVolume(scene)
        self._centre: NDArray[np.float64] = np.full(2, CENTRE_PX)
        self._scale: float | None = None
        self._sizes: dict[str, tuple[int, int]] = {}
        layouts.follow(self.set_right)

    @property
    def are_shown(self) -> bool:
        """Whether the layout of the comparison is on."""
        return self._layouts.shown == COMPARISON_LAYOUT

    def show(self) -> None:
        """Switch to the layout of the comparison."""
        self._layouts.show(COMPARISON_LAYOUT)
        self.set_right()
        self._on_shown()

    def choose(self, comparison: SceneComparison | None, change: JointChange | None) -> None:
        """Show another joint, in the middle of each view; None: both films.

        Without a comparison the layout gives way to that of the film.
        """
        if comparison is self._comparison and change is self._change:
            return
        self._comparison, self._change = comparison, change
        self._centre, self._scale = np.full(2, CENTRE_PX), None
        if comparison is None:
            self._difference.close()
            if is_settled(self._scene):
                self._layouts.replace(COMPARISON_LAYOUT, FILM_LAYOUT)
        self.set_right()

    def close(self) -> None:
        """Look at scene and views no more."""
        self._comparison = self._change = None
        self._stop_following()
        self._difference.close()

    def set_right(self) -> None:
        """Bring contents, names and places of the views to what they have to show."""
        if self._is_setting or not self.are_shown or not is_settled(self._scene):
            return
        comparison = self._comparison
        with self._setting():
            frames = self._frames()
            for name, view in self._views().items():
                self._watch(view)
                self._fill(view, name)
            if comparison is not None and comparison.is_there:
                # Both films lie at one place of the scene.
                for film, names in (
                    (comparison.baseline, OWN_VIEWS),
                    (comparison.film, (EDITED, *LAYERS, *VISITS)),
                ):
                    for line in joint_lines(film):
                        if line.GetDisplayNode() is not None:
                            show_outside(line.GetDisplayNode(), names)
            self._put(frames)
            hide_sliders(view.GetLayoutName() for view in self._views().values())

    def _fill(self, view: vtk.vtkObject, name: str) -> None:
        set_up_view(view)
        title = self._title(name)
        if view.GetLayoutLabel() != title:
            view.SetLayoutLabel(title)
        composite = composite_of(view)
        if composite is None:
            return
        self._watch(composite)
        volume = self._volume_for(name)
        wanted = volume.GetID() if volume is not None else None
        if composite.GetBackgroundVolumeID() != wanted:
            composite.SetBackgroundVolumeID(wanted)
        for get, take_off in (
            (composite.GetForegroundVolumeID, composite.SetForegroundVolumeID),
            (composite.GetLabelVolumeID, composite.SetLabelVolumeID),
        ):
            if get():
                take_off(None)

    def _title(self, name: str) -> str:
        """Return which visit a view shows, and the joint: a film's own name may be a patient's."""
        title, change = view_title(name), self._change
        if self._comparison is None or change is None:
            return title
        if name == DIFFERENCE:
            is_registered = change.registration is not None
            return (
                _("Difference: orange is brighter now") if is_registered else _("Difference: not registered")
            )
        return _("{view}: {joint}").format(view=title, joint=change_title(change))

    def _volume_for(self, name: str) -> vtk.vtkObject | None:
        comparison = self._comparison
        if comparison is None or not comparison.is_there:
            return None
        if name in (BASELINE, FOLLOW_UP):
            return (comparison.baseline if name == BASELINE else comparison.film).node
        try:
            geometry = comparison.baseline.geometry
        except InputError:
            return None
        return self._difference.find_or_make(self._change, geometry) if self._change is not None else None

    def _frames(self) -> dict[str, JointFrame]:
        """Return the grid of each view; none while a film is not to be seen straight on."""
        comparison = self._comparison
        if comparison is None or not comparison.is_there:
            return {}
        try:
            geometries = comparison.baseline.geometry, comparison.film.geometry
        except InputError:
            return {}
        before, after = frames_of(self._change, *geometries)
        return {BASELINE: before, FOLLOW_UP: after, DIFFERENCE: before}

    def _put(self, frames: dict[str, JointFrame]) -> None:
        for name, view in self._views().items():
            self._sizes[name] = size_of(view)
            if name in frames:
                put_view(view, frames[name].geometry, self._place(frames[name]))

    def _place(self, frame: JointFrame) -> ViewPlace:
        """Return the place that is shown, on a film."""
        scale = self._scale
        if scale is None:
            smallest = min((min(size_of(view)) for view in self._views().values()), default=1)
            scale = BORDER * SHOWN_PX / smallest
        return ViewPlace(frame.to_ras(self._centre), scale * frame.mm_per_px)

    def _follow_view(self, view: vtk.vtkObject) -> None:
        """Let the other views follow one that the user, or a new size of the window, has changed."""
        if self._is_setting or not self.are_shown or not is_settled(self._scene):
            return
        frames = self._frames()
        name = next((name for name, other in self._views().items() if other is view), None)
        if name not in frames or name not in self._sizes:
            self.set_right()
            return
        with self._setting():
            seen, frame = place_of(view), frames[name]
            if self._sizes[name] == size_of(view) and not seen.is_same(self._place(frame)):
                self._centre = frame.to_grid(seen.centre)
                self._scale = seen.mm_per_px / frame.mm_per_px
            self._put(frames)

    def _views(self) -> dict[str, vtk.vtkObject]:
        views = view_nodes(self._scene)
        return {name: views[name] for name in VISITS if name in views and views[name].IsMappedInLayout()}
