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

  /// The id of the innermost active line outside this package; kNone if there is none. Runs nothing of the program's,
  /// and sets no exception.
  std::uint32_t here();
  /// (file name, line, function name) of a site, or None.
  PyObject* describe(std::uint32_t id) const;

 private:
  struct Site {
    PyCodeObject* code = nullptr;
    int instruction = 0;
    bool operator==(const Site&) const = default;
  };
  class Frames;

  std::uint32_t find(const Site& site) const;
  SCOPETRIE_COLD std::uint32_t add(Frames& frames);

  std::vector<Site> sites_;  // with references to the code objects
  IdTable table_;
  Site last_site_;  // the one that here() gave last
  std::uint32_t last_ = kNone;
};

}  // namespace scopetrie::python
