"""Live editing in the scene: what a step of the slider costs until every node shows it, without rendering.

The first two lines are the whole step: recomposition, JSW, all volumes, segments, the film with the
edit in it, and all that is drawn over the views; those below are parts of it.

``python Testing/benchmarks/live_edit.py`` needs slicer-core. Times are those of the thread that works, so
that a busy machine does not lengthen them; `Testing/benchmarks/run.py` may print them with its own.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import slicer

sys.path.insert(0, str(Path(__file__).parents[1] / "host"))

from panel_host.scene import SceneHost
from scene_fixtures import add_film, add_joint, true_layers

from LayerSeparationLib import GapEdit, MovableJoint, make_hand, synthesize
from LayerSeparationLib.scene import Film, SceneJoints
from LayerSeparationLib.views.joint_overlay import JointOverlay

SPACING_MM = 0.041
"""Makes the canonical 21 mm a window of 512 x 512 pixels."""


def live_edit_ms(rounds: int = 25) -> dict[str, float]:
    """Measure one joint of 512 x 512 pixels on a whole film; median over rounds, ms of CPU time."""
    host = SceneHost(tempfile.mkdtemp())
    slicer.mrmlScene = host.scene
    hand = make_hand(3, spacing_mm=0.082)
    # The film of a hand in twice its pixels: the phantom is made once, and fine films are as large as this.
    pixels = hand.radiograph.native().repeat(2, axis=0).repeat(2, axis=1)
    film = Film(add_film(host.scene, pixels, SPACING_MM, "hand"))
    joints = SceneJoints(film)
    truth = hand.joints["PIP3"]
    coarse = Film(add_film(host.scene, hand.radiograph.native(), 2 * SPACING_MM, "coarse"))
    canonical = true_layers(coarse, truth.pose, truth).canonical
    joint = _mark(joints, film, coarse, truth)
    layers = true_layers(film, joint.pose, truth)
    joint.set_layers(type(layers)(layers.crop, canonical, layers.weights_sha256))
    rows, columns = joint.layers.crop.region.shape
    numbers = iter(range(10_000))

    def next_edit(**more: object) -> GapEdit:
        return GapEdit(change=-0.3 + 1e-3 * next(numbers), **more)  # type: ignore[arg-type]

    def step(**more: object) -> float:
        edit = next_edit(**more)

        def carry_out() -> None:
            joint.set_edit(edit, finished=False)
            overlay.follow_edit(joint, finished=False)

        return _cpu_ms(carry_out)

    def nodes(**more: object) -> float:
        result = synthesize(movable, next_edit(**more))
        joint.editing.take(result, finished=False)
        return _cpu_ms(lambda: joint.set_edit(result.edit, finished=False))

    movable = MovableJoint(joint.layers)
    joint.set_edit(next_edit())
    overlay = JointOverlay(film, lambda _edit: None)
    overlay.show(joint)
    label = f"{rows} x {columns} on {film.radiograph.shape[0]} x {film.radiograph.shape[1]} px"
    tasks: dict[str, Callable[[], float]] = {
        f"a step: one bone, {label}": step,
        "a step: both bones with tilt": lambda: step(moves="both", tilt_deg=3.0),
        "scene: all nodes of one joint, without what is drawn": nodes,
        "scene: the same, both bones with tilt": lambda: nodes(moves="both", tilt_deg=3.0),
        "scene: a finished edit (table, provenance too)": lambda: _cpu_ms(lambda: joint.set_edit(joint.edit)),
        "views: what is drawn over them": lambda: _cpu_ms(lambda: overlay.follow_edit(joint, finished=False)),
        "library: recomposition of the same joint": lambda: _cpu_ms(lambda: synthesize(movable, next_edit())),
        "library: both bones with tilt": lambda: _cpu_ms(
            lambda: synthesize(movable, next_edit(moves="both", tilt_deg=3.0))
        ),
    }
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for number in range(rounds + 2):
        for name, task in tasks.items():
            spent = task()
            if number >= 2:
                times[name].append(spent)
    overlay.close()
    joints.close()
    host.close()
    return {name: statistics.median(spent) for name, spent in times.items()}


def _mark(joints: SceneJoints, film: Film, coarse: Film, truth: object) -> object:
    """Mark the joint where the coarse film has it."""
    joint = add_joint(SceneJoints(coarse), truth, "coarse")
    centre = [2 * value + 0.5 for value in joint.pose.centre_px]
    dx, dy = joint.pose.distal
    ends = [[centre[0] - sign * 80 * dx, centre[1] - sign * 80 * dy] for sign in (1, -1)]
    return joints.add(film.to_ras(ends), "PIP3")


def _cpu_ms(task: Callable[[], object]) -> float:
    started = time.thread_time()
    task()
    return (time.thread_time() - started) * 1000


if __name__ == "__main__":
    for name, spent in live_edit_ms().items():
        print(f"{name:<72} {spent:8.2f} ms")
