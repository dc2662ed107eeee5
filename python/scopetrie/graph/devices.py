"""Device strings such as v1's "/job:worker/task:0/device:GPU:1": parsing, merging, writing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from ..public import v1

# Types that may be written without "device:", in upper or lower case.
_SHORT_TYPES: Final = ("CPU", "GPU", "TPU", "CUSTOM")


@v1("DeviceSpec")
@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """A possibly partial specification of a device.

    >>> DeviceSpec.from_string("/cpu:0").to_string()
    '/device:CPU:0'
    """

    job: str | None = None
    replica: int | None = None
    task: int | None = None
    device_type: str | None = None
    device_index: int | None = None

    @classmethod
    def from_string(cls, text: str) -> DeviceSpec:
        """Reads a device string.

        Args:
            text: For example "/job:ps/task:1/device:GPU:0" or "/gpu:0".

        Raises:
            ValueError: If a part is unknown, a number is invalid, or there are two device types.
        """
        found: dict[str, Any] = {}
        for part in filter(None, text.split("/")):
            key, *rest = part.split(":")
            if key == "job" and len(rest) == 1:
                found["job"] = rest[0]
            elif key in ("replica", "task") and len(rest) == 1:
                found[key] = int(rest[0])
            elif key.upper() in _SHORT_TYPES and len(rest) < 2:
                _note_type(found, key, rest[0] if rest else "*", text)
            elif key == "device" and len(rest) == 2:
                _note_type(found, rest[0], rest[1], text)
            else:
                raise ValueError(
                    f"Unknown attribute '{key}' is encountered while parsing the device spec: '{text}'."
                )
        return cls(**found)

    def merged(self, other: DeviceSpec) -> DeviceSpec:
        """Returns this spec, overridden by the parts that `other` has."""
        said = {field: value for field in self.__slots__ if (value := getattr(other, field)) is not None}
        return replace(self, **said)

    def to_string(self) -> str:
        """Returns the spec in v1's notation."""
        text = ""
        if self.job is not None:
            text += f"/job:{self.job}"
        if self.replica is not None:
            text += f"/replica:{self.replica}"
        if self.task is not None:
            text += f"/task:{self.task}"
        if self.device_type is not None:
            index = "*" if self.device_index is None else str(self.device_index)
            text += f"/device:{self.device_type}:{index}"
        return text


def _note_type(found: dict[str, Any], kind: str, index: str, text: str) -> None:
    if "device_type" in found:
        raise ValueError(f"Multiple device types are not allowed while parsing the device spec: {text}.")
    found["device_type"] = kind.upper() if kind.upper() in _SHORT_TYPES else kind
    if index != "*":
        found["device_index"] = int(index)
