"""Random changes of what comes from outside: bytes, messages of protobuf, objects of JSON."""

from __future__ import annotations

import contextlib
import copy
import json
import random
from collections.abc import Iterator
from typing import Any

NUMBERS = (
    0,
    1,
    -1,
    2,
    7,
    127,
    255,
    1 << 15,
    1 << 20,
    (1 << 31) - 1,
    -(1 << 31),
    1 << 40,
    (1 << 63) - 1,
    -(1 << 63),
)
TEXTS = ("", "a", "a:0", "^a", "x", "x:1", "x:99999999999", ":", "a/", "/a", "\x00", "é", "loc:@x", "a" * 300)

Random = random.Random


def changed(data: bytes, r: Random) -> bytes:
    """Bytes with a few changes."""
    made = bytearray(data)
    for _ in range(r.choice([1, 1, 1, 2, 5])):
        at, what = r.randrange(len(made) + 1), r.randrange(7)
        if what == 0:
            del made[at:]
        elif what == 1:
            made[at:at] = r.randbytes(r.randrange(1, 20))
        elif what == 2:
            del made[at : at + r.randrange(1, 20)]
        elif what == 3:
            number = r.choice(NUMBERS) % (1 << 64)
            made[at : at + 8] = number.to_bytes(8, "little")
        elif what == 4:
            other = r.randrange(len(made) + 1)
            made[at:at] = made[other : other + 40]
        elif at < len(made):
            made[at] = r.choice([0, 1, 127, 128, 255, made[at] ^ (1 << r.randrange(8)), ord("9")])
    return bytes(made)


def _fields(found: Any) -> Iterator[tuple[Any, Any]]:
    """All fields that are set, of a message and those in it."""
    for field, value in found.ListFields():
        yield found, field
        if field.message_type is None:
            continue
        is_map = field.message_type.GetOptions().map_entry
        values = [value[key] for key in sorted(value)] if is_map else value
        for each in values if isinstance(values, list) or _is_repeated(field) else [value]:
            if hasattr(each, "ListFields"):
                yield from _fields(each)


def _is_repeated(field: Any) -> bool:
    return bool(field.is_repeated if hasattr(field, "is_repeated") else field.label == field.LABEL_REPEATED)


def _scalar(field: Any, old: Any, r: Random, texts: list[str]) -> Any:
    kind = field.cpp_type
    if kind in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
        return r.choice([0.0, -1.0, float("nan"), float("inf"), 1e300])
    if kind == field.CPPTYPE_BOOL:
        return not old
    if kind == field.CPPTYPE_STRING:
        text = r.choice([*texts, *TEXTS])
        return text if field.type == field.TYPE_STRING else r.choice([text.encode(), b"\xff\xfe"])
    return r.choice([*NUMBERS, old + 1 if isinstance(old, int) else 1])


def change_message(found: Any, r: Random) -> None:
    """Changes a message in place."""
    texts = [node.name for node in getattr(found, "node", [])] or ["x"]
    for _ in range(r.choice([1, 1, 2, 4])):
        places = list(_fields(found))
        if not places:
            return
        owner, field = r.choice(places)
        value = getattr(owner, field.name)
        with contextlib.suppress(ValueError, TypeError, OverflowError, UnicodeDecodeError):
            what = r.randrange(8)
            if what == 0:
                owner.ClearField(field.name)
            elif field.message_type is not None and field.message_type.GetOptions().map_entry:
                key = r.choice(sorted(value))
                if what < 4 and hasattr(value[key], "CopyFrom"):
                    value[r.choice([*texts, "T", "dtype", "shape", "N"])].CopyFrom(
                        value[r.choice(sorted(value))]
                    )
                else:
                    del value[key]
            elif _is_repeated(field):
                items = list(value)
                if what < 3:
                    items.append(copy.deepcopy(r.choice(items)))
                elif what == 3:
                    r.shuffle(items)
                elif what == 4:
                    items.pop(r.randrange(len(items)))
                elif field.message_type is None:
                    items[r.randrange(len(items))] = _scalar(field, items[0], r, texts)
                items = [copy.deepcopy(each) for each in items]
                owner.ClearField(field.name)
                getattr(owner, field.name).extend(items)
            elif field.message_type is not None:
                others = [getattr(o, f.name) for o, f in places if f.message_type is field.message_type]
                others = [each for each in others if hasattr(each, "CopyFrom")]
                value.CopyFrom(copy.deepcopy(r.choice(others)))
            else:
                setattr(owner, field.name, _scalar(field, value, r, texts))


def changed_json(found: Any, r: Random) -> str:
    """An object of JSON with a few other values, as text."""
    values: list[Any] = [
        *NUMBERS,
        1 << 70,
        0.5,
        float("nan"),
        None,
        True,
        [],
        {},
        "F32",
        "I64",
        "BF16",
        "F8_E4M3",
        "F4",
        "x",
    ]
    for _ in range(r.choice([1, 1, 2])):
        at = found
        while True:
            keys = list(at) if isinstance(at, dict) else range(len(at))
            if not keys:
                break
            key = r.choice(keys)
            if isinstance(at[key], (dict, list)) and r.random() < 0.8:
                at = at[key]
                continue
            if r.random() < 0.2:
                del at[key]
            elif isinstance(at, dict) and r.random() < 0.3:
                at[r.choice([*TEXTS, "shape", "dtype", "a.w", "a", "a.w.b"])] = at[key]
            else:
                at[key] = r.choice(values)
            break
    text = json.dumps(found)
    return text.replace("[", "[" * 3000, 1) if r.random() < 0.02 else text
