// A graph's collections: lists by key. Handles of the graph itself are stored as ids, other objects as references.
//
// Invariants: since handles of the graph are stored as ids, a collection never keeps its graph alive. A list that was
// never read nor added to is not among the keys; `born` says so, and orders the keys.
// Thread safety: that of the graph they belong to.
#pragma once

#include <cstdint>
#include <vector>

#include "scopetrie/tables/table_allocator.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

struct PyGraph;

class Collections {
 public:
  /// An item of a collection: an element of the graph, by id, or any object. Eight bytes: objects are aligned, so the
  /// two lowest bits of the address hold the kind.
  class Item {
   public:
    enum Kind : std::uint64_t { kObject, kTensor, kOperation, kVariable };
    Item() = default;
    Item(Kind kind, std::uint32_t id) : bits_(std::uint64_t{id} << 2 | kind) {}
    explicit Item(PyObject* owned) : bits_(reinterpret_cast<std::uintptr_t>(owned)) {}
    Kind kind() const { return static_cast<Kind>(bits_ & 3); }
    std::uint32_t id() const { return static_cast<std::uint32_t>(bits_ >> 2); }
    PyObject* object() const { return kind() == kObject ? reinterpret_cast<PyObject*>(bits_) : nullptr; }

   private:
    std::uint64_t bits_ = 0;
  };
  enum Known : std::size_t { kVariables = 0, kTrainable = 1 };

  Collections() = default;
  Collections(const Collections&) = delete;
  Collections& operator=(const Collections&) = delete;
  ~Collections() { clear(); }

  /// The index of a key's collection; makes it if it is new. -1 with an exception set.
  Py_ssize_t at(PyObject* key);
  /// The index of a key's collection, or -1, possibly with an exception set.
  Py_ssize_t find(PyObject* key) const;
  bool add(PyGraph* graph, PyObject* key, PyObject* value);
  /// Makes an empty collection for a key that has none.
  bool create(PyObject* key);
  /// Deletes a key's collection, if there is one.
  bool drop(PyObject* key);
  /// Makes the lists of Known, unless they exist.
  bool start() { return numbers_ != nullptr || start_slow(); }
  /// After start().
  void add_variable(std::size_t which, std::uint32_t id) { of(which).emplace_back(Item::kVariable, id); }
  PyObject* list(PyGraph* graph, PyObject* key) const;
  bool assign(PyGraph* graph, PyObject* key, PyObject* values);
  PyObject* keys() const;
  /// Removes elements of the graph that a rollback has undone.
  void truncate(std::uint32_t tensors, std::uint32_t operations, std::uint32_t variables);
  int traverse(visitproc visit, void* arg) const;
  void clear();

 private:
  bool start_slow();
  static Item make_item(PyGraph* graph, PyObject* value);
  // The items of a list, which counts as a collection from now on.
  Table<Item>& of(std::size_t at) {
    if (lists_[at].born == 0) lists_[at].born = ++births_;
    return lists_[at].items;
  }

  PyObject* numbers_ = nullptr;  // dict: key -> position in lists_
  struct List {
    Table<Item> items;
    std::uint32_t born = 0;  // creation order, 1-based; 0 if it is not a collection
  };
  std::vector<List> lists_;
  std::uint32_t births_ = 0;
};

}  // namespace scopetrie::python
