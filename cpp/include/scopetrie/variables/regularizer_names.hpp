// The names that a variable's regularizer takes.
//
// v1 runs a regularizer in the root name scope to see whether it gives anything, and again beneath the variable's name
// at each conversion of the loss. Here it runs once, beneath the name; what v1's first run takes at the root is taken
// all the same, so that later operations are named as there.
// Thread safety: that of the context.
#pragma once

#include <cstddef>

#include "scopetrie/scopes/context.hpp"

namespace scopetrie {

class RegularizerNames {
 public:
  /// Opens the name scope "<variable>/Regularizer"; the variable is called `segment` in `scope`.
  RegularizerNames(Context& context, ScopeId scope, SegmentId segment);
  RegularizerNames(const RegularizerNames&) = delete;
  RegularizerNames& operator=(const RegularizerNames&) = delete;
  /// Restores the name scope, where finish() has not.
  ~RegularizerNames() { context_.names = before_; }

  /// The regularizer has run, or failed: restores the name scope and takes the names of v1's first run.
  void finish();

 private:
  Context& context_;
  NameScope before_;
  ScopeId scope_;      // in which the regularizer runs
  std::size_t first_;  // the operation from which on to look
};

}  // namespace scopetrie
