"""What goes out: one writer a format, and one record a joint."""

from .collection import CollectionFormat, Entry
from .collection_formats import chosen_collections, collection_formats
from .export_formats import ExportFormat, chosen_formats, export_formats
from .formats.nrrd import write_nrrd
from .formats.png import write_png
from .formats.seg_nrrd import Segment, write_segmentation
from .joint_export import JointExport, existing_folders, export_joints
from .joint_files import gap_folder, write_layers, write_synthetic
from .record import joint_record, read_joint_record, write_joint_record
from .sample import Sample, jsw_fields, sample_of
from .segmentation_reading import read_segmentation, read_segments
from .segments import joint_segments

__all__ = [
    "CollectionFormat",
    "Entry",
    "chosen_collections",
    "collection_formats",
    "ExportFormat",
    "JointExport",
    "Sample",
    "Segment",
    "chosen_formats",
    "existing_folders",
    "export_formats",
    "export_joints",
    "gap_folder",
    "joint_record",
    "joint_segments",
    "jsw_fields",
    "read_joint_record",
    "read_segmentation",
    "read_segments",
    "sample_of",
    "write_joint_record",
    "write_layers",
    "write_nrrd",
    "write_png",
    "write_segmentation",
    "write_synthetic",
]
