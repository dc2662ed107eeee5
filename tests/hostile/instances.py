"""One object of each public class, whose methods are attacked.

A class that is neither in INSTANCES nor in NOT_MADE fails a test: a new class gets a line here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np
import scopetrie as tf
from hostile.actors import World

rnn, seq2seq, train, layers = tf.contrib.rnn, tf.contrib.seq2seq, tf.train, tf.layers
_words = tf.contrib.learn.preprocessing


def store(world: World) -> tf.Store:
    """A store with variables of its own, in parts, and under another name."""
    made = tf.Store(seed=1)
    made.get("v", (2, 2), initializer="zeros")
    made.get("tower/w", (2,))
    made.get("cut", (4,), partitioner=tf.fixed_size_partitioner(2))
    return made


def _parts(world: World) -> Any:
    return tf.get_variable("parts", [4, 2], partitioner=tf.fixed_size_partitioner(2))


def _gradients(world: World) -> Any:
    return [(world.x, world.variable)]


def _cell(world: World) -> Any:
    return rnn.BasicRNNCell(2)


def _memory(world: World) -> Any:
    return tf.constant(np.ones((2, 3, 2), np.float32))


def _session(world: World) -> Any:
    session = tf.Session()
    session.run(world.variable.initializer)
    return session


def _sparse(world: World) -> Any:
    return tf.SparseTensor([[0, 0], [1, 1]], [1.0, 2.0], [2, 2])


def _dataset(world: World) -> Any:
    return tf.data.Dataset.from_tensor_slices({"a": [1, 2, 3], "b": [[1.0], [2.0], [3.0]]})


def _queue(world: World) -> Any:
    return tf.FIFOQueue(3, [tf.float32], [[2, 2]])


def _transformed(world: World) -> Any:
    return tf.transform(lambda x: tf.get_parameter("w", (2,), "zeros") + x)


def _attention(world: World) -> Any:
    return seq2seq.AttentionWrapper(_cell(world), seq2seq.LuongAttention(2, _memory(world)))


def _helper(world: World) -> Any:
    return seq2seq.TrainingHelper(_memory(world), [3, 2])


def _decoder(world: World) -> Any:
    state = tf.zeros([2, 2])
    return seq2seq.BasicDecoder(rnn.BasicRNNCell(2), _helper(world), state)


def _beam_search(world: World) -> Any:
    state = seq2seq.tile_batch(tf.zeros([2, 2]), 2)
    return seq2seq.BeamSearchDecoder(_cell(world), world.x, [0, 1], 1, state, 2)


def _descent(world: World) -> Any:
    return train.GradientDescentOptimizer(0.1)


def _model(features: Any, mode: str) -> Any:
    return tf.estimator.EstimatorSpec(mode, predictions=features, loss=tf.constant(1.0), train_op=tf.no_op())


def _image_layer(kind: str, *args: Any) -> Callable[[World], Any]:
    return lambda world: getattr(layers, kind)(*args)


def _step(world: World) -> Any:
    return train.get_or_create_global_step()


def _optimizer(kind: str, *args: Any) -> Callable[[World], Any]:
    return lambda world: getattr(train, f"{kind}Optimizer")(0.1, *args)


INSTANCES: dict[str, Callable[[World], Any]] = {
    "Graph": lambda world: world.graph,
    "Tensor": lambda world: world.x,
    "Operation": lambda world: world.x.op,
    "Variable": lambda world: world.variable,
    "PartitionedVariable": _parts,
    "VariableScope": lambda world: tf.get_variable_scope(),
    "Session": _session,
    "Names": lambda world: tf.Names(),
    "NamesScope": lambda world: tf.Names().scope("a"),
    "Store": store,
    "Subtree": lambda world: store(world).subtree(""),
    "RestorePlan": lambda world: store(world).plan_restore(store(world)),
    "Audit": lambda world: store(world).audit(),
    "StoreScope": lambda world: store(world).scope("tower"),
    "StoreTransaction": lambda world: store(world).transaction(),
    "StoreVariable": lambda world: store(world)["v"],
    "PartitionedStoreVariable": lambda world: store(world)["cut"],
    "TensorShape": lambda world: tf.TensorShape([2, 2]),
    "DType": lambda world: tf.float32,
    "Dimension": lambda world: tf.Dimension(2),
    "DeviceSpec": lambda world: tf.DeviceSpec(job="worker", device_type="CPU", device_index=0),
    "GraphTransaction": lambda world: world.graph.transaction(),
    "FIFOQueue": _queue,
    "PaddingFIFOQueue": lambda world: tf.PaddingFIFOQueue(3, [tf.float32], [[None, 2]]),
    "PriorityQueue": lambda world: tf.PriorityQueue(3, [tf.float32], [[2, 2]]),
    "RandomShuffleQueue": lambda world: tf.RandomShuffleQueue(3, 1, [tf.float32], [[2, 2]]),
    "IdentityReader": lambda world: tf.IdentityReader(),
    "TextLineReader": lambda world: tf.TextLineReader(),
    "TFRecordReader": lambda world: tf.TFRecordReader(),
    "WholeFileReader": lambda world: tf.WholeFileReader(),
    "FixedLengthRecordReader": lambda world: tf.FixedLengthRecordReader(2),
    "IndexedSlices": lambda world: tf.IndexedSlices(world.x, [0, 1], [4, 2]),
    "SparseTensor": _sparse,
    "SparseTensorValue": lambda world: tf.SparseTensorValue([[0, 0]], [1.0], [2, 2]),
    "TensorArray": lambda world: tf.TensorArray(tf.float32, 2, element_shape=[2, 2]),
    "Transformed": _transformed,
    "Template": lambda world: tf.make_template("t", lambda x: x + tf.get_variable("w", [2])),
    "constant_initializer": lambda world: tf.constant_initializer(1.0),
    "glorot_normal_initializer": lambda world: tf.glorot_normal_initializer(),
    "glorot_uniform_initializer": lambda world: tf.glorot_uniform_initializer(),
    **{
        f"initializers.{kind}": lambda world, kind=kind: getattr(tf.initializers, kind)()
        for kind in "Identity Ones RandomNormal RandomUniform TruncatedNormal Zeros".split()
    },
    "initializers.UniformUnitScaling": lambda world: tf.initializers.UniformUnitScaling(),
    "initializers.Orthogonal": lambda world: tf.initializers.Orthogonal(),
    "initializers.VarianceScaling": lambda world: tf.initializers.VarianceScaling(),
    "initializers.ConvolutionDeltaOrthogonal": lambda world: tf.initializers.ConvolutionDeltaOrthogonal(),
    "client.timeline.Timeline": lambda world: tf.client.timeline.Timeline(tf.RunMetadata().step_stats),
    "contrib.cudnn_rnn.CudnnCompatibleGRUCell": lambda world: tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell(2),
    "contrib.lookup.HashTable": lambda world: tf.contrib.lookup.HashTable(
        tf.lookup.KeyValueTensorInitializer([1, 2], [2.0, 3.0]), 0.0
    ),
    "contrib.lookup.MutableHashTable": lambda world: tf.contrib.lookup.MutableHashTable(
        tf.int32, tf.float32, 0.0
    ),
    "contrib.rnn.AttentionCellWrapper": lambda world: rnn.AttentionCellWrapper(_cell(world), 2),
    "contrib.rnn.EmbeddingWrapper": lambda world: rnn.EmbeddingWrapper(_cell(world), 2, 2),
    "contrib.rnn.BasicRNNCell": _cell,
    "contrib.rnn.BasicLSTMCell": lambda world: rnn.BasicLSTMCell(2),
    "contrib.rnn.GRUCell": lambda world: rnn.GRUCell(2),
    "contrib.rnn.LSTMCell": lambda world: rnn.LSTMCell(2, use_peepholes=True, num_proj=1),
    "contrib.rnn.LSTMBlockCell": lambda world: rnn.LSTMBlockCell(2),
    "contrib.rnn.LayerNormBasicLSTMCell": lambda world: rnn.LayerNormBasicLSTMCell(2),
    "contrib.rnn.DropoutWrapper": lambda world: rnn.DropoutWrapper(_cell(world), 0.5),
    "contrib.rnn.DeviceWrapper": lambda world: rnn.DeviceWrapper(_cell(world), "/cpu:0"),
    "contrib.rnn.ResidualWrapper": lambda world: rnn.ResidualWrapper(_cell(world)),
    "contrib.rnn.MultiRNNCell": lambda world: rnn.MultiRNNCell([_cell(world), _cell(world)]),
    "contrib.rnn.InputProjectionWrapper": lambda world: rnn.InputProjectionWrapper(_cell(world), 2),
    "contrib.rnn.OutputProjectionWrapper": lambda world: rnn.OutputProjectionWrapper(_cell(world), 2),
    "contrib.seq2seq.LuongAttention": lambda world: seq2seq.LuongAttention(2, _memory(world)),
    "contrib.seq2seq.BahdanauAttention": lambda world: seq2seq.BahdanauAttention(2, _memory(world)),
    "contrib.seq2seq.AttentionWrapper": _attention,
    "contrib.seq2seq.TrainingHelper": _helper,
    "contrib.seq2seq.GreedyEmbeddingHelper": lambda world: seq2seq.GreedyEmbeddingHelper(world.x, [0, 1], 1),
    "contrib.seq2seq.BasicDecoder": _decoder,
    "contrib.seq2seq.BeamSearchDecoder": _beam_search,
    "contrib.distributions.Distribution": lambda world: tf.distributions.Normal(world.x, 1.0),
    "contrib.distributions.Uniform": lambda world: tf.distributions.Uniform(0.0, world.x),
    "contrib.training.HParams": lambda world: tf.contrib.training.HParams(a=1, b=[1.0, 2.0], c="text"),
    "data.Dataset": _dataset,
    "data.Iterator": lambda world: tf.data.make_initializable_iterator(_dataset(world)),
    "data.TFRecordDataset": lambda world: tf.data.TFRecordDataset(["none"]),
    "data.Options": lambda world: tf.data.Options(),
    "image.ResizeMethod": lambda world: tf.image.ResizeMethod.AREA,
    "io.TFRecordOptions": lambda world: tf.io.TFRecordOptions("GZIP"),
    "layers.Dense": _image_layer("Dense", 2),
    "layers.Dropout": _image_layer("Dropout", 0.5),
    "layers.Flatten": _image_layer("Flatten"),
    "layers.BatchNormalization": _image_layer("BatchNormalization"),
    "layers.Conv1D": _image_layer("Conv1D", 2, 1),
    "layers.Conv2D": _image_layer("Conv2D", 2, 1),
    "layers.Conv2DTranspose": _image_layer("Conv2DTranspose", 2, 1),
    "layers.Conv3D": _image_layer("Conv3D", 2, 1),
    "layers.Conv3DTranspose": _image_layer("Conv3DTranspose", 2, 1),
    "layers.SeparableConv1D": _image_layer("SeparableConv1D", 2, 1),
    "layers.SeparableConv2D": _image_layer("SeparableConv2D", 2, 1),
    **{
        f"layers.{kind}{rank}D": _image_layer(f"{kind}{rank}D", 2, 1)
        for kind in ("AveragePooling", "MaxPooling")
        for rank in (1, 2, 3)
    },
    "layers.InputSpec": lambda world: layers.InputSpec(ndim=2),
    "layers.Layer": lambda world: layers.Layer(),
    "train.AdadeltaOptimizer": _optimizer("Adadelta"),
    "train.AdagradOptimizer": _optimizer("Adagrad"),
    "train.AdagradDAOptimizer": lambda world: train.AdagradDAOptimizer(0.1, _step(world)),
    "train.AdamOptimizer": _optimizer("Adam"),
    "train.FtrlOptimizer": _optimizer("Ftrl"),
    "train.GradientDescentOptimizer": _optimizer("GradientDescent"),
    "train.MomentumOptimizer": _optimizer("Momentum", 0.9),
    "train.ProximalAdagradOptimizer": _optimizer("ProximalAdagrad"),
    "train.ProximalGradientDescentOptimizer": _optimizer("ProximalGradientDescent"),
    "train.RMSPropOptimizer": _optimizer("RMSProp"),
    "train.ExponentialMovingAverage": lambda world: train.ExponentialMovingAverage(0.9),
    "train.Saver": lambda world: train.Saver([world.variable]),
    "train.CheckpointManager": lambda world: train.CheckpointManager(store(world), "checkpoints"),
    "train.Coordinator": lambda world: train.Coordinator(),
    "train.QueueRunner": lambda world: train.QueueRunner(_queue(world), [tf.no_op()]),
    "train.Scaffold": lambda world: train.Scaffold(),
    "train.SecondOrStepTimer": lambda world: train.SecondOrStepTimer(every_steps=2),
    "train.SessionManager": lambda world: train.SessionManager(),
    "train.SessionRunContext": lambda world: train.SessionRunContext(
        train.SessionRunArgs(None), _session(world)
    ),
    "train.FeedFnHook": lambda world: train.FeedFnHook(dict),
    "train.FinalOpsHook": lambda world: train.FinalOpsHook(world.x),
    "train.GlobalStepWaiterHook": lambda world: train.GlobalStepWaiterHook(0),
    "train.LoggingTensorHook": lambda world: train.LoggingTensorHook([world.x], every_n_iter=2),
    "train.NanTensorHook": lambda world: train.NanTensorHook(world.x),
    "train.StepCounterHook": lambda world: train.StepCounterHook(2, output_dir="steps"),
    "train.StopAtStepHook": lambda world: train.StopAtStepHook(2),
    "train.SummarySaverHook": lambda world: train.SummarySaverHook(
        2, output_dir="summaries", summary_op=tf.constant("")
    ),
    "train.CheckpointSaverHook": lambda world: train.CheckpointSaverHook("hook", save_steps=2),
    "train.ProfilerHook": lambda world: train.ProfilerHook(2),
    "contrib.learn.preprocessing.ByteProcessor": lambda world: _words.ByteProcessor(3),
    "contrib.learn.preprocessing.CategoricalVocabulary": lambda world: _words.CategoricalVocabulary(),
    "contrib.learn.preprocessing.VocabularyProcessor": lambda world: _words.VocabularyProcessor(3),
    "contrib.opt.DecoupledWeightDecayExtension": lambda world: tf.contrib.opt.AdamWOptimizer(0.1),
    "contrib.opt.ExternalOptimizerInterface": lambda world: tf.contrib.opt.ScipyOptimizerInterface(
        tf.reduce_sum(world.variable)
    ),
    "contrib.opt.MovingAverageOptimizer": lambda world: tf.contrib.opt.MovingAverageOptimizer(
        _descent(world)
    ),
    "contrib.opt.VariableClippingOptimizer": lambda world: tf.contrib.opt.VariableClippingOptimizer(
        _descent(world), {world.variable: [0]}, 1.0
    ),
    "contrib.rnn.ConvLSTMCell": lambda world: rnn.ConvLSTMCell(1, [2, 1], 2, [1]),
    "contrib.rnn.CoupledInputForgetGateLSTMCell": lambda world: rnn.CoupledInputForgetGateLSTMCell(2),
    "contrib.rnn.GLSTMCell": lambda world: rnn.GLSTMCell(2, number_of_groups=2),
    "contrib.rnn.IntersectionRNNCell": lambda world: rnn.IntersectionRNNCell(2),
    "contrib.rnn.NASCell": lambda world: rnn.NASCell(2),
    "contrib.rnn.PhasedLSTMCell": lambda world: rnn.PhasedLSTMCell(2),
    "contrib.rnn.UGRNNCell": lambda world: rnn.UGRNNCell(2),
    "contrib.rnn.WeightNormLSTMCell": lambda world: rnn.WeightNormLSTMCell(2),
    "contrib.seq2seq.ScheduledEmbeddingTrainingHelper": (
        lambda world: seq2seq.ScheduledEmbeddingTrainingHelper(_memory(world), [3, 2], world.x, 0.5)
    ),
    "contrib.seq2seq.ScheduledOutputTrainingHelper": (
        lambda world: seq2seq.ScheduledOutputTrainingHelper(_memory(world), [3, 2], 0.5)
    ),
    "contrib.tpu.CrossShardOptimizer": lambda world: tf.contrib.tpu.CrossShardOptimizer(_descent(world)),
    "contrib.tpu.RunConfig": lambda world: tf.contrib.tpu.RunConfig("models"),
    "contrib.training.StopAfterNEvalsHook": lambda world: tf.contrib.training.StopAfterNEvalsHook(2),
    "contrib.training.SummaryAtEndHook": lambda world: tf.contrib.training.SummaryAtEndHook("summaries"),
    "saved_model.Builder": lambda world: tf.saved_model.Builder(tempfile.mkdtemp(dir=".")),
    "test.StubOutForTesting": lambda world: tf.test.StubOutForTesting(),
    "keras.losses.Loss": lambda world: tf.keras.losses.MeanSquaredError(),
    "keras.constraints.Constraint": lambda world: tf.keras.constraints.NonNeg(),
    "keras.constraints.MaxNorm": lambda world: tf.keras.constraints.MaxNorm(),
    "keras.constraints.MinMaxNorm": lambda world: tf.keras.constraints.MinMaxNorm(),
    "keras.constraints.UnitNorm": lambda world: tf.keras.constraints.UnitNorm(),
    "keras.regularizers.L1": lambda world: tf.keras.regularizers.L1(),
    "keras.regularizers.L1L2": lambda world: tf.keras.regularizers.L1L2(),
    "keras.regularizers.L2": lambda world: tf.keras.regularizers.L2(),
    "keras.regularizers.Regularizer": lambda world: tf.keras.regularizers.Regularizer(),
    **{
        f"keras.layers.{kind}": lambda world, kind=kind, args=args: getattr(tf.keras.layers, kind)(*args)
        for kind, *args in (
            *(
                (each,)
                for each in (
                    "Add Average BatchNormalization Concatenate ELU InputSpec Layer LayerNormalization "
                    "LeakyReLU Maximum Minimum Multiply PReLU ReLU Softmax Subtract ThresholdedReLU "
                    "UpSampling1D UpSampling2D"
                ).split()
            ),
            ("Activation", "relu"),
            ("DepthwiseConv2D", 1),
            ("Dot", 1),
            ("Dropout", 0.5),
            ("Embedding", 3, 2),
            ("GaussianNoise", 1.0),
            ("Lambda", abs),
            ("Permute", (1,)),
            ("RepeatVector", 2),
            ("Reshape", (2,)),
        )
    },
    "estimator.BestExporter": lambda world: tf.estimator.BestExporter(serving_input_receiver_fn=dict),
    "estimator.Estimator": lambda world: tf.estimator.Estimator(_model, tempfile.mkdtemp(dir=".")),
    "estimator.FinalExporter": lambda world: tf.estimator.FinalExporter("final", dict),
    "estimator.LatestExporter": lambda world: tf.estimator.LatestExporter("latest", dict),
    "estimator.RunConfig": lambda world: tf.estimator.RunConfig("models"),
    "estimator.export.ClassificationOutput": lambda world: tf.estimator.export.ClassificationOutput(world.x),
    "estimator.export.PredictOutput": lambda world: tf.estimator.export.PredictOutput(world.x),
    "estimator.export.RegressionOutput": lambda world: tf.estimator.export.RegressionOutput(world.x),
}

_ABSTRACT = "its subclasses are attacked"
NOT_MADE: dict[str, str] = {
    **dict.fromkeys(
        (
            "QueueBase", "ReaderBase", "contrib.rnn.RNNCell", "contrib.seq2seq.AttentionMechanism",
            "contrib.seq2seq.Decoder", "contrib.seq2seq.Helper", "contrib.seq2seq.CustomHelper",
            "contrib.seq2seq.InferenceHelper", "contrib.seq2seq.SampleEmbeddingHelper",
            "data.FixedLengthRecordDataset", "data.TextLineDataset", "initializers.ConvolutionOrthogonal",
            "initializers.Initializer", "losses.Reduction",
            "train.Optimizer", "train.SessionCreator", "train.ChiefSessionCreator",
            "train.CheckpointSaverListener", "train.SessionRunHook", "InteractiveSession",
            "estimator.Exporter", "estimator.export.ExportOutput",
        ),
        _ABSTRACT,
    ),
    **dict.fromkeys(
        (
            "gfile.FastGFile", "io.TFRecordWriter", "summary.FileWriter", "summary.FileWriterCache",
            "train.SummaryWriter", "train.CheckpointReader", "test.TestCase", "train.LooperThread",
            "train.MonitoredSession", "train.SingularMonitoredSession", "train.Supervisor",
        ),
        "needs files or threads; has tests of its own",
    ),
    **dict.fromkeys(
        (
            f"estimator.{each}"
            for each in (
                "CheckpointSaverHook CheckpointSaverListener FeedFnHook FinalOpsHook GlobalStepWaiterHook "
                "LoggingTensorHook NanTensorHook ProfilerHook SecondOrStepTimer SessionRunContext "
                "SessionRunHook StepCounterHook StopAtStepHook SummarySaverHook"
            ).split()
        ),
        "attacked as train's",
    ),
    **dict.fromkeys(
        (f"test.mock.{each}" for each in ("MagicMock", "NonCallableMock", "NonCallableMagicMock")),
        "Python's own",
    ),
}  # fmt: skip
