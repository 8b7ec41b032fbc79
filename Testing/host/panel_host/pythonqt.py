"""PythonQt's manners on PySide6: what is true of Qt's objects in Slicer becomes true of PySide's.

* A Qt property is an attribute, not a call: ``label.text``, ``button.enabled = False``.
* A name that does not exist, and a value of the wrong type, raise AttributeError.
* ``connect("clicked(bool)", function)`` takes a C++ signature. An unknown one raises ValueError, where
  PythonQt prints a line and returns False.
* ``objectName`` is also ``name``, and there is ``className()``.

PySide's own classes are changed in place, so that objects which Qt makes itself behave like the others.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from PySide6 import QtCore, QtGui, QtWidgets

STAND_INS: dict[str, type[QtCore.QObject]] = {}
"""Classes of Slicer and CTK that PySide does not have, by name."""

_PLAIN_TYPES: dict[str, tuple[tuple[type, ...], type]] = {
    "bool": ((int,), bool),
    "int": ((int, float), int),
    "uint": ((int, float), int),
    "double": ((int, float), float),
    "QString": ((str,), str),
}
"""What a property of a C++ type takes, and what that becomes; other types are left to Qt's own conversion."""
_KEPT_AS_METHODS = {"sizeHint", "minimumSizeHint"}
"""Qt looks these up as functions, to call a Python class that overrides them."""

_connect, _disconnect = QtCore.QObject.connect, QtCore.QObject.disconnect
_property, _set_property = QtCore.QObject.property, QtCore.QObject.setProperty
_loading_ui = False


class StandInProperty(property):
    """A Qt property of a stand-in, with the name of its C++ type."""

    def __init__(
        self, type_name: str, fget: Callable[[Any], Any], fset: Callable[[Any, Any], None] | None = None
    ) -> None:
        super().__init__(fget, fset)
        self.type_name = type_name


class ClassFacts(NamedTuple):
    """What Qt knows of a class."""

    properties: dict[str, str]
    """Name -> C++ type."""
    read_only: frozenset[str]
    """Properties that can't be set."""
    signals: frozenset[str]
    """Normalized signatures."""


@functools.cache
def facts_of(cls: type[QtCore.QObject]) -> ClassFacts:
    """Return the properties and signals of a class, inherited ones included."""
    meta = cls.staticMetaObject
    natives = [meta.property(index) for index in range(meta.propertyCount())]
    properties = {native.name(): native.typeName() for native in natives}
    read_only = {native.name() for native in natives if not native.isWritable()}
    for base in reversed(cls.__mro__):
        for name, value in vars(base).items():
            if isinstance(value, StandInProperty):
                properties[name] = value.type_name
                if value.fset is None:
                    read_only.add(name)
    methods = [meta.method(index) for index in range(meta.methodCount())]
    signals = {
        bytes(method.methodSignature()).decode()
        for method in methods
        if method.methodType() == QtCore.QMetaMethod.MethodType.Signal
    }
    return ClassFacts(properties, frozenset(read_only), frozenset(signals))


def stand_in(cls: type[QtCore.QObject]) -> type[QtCore.QObject]:
    """Register a class that stands in for one of Slicer or CTK (a decorator)."""
    STAND_INS[cls.__name__] = cls
    return cls


def widget_class(name: str) -> type[QtCore.QObject] | None:
    """Return the class of a name in a .ui file; None where neither Qt nor the host has it."""
    found = STAND_INS.get(name) or getattr(QtWidgets, name, None) or getattr(QtGui, name, None)
    return found if inspect.isclass(found) and issubclass(found, QtCore.QObject) else None


def has_signal(cls: type[QtCore.QObject], signature: str) -> bool:
    """Tell whether a class has a signal with a C++ signature."""
    return _normalized(signature) in facts_of(cls).signals


def teach_pythonqt_manners() -> None:
    """Change PySide's classes as the module's docstring says; once a process."""
    base = QtCore.QObject
    if "className" in vars(base):
        return
    classes = sorted(set(_qt_classes()), key=lambda cls: len(cls.__mro__))
    for cls in classes:
        _turn_properties_into_attributes(cls)
    base.name = vars(base)["objectName"]
    base.className = lambda self: _strict_class(type(self)).__name__
    plain_get = base.__getattribute__

    def get_attribute(self: QtCore.QObject, name: str) -> Any:
        # PySide looks these two up by itself, past the class's dictionary.
        by_signature = {"connect": _connect_signature, "disconnect": _disconnect_signature}.get(name)
        return types.MethodType(by_signature, self) if by_signature else plain_get(self, name)

    base.__getattribute__ = get_attribute
    for cls in classes:
        # Each class of PySide has a __setattr__ of its own, so a change of QObject's would not be inherited.
        cls.__setattr__ = _set_attribute


