"""HParams: named settings of a model."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ...public import v1

__all__ = ["HParams"]

_SETTING = re.compile(r"\s*(?P<name>[a-zA-Z][\w.]*)\s*=\s*(?P<value>\[[^\]]*\]|[^,\[]*)\s*(?:,|$)")


@v1("contrib.training.HParams")
class HParams:
    """Named settings, whose types stay.

    Args:
        hparam_def: Accepted for v1's sake.
        model_structure: Accepted for v1's sake.
        **kwargs: The settings.

    Raises:
        ValueError: If a name is that of a member of this class, or a list is empty.

    >>> import scopetrie as tf
    >>> hparams = tf.contrib.training.HParams(learning_rate=0.1, layers=[3, 4])
    >>> hparams.parse("learning_rate=0.5,layers=[5,6]")
    HParams([('layers', [5, 6]), ('learning_rate', 0.5)])
    >>> hparams.layers
    [5, 6]
    """

    def __init__(self, hparam_def: Any = None, model_structure: Any = None, **kwargs: Any) -> None:
        self._types: dict[str, tuple[type, bool]] = {}
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name: str, value: Any) -> None:
        """Adds a setting.

        Args:
            name: Its name.
            value: Its value: a number, a text, a bool, or a list of one of these.

        Raises:
            ValueError: If the name is taken, or a list is empty.
        """
        if getattr(self, name, None) is not None:
            raise ValueError(f"Hyperparameter name is reserved: {name}")
        if isinstance(value, (list, tuple)):
            if not value:
                raise ValueError(f"Multi-valued hyperparameters cannot be empty: {name}")
            self._types[name] = (type(value[0]), True)
        else:
            self._types[name] = (type(value), False)
        setattr(self, name, value)

    def set_hparam(self, name: str, value: Any) -> None:
        """Sets a setting to another value of its type.

        Args:
            name: Its name.
            value: The value.

        Raises:
            KeyError: If there is none of that name.
            ValueError: If the value is of another type.
        """
        kind, many = self._types[name]
        if isinstance(value, (list, tuple)):
            if not many:
                raise ValueError(f"Must not pass a list for single-valued parameter: {name}")
            setattr(self, name, [_of_type(name, kind, each) for each in value])
            return
        if many:
            raise ValueError(f"Must pass a list for multi-valued parameter: {name}.")
        setattr(self, name, _of_type(name, kind, value))

    def del_hparam(self, name: str) -> None:
        """Removes a setting.

        Args:
            name: Its name.
        """
        if hasattr(self, name):
            delattr(self, name)
            del self._types[name]

    def parse(self, values: str) -> HParams:
        """Sets settings from a text such as `"a=1,b=[2,3],c=text"`.

        Args:
            values: The text.

        Returns:
            The very object.

        Raises:
            ValueError: If the text is not of that form, a name is not known, or a value is of another type.
        """
        at = 0
        while at < len(values):
            match = _SETTING.match(values, at)
            if match is None:
                raise ValueError(f"Malformed hyperparameter value: {values[at:]}")
            at = match.end()
            name, text = match["name"], match["value"].strip()
            if name not in self._types:
                raise ValueError(f"Unknown hyperparameter type for {name}")
            if text.startswith("["):
                items = [each.strip() for each in text[1:-1].split(",") if each.strip()]
                self.set_hparam(name, [_parsed(name, self._types[name][0], each) for each in items])
            else:
                self.set_hparam(name, _parsed(name, self._types[name][0], text))
        return self

    def override_from_dict(self, values_dict: Mapping[str, Any]) -> HParams:
        """Sets settings from a dictionary.

        Args:
            values_dict: Values by name.

        Returns:
            The very object.

        Raises:
            KeyError: If there is none of a name.
            ValueError: If a value is of another type.
        """
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    def values(self) -> dict[str, Any]:
        """Returns the settings by name."""
        return {name: getattr(self, name) for name in self._types}

    def get(self, key: str, default: Any = None) -> Any:
        """Returns a setting, or a default.

        Args:
            key: Its name.
            default: What is returned if there is none.
        """
        return getattr(self, key) if key in self._types else default

    def to_json(self, indent: int | None = None, separators: Any = None, sort_keys: bool = False) -> str:
        """Returns the settings as JSON.

        Args:
            indent: As in `json.dumps`.
            separators: As in `json.dumps`.
            sort_keys: As in `json.dumps`.
        """
        kept = {name: value for name, value in self.values().items() if not callable(value)}
        return json.dumps(kept, indent=indent, separators=separators, sort_keys=sort_keys)

    def parse_json(self, values_json: str) -> HParams:
        """Sets settings from JSON.

        Args:
            values_json: The text.

        Returns:
            The very object.
        """
        return self.override_from_dict(json.loads(values_json))

    def __contains__(self, key: str) -> bool:
        return key in self._types

    def __str__(self) -> str:
        return str(sorted(self.values().items()))

    def __repr__(self) -> str:
        return f"HParams({self})"


def _of_type(name: str, kind: type, value: Any) -> Any:
    """A value as one of a type, if nothing is lost."""
    is_bool = isinstance(value, bool)
    if value is None or kind is type(None) or (isinstance(value, kind) and is_bool == (kind is bool)):
        return value
    if kind is float and isinstance(value, int) and not is_bool:
        return float(value)
    raise ValueError(f"Could not cast hparam '{name}' of type '{kind}' from value {value!r}")


def _parsed(name: str, kind: type, text: str) -> Any:
    """A text as a value of a type."""
    try:
        if kind is bool:
            return {"true": True, "false": False, "1": True, "0": False}[text.lower()]
        return kind(text)
    except (KeyError, TypeError, ValueError):
        raise ValueError(
            f"Could not parse hparam '{name}' of type '{kind.__name__}' with value '{text}'"
        ) from None
