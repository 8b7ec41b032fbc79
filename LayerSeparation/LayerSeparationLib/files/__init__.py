"""Files: outputs that are complete or not there, strict JSON, tables, and checksums."""

from .atomic_output import explain_output_errors, output_file, output_folder, refuse_existing_file
from .hashes import sha256_of_file
from .json_file import json_line, parse_json, plain, read_json, write_json
from .json_lines import read_json_lines, write_json_lines
from .json_schema import validate_json
from .staged_files import FileRecord, move_into_place, record_file
from .table import write_table

__all__ = [
    "FileRecord",
    "explain_output_errors",
    "json_line",
    "move_into_place",
    "output_file",
    "output_folder",
    "parse_json",
    "plain",
    "read_json",
    "read_json_lines",
    "record_file",
    "refuse_existing_file",
    "sha256_of_file",
    "validate_json",
    "write_json",
    "write_json_lines",
    "write_table",
]
