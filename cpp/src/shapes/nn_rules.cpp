// Rules of ops of neural networks that have no windows: activations along the last axis, losses, normalization.
#include "rules.hpp"

namespace scopetrie::rules {

namespace {

using Attribute = RuleAttribute;

void softmax(RuleCall& call) {
  need_rank_at_least(call, 0, 1);
  call.give(call.dtype(0), call.shape(0));
}

void bias_add(RuleCall& call) {
  need_rank(call, 1, 1);
  Dims dims;
  if (!call.read(0, dims)) return call.give_unknown(call.dtype(0));
  const bool channels_first = call.text(Attribute::kDataFormat, "NHWC") == "NCHW";
  need_rank_at_least(call, 0, channels_first ? 3 : 2);
  std::int64_t& size = channels_first ? dims[1] : dims.back();
  if (call.known_rank(1)) size = merged(size, call.dims(1)[0]);
  call.give(call.dtype(0), dims);
}

void cross_entropy(RuleCall& call) {
  const DType dtype = call.dtype(0);
  const ShapeId both = broadcast(call, call.shape(0), call.shape(1));
  if (!call.shapes.known_rank(both)) {
    call.give_rank(dtype, 1);
    return call.give_unknown(dtype);
  }
  const auto dims = call.shapes.dims(both);
  if (dims.size() != 2) refuse("Shape must be rank 2 but is rank ", dims.size());
  const Dims rows{dims[0]};
  call.give(dtype, rows);
  call.give(dtype, both);
}

void sparse_cross_entropy(RuleCall& call) {
  Dims dims = dims_of_rank(call, 0, 2);
  if (!known(dims[0]) && call.rank(1) != 0) dims[0] = call.dims(1)[0];
  call.give(call.dtype(0), Dims{dims[0]});
  call.give(call.dtype(0), dims);
}

void fused_batch_norm(RuleCall& call) {
  const std::string layout = call.text(Attribute::kDataFormat, "NHWC");
  const std::size_t rank = layout.size();
  Dims dims = dims_of_rank(call, 0, rank);
  std::int64_t& channels = dims[layout.starts_with("NC") ? 1 : rank - 1];
  const std::size_t end = call.flag(Attribute::kIsTraining, true) ? 3 : call.size();
  for (std::size_t i = 1; i < end; ++i) channels = merged(channels, dims_of_rank(call, i, 1)[0]);
  const Dims each{channels};
  call.give(call.dtype(0), dims);
  for (int i = 0; i < 4; ++i) call.give(call.dtype(1), each);
  call.give_unknown(call.dtype(1));
}

void local_response(RuleCall& call) { call.give(call.dtype(0), dims_of_rank(call, 0, 4)); }

}  // namespace

std::vector<Row> nn_rules() {
  return {
      {by(bias_add, 2), "BiasAdd"},
      {by(cross_entropy, 2), "SoftmaxCrossEntropyWithLogits"},
      {by(fused_batch_norm, 2), "FusedBatchNormV3"},
      {by(local_response), "LRN"},
      {by(softmax), "LogSoftmax Softmax"},
      {by(sparse_cross_entropy, 2), "SparseSoftmaxCrossEntropyWithLogits"},
  };
}

}  // namespace scopetrie::rules
