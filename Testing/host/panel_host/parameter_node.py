"""`slicer.parameterNodeWrapper`, as much of it as the module uses.

A decorated class gets typed attributes that are kept as text in a vtkMRMLScriptedModuleNode; the text is
what Slicer writes. Types are str, int, float, pathlib.Path and classes of nodes, numbers within a
`WithinRange`; all others raise.
"""

from __future__ import annotations

import inspect
import pathlib
import typing
from collections.abc import Callable
from typing import Any

import slicer
import slicer.util
import vtk
from PySide6 import QtWidgets

_PARAMETER_NAME = "SlicerParameterName"
_NUMBERS = (int, float)
_NUMBER_BOXES = ("QSpinBox", "QDoubleSpinBox")


class WithinRange:
    """Annotation of a number: minimum <= value <= maximum."""

    def __init__(self, minimum: float, maximum: float) -> None:
        self.minimum, self.maximum = minimum, maximum

    def validate(self, value: float) -> None:
        """Raise ValueError for a value outside."""
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"Value must be within range [{self.minimum}, {self.maximum}], is {value}")


class Parameter(property):
    """One typed attribute of a wrapper."""

    def __init__(self, name: str, annotated: Any, default: Any) -> None:
        self.name = name
        self.kind, *notes = typing.get_args(annotated) if hasattr(annotated, "__metadata__") else (annotated,)
        self.is_node = inspect.isclass(self.kind) and issubclass(self.kind, slicer.vtkMRMLNode)
        unknown = [note for note in notes if not isinstance(note, WithinRange)]
        if unknown or not (self.is_node or self.kind in (str, bool, *_NUMBERS, pathlib.Path)):
            raise TypeError(f"the host's parameterNodeWrapper does not know {annotated} of '{name}'")
        self.range: WithinRange | None = notes[0] if notes else None
        self.default = default if default is not None or self.is_node else self.kind()
        super().__init__(
            lambda wrapper: self.read(wrapper.parameterNode),
            lambda wrapper, value: self.write(wrapper.parameterNode, value),
        )

    def is_in(self, node: Any) -> bool:
        """Tell whether a node has the parameter."""
        return self.name in node.GetParameterNames()

    def read(self, node: Any) -> Any:
        """Return the value in a node."""
        if self.is_node:
            return node.GetNodeReference(self.name)
        text = node.GetParameter(self.name)
        return text == str(True) if self.kind is bool else self.kind(text)

    def write(self, node: Any, value: Any) -> None:
        """Check a value and keep it in a node, as one modification."""
        self._check(value)
        with slicer.util.NodeModify(node):
            # A reference has an empty text of the same name: it says that the parameter was set.
            node.SetParameter(self.name, "" if self.is_node else str(value))
            if self.is_node:
                node.SetNodeReferenceID(self.name, value.GetID() if value is not None else None)

    def _check(self, value: Any) -> None:
        if self.is_node and value is None:
            return
        taken = _NUMBERS if self.kind is float else self.kind
        if not isinstance(value, taken) or (isinstance(value, bool) and self.kind is not bool):
            raise TypeError(f"'{self.name}' must be of type {self.kind.__name__}, is {value!r}")
        if self.range is not None:
            self.range.validate(value)


def parameterNodeWrapper(cls: type) -> type:
    """Turn the annotations of a class into parameters of a node (a decorator)."""
    hints = typing.get_type_hints(cls, include_extras=True)
    cls._parameters = {name: Parameter(name, kind, getattr(cls, name, None)) for name, kind in hints.items()}
    for name, parameter in cls._parameters.items():
        setattr(cls, name, parameter)
    for name in ("__init__", "connectGui", "disconnectGui", "_change"):
        setattr(cls, name, vars(_Wrapper)[name])
    return cls


class _Wrapper:
    """What a decorated class gets besides its parameters."""

    _parameters: dict[str, Parameter]

    def __init__(self, parameterNode: Any) -> None:
        self.parameterNode = parameterNode
        self._connections: list[_GuiConnection] = []
        self._filling = False
        for name, parameter in self._parameters.items():
            if not parameter.is_in(parameterNode):
                setattr(self, name, parameter.default)

    def connectGui(self, gui: Any) -> int:
        """Connect the widgets with a property SlicerParameterName; return a tag for `disconnectGui`."""
        widgets = [widget for widget in vars(gui).values() if isinstance(widget, QtWidgets.QWidget)]
        pairs: dict[str, QtWidgets.QWidget] = {}
        for widget in widgets:
            name = widget.property(_PARAMETER_NAME)
            if name and (name in pairs or name not in self._parameters):
                raise ValueError(f"{widget.name}: no parameter '{name}', or another widget has it")
            if name:
                pairs[name] = widget
        self._connections.append(_GuiConnection(self, pairs))
        return len(self._connections) - 1

    def disconnectGui(self, tag: int) -> None:
        """Undo `connectGui`."""
        self._connections[tag].close()

    def _change(self, name: str, value: Any) -> None:
        if not self._filling:
            setattr(self, name, value)


class _GuiConnection:
    """Widgets that follow a wrapper's node, and the other way."""

    def __init__(self, wrapper: Any, widgets: dict[str, QtWidgets.QWidget]) -> None:
        self._wrapper = wrapper
        self._ends = [_end_of(wrapper, name, widget) for name, widget in widgets.items()]
        self._fill()
        for widget, signal, changed, _fill in self._ends:
            widget.connect(signal, changed)
        node = wrapper.parameterNode
        self._tag = node.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: self._fill())

    def close(self) -> None:
        self._wrapper.parameterNode.RemoveObserver(self._tag)
        for widget, signal, changed, _fill in self._ends:
            widget.disconnect(signal, changed)

    def _fill(self) -> None:
        if self._wrapper._filling:
            return
        self._wrapper._filling = True
        try:
            for _widget, _signal, _changed, fill in self._ends:
                fill()
        finally:
            self._wrapper._filling = False


_End = tuple[QtWidgets.QWidget, str, Callable[[Any], None], Callable[[], None]]
"""Widget, signal, what the signal calls, what shows the parameter."""


def _end_of(wrapper: Any, name: str, widget: QtWidgets.QWidget) -> _End:
    parameter, class_name = wrapper._parameters[name], widget.className()
    if parameter.kind in _NUMBERS and parameter.range is not None and class_name in _NUMBER_BOXES:
        # The range of the parameter replaces the one of the .ui file.
        widget.minimum, widget.maximum = parameter.range.minimum, parameter.range.maximum
        signal = "valueChanged(int)" if class_name == "QSpinBox" else "valueChanged(double)"
        prop, shown = "value", float
    elif parameter.kind is pathlib.Path and class_name == "ctkPathLineEdit":
        prop, signal, shown = "currentPath", "currentPathChanged(QString)", str
    elif parameter.kind is bool and class_name == "QCheckBox":
        prop, signal, shown = "checked", "toggled(bool)", bool
    else:
        raise TypeError(f"the host can't show the parameter '{name}' in a {class_name}")

    def changed(value: Any) -> None:
        wrapper._change(name, parameter.kind(value))

    def fill() -> None:
        # Slicer writes every parameter into its widget, a half-typed number's too.
        setattr(widget, prop, shown(getattr(wrapper, name)))

    return widget, signal, changed, fill
