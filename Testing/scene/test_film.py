"""A volume node as a radiograph: pixels, geometry, spacing, polarity, bad input."""

import numpy as np
import pytest
import slicer
import vtk

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.radiograph import SpacingSource
from LayerSeparationLib.scene import Film, films_in
from LayerSeparationLib.scene.film_source import film_source


def turned(degrees, spacing=0.2, mirrored=False):
    """IJK-to-RAS of a film turned in its plane, tilted out of the axial plane and away from the origin."""
    angle = np.radians(degrees)
    matrix = np.eye(4)
    matrix[:3, 0] = spacing * np.array([-np.cos(angle), -np.sin(angle), 0])
    matrix[:3, 1] = spacing * np.array([np.sin(angle), -np.cos(angle), 0]) * (-1 if mirrored else 1)
    matrix[:3, 3] = (31.0, -12.0, 5.0)
    return matrix


def test_intensity_is_that_of_the_library(joint_film, joint_phantom):
    film = joint_film.radiograph
    assert film.spacing.source is SpacingSource.DETECTOR
    assert film.spacing.mm == pytest.approx((0.082, 0.082))
    np.testing.assert_array_equal(film.native(), joint_phantom.radiograph.native())
    assert film.name == "joint"
    assert joint_film.radiograph is film


@pytest.mark.parametrize(
    "matrix", [turned(0), turned(25), turned(90), turned(200), turned(10, mirrored=True)]
)
def test_points_go_to_pixels_and_back(make, scene, joint_phantom, matrix):
    film = Film(make.film(scene, joint_phantom.radiograph.native(), matrix=matrix))
    points = np.array([[0.0, 0.0], [10.5, 200.25], [255.0, 3.0]])
    ras = film.to_ras(points)
    np.testing.assert_allclose(film.to_px(ras), points, atol=1e-9)
    np.testing.assert_allclose(film.to_px(ras + np.array([0, 0, 4.0])), points, atol=1e-9)
    # A pixel's RAS is where the volume has the voxel of this value.
    to_ijk = vtk.vtkMatrix4x4()
    film.node.GetRASToIJKMatrix(to_ijk)
    i, j, k = (round(v) for v in to_ijk.MultiplyPoint((*film.to_ras(np.array([[40.0, 90.0]]))[0], 1))[:3])
    value = film.node.GetImageData().GetScalarComponentAsDouble(i, j, k, 0)
    assert film.radiograph.native()[90, 40] == value


def test_film_that_runs_backwards_is_read_as_it_is_seen(make, scene, joint_phantom):
    pixels = joint_phantom.radiograph.native()
    film = Film(make.film(scene, pixels[:, ::-1], matrix=np.diag([0.2, -0.2, 1.0, 1.0])))
    np.testing.assert_array_equal(film.radiograph.native(), pixels)


def test_colour_counts_as_luminance(make, scene, joint_phantom):
    grey = (joint_phantom.radiograph.intensity * 255).round().astype(np.uint8)
    colour = np.repeat(grey[..., None], 3, axis=2)
    film = Film(make.film(scene, colour, class_name="vtkMRMLVectorVolumeNode"))
    np.testing.assert_array_equal(film.radiograph.native(), grey)


@pytest.mark.parametrize("stored_dark", [False, True])
def test_polarity_goes_by_the_content_whichever_reader_inverted_it(make, scene, hand_phantom, stored_dark):
    pixels = hand_phantom.radiograph.native()
    bone_bright = pixels if not hand_phantom.radiograph.polarity.inverted else pixels.max() - pixels
    film = Film(make.film(scene, bone_bright.max() - bone_bright if stored_dark else bone_bright))
    assert film.radiograph.polarity.inverted is stored_dark
    correlation = np.corrcoef(film.radiograph.intensity.ravel(), hand_phantom.radiograph.intensity.ravel())
    assert correlation[0, 1] > 0.99
    film.invert_polarity = True
    assert film.radiograph.polarity.inverted is not stored_dark
    film.invert_polarity = False
    assert film.radiograph.polarity.inverted is stored_dark


def test_spacing_of_one_is_unknown_until_calibrated(make, scene, joint_phantom):
    film = Film(make.film(scene, joint_phantom.radiograph.native(), spacing_mm=1.0))
    assert not film.radiograph.spacing.known
    assert film.spacing_text == "unknown: results in pixels"
    film.calibrate(200.0, 30.0)
    assert film.radiograph.spacing.mm == pytest.approx((0.15, 0.15))
    assert film.spacing_text == "0.150 mm/px, calibrated"
    assert Film(film.node).radiograph.spacing.source is SpacingSource.CALIBRATED
    film.clear_calibration()
    assert not film.radiograph.spacing.known


def test_pixels_that_are_not_square_are_calibrated_as_such(make, scene, joint_phantom):
    pixels = joint_phantom.radiograph.native()[::2]
    matrix = np.diag([-0.15, -0.3, 1.0, 1.0])
    film = Film(make.film(scene, pixels, matrix=matrix))
    upright, level = np.array([[50.0, 20.0], [50.0, 60.0]]), np.array([[20.0, 50.0], [100.0, 50.0]])
    assert film.length_px(upright) == pytest.approx(film.length_px(level))
    film.calibrate(film.length_px(upright), 8.0)
    assert film.radiograph.spacing.mm == pytest.approx((0.2, 0.1))
    assert film.radiograph.spacing.source is SpacingSource.CALIBRATED


