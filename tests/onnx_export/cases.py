"""Expressions of ops that the recorded ones do not have; the names are those of tests/op_expressions.py.

Placeholders are fed with numbers of their own; their sizes that are not known are 2.
"""

CASES = [
    # Functions of numbers in the ranges where they are defined, and near 0.
    "[f(A(3, 4) / 4) for f in (tf.acos, tf.asin, tf.atanh, tf.expm1, tf.log1p, tf.erfc)]",
    "[f(A(8) * 1e-4) for f in (tf.expm1, tf.log1p)]",
    "tf.acosh(P(3, 4) + 1)",
    "tf.log1p([0.6, 3.0, 1e6, -0.9])",
    "tf.atan2([1.0, -1.0, 1.0, -1.0, 0.0, 2.0, -2.0], [1.0, 1.0, -1.0, -1.0, -1.0, 0.0, 0.0])",
    "[tf.floordiv(I(9, 3, 4) - 4, 3), tf.floormod(I(9, 3, 4) - 4, -3), tf.truncatemod(I(9, 3, 4) - 4, 3)]",
    "[tf.truncatediv(I(9, 3, 4) - 4, 3), tf.floordiv(A(3, 4), 0.3), tf.truncatediv(A(3, 4) * 3, 0.7)]",
    "[tf.floormod(A(3, 4), 0.3), tf.floormod(A(3, 4), -0.3), tf.truncatemod(A(3, 4), -0.3)]",
    "[tf.div_no_nan(A(4), [0.0, 1.0, 2.0, 0.0]), tf.math.multiply_no_nan(A(4), [0.0, 1.0, 2.0, 0.0])]",
    "[tf.math.xlogy([0.0, 2.0], [0.0, 3.0]), tf.math.xdivy([0.0, 2.0], [0.0, 3.0])]",
    "tf.math.xlog1py([0.0, 2.0, 1.0], [-1.0, 3.0, 1e-3])",
    "[tf.equal(I(3, 4), I(3, 4, seed=2)), tf.not_equal(I(3, 4), I(3, 4, seed=2)), tf.logical_not(bl(2))]",
    "[tf.logical_or(bl(3), bl(3)), tf.logical_xor(bl(3), bl(3)), tf.reduce_any(bl(0)), tf.reduce_all(bl(0))]",
    "[f(I(9, 4), I(9, 4, seed=2)) for f in (tf.bitwise.bitwise_and, tf.bitwise.bitwise_or)]",
    "[f(tf.constant([5, 9], tf.uint32), tf.constant([1, 2], tf.uint32))"
    " for f in (tf.bitwise.left_shift, tf.bitwise.right_shift)]",
    "[tf.cast(A(4) * 9, tf.int32), tf.cast(bl(3), tf.float32), tf.cast(I(3, 4), tf.bool)]",
    "tf.where([True, False], A(2, 3), A(2, 3, seed=2))",
    "[tf.check_numerics(A(3), 'm'), tf.ensure_shape(f4(None), [2])]",
    "tf.placeholder_with_default(A(2), [None])",
    "[tf.rank(ph(tf.float32)), tf.size(f4(None, 3)), *tf.shape_n([f4(None, 3), f4(2, None)])]",
    "[tf.ones_like(f4(None, 3)), tf.zeros_like(i4(None))]",
    "tf.lin_space(f4(), f4() + 2, 4)",
    # Shapes that are computed.
    "tf.reshape(f4(None, 3), [-1, tf.shape(f4(None, 3))[0]])",
    "tf.reshape(f4(0, 3), tf.stack([tf.shape(f4(0, 3))[0], 2]))",
    "tf.fill(tf.shape(f4(None, 3)), 1.5)",
    "tf.broadcast_to(f4(3), tf.stack([tf.shape(f4(None, 3))[0], 3]))",
    "tf.tile(f4(None, 3), tf.stack([tf.size(f4(None)), 1]))",
    "[tf.slice(f4(None, 4), [0, n], [-1, 2]) for n in [tf.size(f4(None)) - 1]]",
    "[x[n:, -1] for x in [f4(None, 4)] for n in [tf.size(f4(None)) - 1]]",
    "[x[n] for x in [A(4, 3)] for n in [tf.size(f4(None)) - 3]]",
    "[x[:n:2, None, ..., ::-1] for x in [A(4, 2, 3)] for n in [tf.size(f4(None)) + 1]]",
    "[x[::-1, 1:-1] for x in [A(4, 5)]]",
    "[tf.pad(A(2, 3), p) for p in [tf.stack([[0, tf.size(f4(None))], [1, 0]])]]",
    "tf.pad(A(2, 3), [[1, 1], [0, 2]], 'REFLECT')",
    "tf.reduce_sum(A(2, 3), tf.size(f4(None)) - 1)",
    "[tf.roll(A(3, 4), [1, -2], [0, 1]), tf.reverse_sequence(A(2, 3), [2, 3], 1, 0)]",
    "[tf.split(f4(None, 6), 3, 1), tf.split(f4(None, 6), [1, -1, 2], 1), tf.unstack(A(2, 3), axis=1)]",
    "[tf.expand_dims(A(2, 3), -1), tf.squeeze(A(1, 2, 1)), tf.squeeze(A(1, 2, 1), [0])]",
    "[tf.space_to_batch_nd(f4(None, 4, 5, 1), [2, 3], [[0, 0], [1, 0]])]",
    "[tf.batch_to_space_nd(f4(12, 2, 3, 1), [2, 3], [[1, 0], [0, 2]])]",
    "[tf.depth_to_space(A(2, 3, 4, 8), 2), tf.space_to_depth(A(2, 4, 6, 3), 2)]",
    # Positions.
    "[tf.one_hot([[0, 2], [-1, 5]], 3), tf.one_hot(1, 3, axis=0), tf.one_hot([0, 2], 3, 5, 2, axis=0)]",
    "[tf.gather(A(2, 3, 4), [[1, 0], [2, 2]], batch_dims=1), tf.gather(A(3, 4), [3, 0], axis=1)]",
    "[f(A(4, 2), [[1], [3]], A(2, 2)) for f in (tf.tensor_scatter_nd_max, tf.tensor_scatter_nd_min,"
    " tf.tensor_scatter_sub, tf.tensor_scatter_update, tf.tensor_scatter_add)]",
    "[f(A(4, 2), [1, -1, 0, 1], 3) for f in (tf.unsorted_segment_sum, tf.unsorted_segment_max,"
    " tf.unsorted_segment_min, tf.unsorted_segment_prod)]",
    "[tf.segment_sum(A(4, 2), [0, 0, 2, 2]), tf.where(A(3, 3) > 0), tf.invert_permutation([2, 0, 1])]",
    "[*tf.unique(tf.cast([3, 1, 3, 2, 1], tf.int64)), *tf.unique_with_counts([3, 1, 3, 2, 1])]",
    "[*tf.nn.top_k(A(3, 5), 2), tf.argmax(A(3, 4), 1), tf.argmin(A(3, 4), 0, output_type=tf.int32)]",
    "tf.image.non_max_suppression([[0., 0, 1, 1], [0, 0, 1, 0.9], [2, 2, 3, 3]], [0.5, 0.9, 0.7], 3)",
    # Matrices.
    "[tf.matrix_set_diag(A(2, 3, 3), A(2, 3)), tf.matrix_diag(A(2, 3)), tf.matrix_diag_part(A(2, 3, 3))]",
    "[tf.matrix_band_part(A(4, 4), *n) for n in ((1, 0), (-1, 1), (0, -1), (-1, -1))]",
    "[tf.matmul(A(2, 3, 4), A(2, 5, 4), adjoint_b=True), tf.matmul(A(4, 2), A(4, 3), transpose_a=True)]",
    "[tf.einsum('bij,bjk->bik', A(2, 3, 4), A(2, 4, 5)), tf.matrix_determinant(P(3, 3))]",
    "tf.cross(A(2, 3), P(2, 3))",
    # Images: channels last and first, paddings, strides, dilations.
    *(f"tf.nn.conv2d(A(2, 7, 6, 3), A(3, 2, 3, 4), [1, {s}, {s}, 1], '{p}', dilations=[1, {d}, {d}, 1])"
      for s, d in ((1, 1), (2, 1), (1, 2)) for p in ("SAME", "VALID")),
    "tf.nn.conv2d(f4(None, None, None, 3), A(3, 3, 3, 4), [1, 2, 2, 1], 'SAME')",
    "tf.nn.conv2d(A(2, 7, 6, 3), A(3, 2, 3, 4), 1, [[0, 0], [1, 2], [0, 1], [0, 0]])",
    "tf.nn.conv2d(A(2, 3, 7, 6), A(3, 2, 3, 4), [1, 1, 2, 2], 'SAME', data_format='NCHW')",
    "tf.nn.depthwise_conv2d(A(2, 7, 6, 3), A(3, 2, 3, 2), [1, 2, 2, 1], 'SAME')",
    "tf.nn.conv3d(A(1, 4, 5, 4, 2), A(2, 3, 2, 2, 3), [1, 2, 1, 1, 1], 'SAME')",
    "tf.nn.conv1d(A(2, 7, 3), A(3, 3, 4), 2, 'SAME')",
    *(f"tf.nn.conv2d_transpose(A(2, 3, 4, 3), A(3, 2, 2, 3), [2, {h}, {w}, 2], [1, 2, 2, 1], '{p}')"
      for h, w, p in ((6, 8, "SAME"), (5, 7, "SAME"), (7, 8, "VALID"), (8, 9, "VALID"))),
    "tf.nn.atrous_conv2d(A(1, 8, 8, 2), A(3, 3, 2, 2), 2, 'SAME')",
    *(f"tf.nn.{pool}_pool(A(2, 7, 6, 3), [1, 3, 2, 1], [1, 2, 2, 1], '{p}')"
      for pool in ("max", "avg") for p in ("SAME", "VALID")),
    "tf.nn.max_pool(A(2, 3, 6, 6), [1, 1, 2, 2], [1, 1, 2, 2], 'SAME', data_format='NCHW')",
    "tf.nn.avg_pool3d(A(1, 4, 5, 4, 2), [1, 2, 2, 2, 1], [1, 2, 2, 2, 1], 'SAME')",
    "tf.nn.max_pool(f4(None, None, None, 2), [1, 3, 3, 1], [1, 2, 2, 1], 'SAME')",
    "tf.nn.fused_batch_norm(A(2, 3, 4, 5), P(5), A(5), A(5, seed=2), P(5, seed=3), is_training=False)[0]",
    "tf.nn.lrn(A(2, 3, 4, 9), depth_radius=2, bias=1.5, alpha=0.5, beta=0.75)",
    *(f"tf.image.resize_{how}(A(2, 4, 3, 2), [{h}, {w}], {more})"
      for how, h, w in (("bilinear", 7, 6), ("bilinear", 2, 2), ("nearest_neighbor", 7, 6))
      for more in ("False", "True", "half_pixel_centers=True")),
    # The channels stay first between ops, and come back where they are asked for.
    "tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(A(1, 5, 5, 2), A(3, 3, 2, 4), 1, 'SAME'), A(4))) * P(4) + 2.0",
    "tf.reduce_mean(tf.nn.conv2d(A(1, 5, 5, 2), A(3, 3, 2, 4), 1, 'SAME'), [1, 2])",
    "tf.reduce_max(tf.nn.conv2d(A(1, 5, 5, 2), A(3, 3, 2, 4), 1, 'SAME'), [1, 2], keepdims=True) * P(4)",
    "tf.reduce_sum(tf.nn.conv2d(A(1, 5, 5, 2), A(3, 3, 2, 4), 1, 'SAME'), 3)",
    "tf.pad(tf.nn.conv2d(A(1, 5, 5, 2), A(3, 3, 2, 4), 1, 'SAME'), [[0, 0], [1, 2], [3, 0], [0, 1]])",
    "[tf.concat([c, c * 2, A(1, 5, 5, 4)], a)"
    " for c in [tf.nn.conv2d(A(1, 5, 5, 2), A(3, 3, 2, 4), 1, 'SAME')] for a in (0, 1, 2, 3, -1)]",
    "[c + tf.reshape(c, [5, 5, 4]) for c in [tf.nn.conv2d(A(1, 5, 5, 2), A(3, 3, 2, 4), 1, 'SAME')]]",
    "[tf.transpose(c, o) for c in [tf.nn.conv2d(A(1, 5, 4, 2), A(3, 3, 2, 4), 1, 'SAME')]"
    " for o in ([0, 3, 1, 2], [0, 2, 3, 1], [3, 0, 1, 2])]",
    "tf.nn.moments(tf.nn.conv2d(A(2, 5, 5, 2), A(3, 3, 2, 4), 1, 'SAME'), [0, 1, 2])",
    # Losses.
    "tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.nn.softmax(A(3, 4)), logits=A(3, 4, seed=2))",
    "tf.nn.sparse_softmax_cross_entropy_with_logits(labels=I(4, 3), logits=A(3, 4))",
    "tf.nn.sigmoid_cross_entropy_with_logits(labels=P(3), logits=A(3) * 5)",
    # Branches and loops.
    "[tf.cond(x > 0, lambda: x * 2, lambda: tf.exp(x)) for x in [f4()]]",
    "[tf.cond(f4() > 9, lambda: (A(2), I(3)), lambda: (A(2) + f4(), I(3) * 0))]",
    "tf.case([(f4() > 9, lambda: tf.constant(1.0)), (f4() > -9, lambda: tf.constant(2.0))])",
    "[tf.while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s * 2 + x), [0, tf.zeros([2])])"
    " for x in [f4(2)]]",
    "tf.while_loop(lambda i: i < 50, lambda i: i * 2, [1], maximum_iterations=3)",
    "tf.while_loop(lambda i: i < 5, lambda i: tf.cond(i < 3, lambda: i + 1, lambda: i + 2), [0])",
    "tf.while_loop(lambda i: i < 3, lambda i: tf.while_loop(lambda j: j < i + 1, lambda j: j + 1, [i]), [0])",
    "tf.map_fn(lambda row: tf.reduce_sum(row) * f4(), A(4, 3))",
    "tf.map_fn(lambda pair: (pair[0] + pair[1], pair[0]), (A(4, 3), A(4, 3, seed=2)))",
    "[tf.foldl(lambda a, x: a * 2 + x, A(4, 3), tf.zeros([3])), tf.foldr(lambda a, x: a - x, A(4), 1.0)]",
    "[tf.scan(lambda a, x: a * 2 + x, A(4, 3), tf.zeros([3]), reverse=r) for r in (False, True)]",
    # Arrays of rows.
    "[f for a in [tf.TensorArray(tf.float32, 4).unstack(f4(4))]"
    " for f in (a.read(2), a.stack(), a.size(), a.gather([3, 1]))]",
    "[a.size() for n in [tf.size(f4(None))]"
    " for a in (tf.TensorArray(tf.float32, n), tf.TensorArray(tf.float32, n).unstack(f4(2)))]",
    "tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a.write(i, A(2) * tf.cast(i, tf.float32))),"
    " [0, tf.TensorArray(tf.float32, 4, element_shape=[2])])[1].stack()",
    "tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(2, kernel_initializer=tf.ones_initializer()), A(2, 3, 2),"
    " sequence_length=[1, 2], dtype=tf.float32)[0]",
]  # fmt: skip
