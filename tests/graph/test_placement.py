"""device, colocate_with, container: what is recorded, and what is computed on demand."""

import pytest
import scopetrie as tf
from scopetrie.graph.devices import DeviceSpec


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def device_in(*devices):
    """The device of a constant made within device blocks, the outermost first."""
    if not devices:
        return tf.constant(1.0).device
    with tf.device(devices[0]):
        return device_in(*devices[1:])


class TestSpecs:
    """Device strings."""

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("/cpu:0", "/device:CPU:0"),
            ("gpu:1", "/device:GPU:1"),
            ("/cpu", "/device:CPU:*"),
            ("/device:CPU:*", "/device:CPU:*"),
            ("/device:cpu:0", "/device:CPU:0"),
            ("/device:foo:0", "/device:foo:0"),
            ("/job:ps/replica:2/task:1/cpu:0", "/job:ps/replica:2/task:1/device:CPU:0"),
            ("/job:a/job:b", "/job:b"),
            ("", ""),
            ("//", ""),
        ],
    )
    def test_read_and_written(self, text, wanted):
        assert DeviceSpec.from_string(text).to_string() == wanted
        assert device_in(text) == wanted

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("bogus", "Unknown attribute 'bogus' is encountered while parsing the device spec: 'bogus'."),
            ("/xpu:0", "Unknown attribute 'xpu' is encountered"),
            ("/device:CPU", "Unknown attribute 'device' is encountered"),
            ("/job:a:b", "Unknown attribute 'job' is encountered"),
            ("/cpu:x", "invalid literal for int"),
            ("/task:", "invalid literal for int"),
            (
                "/cpu:0/gpu:0",
                "Multiple device types are not allowed while parsing the device spec: /cpu:0/gpu:0",
            ),
        ],
    )
    def test_refused_when_entered(self, text, message):
        block = tf.device(text)
        with pytest.raises(ValueError) as caught, block:
            pass
        assert message in str(caught.value)
        assert device_in() == ""

    def test_no_string(self):
        with pytest.raises(AttributeError, match="'int' object has no attribute 'split'"):
            device_in(3)


class TestDevices:
    """Nested device blocks."""

    @pytest.mark.parametrize(
        ("blocks", "wanted"),
        [
            (["/job:w/cpu:1", "/gpu:0"], "/job:w/device:GPU:0"),
            (["/job:w/cpu:1", "/task:2"], "/job:w/task:2/device:CPU:1"),
            (["/cpu:1", None], ""),
            (["/cpu:1", None, "/task:2"], "/task:2"),
            (["/cpu:1", ""], "/device:CPU:1"),
            (["/cpu:0", DeviceSpec(job="x")], "/job:x/device:CPU:0"),
        ],
    )
    def test_the_inner_block_has_the_first_say(self, blocks, wanted):
        assert device_in(*blocks) == wanted
        assert device_in() == ""

    @pytest.mark.parametrize(
        ("blocks", "wanted"),
        [
            ([lambda op: "/gpu:3"], "/gpu:3"),
            ([lambda op: "/gpu:3", "/cpu:0"], "/gpu:3"),
            (["/job:j", lambda op: "/gpu:3"], "/job:j/device:GPU:3"),
            (["/job:j", lambda op: ""], "/job:j"),
            ([lambda op: DeviceSpec(device_type="GPU", device_index=1)], "/device:GPU:1"),
            ([lambda op: "/gpu:1", lambda op: "/gpu:2"], "/gpu:1"),
        ],
    )
    def test_what_a_function_says_is_taken_as_it_is(self, blocks, wanted):
        assert device_in(*blocks) == wanted

    def test_a_function_hears_the_operation_with_the_device_so_far(self):
        heard = []

        def listen(op):
            heard.append((op.name, op.type, [x.name for x in op.inputs], op.device))
            return op.device

        with tf.device(listen), tf.name_scope("n"), tf.device("/task:3"):
            assert (tf.constant(1.0, name="a") + 1.0).device == "/task:3"
        assert heard == [
            ("n/a", "Const", [], "/task:3"),
            ("n/add/y", "Const", [], "/task:3"),
            ("n/add", "AddV2", ["n/a:0", "n/add/y:0"], "/task:3"),
        ]

    @pytest.mark.parametrize("said", [None, 3])
    def test_a_function_that_says_no_device(self, said, graph):
        with pytest.raises(TypeError, match="Expected binary or unicode string, got"):
            device_in(lambda op: said)
        assert device_in() == ""

    def test_a_block_may_be_entered_again(self):
        block = tf.device("/gpu:0")
        for _ in range(2):
            with block, block:
                assert device_in() == "/device:GPU:0"
        assert device_in() == ""

    def test_an_error_inside_ends_the_block(self):
        with pytest.raises(ZeroDivisionError), tf.device("/gpu:0"):
            raise ZeroDivisionError
        assert device_in() == ""

    def test_each_graph_has_its_own(self, graph):
        with tf.Graph().device("/gpu:0"):
            assert device_in() == ""

    def test_by_hand(self):
        c = tf.constant(1.0)
        c.op._set_device("/cpu:0")
        assert c.device == c.op.device == "/cpu:0"
        assert str(c).endswith("device=/cpu:0)")
        c.op._set_device(DeviceSpec(job="x"))
        assert c.device == "/job:x"

    def test_placement_is_soft(self):
        with tf.device("/gpu:7"):
            c = tf.constant(2.0) * 3.0
        with tf.Session() as session:
            assert session.run(c) == 6.0


