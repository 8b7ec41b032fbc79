"""What each of the module's views shows, kept so whatever happens in the scene."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import vtk

from ..errors import InputError
from ..joints import JointCrop
from ..radiograph import Rectangle
from ..scene.batch import is_settled
from ..scene.events import JointEvent
from ..scene.film import Film
from ..scene.film_geometry import FilmGeometry
from ..translation import tr as _
from .film_layers import FilmLayers
from .followed_views import FollowedViews
from .layout_choice import LayoutChoice
from .layouts import (
    COMPARISON_LAYOUT,
    EDITED,
    FILM,
    FILM_LAYOUT,
    LAYERS,
    LAYERS_LAYOUT,
    SIDE_BY_SIDE_LAYOUT,
    SOFT_TISSUE,
    VISITS,
    composite_of,
    set_up_view,
    synthetic_film_of,
    view_nodes,
    view_title,
)
from .shared_place import SharedPlace
from .slice_widgets import hide_sliders
from .synthetic_mark import is_synthetic

if TYPE_CHECKING:
    from ..scene.scene_joint import SceneJoint
    from ..synthesis import SyntheticJoint


class FilmViews(FollowedViews):
    """Sets the module's views right: the film in the view called Film, the edit in the one beside it.

    All of them show the same place of the film at the same magnification. Nothing is done while the module's
    layouts are not shown, or while the scene is loaded, closed or changed in a batch; then once, at its end.

    Parameters
    ----------
    scene
        Holds the views; it is followed until `close`.
    on_layout
        Called after the layout was changed, by whomever.
    """

    def __init__(self, scene: vtk.vtkObject, on_layout: Callable[[], None] = lambda: None) -> None:
        super().__init__(scene, shown=("vtkMRMLVolumeNode",))
        self._on_layout = on_layout
        self._film: Film | None = None
        self._joint: SceneJoint | None = None
        self._result: SyntheticJoint | None = None
        self._frame: vtk.vtkObject | None = None
        self._film_layers = FilmLayers(scene)
        self._is_film_held = self._are_layers_of_film = False
        self._place = SharedPlace()
        self._brought: SceneJoint | None = None
        self._follows_joint = False
        self._mapped: tuple[str, ...] = ()
        self.layouts = LayoutChoice(scene, self._follow_layout)

    def close(self) -> None:
        """Look at scene and views no more."""
        self.layouts.close()
        self._stop_following()
        self._film_layers.close()

    # What is shown.

    def open_film(self, film: Film | None, joint: SceneJoint | None = None) -> None:
        """Show another film, alone and large, or beside the edited one that it has; or none."""
        if film is not None and self._film is not None and film.node is self._film.node:
            self._film = film
            self.choose_joint(joint)
            return
        self._film, self._joint, self._frame, self._brought = film, joint, None, None
        self._result = joint.result if joint is not None else None
        self._is_film_held = False
        self._place.fit(None)
        self._follows_joint = False
        if film is not None:
            has_edit = synthetic_film_of(film.node) is not None
            self.layouts.show(SIDE_BY_SIDE_LAYOUT if has_edit else FILM_LAYOUT)
        self.set_right()

    def choose_joint(self, joint: SceneJoint | None) -> None:
        """Show another joint; holding the film in place of the edit before ends.

        The views turn to the joint if they don't show it at a useful size already.
        """
        if joint is self._joint:
            self.set_right()
            return
        left, self._joint, self._frame = self._joint, joint, None
        self._result = joint.result if joint is not None else None
        if left is not None and left.line.GetScene() is self._scene:
            left.show_film(False)
        self.set_right()
        self._bring_in_sight()

    def show_film(self) -> None:
        """Show the film alone."""
        self.layouts.show(FILM_LAYOUT)

    def show_side_by_side(self) -> None:
        """Show the film and, beside it, the film with every edited joint."""
        self._frame = None
        self.layouts.show(SIDE_BY_SIDE_LAYOUT)

    def show_layers(self) -> None:
        """Show the film and the three layers of the joint, 2 x 2; once more: those of the film, and back."""
        again = self.layouts.shown == LAYERS_LAYOUT
        self._are_layers_of_film = again and not self._are_layers_of_film
        self.layouts.show(LAYERS_LAYOUT)

    def offer_result(self) -> None:
        """Show the film and the edited film, unless the user chose another layout meanwhile."""
        self.layouts.offer(SIDE_BY_SIDE_LAYOUT)

    def show_frame(self, volume: vtk.vtkObject) -> None:
        """Show a frame of a sweep where the edited film is, until another joint is chosen."""
        self._frame = volume
        self.set_right()

    def follow_edit(self, joint: SceneJoint, event: JointEvent) -> bool:
        """Leave what does not show an edit that was made just now; return whether the layout is another.

        A frame of a sweep and the film's layers give way to the edit, the film alone and two visits to the
        film beside its edit.

        Parameters
        ----------
        joint
            The one that is shown.
        event
            `JointEvent.EDIT`, or `JointEvent.LAYERS` for layers that come with an edit, which change no view.
        """
        # A film that is held, or let go, leaves the result as it is.
        is_edit = event is JointEvent.EDIT and joint.result is not self._result
        self._result = joint.result
        self.hold_film(joint.film_is_shown)
        if not is_edit or not is_settled(self._scene):
            return False
        self._frame = None
        self._are_layers_of_film = False
        is_without_edit = self.layouts.shown in (FILM_LAYOUT, COMPARISON_LAYOUT)
        if is_without_edit:
            self.layouts.show(SIDE_BY_SIDE_LAYOUT)
        self.set_right()
        return is_without_edit

    @property
    def is_frame_shown(self) -> bool:
        """Whether a frame of a sweep is shown in place of the edit."""
        return self._present_frame() is not None

    def hold_film(self, held: bool) -> None:
        """Show the film where the edit is, or no longer."""
        if held != self._is_film_held:
            self._is_film_held = held
            self.set_right()

    @property
    def is_film_held(self) -> bool:
        """Whether the film is shown where the edit is."""
        return self._is_film_held

    @property
    def is_edit_shown(self) -> bool:
        """Whether any of the views shows the edit, and not what is shown in its place."""
        is_replaced = self.is_frame_shown
        if self.layouts.shown == LAYERS_LAYOUT:
            is_replaced = self._are_layers_of_film
        return not (self._is_film_held or is_replaced)

    def show_whole_film(self) -> None:
        """Show all of the film in every view; and the joint again, if the whole film is shown already."""
        geometry = self._geometry()
        if geometry is None:
            return
        whole = Rectangle.whole(geometry.shape)
        self._place.fit((self._joint_area() if self._place.fitted == whole else None) or whole)
        self.set_right()

    # Keeping it so.

    def set_right(self) -> None:
        """Bring contents, names and places of the views in sight to what they have to show."""
        if self._is_setting or not is_settled(self._scene) or not self._are_shown():
            return
        with self._setting():
            geometry = self._geometry()
            for name, view in self._views().items():
                self._watch(view)
                self._fill(view, name)
            if geometry is not None:
                self._place.put(list(self._views().values()), geometry)
            mapped = tuple(view.GetLayoutName() for view in self._views().values())
            if mapped != self._mapped:
                self._mapped = mapped
                hide_sliders(mapped)

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
        if name == FILM or self._is_film_held:
            _take_off_edits(composite)

    def _volume_for(self, name: str) -> vtk.vtkObject | None:
        if self._film is None or self._film.node.GetScene() is None:
            return None
        if name == FILM or (name == EDITED and self._is_film_held):
            return self._film.node
        if name == EDITED:
            return self._present_frame() or synthetic_film_of(self._film.node) or self._film.node
        joint = self._joint
        if joint is None or not self._has_layers():
            return None
        replaced = self._film_layers.find_or_make(joint, name) if self._is_layer_replaced(name) else None
        return replaced or joint.references.find(name)

    def _title(self, name: str) -> str:
        title = view_title(name)
        if name == EDITED and self._is_film_held:
            return _("{view}: film shown").format(view=title)
        if name in (FILM, EDITED) or self._film is None:
            return title
        if not self._has_layers() or self._joint is None:
            return _("{layer}: not separated").format(layer=title)
        is_edited = self._is_layer_edited(name) and not self._is_layer_replaced(name)
        return (_("{layer}, edited") if is_edited else _("{layer}, as on the film")).format(layer=title)

    def _is_layer_edited(self, name: str) -> bool:
        return name != SOFT_TISSUE and self._joint is not None and not self._joint.edit.is_neutral

    def _is_layer_replaced(self, name: str) -> bool:
        """Tell whether the film's layer is shown in place of the edit's."""
        return self._is_layer_edited(name) and (self._is_film_held or self._are_layers_of_film)

    def _has_layers(self) -> bool:
        return self._joint is not None and self._joint.references.find(LAYERS[0]) is not None

    def _present_frame(self) -> vtk.vtkObject | None:
        return self._frame if self._frame is not None and self._frame.GetScene() is self._scene else None

    # Places.

    def _bring_in_sight(self) -> None:
        """Turn the views to the joint; the magnification stays if the joint can be worked on at it."""
        geometry, area = self._geometry(), self._joint_area()
        if geometry is None or area is None or not self._are_shown():
            return
        self._follows_joint = True
        is_overview = self.layouts.shown == FILM_LAYOUT
        if not is_overview:
            self._brought = self._joint
        self._place.bring_in_sight(area, list(self._views().values()), geometry, any_size=is_overview)
        self.set_right()

    def _follow_view(self, view: vtk.vtkObject) -> None:
        """Let the other views follow one that the user, or a new size of the window, has changed."""
        if self._is_setting or not is_settled(self._scene) or not self._are_shown():
            return
        if tuple(other.GetLayoutName() for other in self._views().values()) != self._mapped:
            self.set_right()
            return
        geometry, views = self._geometry(), list(self._views().values())
        if geometry is None or not view.IsMappedInLayout():
            return
        if self._place.was_resized(view):
            with self._setting():
                self._place.put(views, geometry)
            if self._follows_joint:
                self._bring_in_sight()
            return
        with self._setting():
            if self._place.follow(view, views, geometry):
                self._follows_joint = False

    def _joint_area(self) -> Rectangle | None:
        """Return the part of the film that the joint takes."""
        joint = self._joint
        if joint is None or self._film is None:
            return None
        if joint.layers is not None:
            return joint.layers.crop.region
        try:
            return JointCrop(self._film.radiograph, joint.pose).region
        except InputError:
            # A line that can't be a joint is nowhere.
            return None

    def _geometry(self) -> FilmGeometry | None:
        if self._film is None or self._film.node.GetScene() is None:
            return None
        try:
            return self._film.geometry
        except InputError:
            # A film under a transform is seen where Slicer draws it.
            return None

    # The scene.

    def _views(self) -> dict[str, vtk.vtkObject]:
        """Return the views of one film in the present layout, by name."""
        views = view_nodes(self._scene)
        return {name: view for name, view in views.items() if name not in VISITS and view.IsMappedInLayout()}

    def _are_shown(self) -> bool:
        shown = self.layouts.shown
        return shown not in (None, COMPARISON_LAYOUT) or not self.layouts.can_arrange

    def _follow_layout(self) -> None:
        self.set_right()
        if self.layouts.shown != FILM_LAYOUT and self._joint is not self._brought:
            self._bring_in_sight()
        self._on_layout()


def _take_off_edits(composite: vtk.vtkObject) -> None:
    """Take what is synthetic out of the layers over the background."""
    scene = composite.GetScene()
    if is_synthetic(scene.GetNodeByID(composite.GetForegroundVolumeID() or "")):
        composite.SetForegroundVolumeID(None)
    if is_synthetic(scene.GetNodeByID(composite.GetLabelVolumeID() or "")):
        composite.SetLabelVolumeID(None)
