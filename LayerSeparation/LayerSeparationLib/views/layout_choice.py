"""Which layout is on: the module's while it is worked with, the user's own before and afterwards."""

from __future__ import annotations

from collections.abc import Callable

import vtk

from .layouts import OWN_LAYOUTS, register_layouts


class LayoutChoice:
    """Switches Slicer's layout when the module needs it, and gives the user's own back.

    Parameters
    ----------
    scene
        Its layout node is followed, once there is one.
    on_change
        Called after the layout was changed, by whomever.
    """

    def __init__(self, scene: vtk.vtkObject, on_change: Callable[[], None]) -> None:
        self._scene, self._on_change = scene, on_change
        self._followers: list[Callable[[], None]] = []
        self._node: vtk.vtkObject | None = None
        self._tag = 0
        self._last: int | None = None
        self._of_user: int | None = None
        self._for_return: int | None = None
        self._is_entered = False
        self._is_declined = False
        self._watch()

    def follow(self, follower: Callable[[], None]) -> None:
        """Call somebody else, too, after the layout was changed."""
        self._followers.append(follower)

    @property
    def shown(self) -> int | None:
        """The module's layout that is on; None while another one is."""
        self._watch()
        number = self._node.GetViewArrangement() if self._node is not None else None
        return number if number in OWN_LAYOUTS else None

    @property
    def can_arrange(self) -> bool:
        """Whether there is an application that lays out views."""
        self._watch()
        return self._node is not None

    def show(self, number: int) -> None:
        """Show one of the module's layouts, now or as soon as the module is entered."""
        self._is_declined = False
        if self._is_entered:
            self._arrange(number)
        else:
            self._for_return = number

    def offer(self, number: int) -> None:
        """Show one of the module's layouts, unless the user chose another one meanwhile."""
        if not self._is_declined:
            self.show(number)

    def replace(self, number: int, by: int) -> None:
        """Show another of the module's layouts in place of one that has nothing to show any more."""
        if self.shown == number:
            self.show(by)
        elif self._for_return == number:
            self._for_return = by

    def enter(self) -> None:
        """Show the layout that was left, as the module comes into view."""
        if self._is_entered:
            return
        self._is_entered = True
        number, self._for_return = self._for_return, None
        if number is not None:
            self._arrange(number)

    def leave(self) -> None:
        """Give the user's layout back, as the module goes out of view."""
        if not self._is_entered:
            return
        self._for_return = self.shown
        if self._for_return is not None and self._of_user is not None:
            self._arrange(self._of_user)
        self._is_entered = False

    def close(self) -> None:
        """Follow the layout no longer."""
        self._let_go()
        self._followers.clear()

    def _let_go(self) -> None:
        if self._node is not None:
            self._node.RemoveObserver(self._tag)
            self._node = None

    def _arrange(self, number: int) -> None:
        register_layouts(self._scene)
        self._watch()
        if self._node is not None and self._node.GetViewArrangement() != number:
            self._last = number
            self._remember_user(self._node.GetViewArrangement())
            self._node.SetViewArrangement(number)
        self._tell()

    def _tell(self) -> None:
        for tell in (self._on_change, *self._followers):
            tell()

    def _watch(self) -> None:
        """Find the layout node, which comes with the application's views, or anew with a scene."""
        node = self._scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
        if node is self._node:
            return
        self._let_go()
        self._node = node
        if node is not None:
            self._tag = node.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: self._follow())
            self._last = node.GetViewArrangement()
            self._remember_user(self._last)

    def _follow(self) -> None:
        if self._node is None:
            return
        number = self._node.GetViewArrangement()
        if number == self._last:
            return
        self._last = number
        self._remember_user(number)
        self._is_declined = self._is_entered and number not in OWN_LAYOUTS
        self._tell()

    def _remember_user(self, number: int) -> None:
        if number not in OWN_LAYOUTS and number > 0:
            self._of_user = number
