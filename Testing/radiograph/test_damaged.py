"""Files that led native readers into crashes, hangs, uninitialised memory and gigabytes; made anew, small."""

import gzip
import io
import os
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import psutil
import pydicom
import pytest
import SimpleITK as sitk
from film_mutation import mutate
from film_seeds import SHAPE, film, make_seeds, png_bomb
from PIL import Image

from LayerSeparationLib.errors import InputError, LayerSeparationError
from LayerSeparationLib.radiograph import read_radiograph
from LayerSeparationLib.radiograph.decoding_apart import decode_apart
from LayerSeparationLib.radiograph.itk_decoding import decode

NRRD = """NRRD0004
type: unsigned short
dimension: 2
space dimension: 2
sizes: 112 96
space directions: (0.15,0) (0,0.15)
kinds: domain domain
endian: little
encoding: raw
space origin: (0,0)
"""
META = """ObjectType = Image
NDims = 2
BinaryData = True
BinaryDataByteOrderMSB = False
CompressedData = False
TransformMatrix = 1 0 0 1
Offset = 0 0
ElementSpacing = 0.15 0.15
DimSize = 112 96
ElementType = MET_USHORT
ElementDataFile = LOCAL
"""
PIXELS = film().astype("<u2") * 257


def written(path: Path, header: str, content: bytes = PIXELS.tobytes()) -> Path:
    path.write_bytes(
        header.encode("latin-1") + (b"\n" if path.suffix in (".nrrd", ".nhdr") else b"") + content
    )
    return path


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return make_seeds(tmp_path_factory.mktemp("seeds"))


