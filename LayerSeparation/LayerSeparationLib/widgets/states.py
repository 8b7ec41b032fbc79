"""What the panel is doing, and which of its buttons can be pressed: rules without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..translation import tr as _
from .keys import Command, with_key

_STEPS = ("openFilmButton", "findJointsButton", "placeJointButton", "separateButton", "exportButton")
"""The buttons of which `next_step` names one."""


class PanelState(Enum):
    """What the panel is doing."""

    IDLE = "idle"
    FINDING = "finding joints"
    SEPARATING = "separating"
    SWEEPING = "making a sequence"
    EXPORTING = "exporting"
    COMPARING = "comparing"
    INSTALLING = "installing"
    FAILED = "failed"
    """The last step failed; everything can be tried again."""

    @property
    def busy(self) -> bool:
        """Whether something is running."""
        return self not in (PanelState.IDLE, PanelState.FAILED)


class PackageState(Enum):
    """What is known of a Python package."""

    READY = "ready"
    """It is loaded."""
    INSTALLED = "installed"
    """It is installed; whether it loads is not known yet."""
    MISSING = "missing"
    BROKEN = "broken"


@dataclass(frozen=True)
class Facts:
    """All that the buttons depend on."""

    state: PanelState = PanelState.IDLE
    """What the panel is doing."""
    torch: PackageState = PackageState.INSTALLED
    """What is known of PyTorch."""
    film: bool = False
    """A film is in work."""
    spacing: str = ""
    """Pixel spacing of the film and its source, as people read them."""
    spacing_known: bool = True
    """The film has a pixel spacing: lengths are in mm."""
    problem: str = ""
    """Why nothing can be done with the film; '' where all is well."""
    placing: bool = False
    """A joint or a known length is being drawn."""
    calibrating: bool = False
    """A known length is being drawn or typed."""
    joints: int = 0
    """Joints on the film."""
    waiting: int = 0
    """Joints that are not separated, or whose layers are out of date."""
    joint: bool = False
    """A joint is selected."""
    layers: bool = False
    """The selected joint has layers."""
    edited: bool = False
    """The selected joint's edit changes something."""
    undo: str = ""
    """What would be taken back, such as 'narrowing of MCP3'; '' where there is nothing."""
    redo: str = ""
    """What would be done again; '' where there is nothing."""
    separated: int = 0
    """Joints that have layers."""
    sequence: bool = False
    """There is a sequence of the selected joint."""
    sweep_range: bool = True
    """The sweep's range is one: its ends differ."""
    formats: bool = True
    """At least one format of export is ticked."""
    folder: bool = True
    """A folder for export is chosen."""
    plan_range: bool = True
    """The plan's range is one: its smaller end comes first."""
    unfinished: str = ""
    """Name of a data set of this film in the folder that is not complete."""
    exported: bool = False
    """The folder for export exists."""
    baseline: bool = False
    """An earlier film is chosen."""
    compared: int = 0
    """Joints that were compared."""
    visits_shown: bool = False
    """The views show two films of a joint side by side."""
    outdated_changes: int = 0
    """Compared joints that were changed since, or whose films were."""


@dataclass(frozen=True)
class Control:
    """What a button looks like."""

    enabled: bool
    """Whether it can be pressed."""
    tooltip: str
    """What it does, or what is missing."""


