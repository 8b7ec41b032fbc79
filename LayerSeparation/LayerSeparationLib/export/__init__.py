"""What goes out: one class a format, and one record a joint."""

from .collection import CollectionFormat, CollectionSettings, Entry
from .encoding.nrrd import write_nrrd
from .encoding.png import write_png
from .encoding.seg_nrrd import write_segmentation
from .film_folders import export_film, find_existing_film, write_synthetic_film
from .film_record import describe_film, read_film_record
from .film_sample import FilmSample, make_film_sample
from .film_segments import describe_film_segments
from .joint_folders import (
    JointExport,
    export_joints,
    film_folder,
    find_existing_folders,
    gap_folder,
    write_layers,
    write_synthetic,
)
from .joint_format import JointFormat
from .record import describe_jsw, make_joint_record, read_joint_record, write_joint_record
from .registry import (
    choose_collection_formats,
    choose_joint_formats,
    collection_formats,
    joint_formats,
    require_packages,
)
from .sample import Sample, make_sample
from .segmentation_reading import read_segmentation, read_segments
from .segments import SEGMENT_KINDS, Segment, SegmentKind, describe_segments

__all__ = [
    "SEGMENT_KINDS",
    "CollectionFormat",
    "CollectionSettings",
    "Entry",
    "FilmSample",
    "JointExport",
    "JointFormat",
    "Sample",
    "Segment",
    "SegmentKind",
    "choose_collection_formats",
    "choose_joint_formats",
    "collection_formats",
    "describe_film",
    "describe_film_segments",
    "describe_jsw",
    "describe_segments",
    "export_film",
    "export_joints",
    "film_folder",
    "find_existing_film",
    "find_existing_folders",
    "gap_folder",
    "joint_formats",
    "make_film_sample",
    "make_joint_record",
    "make_sample",
    "read_film_record",
    "read_joint_record",
    "read_segmentation",
    "read_segments",
    "require_packages",
    "write_joint_record",
    "write_layers",
    "write_nrrd",
    "write_png",
    "write_segmentation",
    "write_synthetic",
    "write_synthetic_film",
]
