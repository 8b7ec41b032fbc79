"""The host is stricter than Slicer: what Slicer would print and pass over fails a test here."""

import threading
from pathlib import Path
from typing import Annotated

import pytest
import slicer
import vtk

HOST = Path(__file__).resolve().parent
pytest_plugins = ["pytester"]

UI = """<?xml version="1.0" encoding="UTF-8"?>
<ui version="4.0">
 <class>Example</class>
 <widget class="qMRMLWidget" name="Example">
  <layout class="QVBoxLayout" name="exampleLayout">
   <item><widget class="QPushButton" name="goButton"><property name="text"><string>Go</string></property></widget></item>
   <item><widget class="ctkDoubleSlider" name="widthSlider">
    <property name="singleStep"><double>0.1</double></property>
    <property name="maximum"><double>5.0</double></property>
    <property name="orientation"><enum>Qt::Horizontal</enum></property>
   </widget></item>
   <item><widget class="QSpinBox" name="countSpinBox">
    <property name="SlicerParameterName" stdset="0"><string>count</string></property>
   </widget></item>
   <item><widget class="ctkPathLineEdit" name="folderEdit">
    <property name="SlicerParameterName" stdset="0"><string>folder</string></property>
   </widget></item>
  </layout>
 </widget>
 <connections/>
</ui>
"""  # noqa: E501
MODULE = """
import qt, slicer
from slicer.ScriptedLoadableModule import ScriptedLoadableModule, ScriptedLoadableModuleWidget

class Example(ScriptedLoadableModule):
    pass

class ExampleWidget(ScriptedLoadableModuleWidget):
    def setup(self):
        self.button = qt.QPushButton("Go")
        self.button.connect("clicked(bool)", lambda _checked: 1 / 0)
        self.layout.addWidget(self.button)
    def enter(self):
        pass
    def exit(self):
        pass
    def cleanup(self):
        pass
"""


@pytest.fixture
def load(panel_host, tmp_path):
    """Return a function: text of a .ui file -> object with its widgets."""

    def load(text=UI):
        path = tmp_path / "Example.ui"
        path.write_text(text, encoding="utf-8")
        load.top = slicer.util.loadUI(str(path))
        return slicer.util.childWidgetVariables(load.top)

    return load


def test_properties_are_attributes_and_others_raise(load):
    ui = load()
    assert ui.goButton.text == "Go"
    assert (ui.widthSlider.maximum, ui.widthSlider.singleStep) == (5.0, 0.1)
    ui.widthSlider.value = 7
    assert ui.widthSlider.value == 5.0
    for widget, name in ((ui.goButton, "caption"), (ui.widthSlider, "prefix")):
        with pytest.raises(AttributeError, match=name):
            getattr(widget, name)
        with pytest.raises(AttributeError, match=name):
            setattr(widget, name, "x")


def test_values_of_the_wrong_type_and_read_only_properties_raise(load):
    ui = load()
    for widget, name, value in (
        (ui.goButton, "text", 3),
        (ui.goButton, "enabled", "yes"),
        (ui.widthSlider, "value", "wide"),
        (ui.goButton, "toolTip", None),
        (ui.folderEdit, "currentPath", Path("x")),
        (ui.goButton, "fullScreen", True),
    ):
        with pytest.raises(AttributeError, match=name):
            setattr(widget, name, value)


def test_signals_are_connected_by_their_signature_and_others_raise(load):
    ui, heard = load(), []
    ui.widthSlider.connect("valueChanged(double)", heard.append)
    ui.folderEdit.connect("currentPathChanged( const QString& )", heard.append)
    ui.goButton.connect("clicked(bool)", heard.append)
    ui.widthSlider.value = 2.5
    ui.folderEdit.currentPath = "films"
    ui.goButton.click()
    assert heard == [2.5, "films", False]
    ui.goButton.disconnect("clicked(bool)", heard.append)
    ui.goButton.click()
    assert len(heard) == 3
    for widget, signal in (
        (ui.goButton, "pushed()"),
        (ui.goButton, "clicked(int)"),
        (ui.widthSlider, "valueChanged(int)"),
        (ui.folderEdit, "currentPathChanged(Path)"),
    ):
        with pytest.raises(ValueError, match="no signal"):
            widget.connect(signal, print)


def test_slots_that_do_not_exist_raise(load):
    ui = load()
    for widget, name in ((ui.goButton, "push"), (ui.widthSlider, "setMinimum"), (ui.folderEdit, "browse")):
        with pytest.raises(AttributeError, match=name):
            getattr(widget, name)()
    with pytest.raises(TypeError, match="function"):
        ui.goButton.connect("clicked(bool)", "push()")


def test_a_ui_file_is_loaded_strictly(load):
    for old, new, message in (
        ("ctkDoubleSlider", "ctkSlider", "neither Qt nor the host has this class"),
        ('name="text"', 'name="caption"', "goButton.*no property caption"),
        ('name="singleStep"', 'name="digits"', "widthSlider.*no property digits"),
        ("Qt::Horizontal", "Qt::Sideways", "Sideways"),
        ("<connections/>", "<connections><connection/></connections>", "connected in the .ui file"),
    ):
        with pytest.raises(Exception, match=message):
            load(UI.replace(old, new))


def test_the_check_of_code_against_a_ui_file(load, tmp_path):
    from panel_host.ui_files import lint

    load()
    code = tmp_path / "code.py"
    code.write_text(
        "self.ui.goButton.text = 'x'\n"
        "self.ui.stopButton.click()\n"
        "self.ui.goButton.caption = 'x'\n"
        "ui.goButton.connect('pushed()', f)\n"
        "ui.widthSlider.connect('valueChanged(double)', f)\n",
        encoding="utf-8",
    )
    assert lint(tmp_path / "Example.ui", [code]) == [
        "code.py:2: Example.ui has no widget stopButton",
        "code.py:3: QPushButton goButton has no attribute caption",
        "code.py:4: QPushButton goButton has no signal pushed()",
    ]