def test_sound_headers_are_read(tmp_path: Path) -> None:
    for path in (written(tmp_path / "a.nrrd", NRRD), written(tmp_path / "a.mha", META)):
        radiograph = read_radiograph(path)
        assert np.array_equal(radiograph.native(), PIXELS)
        assert radiograph.spacing.mm == pytest.approx((0.15, 0.15))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("NDims = 2", "NDims = -5", "NDims is '-5'"),
        ("NDims = 2", "NDims = 100000", "NDims is '100000'"),
        ("TransformMatrix = 1 0", "TransformMatrix = 1e308 0", "TransformMatrix is '1e308 0 0 1'"),
        ("TransformMatrix = 1 0 0 1", "TransformMatrix = 1 0 0", "3 numbers for 2 axes"),
        ("DimSize = 112 96", "DimSize = 112 96 1", "DimSize"),
        ("DimSize = 112 96", "DimSize = 112 0", "DimSize"),
        ("DimSize = 112 96", "DimSize = 20000 20000", "more than any radiograph has"),
        ("MET_USHORT", "MET_OTHER", "ElementType is 'MET_OTHER'"),
        ("ElementType", "Comment = " + 3000 * "x" + "\nElementType", "no field"),
        ("ElementDataFile = LOCAL\n", "", "no ElementDataFile"),
        ("ElementSpacing = 0.15 0.15", "ElementSpacing = nan 0.15", "ElementSpacing is 'nan 0.15'"),
        ("LOCAL", "/etc/passwd", "only one file beside the header"),
        ("LOCAL", "../other.raw", "only one file beside the header"),
        ("LOCAL", "image%03d.raw", "only one file beside the header"),
        ("LOCAL", "missing.raw", "is not beside it"),
    ],
)
def test_damaged_metaimage(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in META
    with pytest.raises(InputError, match=message):
        read_radiograph(written(tmp_path / "film.mha", META.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("encoding: raw", "encoding: " + 3000 * "x", "a line of 3010 characters"),
        ("kinds: domain domain", "kinds: " + 3000 * "x", "a line of 3007 characters"),
        ("type: unsigned short", "type: " + 3000 * "x", "a line of 3006 characters"),
        ("kinds:", 3000 * "x" + ": 1\nkinds:", "no field"),
        ("encoding: raw", "encoding: ascii\nmore: " + 3000 * "9", "no field"),
        ("dimension: 2", "dimension: 100000", "dimension is '100000'"),
        ("sizes: 112 96", "sizes: 112", "sizes is '112'"),
        ("sizes: 112 96", "sizes: 99999 99999", "more than any radiograph has"),
        ("(0.15,0) (0,0.15)", "(1e308,0) (0,1)", "space directions is '1e308 0'"),
        ("(0.15,0) (0,0.15)", "(0,0) (0,1)", "pixel spacing of 0"),
        ("endian: little", "endian: middle", "endian is 'middle'"),
        ("encoding: raw", "encoding: raw\ndata file: ../elsewhere.raw", "only one file beside the header"),
        ("encoding: raw", "encoding: raw\ndata file: LIST", "is not beside it"),
        ("space origin: (0,0)\n", "x" * 70000, "does not end within 65,536 bytes"),
    ],
)
def test_damaged_nrrd(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in NRRD
    with pytest.raises(InputError, match=message):
        read_radiograph(written(tmp_path / "film.nrrd", NRRD.replace(old, new)))


@pytest.mark.parametrize("suffix", ["mha", "nrrd"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_compressed_pixels_that_are_missing(tmp_path: Path, suffix: str, share: float) -> None:
    """ITK gives uninitialised memory for them."""
    short = PIXELS.tobytes()[: int(share * PIXELS.nbytes)]
    if suffix == "mha":
        path = written(
            tmp_path / "film.mha",
            META.replace("CompressedData = False", "CompressedData = True"),
            zlib.compress(short),
        )
    else:
        path = written(tmp_path / "film.nrrd", NRRD.replace("raw", "gzip"), gzip.compress(short))
    with pytest.raises(InputError, match="pixels are missing"):
        read_radiograph(path)


def test_compressed_pixels_with_a_wrong_checksum(tmp_path: Path) -> None:
    damaged = bytearray(zlib.compress(PIXELS.tobytes(), 0))
    damaged[5000] ^= 1
    path = written(tmp_path / "film.mha", META.replace("Data = False", "Data = True"), bytes(damaged))
    with pytest.raises(InputError, match="compressed pixels are damaged"):
        read_radiograph(path)


@pytest.mark.parametrize("suffix", ["mhd", "nhdr"])
def test_detached_headers_read_only_beside_themselves(tmp_path: Path, suffix: str) -> None:
    folder, secret = tmp_path / "films", tmp_path / "secret.raw"
    folder.mkdir()
    (folder / "pixels.raw").write_bytes(PIXELS.tobytes())
    secret.write_bytes(PIXELS.tobytes())
    (folder / "link.raw").symlink_to(secret)

    def header(name: str) -> Path:
        if suffix == "mhd":
            return written(folder / "film.mhd", META.replace("LOCAL", name), b"")
        return written(folder / "film.nhdr", NRRD.replace("raw\n", f"raw\ndata file: {name}\n"), b"")

    assert np.array_equal(read_radiograph(header("pixels.raw")).native(), PIXELS)
    for name in (str(secret), "../secret.raw", "link.raw"):
        with pytest.raises(InputError, match="beside"):
            read_radiograph(header(name))


def test_the_same_pixels_and_geometry_as_from_itk(seeds: list[Path], tmp_path: Path) -> None:
    """What is read in Python agrees with ITK's reader, for what has many ways to be written."""
    deep = sitk.GetImageFromArray(PIXELS.astype(np.float64)[None] / 7)
    deep.SetSpacing((0.2, 0.1, 3.0))
    deep.SetDirection((-1, 0, 0, 0, 1, 0, 0, 0, -1))
    colour = sitk.GetImageFromArray(np.repeat(film()[..., None], 3, axis=2), isVector=True)
    for name, image in (("turned", deep), ("colour", colour)):
        for suffix in ("nrrd", "mha"):
            for packed in (False, True):
                path = tmp_path / f"{name}_{packed}.{suffix}"
                sitk.WriteImage(image, str(path), useCompression=packed)
                seeds = [*seeds, path]
    from LayerSeparationLib.radiograph import volume_film

    for path in seeds:
        kind = {".nrrd": "NRRD", ".mha": "MetaImage"}.get(path.suffix)
        if kind is None:
            continue
        own = volume_film._decode(path, kind)
        itk = decode(path, kind, {"NRRD": "NrrdImageIO", "MetaImage": "MetaImageIO"}[kind])
        assert np.array_equal(own.pixels, itk.pixels), path
        assert (own.size, own.components) == (itk.size, itk.components)
        assert own.spacing_mm == pytest.approx(itk.spacing_mm)
        dimension = len(own.size)
        diagonals = [np.reshape(one.direction, (dimension, dimension)).diagonal()[:2] for one in (own, itk)]
        assert diagonals[0] == pytest.approx(diagonals[1])


def test_what_would_take_gigabytes_is_refused_before_it_does(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(png_bomb(12_000))
    assert bomb.stat().st_size < 1_000_000
    deflated = tmp_path / "bomb.dcm"
    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.DeflatedExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = "1.2.3"
    whole = io.BytesIO()
    dataset.save_as(whole, enforce_file_format=True)
    meta_ends = 144 + pydicom.dcmread(io.BytesIO(whole.getvalue())).file_meta.FileMetaInformationGroupLength
    packer = zlib.compressobj(9, wbits=-15)
    content = b"".join(packer.compress(bytes(10_000_000)) for _ in range(60)) + packer.flush()
    deflated.write_bytes(whole.getvalue()[:meta_ends] + content)
    before = psutil.Process().memory_info().rss
    for path, message in ((bomb, "more than any radiograph has"), (deflated, "more than 500 MB")):
        with pytest.raises(InputError, match=message):
            read_radiograph(path)
    assert psutil.Process().memory_info().rss - before < 200e6


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "film.dcm")
    with pytest.raises(InputError, match="a pipe or a device"):
        read_radiograph(tmp_path / "film.dcm")


@pytest.mark.parametrize("largest", [3e38, 1e30])
def test_numbers_that_no_film_has(tmp_path: Path, largest: float) -> None:
    pixels = film().astype(np.float32) / 255
    pixels[5, 5] = largest
    Image.fromarray(pixels).save(tmp_path / "film.tif")
    with pytest.raises(InputError, match="which no film does"):
        read_radiograph(tmp_path / "film.tif")


def test_a_decoder_that_crashes_costs_one_film(tmp_path: Path) -> None:
    """The reader of MetaImage crashes on this header; the next film is read by a new process."""
    crash = written(tmp_path / "crash.mha", META.replace("NDims = 2", "NDims = -5"))
    with pytest.raises(InputError, match="this MetaImage file is damaged: its decoder ended"):
        decode_apart("volume", crash, "MetaImage")
    sound = written(tmp_path / "sound.mha", META)
    pixels, (size, *_) = decode_apart("volume", sound, "MetaImage")
    assert np.array_equal(pixels, PIXELS)
    assert tuple(size) == SHAPE[::-1]


def test_a_decoder_that_hangs_is_ended_with_the_program(tmp_path: Path) -> None:
    """The reader of MetaImage goes on for ever with this header, whatever signal Python gets."""
    hangs = written(tmp_path / "hangs.mha", META.replace("= 1 0 0 1", "= 1e308 0 0 1"))
    program = (
        "import sys; from pathlib import Path\n"
        "from LayerSeparationLib.cli.termination import TerminationError, signals_raise\n"
        "from LayerSeparationLib.radiograph.decoding_apart import decode_apart\n"
        "try:\n"
        "    with signals_raise():\n"
        f"        decode_apart('volume', Path({str(hangs)!r}), 'MetaImage')\n"
        "except TerminationError:\n"
        "    sys.exit(143)\n"
    )
    library = Path(__file__).parents[2] / "LayerSeparation"
    process = subprocess.Popen(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(library)}
    )
    children: list[psutil.Process] = []
    deadline = time.monotonic() + 120
    while not children and process.poll() is None and time.monotonic() < deadline:
        children = psutil.Process(process.pid).children()
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    # Where this version of the reader refuses the header at once, the program has ended by itself.
    assert process.wait(60) in (143, 1)
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive


@pytest.mark.parametrize("part", range(5))
def test_damaged_films_end_in_a_result_or_an_error_of_the_library(
    seeds: list[Path], tmp_path: Path, part: int
) -> None:
    """`Testing/fuzz/run.py` does the same to any number of films."""
    for seed in range(40 * part, 40 * (part + 1)):
        source = seeds[seed % len(seeds)]
        path = tmp_path / f"{seed}{''.join(source.suffixes)}"
        path.write_bytes(mutate(source.read_bytes(), seed))
        try:
            read_radiograph(path)
        except LayerSeparationError as error:
            told = str(error)
        else:
            told = str(path)
        assert str(path) in told