def where(op):
    return op.device, op.colocation_groups()


class TestColocation:
    """colocate_with."""

    def test_the_device_comes_along(self):
        with tf.device("/gpu:0"):
            a = tf.constant(1.0, name="a")
        with tf.device("/cpu:0"), tf.colocate_with(a):
            b = tf.constant(1.0, name="b")
            with tf.device("/cpu:1"):
                c = tf.constant(1.0)
        assert where(b.op) == where(c.op) == ("/device:GPU:0", [b"loc:@a"])
        with tf.colocate_with(b):
            assert where(tf.constant(1.0).op) == ("/device:GPU:0", [b"loc:@a"])

    def test_where_it_has_none_the_blocks_inside_say(self):
        a = tf.constant(1.0, name="a")
        with tf.device("/cpu:0"), tf.colocate_with(a):
            assert where(tf.constant(1.0).op) == ("", [b"loc:@a"])
            with tf.device("/cpu:1"):
                assert where(tf.constant(1.0).op) == ("/device:CPU:1", [b"loc:@a"])

    def test_beside_several(self):
        with tf.device("/gpu:0"):
            a = tf.constant(1.0, name="a")
        with tf.device("/gpu:1"):
            b = tf.constant(1.0, name="b")
        c = tf.constant(1.0, name="c")
        with tf.colocate_with(b), tf.colocate_with(a):
            assert where(tf.constant(1.0).op) == ("/device:GPU:0", [b"loc:@a", b"loc:@b"])
            with tf.colocate_with(c):
                groups = [b"loc:@a", b"loc:@b", b"loc:@c"]
                assert where(tf.constant(1.0).op) == ("/device:GPU:0", groups)
                with tf.colocate_with(None, ignore_existing=True):
                    assert where(tf.constant(1.0, name="own").op) == ("", [b"loc:@own"])
                with tf.colocate_with(c, ignore_existing=True):
                    assert where(tf.constant(1.0).op) == ("", [b"loc:@c"])

    def test_refused(self):
        with (
            pytest.raises(ValueError, match=r"Trying to reset colocation \(op is None\) but ignore_existing"),
            tf.colocate_with(None),
        ):
            pass
        with pytest.raises(TypeError, match="Can not convert a int"), tf.colocate_with(3):
            pass

    def test_a_block_may_be_entered_again(self):
        a = tf.constant(1.0, name="a")
        block = tf.colocate_with(a)
        for _ in range(2):
            with block:
                assert where(tf.constant(1.0).op) == ("", [b"loc:@a"])
        assert tf.constant(1.0, name="b").op.colocation_groups() == [b"loc:@b"]


