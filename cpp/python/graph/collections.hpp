// A graph's collections as Python has them: any hashable object is a key.
//
// Invariants: the core has the lists and knows texts; `lists_` has every key that Python has used, with its list. Keys
// that are equal have one list.
// Thread safety: that of the graph they belong to.
#pragma once

#include <cstddef>
#include <optional>

#include "scopetrie/graph/collections.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

struct PyGraph;

class CollectionKeys {
 public:
  CollectionKeys() = default;
  CollectionKeys(const CollectionKeys&) = delete;
  CollectionKeys& operator=(const CollectionKeys&) = delete;
  ~CollectionKeys() { clear(); }

  /// The list of a key; makes it if it is new. Throws.
  std::size_t at(Collections& collections, PyObject* key);
  /// The list of a key, if there is one. Throws.
  std::optional<std::size_t> find(const Collections& collections, PyObject* key) const;
  /// The keys of the collections, in order.
  PyObject* keys(Collections& collections);

  int traverse(visitproc visit, void* arg) const;
  void clear() { Py_CLEAR(lists_); }

 private:
  std::optional<std::size_t> noted(PyObject* key) const;

  PyObject* lists_ = nullptr;  // dict: key -> list
};

/// A handle of the graph as its id, any other object as a new reference.
Collections::Item collection_item(PyGraph* graph, PyObject* value);
/// The items of a list as a new Python list.
PyObject* collection_list(PyGraph* graph, std::size_t list);

}  // namespace scopetrie::python
