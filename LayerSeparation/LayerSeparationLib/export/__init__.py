"""What goes out: one writer a format, one record a joint, and outputs that are complete or not there."""

from .atomic_output import explained_output, output_file, output_folder, refuse_existing_file
from .joint_export import JointExport, existing_folders, export_joints
from .joint_files import (
    ExportFormat,
    chosen_formats,
    export_formats,
    gap_folder,
    jsw_fields,
    write_layers,
    write_masks,
    write_synthetic,
)
from .joint_record import joint_record, read_joint_record, write_joint_record
from .joint_segments import joint_segments
from .json_file import write_json
from .nrrd import write_nrrd
from .png import write_png
from .segmentation import Segment, read_segmentation, write_segmentation
from .table import write_table

__all__ = [
    "ExportFormat",
    "JointExport",
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
    "refuse_existing_file",
    "write_joint_record",
    "write_json",
    "write_layers",
    "write_masks",
    "write_nrrd",
    "write_png",
    "write_segmentation",
    "write_synthetic",
    "write_table",
]
