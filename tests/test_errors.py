"""errors.py against what TensorFlow 2.21's v1 mode does."""

import copy
import pickle

import pytest
from scopetrie import errors

# Recorded from tf.errors: code -> class name.
CLASSES = {
    1: "CancelledError",
    2: "UnknownError",
    3: "InvalidArgumentError",
    4: "DeadlineExceededError",
    5: "NotFoundError",
    6: "AlreadyExistsError",
    7: "PermissionDeniedError",
    8: "ResourceExhaustedError",
    9: "FailedPreconditionError",
    10: "AbortedError",
    11: "OutOfRangeError",
    12: "UnimplementedError",
    13: "InternalError",
    14: "UnavailableError",
    15: "DataLossError",
    16: "UnauthenticatedError",
}
NAMES = {
    "OK": 0,
    "CANCELLED": 1,
    "UNKNOWN": 2,
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "ALREADY_EXISTS": 6,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "ABORTED": 10,
    "OUT_OF_RANGE": 11,
    "UNIMPLEMENTED": 12,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "DATA_LOSS": 15,
    "UNAUTHENTICATED": 16,
}


@pytest.mark.parametrize(("code", "name"), CLASSES.items())
def test_each_code_has_its_class(code, name):
    cls = getattr(errors, name)
    assert errors.exception_type_from_error_code(code) is cls
    assert errors.error_code_from_exception_type(cls) == code
    error = cls(None, None, "text")
    assert isinstance(error, errors.OpError)
    assert isinstance(error, Exception)
    assert error.error_code == code
    assert (str(error), error.message, error.args) == ("text", "text", ())
    assert (error.op, error.node_def) == (None, None)
    assert repr(error) == f"{name}()"


def test_code_constants():
    assert {name: getattr(errors, name) for name in NAMES} == NAMES


@pytest.mark.parametrize("code", [0, 17, -1])
def test_unknown_codes(code):
    with pytest.raises(KeyError):
        errors.exception_type_from_error_code(code)


@pytest.mark.parametrize("cls", [errors.OpError, ValueError])
def test_classes_without_a_code_warn(cls):
    with pytest.warns(UserWarning, match="^Unknown class exception$"):
        assert errors.error_code_from_exception_type(cls) is None


def test_base_class_takes_the_code():
    error = errors.OpError("node", "op", "text", 9)
    assert (error.node_def, error.op, error.message, error.error_code) == ("node", "op", "text", 9)
    assert error.experimental_payloads == {}


def test_node_def_is_the_operations_unless_given():
    class Operation:
        node_def = "made by the operation"

    assert errors.NotFoundError(None, Operation(), "m").node_def == "made by the operation"
    assert errors.NotFoundError("given", Operation(), "m").node_def == "given"


def test_payloads():
    assert errors.NotFoundError(None, None, "m", {"k": "v"}).experimental_payloads == {"k": "v"}


def test_members_are_read_only():
    with pytest.raises(AttributeError):
        errors.NotFoundError(None, None, "m").message = "other"


def through_pickle(value):
    return pickle.loads(pickle.dumps(value))


@pytest.mark.parametrize("duplicate", [through_pickle, copy.copy])
def test_errors_travel_without_their_operation(duplicate):
    error = duplicate(errors.NotFoundError("node", lambda: 0, "m", {"k": 1}))
    assert type(error) is errors.NotFoundError
    assert (error.message, error.op, error.node_def, error.error_code) == ("m", None, None, 5)
    assert error.experimental_payloads == {"k": 1}
    error = duplicate(errors.OpError(None, None, "m", 3))
    assert (type(error), error.error_code) == (errors.OpError, 3)
