"""The position of a part in a partitioned variable, as recorded in checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class SaveSliceInfo:
    """The position of a variable as part of a partitioned one (v1's `Variable.SaveSliceInfo`).

    Args:
        full_name: The name of the whole variable.
        full_shape: Its size along each axis.
        var_offset: Where the part begins, along each axis.
        var_shape: The size of the part along each axis.
        save_slice_info_def: Refused: nothing is read from protobufs here.
        import_scope: Refused, as save_slice_info_def.

    Raises:
        NotImplementedError: If a protobuf is given.

    >>> SaveSliceInfo("w", [7, 2], [3, 0], [2, 2]).spec
    '7 2 3,2:0,2'
    """

    __slots__ = ("full_name", "full_shape", "var_offset", "var_shape")

    def __init__(
        self,
        full_name: str | None = None,
        full_shape: Sequence[int] | None = None,
        var_offset: Sequence[int] | None = None,
        var_shape: Sequence[int] | None = None,
        save_slice_info_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        if save_slice_info_def is not None or import_scope is not None:
            raise NotImplementedError(
                "SaveSliceInfo: save_slice_info_def and import_scope: nothing is made from protobufs here"
            )
        self.full_name = full_name
        self.full_shape = full_shape
        self.var_offset = var_offset
        self.var_shape = var_shape

    @property
    def spec(self) -> str:
        """The part as text: the whole's sizes, then `offset,size` for each axis."""
        sizes = " ".join(str(size) for size in self.full_shape or ()) + " "
        parts = zip(self.var_offset or (), self.var_shape or (), strict=True)
        return sizes + ":".join(f"{offset},{size}" for offset, size in parts)

    def to_proto(self, export_scope: str | None = None) -> Any:
        """Refused: nothing is written to protobufs here.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError("SaveSliceInfo.to_proto: nothing is made into protobufs here")
