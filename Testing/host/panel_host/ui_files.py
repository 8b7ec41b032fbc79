"""Files of Qt Designer: a loader that raises where Qt's own goes on, and a check of code against a file."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from PySide6 import QtCore, QtUiTools, QtWidgets

from . import pythonqt

LAYOUT_ITEMS = {"Line"}
"""Written as widgets, but no classes."""


class UiFileError(Exception):
    """A .ui file names something that does not exist."""


class UiLoader(QtUiTools.QUiLoader):
    """`qt.QUiLoader` that knows the stand-ins and is strict about classes and properties."""

    def load(self, device: QtCore.QIODevice, parent: QtWidgets.QWidget | None = None) -> QtWidgets.QWidget:
        """Return the top widget of a file.

        Raises
        ------
        UiFileError
            If the file names a class, a property or a value that does not exist.
        """
        root = ElementTree.fromstring(bytes(device.readAll()))
        values = list(_take_stand_in_properties(root))
        if root.findall("connections/connection"):
            raise UiFileError("signals are connected in the .ui file; the host knows only those of the code")
        for cls in pythonqt.STAND_INS.values():
            self.registerCustomWidget(cls)
        buffer = QtCore.QBuffer()
        buffer.setData(ElementTree.tostring(root))
        buffer.open(QtCore.QIODevice.OpenModeFlag.ReadOnly)
        with pythonqt.no_attributes_for_children():
            top = super().load(buffer, parent)
        if top is None:
            raise UiFileError(self.errorString())
        for widget_name, name, value in values:
            widget = top if top.name == widget_name else top.findChild(QtCore.QObject, widget_name)
            setattr(widget, name, value)
        return top


def lint(ui_file: Path, python_files: Iterable[Path]) -> list[str]:
    """Check each ``ui.<widget>.<attribute>`` and ``ui.<widget>.connect("signal(...)")`` of code.

    Only the attributes of something called ``ui`` are followed: ``self.ui``, ``panel.ui``, ``ui``.

    Returns
    -------
    list of str
        One message a problem: a widget, attribute or signal that does not exist.
    """
    names = _classes_by_name(ui_file)
    problems = set()
    for path in python_files:
        for line, widget, attribute, signal in _uses(ast.parse(path.read_text(encoding="utf-8"))):
            cls = pythonqt.widget_class(names[widget]) if widget in names else None
            where = f"{path.name}:{line}: "
            if widget not in names:
                problems.add(f"{where}{ui_file.name} has no widget {widget}")
            elif cls is None:
                problems.add(f"{where}the host has no class {names[widget]}")
            elif signal is not None and not pythonqt.has_signal(cls, signal):
                problems.add(f"{where}{cls.__name__} {widget} has no signal {signal}")
            elif attribute is not None and not hasattr(cls, attribute):
                problems.add(f"{where}{cls.__name__} {widget} has no attribute {attribute}")
    return sorted(problems)


def _classes_by_name(ui_file: Path) -> dict[str, str]:
    elements = ElementTree.parse(ui_file).iter()
    return {one.get("name", ""): one.get("class", "") for one in elements if one.tag in ("widget", "layout")}


def _uses(tree: ast.AST) -> Iterator[tuple[int, str, str | None, str | None]]:
    """Yield line, widget, attribute and signal of each use of a widget."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_ui(node.value):
            yield node.lineno, node.attr, None, None
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            if _is_ui(node.value.value):
                yield node.lineno, node.value.attr, node.attr, None
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            widget, signal = node.func.value, node.args[0]
            is_connection = node.func.attr in ("connect", "disconnect") and isinstance(signal, ast.Constant)
            if is_connection and isinstance(widget, ast.Attribute) and _is_ui(widget.value):
                yield node.lineno, widget.attr, None, str(signal.value)


def _is_ui(node: ast.expr) -> bool:
    return getattr(node, "attr", getattr(node, "id", None)) == "ui"


def _take_stand_in_properties(root: ElementTree.Element) -> Iterator[tuple[str, str, Any]]:
    """Check all properties; take out and yield those that Qt's loader can't set: widget, name, value."""
    for element in root.iter("widget"):
        class_name, widget = element.get("class", ""), element.get("name", "")
        if class_name in LAYOUT_ITEMS:
            continue
        cls = pythonqt.widget_class(class_name)
        if cls is None:
            raise UiFileError(f"{widget} is a {class_name}: neither Qt nor the host has this class")
        for item in element.findall("property"):
            name = item.get("name", "")
            if isinstance(getattr(cls, name, None), pythonqt.StandInProperty):
                element.remove(item)
                yield widget, name, _value_of(item[0])
            elif name not in pythonqt.facts_of(cls).properties and item.get("stdset") != "0":
                raise UiFileError(f"{widget} is a {class_name}, which has no property {name}")


def _value_of(element: ElementTree.Element) -> Any:
    text = (element.text or "").strip()
    if element.tag == "string":
        return element.text or ""
    if element.tag == "bool":
        return text == "true"
    if element.tag == "number":
        return int(text)
    if element.tag == "double":
        return float(text)
    if element.tag in ("enum", "set"):
        return sum(_constant(part) for part in text.split("|"))
    raise UiFileError(f"the host can't read a property's value of the kind {element.tag}")


def _constant(text: str) -> int:
    class_name, _, member = text.strip().rpartition("::")
    owner = QtCore.Qt if class_name == "Qt" else pythonqt.STAND_INS.get(class_name)
    value = getattr(owner, member, None)
    value = getattr(value, "value", value)
    if not isinstance(value, int):
        raise UiFileError(f"the host does not know the value {text}")
    return value