def controls(facts: Facts) -> dict[str, Control]:
    """Return the control of every button that depends on facts, by the name of its widget."""
    film = facts.problem or (None if facts.film else _("Load a radiograph and choose it above first"))
    still = _still_busy(facts)
    joint = film or (None if facts.joint else _("Place a joint, or choose one in the list first"))
    layers = joint or (None if facts.layers else _("Separate this joint first"))
    drawn = layers or (
        _("Nothing is drawn over the films that are compared: choose another view above")
        if facts.visits_shown
        else None
    )
    undo = None if facts.undo else _("There is nothing to undo")
    redo = None if facts.redo else _("There is nothing to redo")
    edited = None if facts.edited else _("The joint is as on the film")
    return {
        "filmComboBox": _control(still, _("The radiograph to work on; 2-D images of the scene are listed")),
        "openFilmButton": _control(
            still, _("Open one file as a radiograph: DICOM, PNG, JPEG, TIFF..., whatever lies beside it")
        ),
        "clearCalibrationButton": _control(
            film or still, _("Go back to the pixel spacing that the file says, or to none")
        ),
        "calibrateButton": _control(
            film or still, _("Draw a line over a known length on the film, then type its length in mm")
        ),
        "invertCheckBox": _control(film or still, _("Tick this if bone looks dark on the film")),
        "findJointsButton": _find(facts, film),
        "placeJointButton": _control(
            film or still,
            with_key(_("Stop placing"), Command.STOP_DRAWING)
            if facts.placing
            else with_key(
                _("Two clicks along the finger, first proximal, then distal of the joint"), Command.PLACE
            ),
        ),
        "renameButton": _control(joint or still, _("Give the selected joint its anatomical name")),
        "removeButton": _control(joint or still, _("Remove the selected joint and all that was made for it")),
        "separateButton": _separate(facts, film),
        "deviceComboBox": _control(still, _("The processor that separates the joints")),
        "gapControls": _control(layers or still, ""),
        "undoButton": _control(
            layers or still or undo, with_key(_("Undo {step}").format(step=facts.undo), Command.UNDO)
        ),
        "redoButton": _control(
            layers or still or redo, with_key(_("Redo {step}").format(step=facts.redo), Command.REDO)
        ),
        "resetButton": _control(layers or still or edited, _("Return to the joint as on the film")),
        "holdFilmButton": _control(
            layers or edited,
            with_key(_("While this is held down, the view shows the film as it was taken"), Command.FILM),
        ),
        "correctedButton": _control(
            layers or still,
            _("Repair a bone's segment in the Segment Editor, then press this: the layers follow"),
        ),
        "filmButton": _control(film, with_key(_("The film alone"), Command.FIRST_VIEW)),
        "sideBySideButton": _control(
            film, with_key(_("The film, and the edited film beside it"), Command.SECOND_VIEW)
        ),
        "layersButton": _control(
            layers,
            with_key(
                _("The film and the three layers of the selected joint, 2 x 2; once more: the film's"),
                Command.THIRD_VIEW,
            ),
        ),
        "wholeFilmButton": _control(
            film, with_key(_("All of the film, and the selected joint again"), Command.FOURTH_VIEW)
        ),
        "outlinesCheckBox": _control(drawn, _("Outlines of the bones on the edited film")),
        "marginsCheckBox": _control(drawn, _("Articular margins and joint space width")),
        "handlesCheckBox": _control(drawn, _("Handles in the view that drag and turn the selected bones")),
        "baselineComboBox": _control(
            film or still or (None if facts.baseline else _("There is no other radiograph in the scene")),
            _("The earlier radiograph of the same hand or hands"),
        ),
        "openBaselineButton": _control(
            film or still, _("Open an earlier radiograph of the same hand; the film in work stays")
        ),
        "compareButton": _compare(facts, film, still),
        "visitsButton": _control(
            film or (None if facts.compared else _("Compare first")),
            _("Both films with the joint in the middle, and what differs when its lower bones coincide"),
        ),
        "exportChangesButton": _export_changes(facts, film, still),
        "makeSequenceButton": _sweep(facts, layers, still),
        "frameSlider": _control(
            layers or (None if facts.sequence else _("Make a sequence first")), _("Step through the sequence")
        ),
        "exportButton": _export(facts, film, still),
        "resumeButton": _resume(facts, film, still),
        "loadSegmentationButton": _control(
            film or still, _("Load a .seg.nrrd or a DICOM segmentation onto this radiograph")
        ),
        "openFolderButton": _control(
            None if facts.exported else _("The folder does not exist yet"), _("Show the folder's files")
        ),
    }


def defaults(facts: Facts) -> dict[str, bool]:
    """Return by the names of the steps' buttons whether each is the next step's."""
    step = next_step(facts)
    return {name: name == step for name in _STEPS}


def next_step(facts: Facts) -> str | None:
    """Return the name of the button that a user would sensibly press next; None while something runs."""
    if facts.state.busy or facts.placing or facts.problem:
        return None
    if not facts.film:
        return "openFilmButton"
    if not facts.joints:
        return "findJointsButton" if _find(facts, None).enabled else "placeJointButton"
    if facts.waiting:
        return "separateButton"
    return "exportButton" if facts.edited and facts.folder and facts.formats else None


def unfolded_sections(facts: Facts) -> dict[str, bool]:
    """Return which sections are unfolded as long as the user has no wish: those that are not settled yet."""
    is_film_settled = facts.film and (facts.spacing_known or facts.joints > 0)
    return {
        "filmSection": bool(facts.problem) or facts.calibrating or not is_film_settled,
        "jointsSection": True,
        "gapSection": facts.separated > 0,
        "viewSection": facts.separated > 0,
        "compareSection": facts.compared > 0,
        "sweepSection": False,
        "exportSection": False,
    }


def hint(facts: Facts) -> str:
    """Return what a user would sensibly do next, in a few words."""
    if not facts.film:
        return _("Open a radiograph to begin")
    if not facts.joints:
        return _("Next: find or place the joints")
    if facts.waiting:
        return _("Next: separate the joints")
    return _("Ready")


