"""Two films of the same joints: how the gap of each changed, by registration of its bones."""

from .comparison import compare_films, compare_joints
from .comparison_files import write_comparison
from .comparison_record import TABLE_COLUMNS, make_comparison_record, make_table_row
from .joint_change import JointChange, measure_change
from .measurement_report import can_be_reported, write_measurement_report
from .registration import JointRegistration, register_joint
from .verdict import DETECTABLE_CHANGE_MM, Verdict, judge

__all__ = [
    "DETECTABLE_CHANGE_MM",
    "TABLE_COLUMNS",
    "JointChange",
    "JointRegistration",
    "Verdict",
    "can_be_reported",
    "compare_films",
    "compare_joints",
    "judge",
    "make_comparison_record",
    "make_table_row",
    "measure_change",
    "register_joint",
    "write_comparison",
    "write_measurement_report",
]
