"""The module's own terminology: Slicer's lists hold no phalanx, metacarpal, soft tissue or finger joint."""

from __future__ import annotations

from pathlib import Path

import slicer
import vtk

from ..export.segments import TERMINOLOGY_NAME

TERMINOLOGY_FILE = Path(__file__).parent / "LayerSeparation.term.json"


def register_terminology(logic: vtk.vtkObject | None = None) -> bool:
    """Make the terms known to Slicer's terminology selector and segment tables; once.

    Parameters
    ----------
    logic
        vtkSlicerTerminologiesModuleLogic; by default the application's.

    Returns
    -------
    bool
        False where there is no terminologies module, or the file is missing; segments keep their codes then.
    """
    if logic is None:
        module = getattr(getattr(slicer, "modules", None), "terminologies", None)
        if module is None:
            return False
        logic = module.logic()
    names = vtk.vtkStringArray()
    logic.GetLoadedTerminologyNames(names)
    if TERMINOLOGY_NAME in (names.GetValue(index) for index in range(names.GetNumberOfValues())):
        return True
    return TERMINOLOGY_FILE.is_file() and bool(logic.LoadTerminologyFromFile(str(TERMINOLOGY_FILE)))
