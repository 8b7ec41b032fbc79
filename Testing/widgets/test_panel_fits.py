"""The panel fits into its place whatever it has to say: width, height, folded sections, one row in sight."""

from __future__ import annotations

import numpy as np
import pytest
import qt
import slicer

from LayerSeparationLib import GapEdit
from LayerSeparationLib.scene.length_format import format_length
from LayerSeparationLib.scene.sample_data import add_phantom_film
from LayerSeparationLib.widgets.device_job import Device, Devices
from LayerSeparationLib.widgets.export_job import DATA_SET
from LayerSeparationLib.widgets.plural import plural
from LayerSeparationLib.widgets.preferences import read_preference, write_preference
from LayerSeparationLib.widgets.states import Facts, PackageState, PanelState, unfolded_sections

WIDEST_PX = 420
"""Of 460 px that Slicer's module panel mostly has, without its margins and scroll bars."""
SIZE_PX = (460, 640)
"""What Data Probe leaves of a window of 1,000 px."""
LONG = "a reason that goes on and on, " * 20
PLAN = 3


def width(bench):
    """Return the least width of the panel, and that of what scrolls in it."""
    bench.host.process_events()
    return bench.widget.parent.minimumSizeHint().width(), bench.ui.sections.minimumSizeHint().width()


def is_in_sight(bench, widget):
    """Whether all of a widget can be seen."""
    bench.widget.parent.resize(*SIZE_PX)
    bench.host.process_events()
    whole = bench.widget.parent
    corner = widget.mapTo(whole, qt.QPoint(0, 0))
    inside = qt.QRect(0, 0, *SIZE_PX).contains(qt.QRect(corner, widget.size))
    return widget.visible and inside and widget.visibleRegion().boundingRect().size() == widget.size


def unfold_all(bench):
    for name in unfolded_sections(Facts()):
        getattr(bench.ui, name).collapsed = False


def test_no_text_widens_the_panel(ready):
    session, ui = ready.session, ready.ui
    unfold_all(ready)
    session.film_node.SetName(f"film {LONG}")
    ready.panel.film.fill()
    ready.panel.choose_film(session.film_node)
    for owner in ("film", "find", "export"):
        ready.panel.row.speaker(owner)(LONG)
    ui.gapMessageLabel.text, ui.filmGapLabel.text, ui.deviceLabel.text = LONG, LONG, LONG
    ui.spacingLabel.text, ui.calibrationLabel.text = LONG, LONG
    ui.gapMessageLabel.visible = True
    ui.calibrateButton.click()
    ui.exportWhatComboBox.setCurrentIndex(PLAN)
    ui.exportFolderPathLineEdit.currentPath = f"/{LONG}"
    panel_px, sections_px = width(ready)
    assert panel_px < WIDEST_PX
    assert sections_px < WIDEST_PX


@pytest.mark.parametrize("state", list(PanelState))
def test_no_state_widens_the_panel(film, state):
    film.panel.activity.set_state(state)
    film.panel.row.speaker("export")(LONG)
    assert max(width(film)) < WIDEST_PX
    film.panel.activity.set_state(PanelState.IDLE)


def test_the_everyday_part_is_in_sight_without_scrolling(ready):
    for number in range(7):
        x = 20.0 + 30 * number
        ready.place(((x, 60.0), (x, 20.0)))
    ready.panel.session.select(next(joint for joint in ready.session.all_joints if joint.layers is not None))
    ready.host.process_events()
    assert ready.ui.jointTable.rowCount == 8
    for name in (
        "filmSection",
        "jointTable",
        "separateButton",
        "gapSlider",
        "undoButton",
        "sideBySideButton",
    ):
        assert is_in_sight(ready, getattr(ready.ui, name)), name
    assert ready.ui.sectionsScrollArea.verticalScrollBar().value == 0


def test_progress_and_cancel_stay_in_sight_wherever_the_sections_are(ready):
    ui = ready.ui
    unfold_all(ready)
    ready.panel.activity.set_state(PanelState.EXPORTING)
    ready.panel.export._show_progress(3, 12, DATA_SET)
    bar = ui.sectionsScrollArea.verticalScrollBar()
    for place in (bar.minimum, bar.maximum):
        bar.setValue(place)
        for widget in (ui.messageLabel, ui.progressBar, ui.cancelButton):
            assert is_in_sight(ready, widget), widget.name
    assert (ui.progressBar.value, ui.progressBar.maximum) == (3, 12)
    assert ui.messageLabel.text == "3 of 12 samples"
    ready.panel.activity.set_state(PanelState.IDLE)
    assert not ui.cancelButton.visible
    assert not ui.progressBar.visible


