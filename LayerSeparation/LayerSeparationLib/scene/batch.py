"""Many changes of the scene as one: it hears of them at the end, and the views are drawn once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import slicer
import vtk


@contextmanager
def batch(scene: vtk.vtkObject | None) -> Iterator[None]:
    """Make, change and remove nodes as one change; batches may lie in one another.

    The views are brought up to date at the end of the outermost, whatever was raised in it. No batch may last
    longer than a turn of the event loop: see `rendering_paused` for that.
    """
    if scene is None:
        yield
        return
    with rendering_paused():
        scene.StartState(scene.BatchProcessState)
        try:
            yield
        finally:
            scene.EndState(scene.BatchProcessState)


def is_settled(scene: vtk.vtkObject) -> bool:
    """Tell whether a scene is as it will stay for now: not in a batch, and neither loaded nor closed."""
    return not (scene.IsBatchProcessing() or scene.IsClosing() or scene.IsImporting())


@contextmanager
def rendering_paused() -> Iterator[None]:
    """Let no view be drawn meanwhile, where there is an application; nested as deep as one likes."""
    application = getattr(slicer, "app", None)
    if application is None or not hasattr(application, "pauseRender"):
        yield
        return
    application.pauseRender()
    try:
        yield
    finally:
        application.resumeRender()
