"""ConfigProto and related options; the content of `run_metadata`."""

import json

import pytest
import scopetrie as tf
from scopetrie.client import timeline


def test_fields():
    config = tf.ConfigProto(
        allow_soft_placement=True,
        device_count={"GPU": 0},
        gpu_options=tf.GPUOptions(allow_growth=True, visible_device_list="0"),
    )
    config.gpu_options.per_process_gpu_memory_fraction = 0.5
    config.graph_options.optimizer_options.opt_level = tf.OptimizerOptions.L0
    config.device_filters.append("/cpu:0")
    assert config.inter_op_parallelism_threads == 0
    assert str(config) == (
        'device_count {\n  key: "GPU"\n  value: 0\n}\n'
        'device_filters: "/cpu:0"\n'
        "gpu_options {\n  per_process_gpu_memory_fraction: 0.5\n  allow_growth: true\n  "
        'visible_device_list: "0"\n}\n'
        "allow_soft_placement: true\n"
        "graph_options {\n  optimizer_options {\n    opt_level: -1\n  }\n}\n"
    )
    assert config == config
    assert config != tf.ConfigProto()
    assert tf.ConfigProto() == tf.ConfigProto(device_count={})
    tf.Session(config=config, graph=tf.Graph())


def test_each_has_its_own_nested_values():
    first, second = tf.ConfigProto(), tf.ConfigProto()
    first.device_count["GPU"] = 1
    first.gpu_options.allow_growth = True
    assert not second.device_count
    assert not second.gpu_options.allow_growth


def test_unknown_fields():
    with pytest.raises(ValueError, match=r'^Protocol message ConfigProto has no "bogus" field\.$'):
        tf.ConfigProto(bogus=1)
    with pytest.raises(AttributeError, match=r'^Protocol message ConfigProto has no "bogus" field\.$'):
        tf.ConfigProto().bogus = 1
    with pytest.raises(AttributeError):
        _ = tf.ConfigProto().bogus


def test_trace():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2], name="x")
        y = tf.tanh(tf.exp(x, name="e"), name="t")
        metadata = tf.RunMetadata()
        options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
        with tf.Session() as session:
            assert session.run({"y": y}, {x: [0, 0]}, options, metadata)["y"].shape == (2,)
            session.run(y, {x: [0, 0]}, options)
            session.run(y, {x: [0, 0]}, run_metadata=tf.RunMetadata())
    (device,) = metadata.step_stats.dev_stats
    assert [stats.node_name for stats in device.node_stats] == ["e", "t"]
    assert [stats.timeline_label for stats in device.node_stats] == ["e = Exp(x)", "t = Tanh(e)"]
    first, second = device.node_stats
    assert first.all_end_rel_nanos > 0
    assert first.all_start_nanos + first.all_end_rel_nanos <= second.all_start_nanos
    trace = json.loads(timeline.Timeline(metadata.step_stats).generate_chrome_trace_format())
    events = trace["traceEvents"]
    assert [event["args"]["name"] for event in events if event["ph"] == "X"] == ["e", "t"]
    assert [event["ph"] for event in events if event.get("cat") == "DataFlow"] == ["s", "t"]
    plain = timeline.Timeline(metadata.step_stats, graph=None).generate_chrome_trace_format(
        show_dataflow=False, show_memory=True
    )
    assert all(event.get("cat") != "DataFlow" for event in json.loads(plain)["traceEvents"])


def test_wrong_options():
    with tf.Graph().as_default(), tf.Session() as session:
        c = tf.constant(1.0)
        with pytest.raises(TypeError, match=r"^`options` must be a tf\.RunOptions, but got 'int'$"):
            session.run(c, options=3)
        with pytest.raises(TypeError, match=r"^`run_metadata` must be a tf\.RunMetadata, but got 'int'$"):
            session.run(c, run_metadata=3)


def test_check_values_names_where_nan_began():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2], name="x")
        y = tf.add(tf.log(x, name="begins"), 1.0, name="goes_on")
        with tf.Session(config=tf.ConfigProto(check_values=True)) as session:
            assert session.run(y, {x: [1, 1]}).tolist() == [1, 1]
            with pytest.raises(
                tf.errors.InvalidArgumentError, match="begins to be NaN or infinite"
            ) as caught:
                session.run(y, {x: [1, 0]})
            assert caught.value.op.name == "begins"
            # What comes in infinite begins nowhere here.
            assert session.run(y, {x: [1, float("inf")]}).tolist() == [1, float("inf")]
        with tf.Session() as session:
            assert session.run(y, {x: [1, 0]}).tolist() == [1, float("-inf")]


def test_check_values_compares_with_what_is_declared():
    wide = tf.register_op("WideOfTests", lambda xp: lambda x: xp.astype(x, xp.float64))
    short = tf.register_op("ShortOfTests", lambda xp: lambda x: x[:1])
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2])
        unknown = tf.placeholder(tf.float32, [None])
        with tf.Session(config=tf.ConfigProto(check_values=True)) as session:
            with pytest.raises(tf.errors.InternalError, match=r"is float64 \[2\], declared float32 \[2\]"):
                session.run(wide(x), {x: [1, 2]})
            with pytest.raises(tf.errors.InternalError, match=r"is float32 \[1\], declared float32 \[2\]"):
                session.run(short(x), {x: [1, 2]})
            assert session.run(short(unknown), {unknown: [1, 2]}).tolist() == [1]


def test_check_values_changes_no_result():
    with tf.Graph().as_default():
        start = [tf.constant(0), tf.constant(0)]
        total = tf.while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s + i), start)
        v = tf.Variable([1.0, 2.0])
        texts = tf.concat([["a"], ["b"]], 0)
        with tf.Session(config=tf.ConfigProto(check_values=True)) as session:
            session.run(v.initializer)
            assert [int(each) for each in session.run(total)] == [5, 10]
            assert session.run(tf.assign_add(v, [1.0, 1.0])).tolist() == [2, 3]
            assert session.run(texts).tolist() == [b"a", b"b"]
            assert session.run(tf.unique([3, 3, 1])[1]).tolist() == [0, 0, 1]
