"""The v1 names that scopetrie does not have, each with the reason and the alternative.

Using one raises an error with the alternative, not just "no attribute":

    >>> import scopetrie as tf
    >>> tf.GradientTape
    Traceback (most recent call last):
    ...
    scopetrie.refused.RefusedNameError: scopetrie does not offer tf.GradientTape: it is v2's way to take
    derivatives. Use tf.gradients.
    >>> hasattr(tf, "GradientTape")
    False
"""

from __future__ import annotations

import sys
from typing import Final

from .public import NAMESPACES
from .similar import similar

__all__ = ["REFUSED", "RefusedNameError", "UnknownNameError", "refusal"]


class RefusedNameError(AttributeError):
    """Raised for a v1 name that scopetrie does not have. An AttributeError, so that hasattr is False."""


class UnknownNameError(AttributeError):
    """Raised for a name that is not of v1: the text has the names of its namespace that are like it.

    Args:
        full: The name, with its namespace in front: `"nn.sofmax"`.
    """

    def __init__(self, full: str) -> None:
        self._full = full
        namespace, _, self._last = full.rpartition(".")
        self._module = f"scopetrie.{namespace}" if namespace else "scopetrie"
        super().__init__(f"module {self._module!r} has no attribute {self._last!r}")

    def __str__(self) -> str:
        # Compared only where the text is asked for: hasattr is to be fast.
        module = sys.modules.get(
            f"scopetrie.{NAMESPACES.get(self._module.partition('.')[2], '')}".rstrip(".")
        )
        near = ", ".join(similar(self._last, dir(module)))
        return f"{self.args[0]}. Of similar names: {near}." if near else str(self.args[0])


