"""A film compared with an earlier one of the same joint: changes, transforms, table, what outdates them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scene_fixtures import EARLIER_GAP_PX, EARLIER_SHIFT_PX

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.follow_up import Verdict
from LayerSeparationLib.scene import SceneJoints
from LayerSeparationLib.scene.bone_motions import motions_of
from LayerSeparationLib.scene.change_format import format_change
from LayerSeparationLib.scene.change_table import change_table_of
from LayerSeparationLib.scene.joint_lines import joint_lines
from LayerSeparationLib.scene.length_format import format_length
from LayerSeparationLib.scene.node_attributes import BASELINE_REFERENCE
from LayerSeparationLib.scene.scene_comparison import SceneComparison
from LayerSeparationLib.scene.visits import (
    ComparisonStep,
    Visit,
    VisitFilms,
    compare_visits,
    separate_baseline,
    separate_follow_up,
)

MM = 0.082


def refuse(*_inputs):
    raise AssertionError("a separated joint was separated again")


@pytest.fixture
def steps():
    return []


@pytest.fixture
def comparison(earlier, joints, steps):
    def note(*step):
        steps.append(step)

    visits = Visit.of_film(earlier), Visit.of(joints)
    films = [VisitFilms(film.radiograph, film.radiograph) for film in (earlier, joints.film)]
    before = separate_baseline(visits[0], films[0], refuse, refuse, note)
    after = separate_follow_up(visits[1], films[1], refuse, note)
    comparison = SceneComparison(earlier, joints, compare_visits(before, after, visits, note))
    comparison.write()
    return comparison


def test_the_change_is_that_of_the_gap(comparison, steps, joint):
    [change] = comparison.changes
    assert change.change == pytest.approx(-EARLIER_GAP_PX * MM, abs=0.02)
    assert change.verdict is Verdict.PROGRESSED
    assert comparison.joint_of(change) is joint
    assert comparison.change_of(joint) is change
    low, high = change.interval
    half = format_length((high - low) / 2, "mm")
    plus_minus = "\N{THIN SPACE}\N{PLUS-MINUS SIGN}\N{THIN SPACE}"
    assert format_change(change) == f"{change.change:.2f}{plus_minus}{half}"
    widened = replace(change, change=0.314, interval=(0.27, 0.35))
    assert format_change(widened) == f"+0.31{plus_minus}0.04 mm"
    none = replace(change, change=-0.001, interval=(-0.03, 0.03))
    assert format_change(none) == f"0.00{plus_minus}0.03 mm"
    assert steps == [(ComparisonStep.COMPARING, 0, 1), (ComparisonStep.COMPARING, 1, 1)]


def test_each_bone_has_its_motion_as_a_transform(comparison, joint, earlier):
    motions = motions_of(joint)
    x, y = EARLIER_SHIFT_PX
    # RAS of these films runs against columns and rows.
    expected = {"upper": (x * MM, (y - EARLIER_GAP_PX) * MM), "lower": (x * MM, y * MM)}
    middle = np.append(joint.film.to_ras(np.array([[127.5 + x, 127.5 + y]]))[0], 1.0)
    for bone, shift in expected.items():
        assert np.linalg.det(motions[bone]) == pytest.approx(1, abs=0.01)
        np.testing.assert_allclose((motions[bone] @ middle - middle)[:3], [*shift, 0], atol=0.03)
    names = [joint.references.find(role).GetName() for role in ("upper_motion", "lower_motion")]
    assert names == ["MCP3 Proximal phalanx since earlier", "MCP3 Metacarpal since earlier"]
    upper = joint.references.find("upper_motion")
    assert upper.IsA("vtkMRMLLinearTransformNode")
    assert upper.GetNodeReference(BASELINE_REFERENCE) is earlier.node
    joint.name = "MCP4"
    assert upper.GetName() == "MCP4 Proximal phalanx since earlier"


def test_under_the_motion_of_a_bone_the_baseline_is_no_film_any_more(comparison, joint, earlier):
    earlier.node.SetAndObserveTransformNodeID(joint.references.find("lower_motion").GetID())
    with pytest.raises(InputError, match="lies under the transform MCP3 Metacarpal since earlier"):
        _ = earlier.geometry


def test_the_table_says_it_too(comparison, joint):
    table = change_table_of(joint.film)
    assert table.GetName() == "Changes since earlier"
    data = table.GetTable()
    row = {
        data.GetColumnName(index): data.GetValue(0, index).ToString()
        for index in range(data.GetNumberOfColumns())
    }
    assert (row["joint"], row["verdict"], row["unit"]) == ("MCP3", "progressed", "mm")
    assert float(row["change low"]) < float(row["change"]) < float(row["change high"])
    assert float(row["now"]) == pytest.approx(joint.jsw_before.mean, abs=1e-3)
    assert float(row["then"]) - float(row["now"]) == pytest.approx(EARLIER_GAP_PX * MM, abs=0.02)
    assert float(row["detectable"]) == pytest.approx(0.11)
    for visit in ("then", "now"):
        assert float(row[f"{visit} low"]) < float(row[visit]) < float(row[f"{visit} high"])
        assert row[f"{visit} unit"] == "mm"
        assert row[f"{visit} quality"].startswith(("measured", "check: "))


def test_a_second_comparison_takes_the_place_of_the_first(comparison, scene):
    count = scene.GetNumberOfNodes()
    comparison.write()
    assert scene.GetNumberOfNodes() == count
    comparison.remove()
    assert not scene.GetNumberOfNodesByClass("vtkMRMLLinearTransformNode")
    assert change_table_of(comparison.film) is None


@pytest.mark.parametrize(
    "what", ["name", "again", "layers", "line", "baseline", "baseline line", "joint", "baseline gone"]
)
def test_what_outdates_a_change(comparison, joints, joint, earlier, scene, what):
    [change] = comparison.changes
    assert comparison.is_current(change)
    if what == "name":
        joint.name = "MCP4"
        assert comparison.is_current(change)
        return
    layers = joint.layers
    if what == "again":
        joint.set_layers(replace(layers, canonical=replace(layers.canonical)))
        assert comparison.is_current(change)
        return
    if what == "layers":
        drawn = layers.canonical.silhouettes.copy()
        drawn[0, :20] = 0
        joint.set_layers(
            replace(layers, canonical=replace(layers.canonical, silhouettes=drawn)), corrected=True
        )
    elif what == "line":
        end = np.add(joint.line.GetNthControlPointPositionWorld(0), (0.4, 0.0, 0.0))
        joint.line.SetNthControlPointPositionWorld(0, *end)
    elif what == "baseline line":
        [line] = joint_lines(earlier)
        end = np.add(line.GetNthControlPointPositionWorld(0), (0.4, 0.0, 0.0))
        line.SetNthControlPointPositionWorld(0, *end)
    elif what == "baseline":
        comparison.baseline.calibrate(100.0, 10.0)
    elif what == "joint":
        joints.remove(joint)
        assert comparison.joint_of(change) is None
        assert not scene.GetNumberOfNodesByClass("vtkMRMLLinearTransformNode")
    else:
        scene.RemoveNode(comparison.baseline.node)
        assert not comparison.is_there
    assert not comparison.is_current(change)


def test_a_joint_that_is_not_separated_yet_is_told_as_such(earlier, joint_film, joint_phantom, make):
    joints = SceneJoints(joint_film)
    make.joint(joints, joint_phantom, "MCP3")
    visits = Visit.of_film(earlier), Visit.of(joints)
    [change] = compare_visits(visits[0].layers, visits[1].layers, visits, lambda *_: None)
    assert (change.verdict, change.reason) == (Verdict.UNKNOWN, "not separated yet on the later film")
    assert SceneComparison(earlier, joints, [change]).is_current(change)
    joints.close()


def test_joints_of_a_film_without_any_are_looked_for(joint_film, joint_phantom, joint, steps):
    visit = Visit(joint_film.reading(), (), ())
    film = joint_film.radiograph
    asked = []

    def separate(joints, progress):
        asked.extend(joints)
        progress(len(joints), len(joints))
        return [joint.layers for _job in joints]

    found = separate_baseline(
        visit, VisitFilms(film, film), lambda _film: [joint_phantom.pose], separate,
        lambda *step: steps.append(step),
    )  # fmt: skip
    assert found == (joint.layers,)
    assert asked == [(film, joint_phantom.pose)]
    separating = ComparisonStep.SEPARATING
    assert steps == [(ComparisonStep.FINDING, 0, 0), (separating, 0, 1), (separating, 1, 1)]
    with pytest.raises(InputError, match="No hand was found on joint"):
        separate_baseline(visit, VisitFilms(film, film), lambda _film: [], refuse, lambda *_: None)


def test_joints_on_another_scale_are_separated_anew_and_corrected_ones_are_not(joint_film, joint, joints):
    own = joint_film.radiograph
    scale = own.intensity_map
    shared = own.with_intensity_map(replace(scale, intensity=tuple(0.99 * np.array(scale.intensity))))
    films, asked = VisitFilms(own, shared), []

    def separate(jobs, _progress):
        asked.extend(jobs)
        return [replace(joint.layers, crop=replace(joint.layers.crop, radiograph=shared))]

    [layers] = separate_follow_up(Visit.of(joints), films, separate, lambda *_: None)
    assert [film for film, _pose in asked] == [shared]
    assert layers.radiograph is shared
    joint.set_layers(joint.layers, corrected=True)
    visit = Visit.of(joints)
    assert visit.corrected == {("MCP3", None)}
    [kept] = separate_follow_up(visit, films, refuse, lambda *_: None, visit.corrected)
    assert kept.canonical is joint.layers.canonical
    assert kept.radiograph is own
