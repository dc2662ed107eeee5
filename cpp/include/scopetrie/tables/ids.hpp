// The 32-bit ids by which the core's tables refer to each other, and the name of an operation in terms of them.
#pragma once

#include <cstdint>

namespace scopetrie {

using SegmentId = std::uint32_t;   // one part of a path, between two slashes
using ScopeId = std::uint32_t;     // a path: a node of the ScopeTrie
using ShapeId = std::uint32_t;     // an interned shape
using OpId = std::uint32_t;        // an operation, in creation order
using TensorId = std::uint32_t;    // one output of an operation, in creation order
using VariableId = std::uint32_t;  // a variable, in creation order
using KindId = std::uint16_t;      // an operation's type, e.g. "MatMul", numbered by whoever registers it

inline constexpr std::uint32_t kNone = 0xFFFFFFFFu;

/// The greatest number that counting appends to a name; "w_536870911" written by hand is just text.
inline constexpr std::uint32_t kMaxSuffix = (1U << 29) - 2;

/// What an operation is called: `scope/segment`, or `scope/segment_suffix` where suffix is not 0.
/// A scope with kOwnedBit set is the name of another operation (see `OpGraph::owned`): 1M scalars written as
/// `x * 2.0` then need no trie node for their `mul_7/y`.
struct Name {
  ScopeId scope = 0;
  SegmentId segment = 0;
  std::uint32_t suffix = 0;

  friend bool operator==(const Name&, const Name&) = default;
};

inline constexpr std::uint32_t kOwnedBit = 0x80000000u;

}  // namespace scopetrie
