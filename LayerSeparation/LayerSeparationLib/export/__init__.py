"""What goes out: one writer a format, one record a joint, and outputs that are complete or not there."""

from .atomic_output import output_file, output_folder
from .joint_record import joint_record, read_joint_record, write_joint_record
from .joint_segments import joint_segments
from .json_file import write_json
from .nrrd import write_nrrd
from .png import write_png
from .segmentation import Segment, read_segmentation, write_segmentation
from .table import write_table

__all__ = [
    "Segment",
    "joint_record",
    "joint_segments",
    "output_file",
    "output_folder",
    "read_joint_record",
    "read_segmentation",
    "write_joint_record",
    "write_json",
    "write_nrrd",
    "write_png",
    "write_segmentation",
    "write_table",
]
