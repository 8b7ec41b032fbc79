"""DICOM files written with pydicom, and read back."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import PropertyMock, patch

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from PIL import Image

from LayerSeparationLib.errors import DependencyError, InputError, NotRadiographError
from LayerSeparationLib.radiograph import SpacingSource, read_radiograph

IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN = (
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.2",
)
RLE, JPEG_2000, JPEG_LS, JPEG_BASELINE = (
    "1.2.840.10008.1.2.5",
    "1.2.840.10008.1.2.4.90",
    "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.50",
)
Write = Callable[..., Path]
Scale = Callable[[np.ndarray], np.ndarray]


@pytest.fixture
def twelve_bit(hand_film: np.ndarray) -> np.ndarray:
    return (hand_film.astype(np.uint16) * 16 + 7).astype(np.uint16)


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_uncompressed(
    write_dicom: Write, twelve_bit: np.ndarray, syntax: str, photometric: str, on_the_scale: Scale
) -> None:
    stored = 4095 - twelve_bit if photometric == "MONOCHROME1" else twelve_bit
    path = write_dicom(stored, bits=12, syntax=syntax, PhotometricInterpretation=photometric)
    film = read_radiograph(path)
    np.testing.assert_allclose(film.intensity, on_the_scale(twelve_bit), atol=0.5 / 255)
    assert film.polarity.inverted is (photometric == "MONOCHROME1")
    assert film.polarity.decided_by == f"DICOM {photometric}, confirmed by content"
    native = film.native()
    assert native.dtype == np.uint16
    assert native.dtype.isnative
    assert np.array_equal(native, stored)


@pytest.mark.parametrize("syntax", [RLE, JPEG_2000])
@pytest.mark.parametrize("by_itk", [False, True])
def test_compressed_by_either_decoder(
    write_dicom: Write, twelve_bit: np.ndarray, tmp_path: Path, syntax: str, by_itk: bool, on_the_scale: Scale
) -> None:
    """MONOCHROME1 with a rescale: GDCM would invert and rescale by itself."""
    stored = (4095 - twelve_bit).astype(np.uint16)
    path = write_dicom(
        stored, bits=12, PhotometricInterpretation="MONOCHROME1", RescaleSlope="2", RescaleIntercept="-100"
    )
    dataset = pydicom.dcmread(path)
    if syntax == RLE:
        dataset.compress(syntax)
    else:
        _compress_jpeg_2000(dataset, stored, tmp_path)
    dataset.save_as(path)
    if by_itk:
        missing = PropertyMock(side_effect=NotImplementedError("no decoder"))
        with patch.object(pydicom.dataset.Dataset, "pixel_array", missing):
            film = read_radiograph(path)
    else:
        film = read_radiograph(path)
    assert np.array_equal(film.native(), stored)
    np.testing.assert_allclose(film.intensity, on_the_scale(twelve_bit), atol=0.5 / 255)


def _compress_jpeg_2000(dataset: "pydicom.Dataset", stored: np.ndarray, folder: Path) -> None:
    Image.fromarray(stored).save(folder / "film.j2k", irreversible=False)
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(JPEG_2000)
    dataset.PixelData = pydicom.encaps.encapsulate([(folder / "film.j2k").read_bytes()])
    dataset["PixelData"].VR = "OB"
    # The code stream has 16 bits; so has the file.
    dataset.BitsStored, dataset.HighBit = 12, 11


def test_signed_values_and_falling_slope(write_dicom: Write, twelve_bit: np.ndarray) -> None:
    stored = (2048 - twelve_bit.astype(np.int32)).clip(-2048, 2047).astype(np.int16)
    path = write_dicom(stored, bits=12, RescaleSlope="-1", RescaleIntercept="2048")
    film = read_radiograph(path)
    assert film.polarity.inverted
    assert "MONOCHROME2, confirmed" in film.polarity.decided_by
    assert np.array_equal(film.native(), stored)
    assert np.all(np.diff(film.intensity_map.intensity) < 0)


def test_overlay_in_unused_bits_is_dropped(write_dicom: Write, twelve_bit: np.ndarray) -> None:
    with_overlay = twelve_bit.copy()
    with_overlay[100:200, 100:300] |= 0x8000
    film = read_radiograph(write_dicom(with_overlay, bits=12))
    assert np.array_equal(film.native(), twelve_bit)


def test_modality_lut_with_ties(write_dicom: Write, twelve_bit: np.ndarray) -> None:
    """The LUT bends the scale and maps neighbours to one value; the stored values still come back."""
    stored = twelve_bit >> 2
    entries = np.rint(1023 * (np.arange(1024) / 1023) ** 1.5).astype(np.uint16)
    item = pydicom.Dataset()
    item.add_new(0x00283002, "US", [1024, 0, 16])
    item.ModalityLUTType = "US"
    item.add_new(0x00283006, "OW", entries.tobytes())
    film = read_radiograph(write_dicom(stored, bits=10, ModalityLUTSequence=[item]))
    assert np.array_equal(film.native(), stored)
    assert np.all(np.diff(np.asarray(film.intensity_map.intensity)) > 0)
    bright, middle = (
        film.intensity[stored >= 620].mean(),
        film.intensity[(stored > 300) & (stored < 340)].mean(),
    )
    assert bright > 1.3 * middle

    item.add_new(0x00283006, "OW", entries[::-1].tobytes()[:900])
    with pytest.raises(InputError, match="modality LUT"):
        read_radiograph(write_dicom(stored, bits=10, ModalityLUTSequence=[item]))


def test_relationship_sign_tells_where_content_does_not(write_dicom: Write) -> None:
    noise = np.random.default_rng(0).integers(300, 3000, (128, 128)).astype(np.uint16)
    film = read_radiograph(write_dicom(noise, bits=12, PixelIntensityRelationshipSign=1))
    assert film.polarity.inverted
    assert film.polarity.decided_by == "DICOM Pixel Intensity Relationship Sign"


def test_header_facts(write_dicom: Write, twelve_bit: np.ndarray) -> None:
    path = write_dicom(
        twelve_bit,
        bits=12,
        ImagerPixelSpacing=[0.2, 0.1],
        ImageLaterality="R",
        BodyPartExamined="HAND",
    )
    film = read_radiograph(path)
    assert film.spacing.mm == (0.2, 0.1)
    assert film.spacing.source is SpacingSource.DETECTOR
    assert (film.origin.laterality, film.origin.body_part, film.origin.modality) == ("R", "HAND", "CR")
    assert (film.origin.study_instance_uid, film.origin.series_instance_uid) == ("1.2.3", "1.2.3.4")
    assert film.origin.format == "DICOM"
    assert film.name == "film"
    assert read_radiograph(path, spacing_mm=0.3).spacing.source is SpacingSource.USER


def test_no_spacing_is_unknown(write_dicom: Write, twelve_bit: np.ndarray) -> None:
    assert read_radiograph(write_dicom(twelve_bit, bits=12)).spacing.mm is None


def test_secondary_capture_in_colour(write_dicom: Write, hand_film: np.ndarray) -> None:
    colour = np.repeat(hand_film[..., None], 3, axis=2)
    attributes = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0}
    captured = write_dicom(colour, SOPClassUID="1.2.840.10008.5.1.4.1.1.7", **attributes)
    film = read_radiograph(captured)
    assert np.array_equal(film.native(), hand_film)
    with pytest.raises(InputError, match="colour"):
        read_radiograph(write_dicom(colour, **attributes))


def test_several_frames(write_dicom: Write, twelve_bit: np.ndarray) -> None:
    with pytest.raises(InputError, match="2 frames"):
        read_radiograph(write_dicom(twelve_bit, bits=12, NumberOfFrames=2))


@pytest.mark.parametrize("keep", [0.02, 0.4, 0.99])
def test_truncated(write_dicom: Write, twelve_bit: np.ndarray, keep: float) -> None:
    path = write_dicom(twelve_bit, bits=12)
    whole = path.read_bytes()
    path.write_bytes(whole[: max(200, int(len(whole) * keep))])
    with pytest.raises(InputError, match="cut off"):
        read_radiograph(path)


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_truncated_compressed(write_dicom: Write, twelve_bit: np.ndarray, keep: float) -> None:
    path = write_dicom(twelve_bit, bits=12)
    dataset = pydicom.dcmread(path)
    dataset.compress(RLE)
    dataset.save_as(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(InputError):
        read_radiograph(path)


def test_object_without_image(write_dicom: Write, twelve_bit: np.ndarray) -> None:
    path = write_dicom(twelve_bit, bits=12)
    dataset = pydicom.dcmread(path)
    del dataset.PixelData, dataset.Rows, dataset.Columns
    dataset.save_as(path)
    with pytest.raises(InputError, match="no image"):
        read_radiograph(path)


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, BIG_ENDIAN])
@pytest.mark.parametrize("keeps", ["nothing", "meta without syntax"])
def test_without_file_meta_information(
    write_dicom: Write, twelve_bit: np.ndarray, syntax: str, keeps: str
) -> None:
    """As old archives and network dumps have them; pixels and spacing are those of the whole file."""
    path = write_dicom(twelve_bit, bits=12, syntax=syntax, ImagerPixelSpacing=[0.15, 0.15])
    dataset = pydicom.dcmread(path)
    big = syntax == BIG_ENDIAN
    encoding = {"implicit_vr": syntax == IMPLICIT, "little_endian": not big}
    if keeps == "nothing":
        bare = pydicom.Dataset(dataset)
        bare.save_as(path, **encoding)
        assert path.read_bytes()[128:132] != b"DICM"
    else:
        del dataset.file_meta.TransferSyntaxUID
        dataset.save_as(path, **encoding, enforce_file_format=False)
    film = read_radiograph(path)
    assert np.array_equal(film.native(), twelve_bit)
    assert film.spacing.mm == (0.15, 0.15)


def test_compressed_without_transfer_syntax(write_dicom: Write, twelve_bit: np.ndarray) -> None:
    path = write_dicom(twelve_bit, bits=12)
    dataset = pydicom.dcmread(path)
    dataset.compress(RLE)
    del dataset.file_meta.TransferSyntaxUID
    dataset.save_as(path, implicit_vr=False, little_endian=True, enforce_file_format=False)
    with pytest.raises(InputError, match="the file does not say how"):
        read_radiograph(path)


@pytest.mark.parametrize("syntax", ["1.2.3", "1.2.840.113619.5.2"])
def test_transfer_syntax_that_is_none(write_dicom: Write, twelve_bit: np.ndarray, syntax: str) -> None:
    path = write_dicom(twelve_bit, bits=12)
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.save_as(path, implicit_vr=False, little_endian=True)
    with pytest.raises(InputError, match="transfer syntax"):
        read_radiograph(path)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("PixelRepresentation", "Pixel Representation is missing"),
        ("BitsAllocated", "Bits Allocated is missing"),
        ("BitsStored", "Bits Stored is missing"),
        ("PhotometricInterpretation", "no photometric interpretation"),
    ],
)
def test_header_that_leaves_pixels_open(
    write_dicom: Write, twelve_bit: np.ndarray, missing: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_radiograph(write_dicom(twelve_bit, bits=12, **{missing: None}))


def test_a_grey_film_need_not_say_its_samples_per_pixel(write_dicom: Write, twelve_bit: np.ndarray) -> None:
    film = read_radiograph(write_dicom(twelve_bit, bits=12, SamplesPerPixel=None))
    assert np.array_equal(film.native(), twelve_bit)


@pytest.mark.parametrize(
    ("attributes", "what"),
    [
        ({"Modality": "CT"}, "a CT slice"),
        ({"Modality": "MR"}, "an MR slice"),
        ({"Modality": "NM"}, "a scintigram"),
        ({"Modality": "PT"}, "a PET slice"),
        ({"Modality": "US"}, "an ultrasound image"),
        ({"Modality": None, "SOPClassUID": "1.2.840.10008.5.1.4.1.1.2.1"}, "a CT slice"),
        ({"Modality": "OT", "SOPClassUID": "1.2.840.10008.5.1.4.1.1.128"}, "a PET slice"),
    ],
)
def test_no_projection(
    write_dicom: Write, twelve_bit: np.ndarray, attributes: dict[str, object], what: str
) -> None:
    path = write_dicom(twelve_bit, bits=12, **attributes)
    with pytest.raises(NotRadiographError, match=f"it is {what}.*not a radiograph"):
        read_radiograph(path)
    assert np.array_equal(read_radiograph(path, any_modality=True).native(), twelve_bit)


@pytest.mark.parametrize("modality", ["CR", "DX", "RG", "XA", "OT", None])
def test_projections_of_every_kind(write_dicom: Write, twelve_bit: np.ndarray, modality: str | None) -> None:
    assert read_radiograph(write_dicom(twelve_bit, bits=12, Modality=modality)).shape == twelve_bit.shape


def test_text_with_dicom_name(tmp_path: Path) -> None:
    path = tmp_path / "film.dcm"
    path.write_text("not a film, however long this text may be. " * 20)
    with pytest.raises(InputError, match="the name says DICOM"):
        read_radiograph(path)


def test_without_pydicom(write_dicom: Write, twelve_bit: np.ndarray) -> None:
    path = write_dicom(twelve_bit, bits=12)
    with (
        patch.dict("sys.modules", {"pydicom": None}),
        pytest.raises(DependencyError, match="pip install pydicom"),
    ):
        read_radiograph(path)


def test_real_monochrome1_with_modality_lut(data_folder: Path) -> None:
    film = read_radiograph(data_folder / "dicom" / "cr_monochrome1_modality_lut.dcm")
    assert film.shape == (1576, 1976)
    assert film.spacing.mm == (0.15, 0.15)
    assert film.spacing.source is SpacingSource.DETECTOR
    assert film.polarity.inverted
    # The lead letter R at the lower left is bright, the surround dark.
    assert film.intensity[1420:1490, 100:150].max() > 0.75
    assert film.intensity[1420:1490, 200:300].max() < 0.6
    assert film.intensity[:500].max() < 0.2
    assert np.array_equal(film.native(), _stored(data_folder, "cr_monochrome1_modality_lut"))


def test_real_monochrome1_without_spacing(data_folder: Path) -> None:
    film = read_radiograph(data_folder / "dicom" / "cr_monochrome1_no_spacing.dcm")
    assert not film.spacing.known
    assert film.polarity.inverted
    assert film.polarity.decided_by == "DICOM MONOCHROME1, confirmed by content"
    assert film.origin.body_part == "EXTREMITY"
    shaft, beside = film.intensity[400:600, 780:920].mean(), film.intensity[400:600, 480:560].mean()
    assert shaft > beside + 0.2
    assert np.array_equal(film.native(), _stored(data_folder, "cr_monochrome1_no_spacing"))


def test_real_monochrome2_with_pixel_spacing_only(data_folder: Path) -> None:
    film = read_radiograph(data_folder / "dicom" / "cr_monochrome2_pixelspacing_only.dcm")
    assert film.spacing.mm == (0.2, 0.2)
    assert film.spacing.source is SpacingSource.DETECTOR
    assert not film.polarity.inverted
    assert np.array_equal(film.native(), _stored(data_folder, "cr_monochrome2_pixelspacing_only"))


def test_itk_and_pydicom_agree_on_real_files(data_folder: Path) -> None:
    missing = PropertyMock(side_effect=NotImplementedError("no decoder"))
    for path in sorted((data_folder / "dicom").glob("*.dcm")):
        with patch.object(pydicom.dataset.Dataset, "pixel_array", missing):
            film = read_radiograph(path)
        assert np.array_equal(film.native(), _stored(data_folder, path.stem))


def _stored(data_folder: Path, name: str) -> np.ndarray:
    """Stored values without our reader: GDCM inverts MONOCHROME1 itself (10 bits stored)."""
    pixels = sitk.GetArrayFromImage(sitk.ReadImage(str(data_folder / "dicom" / f"{name}.dcm")))[0]
    return 1023 - pixels if "monochrome1" in name else pixels
