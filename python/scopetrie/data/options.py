"""Options of datasets: any can be set, and none has an effect."""

from __future__ import annotations

from ..public import v1


@v1("data.Options")
class Options:
    """Options of a dataset: any attribute can be set, and none has an effect."""

    def __init__(self) -> None:
        self.experimental_threading = self.threading = _Fields()
        self.experimental_optimization = _Fields()
        self.experimental_deterministic: bool | None = None

    def merge(self, options: Options) -> Options:
        """Returns options with the attributes of both.

        Args:
            options: The others; these count where both have one.
        """
        made = Options()
        made.__dict__.update({**self.__dict__, **options.__dict__})
        return made


class _Fields:
    """Fields that can be set."""