def qt_module(ui_loader: type) -> types.ModuleType:
    """Return the flat module ``qt`` that Slicer has: QtCore, QtGui and QtWidgets in one."""

    def lookup(name: str) -> Any:
        for part in (QtWidgets, QtGui, QtCore):
            if hasattr(part, name):
                return getattr(part, name)
        raise AttributeError(f"module 'qt' has no attribute '{name}'")

    module = types.ModuleType("qt")
    module.__getattr__ = lookup
    module.QUiLoader = ui_loader
    return module


@contextmanager
def no_attributes_for_children() -> Iterator[None]:
    """Keep PySide's .ui loader from making attributes of the children, which PythonQt's does not."""
    global _loading_ui  # noqa: PLW0603
    _loading_ui = True
    try:
        yield
    finally:
        _loading_ui = False


def _qt_classes() -> Iterator[type[QtCore.QObject]]:
    # PySide makes its classes when they are asked for: vars() would miss most of them.
    for module in (QtCore, QtGui, QtWidgets):
        for name in dir(module):
            value = getattr(module, name)
            if inspect.isclass(value) and issubclass(value, QtCore.QObject):
                yield value


def _turn_properties_into_attributes(cls: type[QtCore.QObject]) -> None:
    meta = cls.staticMetaObject
    for index in range(meta.propertyCount()):
        native = meta.property(index)
        name, own = native.name(), vars(cls)
        inherited = index < meta.propertyOffset() and name not in own
        # QTimer has a static function singleShot beside the property; pointers would get a wrong owner.
        static = isinstance(own.get(name), staticmethod) or (cls is QtCore.QTimer and name == "singleShot")
        if not (inherited or static or name in _KEPT_AS_METHODS or native.typeName().endswith("*")):
            setattr(cls, name, _attribute(name))


def _attribute(name: str) -> property:
    def put(self: QtCore.QObject, value: object) -> None:
        if not _set_property(self, name, value):
            raise AttributeError(f"property '{name}' of {self.className()} does not take {value!r}")

    return property(lambda self: _property(self, name), put)


def _set_attribute(self: QtCore.QObject, name: str, value: object) -> None:
    """Set a property; refuse what PythonQt would refuse. This is __setattr__ of every QObject."""
    cls = type(self)
    strict = _strict_class(cls)
    facts = facts_of(strict)
    if name in facts.properties:
        taken, plain = _PLAIN_TYPES.get(facts.properties[name], ((object,), None))
        if name in facts.read_only or name in _KEPT_AS_METHODS:
            raise AttributeError(f"property '{name}' of {strict.__name__} is read-only")
        if not isinstance(value, taken):
            raise AttributeError(f"property '{name}' of {strict.__name__} does not take {value!r}")
        inspect.getattr_static(cls, name).__set__(self, plain(value) if plain else value)
    elif isinstance(value, QtCore.SignalInstance) or cls is not strict:
        self.__dict__[name] = value  # PySide keeps signals so; classes of the module may have attributes
    elif strict in STAND_INS.values() and name.startswith("_"):
        self.__dict__[name] = value
    elif not (_loading_ui and isinstance(value, QtCore.QObject)):
        raise AttributeError(f"{strict.__name__} has no property '{name}', and takes no new attributes")


def _strict_class(cls: type[QtCore.QObject]) -> type[QtCore.QObject]:
    """Return the nearest class of Qt, Slicer or CTK; those take no new attributes."""
    return next(
        base
        for base in cls.__mro__
        if base.__module__.startswith("PySide6") or STAND_INS.get(base.__name__) is base
    )


def _normalized(signature: str) -> str:
    return bytes(QtCore.QMetaObject.normalizedSignature(signature)).decode()


def _checked_signal(sender: QtCore.QObject, signature: str) -> str:
    if not has_signal(type(sender), signature):
        raise ValueError(f"{sender.className()} '{sender.name}' has no signal {signature}")
    return QtCore.SIGNAL(_normalized(signature))


def _connect_signature(sender: QtCore.QObject, signature: str, slot: Callable[..., Any]) -> bool:
    """Connect a signal, named by its C++ signature, to a function."""
    if not callable(slot):
        raise TypeError(f"{signature} of {sender.className()} is to be connected to a function, not {slot!r}")
    return bool(_connect(sender, _checked_signal(sender, signature), slot))


def _disconnect_signature(sender: QtCore.QObject, signature: str, slot: Callable[..., Any]) -> bool:
    """Undo `_connect_signature`."""
    return bool(_disconnect(sender, _checked_signal(sender, signature), slot))
