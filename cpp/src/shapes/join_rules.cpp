// Rules of ops that join and split tensors.
#include <algorithm>
#include <utility>

#include "rules.hpp"

namespace scopetrie::rules {

namespace {

using Attribute = RuleAttribute;
using Numbers = std::span<const std::int64_t>;

// Says that an axis needs a higher rank.
[[noreturn]] void refuse_axis(std::int64_t axis, std::size_t rank) {
  refuse("Shape must be at least rank ", axis < 0 ? -axis : axis + 1, " but is rank ", rank);
}

// v1 compares what is before the axis, and then what is behind it, each for itself.
[[noreturn]] SCOPETRIE_COLD void refuse_joined(const Dims& dims, Numbers other, std::size_t along, std::size_t at) {
  const auto side = [&](Numbers sizes) { return shown(at < along ? sizes.first(along) : sizes.subspan(along + 1)); };
  refuse("Dimension ", at < along ? at : at - along - 1, " in both shapes must be equal, but are ", dims[at], " and ",
         other[at], ". Shapes are ", side(dims), " and ", side(other), ".");
}

void concat(RuleCall& call) {
  const std::size_t count = call.size() - 1;
  need_rank(call, count, 0);
  const DType dtype = call.dtype(0);
  Dims dims;
  bool knows_dims = false, knows_all = true;
  for (std::size_t i = 0; i < count; ++i) {
    if (!call.known_rank(i)) {
      knows_all = false;
    } else if (!knows_dims) {
      knows_dims = call.read(i, dims);
    } else if (call.rank(i) != dims.size()) {
      refuse("Shape must be rank ", dims.size(), " but is rank ", call.rank(i));
    }
  }
  std::int64_t axis = 0;
  const bool knows_axis = call.one_int(count, axis);
  if (!knows_dims) return call.give_unknown(dtype);
  if (!knows_axis && dims.empty()) refuse("Can't concatenate scalars (use tf.stack instead)");
  if (!knows_axis) return count == 1 ? call.give(dtype, dims) : call.give_rank(dtype, dims.size());
  if (!to_front(axis, dims.size())) refuse_axis(axis, dims.size());
  const auto along = static_cast<std::size_t>(axis);
  std::int64_t total = knows_all ? 0 : kUnknownDim;
  for (std::size_t i = 0; i < count; ++i) {
    if (!call.known_rank(i)) continue;
    const auto other = call.dims(i);
    for (std::size_t k = 0; k < dims.size(); ++k) {
      if (k == along) {
        total = plus(total, other[k]);
      } else if (!known(dims[k])) {
        dims[k] = other[k];
      } else if (known(other[k]) && dims[k] != other[k]) {
        refuse_joined(dims, other, along, k);
      }
    }
  }
  dims[along] = total;
  call.give(dtype, dims);
}

void pack(RuleCall& call) {
  std::int64_t axis = call.integer(Attribute::kAxis);
  Dims dims;
  bool knows_dims = false;
  for (std::size_t i = call.size(); i-- > 0;) {  // from the last one on, as v1
    if (!call.known_rank(i)) continue;
    if (!knows_dims) {
      knows_dims = call.read(i, dims);
      continue;
    }
    const auto found = call.dims(i);
    if (std::ranges::equal(found, dims)) continue;
    Dims both(found.begin(), found.end());
    merge(both, dims, "\n\tFrom merging shape " + std::to_string(i) + " with other shapes.");
    dims = both;
  }
  if (!knows_dims) return call.give_unknown(call.dtype(0));
  if (!to_front(axis, dims.size() + 1))
    refuse("Invalid axis: ", axis, "; must be in [-", dims.size() + 1, ",", dims.size() + 1, ")");
  dims.insert(dims.begin() + axis, static_cast<std::int64_t>(call.size()));
  call.give(call.dtype(0), dims);
}

void give_times(RuleCall& call, std::int64_t count, DType dtype, const Dims& dims) {
  const ShapeId shape = call.shapes.intern(dims);
  for (std::int64_t i = 0; i < count; ++i) call.give(dtype, shape);
}

void give_times_unknown(RuleCall& call, std::int64_t count, std::size_t input) {
  if (call.known_rank(input)) return give_times(call, count, call.dtype(input), Dims(call.rank(input), kUnknownDim));
  for (std::int64_t i = 0; i < count; ++i) call.give_unknown(call.dtype(input));
}

// Rows that are joined one below the other.
void parallel_concat(RuleCall& call) {
  const ShapeId shape = call.shape(Attribute::kShape);
  for (std::size_t i = 0; i < call.size(); ++i) {
    if (!call.known_rank(i) || !call.shapes.known_rank(shape)) continue;
    const auto whole = call.shapes.dims(shape), row = call.dims(i);
    if (row.empty() || row[0] != 1) refuse("Size of first dimension must be 1.");
    Dims rest(row.begin() + 1, row.end());
    merge(rest, whole.subspan(1));
  }
  call.give(call.dtype(0), shape);
}

// How many outputs an attribute says. A GraphDef may say anything, in few bytes.
std::int64_t output_count(RuleCall& call, Attribute attribute, const char* name, const char* type, std::int64_t least) {
  constexpr std::int64_t kMostOutputs = 1 << 20;
  const std::int64_t count = call.integer(attribute);
  if (count >= least && count <= kMostOutputs) [[likely]]
    return count;
  const std::string said = std::string("Attr '") + name + "' of '" + type + "' Op passed " + std::to_string(count);
  if (count < least) throw Error(ErrorKind::kValue, said + " less than minimum " + std::to_string(least) + ".");
  throw Error(ErrorKind::kValue, said + ": an operation has " + std::to_string(kMostOutputs) + " outputs at most.");
}

void unpack(RuleCall& call) {
  const std::int64_t count = output_count(call, Attribute::kNum, "num", "Unpack", 0);
  std::int64_t axis = call.integer(Attribute::kAxis);
  Dims dims;
  if (!call.read(0, dims)) return give_times_unknown(call, count, 0);
  if (!to_front(axis, dims.size()))
    refuse("Invalid axis: ", axis, "; must be in [-", dims.size(), ",", dims.size(), ")");
  const std::int64_t size = dims[static_cast<std::size_t>(axis)];
  if (known(size) && size != count) refuse("Dimension must be ", count, " but is ", size);
  dims.erase(dims.begin() + axis);
  give_times(call, count, call.dtype(0), dims);
}

void split(RuleCall& call) {
  const std::int64_t count = output_count(call, Attribute::kNumSplit, "num_split", "Split", 1);
  Dims dims;
  std::int64_t axis = 0;
  const bool knows_axis = call.one_int(0, axis);
  if (!call.read(1, dims) || !knows_axis) return give_times_unknown(call, count, 1);
  if (!to_front(axis, dims.size())) refuse_axis(axis, dims.size());
  std::int64_t& size = dims[static_cast<std::size_t>(axis)];
  if (known(size) && size % count != 0)
    refuse("Dimension size must be evenly divisible by ", count, " but is ", size,
           "\n\tNumber of ways to split should evenly divide the split dimension");
  size = over(size, count);
  give_times(call, count, call.dtype(1), dims);
}

void split_v(RuleCall& call) {
  const DType dtype = call.dtype(0);
  const std::int64_t count = output_count(call, Attribute::kNumSplit, "num_split", "SplitV", 1);
  Dims dims;
  Numbers sizes;
  std::int64_t axis = -1;  // of sizes that are known, as v1, the last one where it is not known
  const bool knows_axis = call.one_int(2, axis), knows_sizes = call.ints(1, sizes);
  if (!call.read(0, dims)) return give_times_unknown(call, count, 0);
  if (dims.empty()) refuse("Can't split scalars");
  if (!knows_axis && !knows_sizes) return give_times_unknown(call, count, 0);
  if (!to_front(axis, dims.size()))
    refuse("-input rank(-", dims.size(), ") <= split_dim < input rank (", dims.size(), "), but got ", axis);
  std::int64_t& size = dims[static_cast<std::size_t>(axis)];
  if (!knows_sizes) {
    size = kUnknownDim;
    return give_times(call, count, dtype, dims);
  }
  const std::int64_t total = size;
  std::int64_t sum = 0;
  std::string listed;
  bool has_rest = false;
  for (const std::int64_t each : sizes) {
    if (each == -1 && std::exchange(has_rest, true)) refuse("size_splits can only have one -1");
    sum += each == -1 ? 0 : each;
    if (!listed.empty()) listed += ',';
    listed += std::to_string(each);
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    size = sizes[i] == -1 && known(total) ? total - sum : sizes[i];
    if (size < -1 || (size == -1 && known(total))) refuse("Split size at index ", i, " must be >= 0. Got: ", size);
    call.give(dtype, dims);
  }
  if (known(total) && (has_rest ? sum > total : sum != total))
    refuse("can't split axis of size ", total, " into pieces of size [", listed, "]");
}

}  // namespace

std::vector<Row> join_rules() {
  return {
      {by(concat, 2), "ConcatV2"}, {by(pack), "Pack"},         {by(parallel_concat), "ParallelConcat"},
      {by(split, 2), "Split"},     {by(split_v, 3), "SplitV"}, {by(unpack), "Unpack"},
  };
}

}  // namespace scopetrie::rules