class TestVariables:
    """Colocation with variables, which is not stored for each operation."""

    @pytest.mark.parametrize("kind", ["value", "callable", "get_variable", "slow"])
    def test_its_own_operations(self, graph, kind):
        with tf.device("/gpu:0"):
            v = {
                "value": lambda: tf.Variable(1.0, name="v"),
                "callable": lambda: tf.Variable(lambda: 1.0, name="v"),
                "get_variable": lambda: tf.get_variable("v", [2]),
                "slow": lambda: tf.get_variable("v", [2], constraint=abs),
            }[kind]()
        for op in (v.op, v.initializer, v.value().op):
            assert where(op) == ("/device:GPU:0", [b"loc:@v"])
        if kind == "value":
            assert where(v.initial_value.op) == ("/device:GPU:0", [b"loc:@v/initial_value"])
        else:
            assert where(v.initial_value.op) == ("", [b"loc:@v"])

    def test_without_a_device_nothing_is_recorded(self, graph):
        v = tf.get_variable("v", [2])
        v.assign([1.0, 2.0])
        assert {where(op)[0] for op in graph.get_operations()} == {""}
        assert {
            tuple(op.colocation_groups()) for op in graph.get_operations() if op.name.startswith("v")
        } == {(b"loc:@v",)}
        assert (graph._devices.keys(), graph._colocations.keys()) == ([], [])

    @pytest.mark.parametrize(
        "change",
        [
            lambda v: v.assign([1.0, 2.0]),
            lambda v: v.assign_add([1.0, 2.0]),
            lambda v: tf.assign_sub(v, [1.0, 2.0]),
            lambda v: tf.assign(tf.assign(v, [1.0, 2.0]), [3.0, 4.0]),
            lambda v: tf.scatter_add(v, [0], [1.0]),
            lambda v: tf.is_variable_initialized(v),
        ],
    )
    def test_what_changes_it_stands_beside_it(self, change):
        with tf.device("/gpu:0"):
            v = tf.Variable([1.0, 2.0], name="v")
        with tf.device("/cpu:0"):
            assert where(change(v).op) == ("/device:GPU:0", [b"loc:@v"])
        w = tf.Variable([1.0, 2.0], name="w")
        with tf.device("/cpu:0"):
            made = change(w).op
        assert where(made) == ("", [b"loc:@w"])

    def test_what_reads_it_does_not(self):
        with tf.device("/gpu:0"):
            v = tf.Variable(1.0, name="v")
        assert where(v.read_value().op) == ("", [b"loc:@read"])
        assert where(tf.identity(v._ref()).op) == ("", [b"loc:@Identity"])
        assert where((v + 1.0).op) == ("", [b"loc:@add"])

    def test_beside_another_operation(self, graph):
        with tf.device("/gpu:0"):
            a = tf.constant(1.0, name="a")
        with tf.colocate_with(a):
            v = tf.get_variable("v", [2])
            assigned = v.assign([1.0, 2.0])
        for op in graph.get_operations():
            assert where(op) == ("/device:GPU:0", [b"loc:@a"])
        assert assigned.op.get_attr("_class") == [b"loc:@a"]

    @pytest.mark.parametrize("make", [lambda: tf.Variable(1.0), lambda: tf.get_variable("v", [2])])
    def test_beside_an_operation_that_has_no_device(self, make):
        a = tf.constant(1.0, name="a")
        with tf.device("/gpu:1"), tf.colocate_with(a):
            v = make()
            assert where(tf.constant(1.0).op) == ("", [b"loc:@a"])
        for op in (v.op, v.initializer, v.value().op):
            assert where(op) == ("/device:GPU:1", [b"loc:@a"])

    def test_beside_an_operation_inside_default_blocks(self, graph):
        a = tf.constant(1.0, name="a")
        with tf.device("/gpu:1"), tf.colocate_with(a):
            with graph.as_default(), tf.device("/gpu:2"), tf.colocate_with(a):
                assert tf.Variable(1.0).device == "/device:GPU:2"
            assert tf.Variable(1.0).device == "/device:GPU:1"
            with graph.as_default():
                assert tf.Variable(1.0).device == ""
            with tf.variable_scope("inside"):
                assert tf.Variable(1.0).device == tf.get_variable("v", [1]).device == ""
        with tf.device("/gpu:1"), tf.variable_scope("outside"), tf.colocate_with(a):
            assert tf.Variable(1.0).device == "/device:GPU:1"

    def test_changes_beside_another_operation(self):
        v = tf.Variable([1.0, 2.0], name="v")
        with tf.device("/gpu:0"):
            a = tf.constant(1.0, name="a")
        with tf.colocate_with(a):
            assert where(v.assign([1.0, 2.0]).op) == ("/device:GPU:0", [b"loc:@a", b"loc:@v"])

    @pytest.mark.parametrize(
        ("device", "wanted"),
        [
            ("/gpu:0", "/device:GPU:0"),
            (lambda op: "/gpu:0", "/device:GPU:0"),
            (lambda op: op.device, "/device:CPU:0"),
        ],
    )
    def test_caching_device(self, device, wanted):
        with tf.device("/cpu:0"):
            v = tf.get_variable("v", [2], caching_device=device)
            with tf.variable_scope("s", caching_device=device):
                w = tf.get_variable("w", [2])
        for each in (v, w):
            assert where(each.op)[0] == where(each.initializer)[0] == "/device:CPU:0"
            assert where(each.value().op) == (wanted, [f"loc:@{each.op.name}/read".encode()])

    def test_a_caching_device_without_other_devices(self):
        v = tf.Variable(1.0, caching_device=lambda op: "/gpu:0")
        assert v.value().device == "/gpu:0"
        assert v.op.device == ""

    def test_what_fails_leaves_nothing(self, graph):
        with tf.device("/gpu:0"), pytest.raises(ZeroDivisionError):
            tf.get_variable("v", [2], regularizer=lambda v: 1 / 0)
        c = tf.constant(1.0, name="c")
        assert where(c.op) == ("", [b"loc:@c"])
        assert (graph._devices.keys(), graph._colocations.keys()) == ([], [])


def test_containers(graph):
    def container(v):
        return v.op.get_attr("container")

    with graph.container("one") as name:
        assert name == "one"
        assert container(tf.get_variable("v", [1])) == container(tf.Variable(1.0)) == b"one"
        with tf.container("two"):
            assert container(tf.Variable(1.0)) == b"two"
        with tf.container(""):
            assert container(tf.Variable(1.0)) == b""
    assert container(tf.Variable(1.0)) == b""
