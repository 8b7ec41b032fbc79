"""Slicer's Python layer: base classes of a scripted module, `slicer.i18n`, `slicer.parameterNodeWrapper`."""

from __future__ import annotations

import sys
import types
import unittest
from pathlib import Path
from typing import Any

import slicer
import slicer.util

from . import parameter_node


class ModuleRecord:
    """What Slicer knows of a module: `slicer.modules.<name>`, and `parent` of the module's class."""

    __slots__ = (
        *("name", "path", "title", "categories", "dependencies", "contributors"),
        *("helpText", "acknowledgementText"),
    )

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.path = name, str(path)


class ScriptedLoadableModule:
    """Base of the module's class."""

    def __init__(self, parent: ModuleRecord) -> None:
        self.parent = parent


class ScriptedLoadableModuleWidget:
    """Base of the panel's class."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__()
        self.moduleName = type(self).__name__.removesuffix("Widget")
        self.parent = parent
        self.layout = parent.layout()

    def resourcePath(self, filename: str) -> str:
        """Return the path of a file in the module's Resources."""
        return str(Path(slicer.util.modulePath(self.moduleName)).parent / "Resources" / filename)

    def setup(self) -> None:
        """Do nothing: Slicer adds the tools for developers."""


class ScriptedLoadableModuleLogic:
    """Base of the logic's class."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__()
        self.moduleName = type(self).__name__.removesuffix("Logic")

    def getParameterNode(self) -> Any:
        """Return the module's one parameter node; it is made where there is none."""
        scene, name = slicer.mrmlScene, self.moduleName
        node = scene.GetSingletonNode(name, "vtkMRMLScriptedModuleNode")
        if node is None:
            node = scene.CreateNodeByClass("vtkMRMLScriptedModuleNode")
            node.UnRegister(None)
            node.SetSingletonTag(name)
            node.SetName(scene.GenerateUniqueName(name))
            node = scene.AddNode(node)
        node.SetAttribute("ModuleName", name)
        return node


class ScriptedLoadableModuleTest(unittest.TestCase):
    """Base of the module's own test."""

    def delayDisplay(self, message: str) -> None:
        """Print a message; there is nobody to wait for."""
        print(message)

    def runTest(self) -> None:
        """Do nothing: the module overrides it."""


def tr(text: str) -> str:
    """Return a text untranslated."""
    return text


def translate(context: str, text: str) -> str:
    """Return a text untranslated."""
    return text


def provide_python_layer() -> None:
    """Make the modules of this file importable under Slicer's names."""
    bases = (
        ScriptedLoadableModule,
        ScriptedLoadableModuleWidget,
        ScriptedLoadableModuleLogic,
        ScriptedLoadableModuleTest,
    )
    for name, contents in (
        ("ScriptedLoadableModule", bases),
        ("i18n", (tr, translate)),
        ("parameterNodeWrapper", (parameter_node.parameterNodeWrapper, parameter_node.WithinRange)),
    ):
        module = types.ModuleType(f"slicer.{name}")
        for one in contents:
            setattr(module, one.__name__, one)
        sys.modules[f"slicer.{name}"] = module
        setattr(slicer, name, module)
