// Creation sites: the user's code object and instruction, stored once for everything made there.
//
// Invariants: an id names a (code, instruction) pair; the code object is kept alive.
// Thread safety: that of the graph they belong to.
#pragma once

#include <vector>

#include "scopetrie/tables/id_table.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

class Sites {
 public:
  Sites() = default;
  /// The same sites with the same ids.
  Sites(const Sites& other);
  Sites& operator=(const Sites&) = delete;
  ~Sites();

  /// The id of the innermost active line outside this package; kNone if there is none.
  std::uint32_t here();
  /// (file name, line, function name) of a site, or None.
  PyObject* describe(std::uint32_t id) const;

 private:
  struct Site {
    PyCodeObject* code;
    int instruction;
  };

  std::vector<Site> sites_;
  IdTable table_;
  std::uint32_t last_ = kNone;
};

}  // namespace scopetrie::python
