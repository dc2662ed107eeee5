// What operations put out: a dtype and a shape for each tensor.
//
// Invariants: one output, which most operations have, needs no memory of its own.
// Thread safety: values.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "scopetrie/shapes/dtype.hpp"
#include "scopetrie/shapes/shape_table.hpp"
#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

struct Output {
  ShapeId shape = ShapeTable::kUnknown;
  DType dtype;
};

class Outputs {
 public:
  void push_back(Output output) {
    if (count_++ == 0) [[likely]] {
      one_ = output;
      return;
    }
    if (many_.empty()) many_.push_back(one_);
    many_.push_back(output);
  }
  std::size_t size() const { return count_; }
  std::span<const Output> span() const { return {count_ > 1 ? many_.data() : &one_, count_}; }

 private:
  Output one_;
  std::size_t count_ = 0;
  std::vector<Output> many_;
};

}  // namespace scopetrie