# The reason, and its names. A name in a namespace is written with it: "nn.ctc_loss".
_GROUPS: Final = {
    "it is v2's way to take derivatives. Use tf.gradients": "GradientTape",
    "values are dropped after their last use. Call the function itself": """
        recompute_grad
    """,
    "gradients are not gathered from several workers here. Compute them in one session": """
        SparseConditionalAccumulator sparse.SparseConditionalAccumulator
    """,
    "it writes no sparse tensors as strings. Keep the three tensors: indices, values, dense_shape": """
        deserialize_many_sparse serialize_many_sparse serialize_sparse io.deserialize_many_sparse
        io.serialize_many_sparse io.serialize_sparse
    """,
    "a part of an image is chosen otherwise here. Use random_crop, or image.crop_to_bounding_box": """
        image.extract_glimpse image.sample_distorted_bounding_box
    """,
    "boxes are chosen of one image and one class here. Use image.non_max_suppression on each": """
        image.combined_non_max_suppression image.generate_bounding_box_proposals
        image.non_max_suppression_overlaps image.non_max_suppression_padded
    """,
    "images are compared at one scale here. Use image.ssim, on images made smaller by nn.avg_pool": """
        image.ssim_multiscale
    """,
    "images lose nothing on the way here. Use image.encode_jpeg and decode_jpeg": """
        image.adjust_jpeg_quality image.random_jpeg_quality
    """,
    "it reads PNG, JPEG, GIF and BMP files. Read others with Pillow, and feed the array": """
        image.decode_jxl image.decode_webp io.decode_jxl io.decode_webp
    """,
    "it stands elsewhere. Use matching_files": "io.match_filenames_once",
    "it stands elsewhere. Use train.write_graph": "io.write_graph",
    "queues stand at the top level, as far as they are here. Use those, or feed batches": """
        io.PaddingFIFOQueue io.PriorityQueue io.QueueBase io.RandomShuffleQueue
    """,
    "it crosses no features. Combine the strings or numbers by strings.join or arithmetic, and hash them": """
        sparse.cross sparse.cross_hashed
    """,
    "it counts what is in dense tensors. Use math.bincount on the values": "sparse.bincount",
    "its tensors are rectangular. Pad the rows to one length, with sequence_mask for what counts": """
        RaggedTensor RaggedTensorSpec ragged ragged_fill_empty_rows ragged_fill_empty_rows_grad
    """,
    "it does not read such records. Do it in Python before feeding, or inside the graph by py_func": """
        decode_compressed decode_json_example edit_distance fingerprint
        parse_tensor serialize_tensor
        io.RaggedFeature io.decode_compressed io.decode_json_example
        io.decode_proto io.encode_proto
        io.parse_tensor io.serialize_tensor
    """,
    "what it gives has rows of several lengths, and tensors are rectangular here. Split in Python before "
    "feeding, or inside the graph by py_func, and pad the rows": """
        strings.bytes_split strings.ngrams strings.unicode_decode
        strings.unicode_decode_with_offsets strings.unicode_encode strings.unicode_split
        strings.unicode_split_with_offsets
    """,
    "it has no tables of Unicode but Python's. Use unicodedata and str.encode, before feeding or by "
    "py_func": """
        strings.unicode_script strings.unicode_transcode
    """,
    "graphs read and write no files here. Use Python's files, and feed what they hold": """
        LMDBReader
    """,
    "gradients are averaged in one process. Add them up with add_n, or keep sums in Variables": """
        ConditionalAccumulator ConditionalAccumulatorBase
    """,
    "it trains in one process. Take a larger batch, or run several programs and average what their sessions' "
    "stores hold": """
        train.ClusterDef train.ClusterSpec train.JobDef train.Server train.ServerDef
        train.SyncReplicasOptimizer train.WorkerSessionCreator
        train.do_quantize_training_on_graphdef train.replica_device_setter train.sdca_fprint
        train.sdca_optimizer train.sdca_shrink_l1
    """,
    "it saves objects of v2 that hold each other. Use train.Saver, or Store.save": """
        saved_model.Asset saved_model.SaveOptions saved_model.experimental saved_model.load_v2
        saved_model.save train.Checkpoint train.CheckpointOptions train.experimental
    """,
    "the loop is the program's. Write it, around a train.MonitoredTrainingSession": """
        train.basic_train_loop
    """,
    "one thread decides what is kept. Use train.maybe_batch or train.maybe_shuffle_batch on each input": """
        train.maybe_batch_join train.maybe_shuffle_batch_join
    """,
    "summaries are v1's here, which are run and added to a file. Use summary.merge_all": """
        summary.all_v2_summary_ops summary.get_summary_description summary.initialize
    """,
    "there is no quantized arithmetic": """
        dequantize fake_quant_with_min_max_args fake_quant_with_min_max_args_gradient
        fake_quant_with_min_max_vars fake_quant_with_min_max_vars_gradient
        fake_quant_with_min_max_vars_per_channel fake_quant_with_min_max_vars_per_channel_gradient
        nn.quantized_avg_pool nn.quantized_conv2d nn.quantized_max_pool nn.quantized_relu_x quantization
        quantize quantize_v2 quantized_concat
    """,
    "it is v1's graph mode alone: there is no eager execution, no tf.function and no v2 behavior to switch "
    "on": """
        autograph enable_control_flow_v2 enable_eager_execution enable_tensor_equality enable_v2_behavior
        enable_v2_tensorshape function nondifferentiable_batch_function py_function wrap_function
        vectorized_map
    """,
    "a value stays in its variable or comes back from run. Keep it in a Variable between runs": """
        delete_session_tensor get_session_handle get_session_tensor
    """,
    "ops are registered from Python here: see register_op": """
        load_file_system_library load_library load_op_library raw_ops user_ops
    """,
    "it keeps no counts of classes between runs. Use log_uniform_candidate_sampler, or "
    "fixed_unigram_candidate_sampler with counts": """
        nn.learned_unigram_candidate_sampler random.learned_unigram_candidate_sampler
    """,
    "nobody saves its state between runs. Use static_rnn, and keep the state in a Variable": """
        nn.static_state_saving_rnn
    """,
    "connectionist temporal classification is not among its ops. Compute it by py_func": """
        nn.collapse_repeated nn.ctc_beam_search_decoder nn.ctc_beam_search_decoder_v2 nn.ctc_greedy_decoder
        nn.ctc_loss nn.ctc_loss_v2 nn.ctc_unique_labels
    """,
    "a random op's numbers come of its seeds and its count of runs. Use random_uniform, random_normal, "
    "truncated_normal or multinomial with the argument seed": """
        random.Algorithm random.Generator random.create_rng_state random.fold_in random.get_global_generator
        random.set_global_generator random.split random.stateless_binomial random.stateless_categorical
        random.stateless_gamma random.stateless_multinomial random.stateless_normal
        random.stateless_parameterized_truncated_normal random.stateless_poisson
        random.stateless_truncated_normal random.stateless_uniform random_index_shuffle random.experimental
    """,
    "these distributions are not among its random ops. Draw them by py_func with NumPy": """
        random.gamma random.poisson random_gamma random_poisson
    """,
    "quasi-random points come from a library: feed scipy.stats.qmc.Sobol's": "math.sobol_sample",
    "an approximate answer would be the exact one here. Use nn.top_k": """
        approx_top_k math.approx_max_k math.approx_min_k nn.approx_max_k nn.approx_min_k
    """,
    "it transforms one, two or three dimensions. Use fft, fft2d, fft3d and their inverses": """
        fftnd ifftnd irfftnd rfftnd
    """,
    "its constants are arrays, not protos. Use constant, and constant_value to read one": """
        make_ndarray make_tensor_proto
    """,
    "type specifications are of v2. A dtype and a shape say the same": """
        IndexedSlicesSpec NoneTensorSpec OptionalSpec SparseTensorSpec TensorArraySpec TensorSpec TypeSpec
        type_spec_from_value
    """,
    "a session runs one plan at a time: there is nothing to guard": "CriticalSection",
    "modules that own variables are of v2. Use variable_scope, or make_template": "Module",
    "the session chooses and runs its plan by itself": """
        check_pinned mlir tpu xla
    """,
    "branches are chosen by a predicate. Use case or cond": "switch_case",
    "there are many numeric checks to be made at once. Use check_numerics on the tensors in question": """
        add_check_numerics_ops
    """,
    "the time is Python's. Use py_func(time.time, [], float64)": "timestamp",
    "patches are extracted from images. Use extract_image_patches on each slice": "extract_volume_patches",
    "it is an inner function of v1's convolutions. Use nn.convolution, nn.conv2d or nn.conv2d_transpose": """
        conv conv2d_backprop_filter_v2 conv2d_backprop_input_v2 nn.with_space_to_batch
    """,
    "it is not among the layers. Insert zeros in the filter (dilation) and use nn.conv2d_transpose": """
        nn.atrous_conv2d_transpose
    """,
    "it is not among the layers. Use nn.max_pool and nn.avg_pool": """
        nn.dilation2d nn.erosion2d nn.fractional_avg_pool nn.fractional_max_pool
    """,
    "losses are of one replica here. Divide by the batch size": """
        nn.compute_average_loss nn.scale_regularization_loss
    """,
    "it is not among the decompositions. Compute it by py_func with SciPy": """
        linalg.eigh_tridiagonal linalg.expm linalg.logm linalg.lu linalg.lu_matrix_inverse
        linalg.lu_reconstruct linalg.lu_solve linalg.sqrtm matrix_square_root linalg.tridiagonal_matmul
        linalg.tridiagonal_solve
    """,
    "operators that stand for matrices are no arrays. Use the matrix itself": """
        linalg.LinearOperator linalg.LinearOperatorAdjoint linalg.LinearOperatorBlockDiag
        linalg.LinearOperatorBlockLowerTriangular linalg.LinearOperatorCirculant
        linalg.LinearOperatorCirculant2D linalg.LinearOperatorCirculant3D linalg.LinearOperatorComposition
        linalg.LinearOperatorDiag linalg.LinearOperatorFullMatrix linalg.LinearOperatorHouseholder
        linalg.LinearOperatorIdentity linalg.LinearOperatorInversion linalg.LinearOperatorKronecker
        linalg.LinearOperatorLowRankUpdate linalg.LinearOperatorLowerTriangular
        linalg.LinearOperatorPermutation linalg.LinearOperatorScaledIdentity linalg.LinearOperatorToeplitz
        linalg.LinearOperatorTridiag linalg.LinearOperatorZeros linalg.experimental nn.experimental
        math.special
    """,
    "it draws no gamma distributed numbers, which this stands on. Use distributions.Normal, or py_func with "
    "SciPy": """
        distributions.Beta distributions.Dirichlet distributions.DirichletMultinomial distributions.Gamma
        distributions.Multinomial distributions.StudentT
    """,
    "models are graphs here, and their training a loop. Call the layers one after another, and run "
    "train.AdamOptimizer().minimize in a Session": """
        keras.Input keras.Model keras.Sequential keras.callbacks keras.estimator keras.experimental
        keras.layers.Input keras.layers.InputLayer keras.mixed_precision keras.models keras.saving
        keras.wrappers
    """,
    "pictures and data sets come from files here. Use image.decode_png or NumPy, and feed the arrays": """
        keras.applications keras.datasets keras.preprocessing.image keras.preprocessing.text
        keras.utils.get_file keras.utils.Sequence keras.utils.plot_model
    """,
    "it trains models of Keras, which are not here. Use train.AdamOptimizer and its kin": """
        keras.optimizers
    """,
    "it keeps counts in objects of Keras. Use metrics.accuracy and its kin, which are graph code": """
        keras.metrics
    """,
    "recurrent layers are cells and loops over time here. Use nn.dynamic_rnn with nn.rnn_cell.LSTMCell, "
    "GRUCell or BasicRNNCell": """
        keras.layers.Bidirectional keras.layers.ConvLSTM2D keras.layers.CuDNNGRU keras.layers.CuDNNLSTM
        keras.layers.GRU keras.layers.GRUCell keras.layers.LSTM keras.layers.LSTMCell keras.layers.RNN
        keras.layers.SimpleRNN keras.layers.SimpleRNNCell keras.layers.StackedRNNCells
        keras.layers.TimeDistributed keras.layers.Wrapper
    """,
    "masks are not handed from layer to layer. Use sequence_mask, or the argument sequence_length of "
    "nn.dynamic_rnn": """
        keras.layers.Masking
    """,
    "it is a layer that few graphs use. Write it with keras.layers.Lambda, or keras.layers.Layer": """
        keras.layers.ActivityRegularization keras.layers.AdditiveAttention keras.layers.AlphaDropout
        keras.layers.Attention keras.layers.Cropping3D keras.layers.DenseFeatures
        keras.layers.GaussianDropout keras.layers.LocallyConnected1D keras.layers.LocallyConnected2D
        keras.layers.SpatialDropout3D keras.layers.UpSampling3D keras.layers.ZeroPadding3D
    """,
    "functions of Keras's backend are v1's own. Use the function of the top level, math or nn": """
        keras.backend.batch_dot keras.backend.cast keras.backend.concatenate keras.backend.dot
        keras.backend.eval keras.backend.exp keras.backend.expand_dims keras.backend.function
        keras.backend.get_value keras.backend.gradients keras.backend.log keras.backend.max
        keras.backend.mean keras.backend.placeholder keras.backend.relu keras.backend.reshape
        keras.backend.rnn keras.backend.set_value keras.backend.shape keras.backend.sigmoid
        keras.backend.softmax keras.backend.sqrt keras.backend.square keras.backend.sum
        keras.backend.switch keras.backend.tanh keras.backend.variable
    """,
    "models that are made by one call stand on feature columns, which are not here. Write a model_fn of "
    "layers.dense and a loss of losses, and give it to estimator.Estimator": """
        estimator.BaselineClassifier estimator.BaselineEstimator estimator.BaselineRegressor
        estimator.BoostedTreesClassifier estimator.BoostedTreesEstimator estimator.BoostedTreesRegressor
        estimator.DNNClassifier estimator.DNNEstimator estimator.DNNLinearCombinedClassifier
        estimator.DNNLinearCombinedEstimator estimator.DNNLinearCombinedRegressor estimator.DNNRegressor
        estimator.LinearClassifier estimator.LinearEstimator estimator.LinearRegressor
        estimator.classifier_parse_example_spec estimator.regressor_parse_example_spec
    """,
    "heads make losses and metrics for models that are made by one call. In a model_fn, call losses, metrics "
    "and an optimizer, and return estimator.EstimatorSpec": """
        estimator.BinaryClassHead estimator.Head estimator.LogisticRegressionHead estimator.MultiClassHead
        estimator.MultiHead estimator.MultiLabelHead estimator.PoissonRegressionHead estimator.RegressionHead
    """,
    "rows of checkpoints are not sorted anew by vocabularies. Read them with train.load_variable, sort them "
    "with NumPy, and load them in a Scaffold's init_fn": """
        estimator.VocabInfo train.VocabInfo
    """,
    "it describes the inputs of estimators. Use nn.embedding_lookup, one_hot, layers.dense and the like": """
        feature_column
    """,
    "models are written as graphs here. Use layers and gradients, or a library of its own such as XGBoost or "
    "scikit-learn": """
        contrib.boosted_trees contrib.bayesflow contrib.factorization contrib.gan contrib.kernel_methods
        contrib.linear_optimizer contrib.tensor_forest contrib.timeseries
    """,
    "weights are no opaque buffer of cuDNN's here. Use cudnn_rnn.CudnnCompatibleLSTMCell or "
    "CudnnCompatibleGRUCell with nn.dynamic_rnn: their variables are those that such a layer saves": """
        contrib.cudnn_rnn.CudnnGRU contrib.cudnn_rnn.CudnnGRUSaveable contrib.cudnn_rnn.CudnnLSTM
        contrib.cudnn_rnn.CudnnLSTMSaveable contrib.cudnn_rnn.CudnnParamsFormatConverterGRU
        contrib.cudnn_rnn.CudnnParamsFormatConverterLSTM contrib.cudnn_rnn.CudnnRNNRelu
        contrib.cudnn_rnn.CudnnRNNTanh
    """,
    "it steps over frequencies as well as over time. Write it as a subclass of nn.rnn_cell.RNNCell": """
        contrib.rnn.BidirectionalGridLSTMCell contrib.rnn.GridLSTMCell contrib.rnn.TimeFreqLSTMCell
    """,
    "it asks whether each gradient is 0 before a step. Train with a step for each task, and run one": """
        contrib.opt.MultitaskOptimizerWrapper
    """,
    "it stands on distributed or rarely used training. Use train.AdamOptimizer and its kin, or "
    "contrib.opt.AdamWOptimizer": """
        contrib.opt.AGNOptimizer contrib.opt.AddSignOptimizer contrib.opt.AdaMaxOptimizer
        contrib.opt.DropStaleGradientOptimizer contrib.opt.ElasticAverageOptimizer contrib.opt.GGTOptimizer
        contrib.opt.LARSOptimizer contrib.opt.ModelAverageOptimizer contrib.opt.PowerSignOptimizer
        contrib.opt.RegAdagradOptimizer contrib.opt.ShampooOptimizer
    """,
    "it is a part of TensorFlow that has to do with neither scopes, variables nor arrays": """
        audio config distribute experimental lite manip
        mixed_precision profiler resource_loader sets signal spectral sysconfig types
        version COMPILER_VERSION CXX11_ABI_FLAG CXX_VERSION GIT_VERSION GRAPH_DEF_VERSION
        GRAPH_DEF_VERSION_MIN_CONSUMER GRAPH_DEF_VERSION_MIN_PRODUCER MONOLITHIC_BUILD VERSION
    """,
}

REFUSED: Final = {name: reason for reason, names in _GROUPS.items() for name in names.split()}


def refusal(namespace: str, name: str) -> AttributeError:
    """Returns the error of a name that a namespace of v1 does not have here.

    Args:
        namespace: The namespace as v1 calls it: `"nn"`, and "" for v1's top level.
        name: The name.
    """
    full = f"{namespace}.{name}" if namespace else name
    reason = REFUSED.get(full)
    if reason is not None:
        return RefusedNameError(f"scopetrie does not offer tf.{full}: {reason}.", name=name, obj=None)
    return UnknownNameError(full)