def test_what_nobody_would_hear_is_heard(panel_host, load):
    import qt

    def fail(*_):
        raise KeyError("lost")

    button = load().goButton
    button.connect("clicked(bool)", fail)
    button.click()
    [error] = panel_host.errors.take()
    assert "KeyError: 'lost'" in error
    assert "in fail" in error

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    tag = node.AddObserver(vtk.vtkCommand.ModifiedEvent, fail)
    node.Modified()
    node.RemoveObserver(tag)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qt.QTimer.singleShot(0, fail)
    panel_host.process_events()
    assert ["KeyError" in text for text in panel_host.errors.take()] == [True] * 3

    vtk.vtkOutputWindow.GetInstance().DisplayErrorText("no such array")
    slicer.util.errorDisplay("no film")
    widget = qt.QWidget()
    for _ in range(2):
        qt.QVBoxLayout(widget)
    from_vtk, from_box, from_qt = panel_host.errors.take()
    assert "no such array" in from_vtk
    assert "no film" in from_box
    assert "QLayout" in from_qt
    assert panel_host.messages == [("error", "no film")]


def test_a_test_fails_by_an_error_that_was_swallowed(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(HOST))
    module = pytester.path / "Example.py"
    module.write_text(MODULE, encoding="utf-8")
    pytester.makeconftest("from panel_host.fixtures import panel, panel_host, pytest_runtest_call")
    pytester.makepyfile(
        f"""
        from pathlib import Path

        def test_pressed(panel):
            panel(Path({str(module)!r})).button.click()

        def test_expected(panel):
            panel(Path({str(module)!r})).button.click()
            [error] = panel.host.errors.take()
            assert "ZeroDivisionError" in error

        def test_closed(panel):
            widget = panel(Path({str(module)!r}))
            widget.exit = lambda: widget.button.click()
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1, errors=1)
    result.stdout.fnmatch_lines(["*swallowed in the test*", "*ZeroDivisionError*"])


def test_questions_are_answered_and_dialogs_refused(panel_host):
    import qt

    assert slicer.util.confirmOkCancelDisplay("Replace?")
    panel_host.confirm_answer = False
    assert not slicer.util.confirmOkCancelDisplay("Replace?")
    assert panel_host.messages == [("question", "Replace?")] * 2
    with pytest.raises(RuntimeError, match="wait for ever"):
        qt.QFileDialog.getOpenFileName(None, "Load")


def test_parameters_are_kept_as_slicer_keeps_them(load):
    from slicer.parameterNodeWrapper import WithinRange, parameterNodeWrapper

    @parameterNodeWrapper
    class Parameters:
        film: slicer.vtkMRMLVolumeNode
        title: str
        width: Annotated[float, WithinRange(0, 5)] = 0.5
        count: Annotated[int, WithinRange(2, 8)] = 3
        folder: Path = Path("out")
        kept: bool = False

    ui = load()
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode")
    parameters = Parameters(node)
    texts = {name: node.GetParameter(name) for name in node.GetParameterNames()}
    assert texts == {"film": "", "title": "", "width": "0.5", "count": "3", "folder": "out", "kept": "False"}
    film = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    parameters.film = film
    assert node.GetNodeReferenceID("film") == film.GetID()
    assert Parameters(node).film is film
    assert parameters.kept is False
    parameters.kept = True
    assert (node.GetParameter("kept"), Parameters(node).kept) == ("True", True)
    for name, value, error in (
        ("width", 6.0, ValueError),
        ("width", "1", TypeError),
        ("count", 2.5, TypeError),
        ("count", True, TypeError),
        ("kept", 1, TypeError),
        ("film", node, TypeError),
        ("title", None, TypeError),
    ):
        with pytest.raises(error, match=name if error is TypeError else "range"):
            setattr(parameters, name, value)

    tag = parameters.connectGui(ui)
    assert (ui.countSpinBox.minimum, ui.countSpinBox.maximum, ui.countSpinBox.value) == (2, 8, 3)
    ui.countSpinBox.value = 5
    ui.folderEdit.currentPath = "films"
    assert (parameters.count, parameters.folder) == (5, Path("films"))
    node.SetParameter("count", "7")
    assert ui.countSpinBox.value == 7
    parameters.disconnectGui(tag)
    ui.countSpinBox.value = 4
    node.SetParameter("count", "6")
    assert (ui.countSpinBox.value, parameters.count) == (4, 6)


def test_parameters_that_the_host_does_not_know_raise(load):
    from slicer.parameterNodeWrapper import parameterNodeWrapper

    class Unknown:
        names: list[str]

    with pytest.raises(TypeError, match="names"):
        parameterNodeWrapper(Unknown)

    @parameterNodeWrapper
    class Unbounded:
        count: int

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode")
    with pytest.raises(ValueError, match="folder"):
        Unbounded(node).connectGui(load())


def test_nodes_have_items_in_the_subject_hierarchy(panel_host):
    hierarchy = slicer.mrmlScene.GetSubjectHierarchyNode()
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    assert hierarchy.GetItemByDataNode(node)
    slicer.mrmlScene.RemoveNode(node)
    assert hierarchy.GetNumberOfItems() == 0


def test_slicer_is_as_it_was_afterwards():
    assert not hasattr(slicer, "app")
    assert not hasattr(slicer, "modules")
    assert slicer.util.errorDisplay.__module__ == "slicer.util"