def state_text(state: PanelState) -> str:
    """Return what the panel is doing, for people."""
    return {
        PanelState.FINDING: _("Looking for finger joints..."),
        PanelState.SEPARATING: _("Separating..."),
        PanelState.SWEEPING: _("Making the sequence..."),
        PanelState.EXPORTING: _("Exporting..."),
        PanelState.COMPARING: _("Comparing..."),
        PanelState.INSTALLING: _("Installing..."),
    }.get(state, _("Ready"))


def separate_text(facts: Facts) -> str:
    """Return what the button that separates says."""
    if facts.torch is PackageState.BROKEN:
        return _("Repair PyTorch...")
    if facts.torch is PackageState.MISSING:
        return _("Install PyTorch...")
    if facts.waiting > 1:
        return _("Separate all ({count})").format(count=facts.waiting)
    return _("Separate again") if facts.joints and not facts.waiting else _("Separate")


def cancel_hint(state: PanelState) -> str:
    """Return what is left where *Cancel* is pressed; why it can't be where nothing stops the step."""
    return {
        PanelState.FINDING: _("Stop; no joint is added"),
        PanelState.SEPARATING: _("Stop; joints that are done stay done"),
        PanelState.COMPARING: _("Stop; nothing is changed"),
        PanelState.SWEEPING: _("Stop; no sequence is made"),
        PanelState.EXPORTING: _("Stop; finished samples of a data set are kept, files are not"),
    }.get(state, _("This step can't be stopped"))


def _still_busy(facts: Facts) -> str | None:
    """Return why nothing can be started; None where something can be."""
    return _("Wait until the current step is done, or cancel it below") if facts.state.busy else None


def _control(missing: str | None, does: str) -> Control:
    return Control(missing is None, does if missing is None else missing)


def _find(facts: Facts, film: str | None) -> Control:
    still = _still_busy(facts)
    torch = {
        PackageState.MISSING: _("Finding joints needs PyTorch: install it below first"),
        PackageState.BROKEN: _("Finding joints needs PyTorch, which does not load: repair it below first"),
    }.get(facts.torch)
    return _control(
        film or still or torch, _("Find the finger joints of every hand on the film; yours stay as they are")
    )


def _separate(facts: Facts, film: str | None) -> Control:
    still = _still_busy(facts)
    if still is not None:
        return Control(False, still)
    if facts.torch is PackageState.MISSING:
        return Control(True, _("The separation needs PyTorch, which is not installed yet"))
    if facts.torch is PackageState.BROKEN:
        return Control(True, _("PyTorch is installed but does not load; this installs it anew"))
    missing = film or (None if facts.joints else _("Place a joint first"))
    if facts.waiting:
        return _control(missing, _("Separate the joints that are not separated yet"))
    return _control(missing, _("Separate the selected joint again"))


def _compare(facts: Facts, film: str | None, still: str | None) -> Control:
    separated = film or (None if facts.separated else _("Separate a film first"))
    baseline = None if facts.baseline else _("Choose or open an earlier film first")
    return _control(
        separated or still or baseline,
        _("Measure how the joint spaces changed since the earlier film; edits don't count"),
    )


def _export_changes(facts: Facts, film: str | None, still: str | None) -> Control:
    compared = None if facts.compared else _("Compare first")
    current = _("Joints or films were changed since: compare again") if facts.outdated_changes else None
    return _control(
        film or still or compared or current,
        _("Table (CSV), record (JSON), pictures and DICOM report, without the patient's name"),
    )


def _sweep(facts: Facts, layers: str | None, still: str | None) -> Control:
    span = None if facts.sweep_range else _("Choose two different widths")
    return _control(layers or still or span, _("Make a sequence of this joint with one frame a width"))


def _export(facts: Facts, film: str | None, still: str | None) -> Control:
    separated = film or (None if facts.separated else _("Separate a joint first"))
    chosen = None if facts.folder else _("Choose a folder first")
    formats = None if facts.formats else _("Tick at least one format")
    span = None if facts.plan_range else _("The smaller end of the plan's range comes first")
    missing = separated or still or chosen or formats or span
    return _control(missing, _("Write into the folder; what is there is not replaced unasked"))


def _resume(facts: Facts, film: str | None, still: str | None) -> Control:
    chosen = None if facts.folder else _("Choose a folder first")
    nothing = None if facts.unfinished else _("No data set of this radiograph waits in the folder")
    does = _("Go on with {name}, which is not complete").format(name=facts.unfinished)
    return _control(film or still or chosen or nothing, does)