def test_cancel_of_the_row_does_what_the_button_does(film, slow):
    film.place()
    film.ui.separateButton.click()
    film.host.process_events()
    film.ui.cancelButton.click()
    assert film.panel.state is PanelState.IDLE
    assert film.ui.messageLabel.text == "Cancelled"


def test_an_installation_can_not_be_stopped(film):
    film.panel.activity.set_state(PanelState.INSTALLING)
    assert not film.ui.cancelButton.enabled
    assert not film.ui.separateButton.enabled
    film.panel.activity.set_state(PanelState.IDLE)


def test_what_one_section_says_is_taken_away_by_it_alone(film):
    row, label = film.panel.row, film.ui.messageLabel
    find, export, device = row.speaker("find"), row.speaker("export"), row.speaker("device", lasting=True)
    device("PyTorch does not load")
    find("14 joints found")
    export("1 folder written")
    find("")
    assert label.text == label.toolTip == "1 folder written"
    export("")
    assert label.text == "PyTorch does not load"
    find("14 joints found")
    film.panel.activity.set_state(PanelState.EXPORTING)
    film.panel.activity.set_state(PanelState.IDLE)
    assert label.text == "PyTorch does not load"
    device("")
    assert label.text == "Next: find or place the joints"


def test_sections_fold_when_they_are_settled():
    def unfolded(**facts):
        return {
            name.removesuffix("Section")
            for name, is_open in unfolded_sections(Facts(**facts)).items()
            if is_open
        }

    assert unfolded() == {"film", "joints"}
    assert unfolded(film=True) == {"joints"}
    assert unfolded(film=True, spacing_known=False) == {"film", "joints"}
    assert unfolded(film=True, spacing_known=False, joints=2) == {"joints"}
    assert unfolded(film=True, joints=2, calibrating=True) == {"film", "joints"}
    assert unfolded(film=True, joints=2, separated=1) == {"joints", "gap", "view"}
    assert unfolded(film=True, joints=2, separated=1, problem="a transform") == {
        "film",
        "joints",
        "gap",
        "view",
    }


def test_a_section_that_the_user_folded_stays_so_and_is_remembered(ready):
    ui = ready.ui
    assert ui.filmSection.collapsed
    assert not ui.gapSection.collapsed
    assert ui.filmSection.text == "Radiograph: Phantom joint, 0.082 mm/px"
    ui.gapSection.click()
    ui.exportSection.click()
    ready.panel.refresh()
    ready.joint.reset()
    assert ui.gapSection.collapsed
    assert not ui.exportSection.collapsed
    assert read_preference("unfolded") == {"gapSection": False, "exportSection": True}


def test_the_last_choice_of_formats_is_kept(panel, module_file, tmp_path):
    write_preference(
        "export", {"what": PLAN, "files": ["nrrd", "gone"], "data_sets": ["coco"], "folder": str(tmp_path)}
    )
    ui = panel(module_file).ui
    section = panel.host._widgets["LayerSeparation"].panel.export
    assert (section.formats, section.data_set_formats) == ([], ["coco"])
    assert ui.exportFolderPathLineEdit.currentPath == str(tmp_path)
    ui.exportWhatComboBox.setCurrentIndex(0)
    assert section.formats == ["nrrd"]
    assert ui.exportFormatsComboBox.toolTip == "NRRD\nData set: COCO (instances, RLE)"
    ui.exportFormatsComboBox.setItemData(0, 2, qt.Qt.CheckStateRole)
    assert section.formats == ["png", "nrrd"]
    kept = read_preference("export")
    assert (kept["what"], kept["files"], kept["data_sets"]) == (0, ["png", "nrrd"], ["coco"])


def test_settings_that_can_not_be_read_are_as_good_as_none(panel_host):
    qt.QSettings().setValue("LayerSeparation/export", "{half")
    assert read_preference("export") == {}
    qt.QSettings().setValue("LayerSeparation/export", "[1]")
    assert read_preference("export") == {}


def test_counts_are_told_as_people_do():
    assert [plural(count, "1 sample", "{count} samples") for count in (0, 1, 2)] == [
        "0 samples",
        "1 sample",
        "2 samples",
    ]


