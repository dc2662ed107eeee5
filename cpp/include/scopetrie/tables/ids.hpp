// The 32-bit ids by which the core's tables refer to each other, and operation names made of them.
#pragma once

#include <cstdint>

namespace scopetrie {

using SegmentId = std::uint32_t;   // one part of a path, between slashes
using ScopeId = std::uint32_t;     // a path: a node of the ScopeTrie
using ShapeId = std::uint32_t;     // an interned shape
using OpId = std::uint32_t;        // an operation, in creation order
using TensorId = std::uint32_t;    // one output of an operation, in creation order
using VariableId = std::uint32_t;  // a variable, in creation order
using KindId = std::uint16_t;      // an operation's type, e.g. "MatMul"; the caller assigns the numbers

inline constexpr std::uint32_t kNone = 0xFFFFFFFFu;

/// The largest suffix that counting appends to a name; a larger one in a given name is just text.
inline constexpr std::uint32_t kMaxSuffix = (1U << 29) - 2;

/// The name of an operation: `scope/segment`, or `scope/segment_suffix` if suffix is not 0.
/// A scope with kOwnedBit set refers to an operation instead (see `OpGraph::owned`), so that `mul_7/y`, the constant of
/// an `x * 2.0`, needs no trie node for `mul_7`.
struct Name {
  ScopeId scope = 0;
  SegmentId segment = 0;
  std::uint32_t suffix = 0;

  friend bool operator==(const Name&, const Name&) = default;
};

inline constexpr std::uint32_t kOwnedBit = 0x80000000u;

}  // namespace scopetrie
