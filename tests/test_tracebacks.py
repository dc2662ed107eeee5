"""Tracebacks of Session.run: the user's frames, without the package's."""

import os
import subprocess
import sys
import traceback
from typing import Any

import array_api_strict
import numpy as np
import pytest
import scopetrie as tf


def failing(values: Any) -> Any:
    raise KeyError("mine")


def files_of(error: BaseException) -> list[str]:
    return [os.path.basename(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]


def gather_too_far(times: int = 1) -> BaseException:
    i = tf.placeholder(tf.int32, [1])
    y = tf.gather(tf.zeros([3]), i)
    with tf.Session() as session:
        for _ in range(times - 1):
            session.run(y, {i: [0]})
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            session.run(y, {i: [7]})
    return caught.value


@pytest.mark.parametrize("times", [1, 2, 5])
def test_run_leaves_out_the_frames_of_the_package(times: int) -> None:
    error = gather_too_far(times)
    assert files_of(error) == ["test_tracebacks.py", "session.py"]
    assert error.__cause__ is None


def test_run_on_device_does_so_too() -> None:
    x = tf.placeholder(tf.float32, [2])
    with tf.Session(backend=array_api_strict) as session:
        for values in ([1.0, 2.0], [3.0, 4.0]):
            session.run_on_device(x + 1.0, {x: values})
        with pytest.raises(tf.errors.InvalidArgumentError, match="You must feed a value") as caught:
            session.run_on_device(x + 1.0)
    assert files_of(caught.value) == ["test_tracebacks.py", "session.py", "session.py"]  # it and run


def test_frames_of_the_functions_of_the_program_stay() -> None:
    y = tf.py_func(failing, [tf.constant(1.0)], tf.float32)
    with tf.Session() as session, pytest.raises(tf.errors.UnknownError, match="mine") as caught:
        session.run(y)
    cause = caught.value.__cause__
    assert isinstance(cause, KeyError)
    assert files_of(cause) == ["test_tracebacks.py"]


def test_eval_run_and_load_are_one_frame() -> None:
    v = tf.get_variable("v", [2])
    with tf.Session() as session:
        with pytest.raises(tf.errors.FailedPreconditionError) as of_eval:
            v.eval()
        with pytest.raises(tf.errors.FailedPreconditionError) as of_run:
            tf.assign_add(v, [1.0, 1.0]).op.run()
        with pytest.raises(ValueError, match="Cannot feed") as of_load:
            v.load(np.zeros(3), session)
    assert files_of(of_eval.value)[0] == files_of(of_run.value)[0] == "test_tracebacks.py"
    assert max(len(files_of(each.value)) for each in (of_eval, of_run, of_load)) <= 2 + 1


def test_all_frames_can_be_had() -> None:
    assert tf.debugging.is_traceback_filtering_enabled()
    tf.debugging.disable_traceback_filtering()
    try:
        error = gather_too_far()
        assert not tf.debugging.is_traceback_filtering_enabled()
    finally:
        tf.debugging.enable_traceback_filtering()
    assert "plan.py" in files_of(error)
    assert error.__cause__ is not None


def test_all_frames_can_be_had_by_the_environment() -> None:
    code = "import scopetrie as tf; print(tf.debugging.is_traceback_filtering_enabled())"
    environment = {**os.environ, "SCOPETRIE_FULL_TRACEBACKS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
