"""What goes out: one writer a format, one record a joint, and outputs that are complete or not there."""

from .atomic_output import explained_output, output_file, output_folder, refuse_existing_file
from .collection import CollectionFormat, Entry
from .collection_formats import chosen_collections, collection_formats
from .export_formats import ExportFormat, chosen_formats, export_formats
from .joint_export import JointExport, existing_folders, export_joints
from .joint_files import gap_folder, write_layers, write_synthetic
from .joint_record import joint_record, read_joint_record, write_joint_record
from .joint_segments import joint_segments
from .json_file import write_json
from .nrrd import write_nrrd
from .png import write_png
from .sample import Sample, jsw_fields, sample_of
from .segmentation import Segment, write_segmentation
from .segmentation_reading import read_segmentation, read_segments
from .table import write_table

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
    "explained_output",
    "export_formats",
    "export_joints",
    "gap_folder",
    "joint_record",
    "joint_segments",
    "jsw_fields",
    "output_file",
    "output_folder",
    "read_joint_record",
    "read_segmentation",
    "read_segments",
    "refuse_existing_file",
    "sample_of",
    "write_joint_record",
    "write_json",
    "write_layers",
    "write_nrrd",
    "write_png",
    "write_segmentation",
    "write_synthetic",
    "write_table",
]
