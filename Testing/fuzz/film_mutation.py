"""Damage to a file, drawn from a seed: bits, bytes, cuts, and the words and numbers of headers."""

from __future__ import annotations

import io
import random
import re
import warnings

_WORDS = (
    *(
        b"-5",
        b"0",
        b"-1",
        b"100000",
        b"2147483648",
        b"4294967295",
        b"18446744073709551616",
        b"1e308",
        b"-1e308",
    ),
    *(b"nan", b"inf", b"", b" ", b"1e-320", b"0.0", b"../../etc/passwd", b"LIST", b"%s%n", b"??", b"True"),
)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_TEXT_HEADS = (b"NRRD", b"ObjectType")
_TEXT_BYTES = 2000
_MOST_STEPS = 4
_PIXEL_DATA = 0x7FE00010


def mutate(content: bytes, seed: int) -> bytes:
    """Return the file with one to four kinds of damage."""
    draw = random.Random(seed)
    is_text, is_dicom = content.startswith(_TEXT_HEADS), content[128:132] == b"DICM"
    for _ in range(draw.randint(1, _MOST_STEPS)):
        kinds = [_flip, _overwrite, _cut, _repeat, _remove, _insert]
        if is_text:
            kinds += [_change_number, _change_line, _change_line, _lengthen_line, _change_number]
        if is_dicom:
            kinds += [_change_element, _change_element, _change_head]
        content = draw.choice(kinds)(content, draw)
    return content


def _place(content: bytes, draw: random.Random) -> int:
    """Headers are where damage tells most."""
    last = max(1, len(content) - 1)
    return draw.randrange(min(last, 700)) if draw.random() < 0.7 else draw.randrange(last)


def _flip(content: bytes, draw: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(draw.choice((1, 1, 3, 20))):
        if changed:
            changed[_place(content, draw) % len(changed)] ^= 1 << draw.randrange(8)
    return bytes(changed)


def _overwrite(content: bytes, draw: random.Random) -> bytes:
    at = _place(content, draw)
    length = draw.choice((1, 2, 4, 8))
    new = draw.choice(
        (b"\0" * length, b"\xff" * length, draw.randbytes(length), b"\x7f" + b"\xff" * (length - 1))
    )
    return content[:at] + new + content[at + length :]


def _cut(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randrange(len(content) + 1)]


def _repeat(content: bytes, draw: random.Random) -> bytes:
    at, length = _place(content, draw), draw.choice((1, 8, 64, 1000))
    return (
        content[: at + length] * 1 + content[at : at + length] * draw.choice((1, 3)) + content[at + length :]
    )


def _remove(content: bytes, draw: random.Random) -> bytes:
    at = _place(content, draw)
    return content[:at] + content[at + draw.choice((1, 2, 4, 16, 200)) :]


def _insert(content: bytes, draw: random.Random) -> bytes:
    at = _place(content, draw)
    return content[:at] + draw.choice((draw.randbytes(7), b"\0" * 30, b"A" * 3000, b"\n")) + content[at:]


def _change_number(content: bytes, draw: random.Random) -> bytes:
    found = list(_NUMBER.finditer(content[:_TEXT_BYTES]))
    if not found:
        return content
    one = draw.choice(found)
    return content[: one.start()] + draw.choice(_WORDS) + content[one.end() :]


def _change_line(content: bytes, draw: random.Random) -> bytes:
    lines = content[:_TEXT_BYTES].split(b"\n")
    number = draw.randrange(min(len(lines), 20))
    kind = draw.randrange(4)
    if kind == 0:
        del lines[number]
    elif kind == 1:
        lines.insert(number, lines[draw.randrange(len(lines))])
    elif kind == 2:
        name, mark, _ = lines[number].partition(draw.choice((b":", b"=")))
        lines[number] = name + mark + b" " + b" ".join(draw.choice(_WORDS) for _ in range(draw.randint(1, 4)))
    else:
        draw.shuffle(lines)
    return b"\n".join(lines) + content[_TEXT_BYTES:]


def _lengthen_line(content: bytes, draw: random.Random) -> bytes:
    lines = content[:_TEXT_BYTES].split(b"\n")
    number = draw.randrange(min(len(lines), 20))
    at = draw.randrange(len(lines[number]) + 1)
    more = draw.choice((b"x", b"9", b" 1", b"\xff")) * draw.choice((300, 3000, 70000))
    lines[number] = lines[number][:at] + more + lines[number][at:]
    return b"\n".join(lines) + content[_TEXT_BYTES:]


def _change_element(content: bytes, draw: random.Random) -> bytes:
    """Remove an element of a DICOM dataset, or give it another value."""
    import pydicom

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = pydicom.dcmread(io.BytesIO(content), force=True)
            element = draw.choice(list(dataset.values()))
            if draw.random() < 0.5:
                del dataset[element.tag]
            elif element.tag != _PIXEL_DATA:
                value = draw.choice((0, 1, 7, 65535, b"\0\1\2", ["1", "2"], "-1", "nan", None))
                dataset.add_new(element.tag, draw.choice(("US", "DS", "UN", "CS", "OB")), value)
            written = io.BytesIO()
            dataset.save_as(written)
            return written.getvalue()
        except Exception:
            # The file is too damaged already, or pydicom refuses to write the value.
            return content


def _change_head(content: bytes, draw: random.Random) -> bytes:
    """Drop the preamble of a DICOM file, or its file meta information, or name another transfer syntax."""
    kind = draw.randrange(3)
    if kind == 0:
        return content[132:]
    if kind == 1:
        at = content.find(b"\x08\x00\x05\x00")
        return content[at if at > 0 else 132 :]
    return content.replace(
        b"1.2.840.10008.1.2.1\0", draw.choice((b"1.2.840.10008.1.2.5\0", b"1.2.3.4.5.6.7.8.9.99"))
    )
