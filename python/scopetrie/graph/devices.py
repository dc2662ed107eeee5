"""Device strings: v1's "/job:worker/task:0/device:GPU:1", parsed, merged and written out."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """Where an operation is to run, as far as it is said.

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
            ValueError: If a part is unknown.
        """
        spec = cls()
        for part in text.split("/"):
            if not part:
                continue
            key, _, rest = part.partition(":")
            try:
                if key in ("job", "replica", "task") and rest:
                    spec = replace(spec, **{key: rest if key == "job" else int(rest)})
                elif key == "device" and rest:
                    kind, _, index = rest.partition(":")
                    spec = spec._with_device(kind, index)
                elif key.lower() in ("cpu", "gpu", "tpu") and rest:
                    spec = spec._with_device(key.upper(), rest)
                else:
                    raise ValueError
            except ValueError:
                raise ValueError(
                    f"Unknown attribute '{key}' is encountered while parsing the device spec: '{text}'."
                ) from None
        return spec

    def _with_device(self, kind: str, index: str) -> DeviceSpec:
        return replace(self, device_type=kind, device_index=None if index in ("", "*") else int(index))

    def merged(self, other: DeviceSpec) -> DeviceSpec:
        """Returns this spec with what `other` says in place of what it says itself."""
        return DeviceSpec(
            job=self.job if other.job is None else other.job,
            replica=self.replica if other.replica is None else other.replica,
            task=self.task if other.task is None else other.task,
            device_type=self.device_type if other.device_type is None else other.device_type,
            device_index=self.device_index if other.device_index is None else other.device_index,
        )

    def to_string(self) -> str:
        """Returns the spec as v1 writes it."""
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
