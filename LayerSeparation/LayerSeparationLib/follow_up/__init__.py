"""Two films of the same joints: how the gap of each changed, by registration of its bones."""

from .comparison import compare_films, compare_joints, compare_measured
from .comparison_files import write_comparison
from .comparison_record import TABLE_COLUMNS, make_comparison_record, make_table_row
from .deviations import since_baseline
from .film_scales import share_grey_scale
from .follow_up_figure import draw_follow_up
from .joint_change import JointChange, measure_change
from .measurement_report import can_be_reported, write_measurement_report
from .registration import JointRegistration, register_joint
from .verdict import DETECTABLE_CHANGE_MM, Verdict, detectable_change, judge

__all__ = [
    "DETECTABLE_CHANGE_MM",
    "TABLE_COLUMNS",
    "JointChange",
    "JointRegistration",
    "Verdict",
    "can_be_reported",
    "compare_films",
    "compare_joints",
    "compare_measured",
    "detectable_change",
    "draw_follow_up",
    "judge",
    "make_comparison_record",
    "make_table_row",
    "measure_change",
    "register_joint",
    "share_grey_scale",
    "since_baseline",
    "write_comparison",
    "write_measurement_report",
]