@pytest.mark.parametrize(("px", "mm"), [(0, 10), (10, 0), (10, float("nan")), (1, 1000), (4000, 1)])
def test_impossible_calibration_is_refused(joint_film, px, mm):
    with pytest.raises(InputError):
        joint_film.calibrate(px, mm)
    assert joint_film.radiograph.spacing.source is SpacingSource.DETECTOR


def dicom_file(path, pixels, **fields):
    """Write a DX file of MONOCHROME2 pixels."""
    import pydicom
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid

    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = generate_uid()
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit, dataset.PixelRepresentation, dataset.SamplesPerPixel = 15, 0, 1
    dataset.PhotometricInterpretation, dataset.ImageLaterality = "MONOCHROME2", "R"
    for name, value in fields.items():
        setattr(dataset, name, value)
    dataset.PixelData = pixels.astype("<u2").tobytes()
    dataset.save_as(path, enforce_file_format=True)
    return dataset


def test_spacing_side_and_range_come_from_the_dicom_header_and_outlive_it(
    make, scene, joint_phantom, tmp_path, monkeypatch
):
    pixels = joint_phantom.radiograph.native()
    path = tmp_path / "film.dcm"
    # The default reader of Slicer does not see Pixel Spacing: the volume has 1 mm.
    fields = {"PixelSpacing": [0.14, 0.14], "PixelSpacingCalibrationType": "FIDUCIAL"}
    written = dicom_file(path, pixels, BitsStored=12, HighBit=11, **fields)

    class Database:
        def fileForInstance(self, uid):  # noqa: N802
            return str(path) if uid == written.SOPInstanceUID else ""

    monkeypatch.setattr(slicer, "dicomDatabase", Database(), raising=False)
    node = make.film(scene, pixels, spacing_mm=1.0)
    node.SetAttribute("DICOM.instanceUIDs", written.SOPInstanceUID)
    film = Film(node)
    assert film.radiograph.spacing.source is SpacingSource.CALIBRATED
    assert film.spacing_text == "0.140 mm/px, calibrated"
    assert film.radiograph.origin.laterality == "R"
    film.keep_header()
    path.unlink()
    alone = Film(node).radiograph
    assert alone.spacing == film.radiograph.spacing
    assert alone.origin.laterality == "R"
    np.testing.assert_array_equal(alone.intensity, film.radiograph.intensity)
    assert film_source(node, film.geometry).nominal_range == (0.0, 4095.0)


def test_resolution_of_a_print_is_no_spacing(make, scene, joint_phantom, tmp_path):
    from LayerSeparationLib.export import write_png

    path = tmp_path / "film.png"
    write_png(path, joint_phantom.radiograph.intensity, synthetic=False)
    node = make.film(scene, joint_phantom.radiograph.native(), spacing_mm=0.353)
    storage = node.CreateDefaultStorageNode()
    scene.AddNode(storage)
    storage.SetFileName(str(path))
    node.SetAndObserveStorageNodeID(storage.GetID())
    assert not Film(node).radiograph.spacing.known
    Film(node).keep_header()
    path.unlink()
    assert not Film(node).radiograph.spacing.known


def test_what_can_not_be_a_film_says_so(make, scene, joint_phantom):
    pixels = joint_phantom.radiograph.native()
    film = Film(make.film(scene, pixels, name="under"))
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "turn")
    film.node.SetAndObserveTransformNodeID(transform.GetID())
    with pytest.raises(InputError, match="under lies under the transform turn"):
        _ = film.radiograph
    film.node.SetAndObserveTransformNodeID(None)
    assert film.radiograph.shape == (256, 256)
    with pytest.raises(InputError, match="256 x 256 x 4 voxels"):
        _ = Film(make.film(scene, np.stack([pixels] * 4))).radiograph
    with pytest.raises(InputError, match="no pixels"):
        _ = Film(scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty")).radiograph
    with pytest.raises(InputError, match="flat can't be used as radiograph"):
        _ = Film(make.film(scene, np.zeros((256, 256), np.uint16), name="flat")).radiograph
    with pytest.raises(InputError, match="no radiograph"):
        Film(None)


def test_changed_pixels_make_another_radiograph(joint_film):
    before = joint_film.radiograph
    scalars = joint_film.node.GetImageData().GetPointData().GetScalars()
    scalars.SetTuple1(0, scalars.GetTuple1(0) + 40)
    scalars.Modified()
    assert joint_film.radiograph is not before


def test_films_are_the_users_flat_images(make, scene, joints, joint_film, hand_film):
    make.film(scene, np.zeros((3, 32, 32), np.uint8), name="ct")
    scene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "labels")
    assert films_in(scene) == [joint_film.node, hand_film.node]


def test_a_reading_becomes_the_radiograph_unless_the_film_changed(joint_film):
    reading = joint_film.reading()
    radiograph = reading.read()
    assert joint_film.take(reading, radiograph)
    assert joint_film.radiograph is radiograph
    assert joint_film.take(reading, reading.read())
    assert joint_film.radiograph is radiograph
    joint_film.invert_polarity = True
    assert not joint_film.take(reading, radiograph)
    assert joint_film.radiograph.polarity.inverted is not radiograph.polarity.inverted
