"""Lists of samples for loaders: ``metadata.jsonl`` (Hugging Face), ``datalist.json`` (MONAI), Parquet.

Formats: https://huggingface.co/docs/datasets/image_dataset (an image folder with metadata), and the data
list of the Medical Segmentation Decathlon, which `monai.data.load_decathlon_datalist` reads. Each is written
sample by sample: a data set of any length fits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby, islice
from pathlib import Path, PurePosixPath
from typing import IO, Any

from ...export import CollectionFormat, Entry
from ...export.segments import SEGMENT_KEYS
from ...files import json_line
from ..run.render_sample import LABEL_COLUMNS

METADATA, DATALIST = "metadata.jsonl", "datalist.json"
ANY_SAMPLE = "any"
"""Stands for a sample's name where paths of all samples are described."""
_MONAI_SPLITS = {"train": "training", "val": "validation", "test": "test"}
_ROWS_AT_A_TIME = 10_000
_ROWS_ASKED = 5000
"""Rows by which a reader tells types: the first 10 MB (`datasets`), at 1 kB a line, and to spare."""
_WHOLE_NUMBERS = frozenset({"number", "index", "svdh_like"})
_WORDS = frozenset(
    {"name", "split", "series", "film_sha256", "joint", "side", "unit", "quality", "findings", "moves"}
    | {"spacing_source"}
)
_TRUTHS = frozenset({"matched_real", "synthetic"})


def choose_columns(labels: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the columns of labels that have a type in every split: words, truths, numbers that are there.

    A reader of JSON lines tells the type of a column by the first lines of each file, and `datasets` refuses
    files that differ in it.

    Parameters
    ----------
    labels
        Rows, those of a split after one another.

    Examples
    --------
    >>> rows = [{"split": "train", "jsw": 1.5, "shift": 0.1}, {"split": "val", "jsw": 0.4, "shift": None}]
    >>> "jsw" in choose_columns(rows), "shift" in choose_columns(rows)
    (True, False)
    """
    found = frozenset(LABEL_COLUMNS)
    for _, rows in groupby(labels, key=lambda row: row["split"]):
        there = {
            name for row in islice(rows, _ROWS_ASKED) for name, value in row.items() if value is not None
        }
        found &= there | _WORDS | _TRUTHS
    return found


def write_metadata_lines(
    folder: Path, one: CollectionFormat, entries: Iterable[Entry], columns: Collection[str]
) -> None:
    """Write the list of a format with PNG images beside the images of each split; nothing of other formats.

    Parameters
    ----------
    folder
        Of the format.
    one
        The format.
    entries
        Its samples.
    columns
        Of the labels; see `choose_columns`.
    """
    with ExitStack() as opened:
        lists: dict[str, IO[str]] = {}
        for entry in entries:
            files = one.files(entry.split, entry.name)
            if not files.get("image", "").endswith(".png"):
                return
            beside = images_of_split(files["image"], entry.split)
            if entry.split not in lists:
                place = folder / beside
                place.mkdir(parents=True, exist_ok=True)
                lists[entry.split] = opened.enter_context((place / METADATA).open("w", encoding="ascii"))
            named = {
                "file_name" if what == "image" else f"{what}_file_name": path.removeprefix(f"{beside}/")
                for what, path in files.items()
                if path.endswith(".png")
            }
            labels = {name: value for name, value in _typed(entry.labels).items() if name in columns}
            lists[entry.split].write(json_line({**named, **labels}) + "\n")


def images_of_split(image: str, split: str) -> str:
    """Return the folder that holds all images of a split, by the path of one of them.

    Examples
    --------
    >>> images_of_split("images/train/a.png", "train"), images_of_split("val/a/image.png", "val")
    ('images/train', 'val')
    """
    parts = PurePosixPath(image).parts
    return "/".join(parts[: parts.index(split) + 1])


def write_datalist(folder: Path, one: CollectionFormat, entries: Iterable[Entry]) -> None:
    """Write the data list of a format whose labels are images; nothing of other formats."""
    described = one.files("train", ANY_SAMPLE)
    if "image" not in described or not _label_files(described):
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / DATALIST).open("w", encoding="ascii", newline="\n") as file:
        head = {"name": "LayerSeparation", "description": "SYNTHETIC radiographs of finger joints"}
        file.write(json_line(head)[:-1])
        for split, samples in groupby(entries, key=lambda entry: entry.split):
            file.write(f',\n"{_MONAI_SPLITS[split]}":[')
            for number, entry in enumerate(samples):
                files = one.files(split, entry.name)
                item = {"image": files["image"], "label": _label_files(files), **_typed(entry.labels)}
                file.write((",\n" if number else "\n") + json_line(item))
            file.write("]")
        file.write("}\n")


def write_parquet(path: Path, labels: Iterable[Mapping[str, Any]]) -> None:
    """Write the table of labels as Parquet.

    Raises
    ------
    ImportError
        If pyarrow is not installed.
    """
    import pyarrow
    from pyarrow import parquet

    kinds = {name: kind_of_column(name) for name in LABEL_COLUMNS}
    types = {"int": pyarrow.int64(), "word": pyarrow.string(), "truth": pyarrow.bool_()}
    schema = pyarrow.schema([(name, types.get(kind, pyarrow.float64())) for name, kind in kinds.items()])
    rows = iter(labels)
    with parquet.ParquetWriter(path, schema) as writer:
        while batch := [_typed(row) for row in islice(rows, _ROWS_AT_A_TIME)]:
            writer.write_table(pyarrow.Table.from_pylist(batch, schema))


def _label_files(files: Mapping[str, str]) -> str | Sequence[str]:
    """Return the labels as one image, or one an image for each segment; nothing where there are none."""
    if "label" in files:
        return files["label"]
    return [files[key] for key in SEGMENT_KEYS if key in files]


def kind_of_column(column: str) -> str:
    """Return what a column of labels holds: 'int', 'word', 'truth' or 'float'."""
    for kind, columns in (("int", _WHOLE_NUMBERS), ("word", _WORDS), ("truth", _TRUTHS)):
        if column in columns:
            return kind
    return "float"


def _typed(labels: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of labels with truths as such, which are words in CSV; a word that is missing is ''."""
    return {
        name: value == "true" if name in _TRUTHS else "" if value is None and name in _WORDS else value
        for name, value in labels.items()
    }