def test_widths_in_pixels_have_the_offer_to_calibrate_beside_them(bench):
    pixels = np.random.default_rng(0).integers(0, 255, (1, 200, 160)).astype(np.uint8)
    slicer.util.addVolumeFromArray(pixels, np.diag([-1.0, -1.0, 1.0, 1.0]), "PNG")
    bench.host.process_events()
    ui = bench.ui
    assert not ui.filmSection.collapsed
    bench.place(((80.0, 150.0), (80.0, 50.0)))
    assert ui.filmSection.collapsed
    assert ui.jointsOfferLabel.visible
    ui.jointsOfferLabel.linkActivated.emit("calibrate")
    assert bench.panel.film.calibrating
    assert not ui.filmSection.collapsed
    assert ui.calibrationRow.visible
    bench.panel.film.cancel()
    assert ui.filmSection.collapsed


def test_a_text_about_the_device_that_is_too_long_says_so(ready):
    ready.panel.processor.torch, section = PackageState.READY, ready.panel.device
    gpu = Device("cuda:0", f"GPU {LONG}")
    section._take_devices(Devices((Device("cpu", "CPU"), gpu), gpu))
    ready.panel.processor.device = "cuda:0"
    section.refresh()
    label = ready.ui.deviceLabel
    assert "\N{HORIZONTAL ELLIPSIS}" in label.text
    assert label.fontMetrics().horizontalAdvance(label.text) <= label.width
    assert "a reason that goes on" in label.toolTip


def test_half_a_hundredth_is_rounded_up_as_people_do():
    assert [format_length(value, "mm") for value in (1.625, 0.125, 1.5, 0.0)] == [
        "1.63 mm",
        "0.13 mm",
        "1.50 mm",
        "0.00 mm",
    ]


def test_what_came_of_a_step_goes_with_what_the_user_does_next(ready, tmp_path):
    row, label = ready.panel.row, ready.ui.messageLabel
    separate, export = row.speaker("separate"), row.speaker("export")

    def add_film():
        add_phantom_film()
        ready.host.process_events()

    for act in (
        lambda: ready.joint.set_edit(GapEdit(target_jsw=0.5)),
        ready.joint.undo,
        row._read.timeout.emit,
        lambda: ready.session.joints.remove(ready.joint),
    ):
        separate("1 joint separated on CPU")
        assert label.text == "1 joint separated on CPU"
        assert row._read.active
        act()
        ready.host.process_events()
        assert "separated on" not in label.text
    export("1 folder written")
    ready.ui.exportWhatComboBox.setCurrentIndex(PLAN)
    assert label.text != "1 folder written"
    first = ready.session.film_node
    add_film()
    assert label.text == "Another radiograph was loaded: choose it under Radiograph"
    assert ready.session.film_node is first
    ready.ui.filmComboBox.setCurrentIndex(1)
    assert ready.session.film_node is not first
    assert label.text == "Next: find or place the joints"


def test_the_list_is_as_high_as_its_joints_where_there_is_room(ready):
    for number in range(7):
        x = 20.0 + 30 * number
        ready.place(((x, 60.0), (x, 20.0)))
    ready.panel.session.select(next(joint for joint in ready.session.all_joints if joint.layers is not None))
    table, row_px = ready.ui.jointTable, ready.panel.joints._row_px
    header_px = ready.panel.joints._header_px
    for number in range(7):
        x = 20.0 + 30 * number
        ready.place(((x, 250.0), (x, 210.0)))
    ready.panel.session.select(next(joint for joint in ready.session.all_joints if joint.layers is not None))
    for height_px, rows in ((1400, 15), (400, 5), (1400, 15)):
        ready.widget.parent.resize(460, height_px)
        ready.host.process_events()
        ready.panel.refresh()
        ready.host.process_events()
        assert table.height == header_px + rows * row_px + 2 * table.frameWidth, height_px


def test_a_section_that_the_user_unfolds_is_in_sight_as_a_whole(ready):
    ui = ready.ui
    ready.widget.parent.resize(*SIZE_PX)
    ready.host.process_events()
    ui.sweepSection.click()
    for _step in range(3):
        ready.host.process_events()
    assert is_in_sight(ready, ui.sweepSection)
    assert not ui.gapSection.collapsed
    ui.exportSection.click()
    for _step in range(3):
        ready.host.process_events()
    for widget in (ui.exportWhatComboBox, ui.exportButton, ui.resumeButton, ui.exportSection):
        assert is_in_sight(ready, widget), widget.name
    assert ui.viewSection.collapsed
    ready.joint.set_edit(GapEdit(target_jsw=0.5))
    ready.panel.refresh()
    assert ui.viewSection.collapsed
    assert read_preference("unfolded") == {"sweepSection": True, "exportSection": True}
    ui.exportSection.click()
    assert not ui.viewSection.collapsed
    assert not ui.gapSection.collapsed
