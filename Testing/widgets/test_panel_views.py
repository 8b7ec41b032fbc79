"""The panel and the views beside it: what they show, and what is drawn over them."""

from __future__ import annotations

import pytest
import slicer

from LayerSeparationLib import GapEdit
from LayerSeparationLib.views.joint_overlay import BAR, LOWER_OUTLINE, UPPER_MARGIN, UPPER_OUTLINE
from LayerSeparationLib.views.view_windows import windows_in_sight


def overlays_seen(bench):
    overlay = bench.panel.view.overlay
    nodes = [overlay.find(role) for role in (UPPER_OUTLINE, LOWER_OUTLINE, UPPER_MARGIN, BAR)]
    return [bool(node.GetDisplayNode().GetVisibility()) for node in nodes]


def marked():
    windows = windows_in_sight()
    return {window.node.GetLayoutLabel() for window in windows if _has_text(window.renderer)}


def _has_text(renderer):
    props = renderer.GetViewProps()
    found = [props.GetItemAsObject(index) for index in range(props.GetNumberOfItems())]
    return any(prop.IsA("vtkTextActor") and "SYNTHETIC" in (prop.GetInput() or "") for prop in found)


def test_a_held_film_is_without_anything_of_the_edit(ready):
    ready.ui.sideBySideButton.click()
    ready.ui.gapSlider.value = 0.8
    ready.rest()
    assert overlays_seen(ready) == [True] * 4
    assert marked() == {"Edited"}
    ready.ui.holdFilmButton.pressed.emit()
    assert overlays_seen(ready) == [False] * 4
    assert marked() == set()
    ready.ui.holdFilmButton.released.emit()
    assert overlays_seen(ready) == [True] * 4
    assert marked() == {"Edited"}


def test_a_frame_of_a_sweep_comes_back_after_the_film_was_held_and_goes_with_an_edit(ready):
    ui = ready.ui
    ui.sideBySideButton.click()
    ui.sweepFromSpinBox.value, ui.sweepToSpinBox.value, ui.sweepStepsSpinBox.value = 0.5, 1.5, 3
    ui.makeSequenceButton.click()
    ready.wait(lambda: not ready.panel.state.busy)
    composite = slicer.app.layoutManager().sliceWidget("LayerSeparationSynthetic").mrmlSliceCompositeNode()
    frame = ready.joint.references.find("sweep_image_shown")

    def shown():
        return slicer.mrmlScene.GetNodeByID(composite.GetBackgroundVolumeID())

    assert shown() is frame
    assert overlays_seen(ready) == [True] * 4  # those of the frame
    ready.joint.show_film(True)
    assert shown() is ready.session.film_node
    assert overlays_seen(ready) == [False] * 4
    ready.joint.show_film(False)
    assert shown() is frame
    ready.ui.gapSlider.value = 0.9
    ready.rest()
    assert shown() is ready.session.joints.synthetic_film
    assert overlays_seen(ready) == [True] * 4


def test_each_frame_of_a_sweep_says_its_own_width(ready):
    ui = ready.ui
    ui.sideBySideButton.click()
    ui.sweepFromSpinBox.value, ui.sweepToSpinBox.value, ui.sweepStepsSpinBox.value = 0.5, 1.5, 3
    ui.makeSequenceButton.click()
    ready.wait(lambda: not ready.panel.state.busy)
    view = slicer.app.layoutManager().sliceWidget("LayerSeparationSynthetic").sliceView()
    props = view.renderWindow().GetRenderers().GetFirstRenderer().GetViewProps()

    def label():
        found = [props.GetItemAsObject(index) for index in range(props.GetNumberOfItems())]
        texts = [prop.GetInput() or "" for prop in found if prop.IsA("vtkTextActor")]
        return [text for text in texts if "JSW" in text]

    for frame, width in ((0, 0.5), (2, 1.5), (1, 1.0)):
        ui.frameSlider.value = frame
        [text] = label()
        assert float(text.split()[1]) == pytest.approx(width, abs=0.02)


def test_buttons_say_which_layout_is_on(ready):
    ui = ready.ui
    buttons = (ui.filmButton, ui.sideBySideButton, ui.layersButton)
    for button in buttons:
        button.click()
        assert [other.checked for other in buttons] == [other is button for other in buttons]
    slicer.app.layoutManager().setLayout(3)
    assert not any(button.checked for button in buttons)


def test_the_users_layout_comes_back_when_the_module_is_left(ready):
    manager = slicer.app.layoutManager()
    manager.setLayout(6)
    ready.ui.layersButton.click()
    own = manager.layout
    ready.widget.exit()
    assert manager.layout == 6
    ready.widget.enter()
    assert manager.layout == own


def test_an_edit_leaves_the_layouts_that_do_not_show_it(ready):
    ui, joint = ready.ui, ready.joint
    ui.filmButton.click()
    joint.show_film(True)
    joint.show_film(False)
    assert ui.filmButton.checked, "a film that is held is no edit"
    joint.set_layers(joint.layers)
    assert ui.filmButton.checked, "other layers are none, either"
    ui.gapSlider.value = 0.8
    ready.rest()
    assert ui.sideBySideButton.checked
    ui.layersButton.click()
    ui.layersButton.click()
    title = slicer.app.layoutManager().sliceWidget("LayerSeparationUpperBone").mrmlSliceNode()
    assert title.GetLayoutLabel() == "Upper bone, as on the film"
    ui.gapSlider.value = 0.9
    ready.rest()
    assert ui.layersButton.checked
    assert title.GetLayoutLabel() == "Upper bone, edited"


def test_another_joint_ends_holding_the_film(ready):
    one = ready.joint
    one.set_edit(GapEdit(target_jsw=0.8))
    one.show_film(True)
    ready.session.select(None)
    assert not one.film_is_shown
    ready.session.select(one)
    assert overlays_seen(ready) == [True] * 4
