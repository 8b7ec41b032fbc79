"""``croissant.json``: a data set's description for search engines and loaders.

Format: MLCommons Croissant 1.0 (https://docs.mlcommons.org/croissant/docs/croissant-spec.html), JSON-LD on
schema.org. Files lie beside it; the records are the rows of ``labels.csv``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...export import CollectionFormat
from ...export.collection import SPLITS
from ...files import sha256_of_file, write_json
from ...version import PROJECT_ADDRESS, __version__
from ..plan.plan import Plan
from ..run.render_sample import LABEL_COLUMNS
from .loader_lists import ANY_SAMPLE, kind_of_column

_DESCRIPTION = (
    "SYNTHETIC radiographs of finger joints with joint space widths and segmentations; for research only. "
    "README.md is the data card."
)
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "equivalentProperty": "cr:equivalentProperty",
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {"int": "sc:Integer", "word": "sc:Text", "truth": "sc:Boolean", "float": "sc:Float"}
_ENCODINGS = {".png": "image/png", ".dcm": "application/dicom", ".nrrd": "application/octet-stream"}


def write_croissant(path: Path, plan: Plan, formats: Sequence[CollectionFormat], labels: Path) -> None:
    """Write the description of a data set.

    Parameters
    ----------
    path
        To write.
    plan
        What it was made by.
    formats
        That it has.
    labels
        Its table of labels.
    """
    columns = [_describe_column(name) for name in LABEL_COLUMNS]
    table = {
        "@type": "cr:FileObject",
        "@id": labels.name,
        "name": labels.name,
        "description": "A row a sample.",
        "contentUrl": labels.name,
        "encodingFormat": "text/csv",
        "sha256": sha256_of_file(labels),
    }
    write_json(
        path,
        {
            "@context": _CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": "http://mlcommons.org/croissant/1.0",
            "name": f"layer-separation-{plan.fingerprint[:12]}",
            "description": _DESCRIPTION,
            "license": plan.options.settings.licence_text,
            "url": PROJECT_ADDRESS,
            "citeAs": f"LayerSeparation {__version__}, {PROJECT_ADDRESS}",
            "version": __version__,
            "creator": {
                "@type": "sc:Organization",
                "name": f"LayerSeparation {__version__}",
                "url": PROJECT_ADDRESS,
            },
            "keywords": ["radiography", "hand", "joint space width", "segmentation", "synthetic data"],
            "isLiveDataset": False,
            "distribution": [table, *(_describe_images(one) for one in formats)],
            "recordSet": [
                {
                    "@type": "cr:RecordSet",
                    "@id": "samples",
                    "name": "samples",
                    "key": {"@id": "samples/number"},
                    "field": columns,
                }
            ],
        },
    )


def _describe_images(one: CollectionFormat) -> dict[str, Any]:
    """Return where the images of a format lie; of one that keeps them in archives, where these lie."""
    image = one.files("train", ANY_SAMPLE).get("image")
    if image is None:
        includes, encoding = [f"{one.name}/*.tar"], "application/x-tar"
    else:
        places = {one.files(split, ANY_SAMPLE)["image"].replace(ANY_SAMPLE, "*") for split in SPLITS}
        includes, encoding = (
            [f"{one.name}/{place}" for place in sorted(places)],
            _ENCODINGS[Path(image).suffix],
        )
    return {
        "@type": "cr:FileSet",
        "@id": f"images-{one.name}",
        "name": f"images-{one.name}",
        "description": one.label,
        "encodingFormat": encoding,
        "includes": includes,
    }


def _describe_column(name: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"samples/{name}",
        "name": name,
        "dataType": _TYPES[kind_of_column(name)],
        "source": {"fileObject": {"@id": "labels.csv"}, "extract": {"column": name}},
    }
