"""Views that follow the scene's layout, and what the application gives for them; nothing is drawn."""

from __future__ import annotations

from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
import slicer
import vtk

from LayerSeparationLib.views.film_views import FilmViews
from LayerSeparationLib.views.layouts import composite_of, view_nodes

SIZE_PX = (400, 500)


class Views:
    """Does what Slicer's layout manager does with the scene's view nodes."""

    def __init__(self, host):
        self.host, self.scene = host, host.scene
        self.logics = {}
        self.widgets = {}
        self.sizes = {}
        self._logic = slicer.vtkMRMLLayoutLogic()
        self._logic.SetMRMLApplicationLogic(host.application)
        self._logic.SetMRMLScene(host.scene)
        self.layout = self._logic.GetLayoutNode()
        self.layout.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: self.lay_out())
        self.layout.SetViewArrangement(self.layout.SlicerLayoutFourUpView)

    def lay_out(self):
        """Make the views of the present layout, and give them their size."""
        description = self.layout.GetCurrentLayoutDescription() or "<layout/>"
        shown = [view.get("singletontag") for view in ElementTree.fromstring(description).iter("view")]
        for index in range(self.scene.GetNumberOfNodesByClass("vtkMRMLSliceNode")):
            node = self.scene.GetNthNodeByClass(index, "vtkMRMLSliceNode")
            name = node.GetLayoutName()
            if name not in self.logics:
                logic = slicer.vtkMRMLSliceLogic()
                logic.SetMRMLApplicationLogic(self.host.application)
                logic.SetMRMLScene(self.scene)
                logic.SetSliceNode(node)
                self.logics[name], self.widgets[name] = logic, Widget(node)
            node.SetMappedInLayout(name in shown)
            if name in shown:
                self.resize(name, self.sizes.get(name, SIZE_PX))

    def resize(self, name, size_px):
        """Give a view another size, as the window does."""
        self.sizes[name] = size_px
        self.logics[name].ResizeSliceNode(*size_px)

    def background(self, name):
        """Return what one of the module's views shows."""
        composite = composite_of(view_nodes(self.scene)[name])
        return self.scene.GetNodeByID(composite.GetBackgroundVolumeID() or "")

    def marked(self):
        """Return the names of the views that carry a mark."""
        return {name for name, widget in self.widgets.items() if widget.texts()}

    def sliceViewNames(self):
        return tuple(self.widgets)

    def sliceWidget(self, name):
        return self.widgets[name]

    def close(self):
        for logic in self.logics.values():
            logic.SetMRMLScene(None)
        self._logic.SetMRMLScene(None)


class Widget:
    """A slice widget, its view, its controller, and the slider in there."""

    def __init__(self, node):
        self._node = node
        self._window, self.renderer = vtk.vtkRenderWindow(), vtk.vtkRenderer()
        self._window.SetSize(*SIZE_PX)
        self._window.AddRenderer(self.renderer)
        self.is_slider_visible = True
        self.renders = 0

    def texts(self):
        props = self.renderer.GetViewProps()
        return [props.GetItemAsObject(n).GetInput() for n in range(props.GetNumberOfItems())]

    def mrmlSliceNode(self):
        return self._node

    def sliceView(self):
        return self

    def sliceController(self):
        return self

    def sliceOffsetSlider(self):
        return self

    def setVisible(self, visible):
        self.is_slider_visible = visible

    def width(self):
        return SIZE_PX[0]

    def renderWindow(self):
        return self._window

    def scheduleRender(self):
        self.renders += 1


@pytest.fixture
def views(host, monkeypatch):
    """Return Slicer's views of the scene, in the four-up layout."""
    views = Views(host)
    monkeypatch.setattr(slicer, "app", SimpleNamespace(layoutManager=lambda: views), raising=False)
    yield views
    views.close()


@pytest.fixture
def film_views(scene, views):
    """Return what keeps the module's views right, as the module is in view."""
    film_views = FilmViews(scene)
    film_views.layouts.enter()
    yield film_views
    film_views.close()
