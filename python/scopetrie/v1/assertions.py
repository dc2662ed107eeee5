"""What tests of v1 assert of arrays, devices and errors."""

from __future__ import annotations

import contextlib
import re
import unittest
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dtypes import as_dtype
from ..errors import OpError
from ..graph import DeviceSpec
from .nest import flatten

if TYPE_CHECKING:
    _Base = unittest.TestCase
else:
    try:  # v1's is a test case of absl, which brings assertLen, assertBetween and more
        from absl.testing.absltest import TestCase as _Base
    except ImportError:
        _Base = unittest.TestCase

__all__ = ["Assertions"]


def _array(value: Any) -> np.ndarray[Any, Any]:
    return np.asarray(value)


class Assertions(_Base):
    """Assertions of `tf.test.TestCase`."""

    def assertAllClose(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None
    ) -> None:
        """Asserts that two arrays, or structures of arrays, are nearly the same."""
        if isinstance(a, dict) or isinstance(b, dict):
            self.assertEqual(sorted(a), sorted(b), msg)
            for key in a:
                self.assertAllClose(a[key], b[key], rtol, atol, msg)
            return
        try:
            one, other = _array(a), _array(b)
            ragged = one.dtype.hasobject or other.dtype.hasobject
        except ValueError:  # lists of arrays of several shapes
            ragged = True
        if ragged:
            leaves = flatten(a), flatten(b)
            self.assertEqual(len(leaves[0]), len(leaves[1]), msg)
            for pair in zip(*leaves, strict=True):
                np.testing.assert_allclose(*pair, rtol=rtol, atol=atol, err_msg=msg or "")
            return
        self.assertEqual(one.shape, other.shape, msg)
        np.testing.assert_allclose(one, other, rtol=rtol, atol=atol, err_msg=msg or "")

    def assertNotAllClose(self, a: Any, b: Any, **kwargs: Any) -> None:
        """Asserts that two arrays differ."""
        try:
            self.assertAllClose(a, b, **kwargs)
        except AssertionError:
            return
        raise AssertionError("The two values are close at all elements")

    def assertAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Asserts that two arrays are the same."""
        one, other = _array(a), _array(b)
        self.assertEqual(one.shape, other.shape, msg)
        np.testing.assert_array_equal(one, other, err_msg=msg or "")

    def assertNotAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Asserts that two arrays differ."""
        try:
            self.assertAllEqual(a, b)
        except AssertionError:
            return
        raise AssertionError(f"The two values are equal at all elements. {msg or ''}".rstrip())

    def assertShapeEqual(self, np_array: Any, tf_tensor: Any, msg: str | None = None) -> None:
        """Asserts that an array has the static shape of a tensor."""
        self.assertAllEqual(np_array.shape, tf_tensor.get_shape().as_list(), msg)

    def assertNear(self, f1: float, f2: float, err: float, msg: str | None = None) -> None:
        """Asserts that two numbers are nearly the same."""
        self.assertTrue(
            f1 == f2 or abs(f1 - f2) <= err, f"{f1} != {f2} +/- {err}{f' ({msg})' if msg else ''}"
        )

    def assertAllGreater(self, a: Any, comparison_target: Any) -> None:
        """Asserts that all elements are greater."""
        self.assertTrue(
            bool((_array(a) > comparison_target).all()), f"{a} is not greater than {comparison_target}"
        )

    def assertAllLess(self, a: Any, comparison_target: Any) -> None:
        """Asserts that all elements are less."""
        self.assertTrue(
            bool((_array(a) < comparison_target).all()), f"{a} is not less than {comparison_target}"
        )

    def assertAllGreaterEqual(self, a: Any, comparison_target: Any) -> None:
        """Asserts that no element is less."""
        self.assertGreaterEqual(_array(a).min(), comparison_target)

    def assertAllLessEqual(self, a: Any, comparison_target: Any) -> None:
        """Asserts that no element is greater."""
        self.assertLessEqual(_array(a).max(), comparison_target)

    def assertAllInRange(
        self,
        target: Any,
        lower_bound: Any,
        upper_bound: Any,
        open_lower_bound: bool = False,
        open_upper_bound: bool = False,
    ) -> None:
        """Asserts that all elements are between two bounds, which count unless they are open."""
        found = _array(target)
        if found.dtype.kind not in "iuf":
            raise AssertionError(
                f"The value of {target} does not have an ordered numeric type, instead it has type: "
                f"{found.dtype}"
            )
        over = found <= lower_bound if open_lower_bound else found < lower_bound
        over = over | (found >= upper_bound if open_upper_bound else found > upper_bound)
        if over.any():
            shown = f"{'(' if open_lower_bound else '['}{lower_bound}, {upper_bound}"
            raise AssertionError(
                f"{int(over.sum())} of the {found.size} element(s) are outside the range {shown}"
                f"{')' if open_upper_bound else ']'}: {found[over][:10].tolist()}"
            )

    def assertAllInSet(self, target: Any, expected_set: Any) -> None:
        """Asserts that all elements are of a set."""
        over = [each for each in np.unique(_array(target)).tolist() if each not in expected_set]
        if over:
            raise AssertionError(f"{len(over)} unique element(s) are not in the set {expected_set}: {over}")

    def assertArrayNear(self, farray1: Any, farray2: Any, err: float, msg: str | None = None) -> None:
        """Asserts that two lists of numbers are nearly the same."""
        self.assertEqual(len(farray1), len(farray2), msg)
        for one, other in zip(farray1, farray2, strict=True):
            self.assertNear(float(one), float(other), err, msg)

    def assertNDArrayNear(self, ndarray1: Any, ndarray2: Any, err: float, msg: str | None = None) -> None:
        """Asserts that the distance of two arrays is small."""
        distance = float(np.linalg.norm(_array(ndarray1) - _array(ndarray2)))
        self.assertTrue(distance < err, msg or f"The arrays are {distance} from each other")

    def assertAllCloseAccordingToType(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, float_rtol: float = 1e-6,
        float_atol: float = 1e-6, half_rtol: float = 1e-3, half_atol: float = 1e-3,
        bfloat16_rtol: float = 1e-2, bfloat16_atol: float = 1e-2, msg: str | None = None,
    ) -> None:  # fmt: skip
        """As `assertAllClose`, with tolerances by the less precise dtype of the two."""
        kinds = {_array(each).dtype.name for each in (a, b)}
        for names, relative, absolute in (
            (("float32", "complex64"), float_rtol, float_atol),
            (("float16",), half_rtol, half_atol),
            (("bfloat16",), bfloat16_rtol, bfloat16_atol),
        ):
            if kinds & set(names):
                rtol, atol = max(rtol, relative), max(atol, absolute)
        self.assertAllClose(a, b, rtol, atol, msg)

    def assertDTypeEqual(self, target: Any, expected_dtype: Any) -> None:
        """Asserts that an array, a tensor or a list has a dtype."""
        found = target.dtype if hasattr(target, "dtype") else _array(target).dtype
        self.assertEqual(as_dtype(found).base_dtype, as_dtype(expected_dtype).base_dtype)

    def assertDeviceEqual(self, device1: Any, device2: Any, msg: str | None = None) -> None:
        """Asserts that two names are of one device."""
        one, other = (DeviceSpec.from_string(each or "").to_string() for each in (device1, device2))
        self.assertEqual(one, other, f"Devices {one} and {other} are not equal. {msg or ''}".rstrip())

    def assertProtoEquals(
        self, expected_message_maybe_ascii: Any, message: Any, msg: str | None = None
    ) -> None:
        """Asserts that a message is the same as another one, or as its text."""
        expected = expected_message_maybe_ascii
        if isinstance(expected, str):
            from google.protobuf import text_format  # imported late: it comes with an extra

            expected = text_format.Parse(expected, type(message)(), descriptor_pool=None)
        if type(expected) is not type(message):
            self.fail(
                f"Can't compare protos of type {type(expected)} and {type(message)}. {msg or ''}".rstrip()
            )
        self.assertEqual(str(expected), str(message), msg)

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(
        self, exception_type: type[BaseException], expected_err_re_or_predicate: str | Callable[[Any], bool]
    ) -> Iterator[None]:
        """Asserts that a block raises an error that matches an expression, or of which a function is true."""
        test = expected_err_re_or_predicate
        with self.assertRaises(exception_type) as caught:
            yield
        error = caught.exception
        text = error.message if isinstance(error, OpError) else str(error)
        fits = bool(test(error)) if callable(test) else re.search(test, text) is not None
        self.assertTrue(fits, f"Exception of type {type(error)}: {text}")

    def assertRaisesOpError(self, expected_err_re_or_predicate: Any) -> Any:
        """Asserts that a block raises an error of an operation."""
        return self.assertRaisesWithPredicateMatch(OpError, expected_err_re_or_predicate)
