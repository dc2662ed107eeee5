#include "store/own_handles.hpp"

#include <cstdint>
#include <new>
#include <utility>
#include <vector>

#include "graph/handles.hpp"
#include "scopetrie/tables/id_table.hpp"
#include "store/store.hpp"

namespace scopetrie::python {

namespace {

// Invariants: the met references of an object are those of the graph and of the objects that were looked into. An
// object that has others is reached from outside, and so is what it holds.
class Search {
 public:
  explicit Search(PyObject* graph) : graph_(graph) {}

  /// Throws std::bad_alloc.
  std::vector<PyObject*> run() {
    visit_contents(graph_, meet_held);
    for (std::uint32_t next = 0, looked = 0;;) {
      if (!owned_.empty()) {
        const std::uint32_t each = owned_.back();
        owned_.pop_back();
        looked += static_cast<std::uint32_t>(next != 0);
        look_into(each);
      } else if (next < nodes_.size() && looked < kMostUnowned) {
        ++looked;
        look_into(next++);
      } else {
        break;
      }
    }
    if (!has_handles_) return {};
    for (std::uint32_t at = 0; at < nodes_.size(); ++at)
      if (nodes_[at].met != Py_REFCNT(nodes_[at].object)) reach(at);
    while (!reached_.empty()) {
      const Node& each = nodes_[reached_.back()];
      reached_.pop_back();
      if (each.is_looked_into) visit_contents(each.object, reach_held);
    }
    std::vector<PyObject*> graphs;
    for (const Node& each : nodes_)
      if (!each.is_reached && is_handle(each.object))
        graphs.push_back(reinterpret_cast<PyObject*>(handle(each.object)->graph));
    return graphs;
  }

  static int meet_held(PyObject* object, void* self) noexcept {
    return guarded([&] { static_cast<Search*>(self)->meet(object); });
  }

 private:
  // How much is looked into once there is only what somebody else may hold. An object that holds itself is like that.
  static constexpr std::uint32_t kMostUnowned = 1 << 14;

  struct Node {
    PyObject* object;
    Py_ssize_t met = 0;
    bool is_looked_into = false;
    bool is_reached = false;  // from outside
  };

  // An exception may not pass through the frames of a type's own visit.
  template <class Call>
  static int guarded(Call&& call) noexcept {
    try {
      call();
      return 0;
    } catch (const std::bad_alloc&) {
      return -1;
    }
  }

  // Another graph's visit is one like this; types and modules live on.
  static bool may_hold(PyObject* object) {
    if (PyObject_TypeCheck(object, state().graph_type) || is_store(object)) return false;
    if (PyType_Check(object) || PyModule_Check(object)) return false;
    return !PyDict_CheckExact(object) || Py_REFCNT(object) == 1 || !is_of_module(object);
  }

  // Whether a dict has the names of an imported module: all of a program hangs on these. Its first one is its own.
  static bool is_of_module(PyObject* names) {
    Py_ssize_t position = 0;
    PyObject *key, *name;
    if (PyDict_Next(names, &position, &key, &name) == 0 || !PyUnicode_CheckExact(key) || !PyUnicode_CheckExact(name) ||
        PyUnicode_CompareWithASCIIString(key, "__name__") != 0)
      return false;
    PyObject* modules = PySys_GetObject("modules");  // null at the interpreter's end
    PyObject* module = modules != nullptr && PyDict_Check(modules) ? PyDict_GetItemWithError(modules, name) : nullptr;
    return module != nullptr && PyModule_Check(module) && PyModule_GetDict(module) == names;
  }

  std::uint32_t find(PyObject* object, std::uint32_t hash) const {
    return index_.find(hash, [&](std::uint32_t at) { return nodes_[at].object == object; });
  }

  static std::uint32_t hash_of(PyObject* object) {
    return static_cast<std::uint32_t>((reinterpret_cast<std::uintptr_t>(object) >> 4) * 0x9E3779B97F4A7C15u >> 32);
  }

  void meet(PyObject* object) {
    if (object == nullptr || object == graph_ || !(is_handle(object) || PyObject_IS_GC(object))) return;
    const std::uint32_t hash = hash_of(object);
    std::uint32_t at = find(object, hash);
    if (at == kNone) {
      if (!is_handle(object) && !may_hold(object)) return;
      at = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({object});
      index_.insert(hash, at);
      has_handles_ |= is_handle(object);
    }
    if (++nodes_[at].met == Py_REFCNT(object) && !nodes_[at].is_looked_into) owned_.push_back(at);
  }

  void look_into(std::uint32_t at) {
    if (is_handle(nodes_[at].object) || std::exchange(nodes_[at].is_looked_into, true)) return;
    visit_contents(nodes_[at].object, meet_held);
  }

  void visit_contents(PyObject* object, visitproc visit) {
    const traverseproc traverse = Py_TYPE(object)->tp_traverse;
    if (traverse != nullptr && traverse(object, visit, this) != 0) throw std::bad_alloc();
  }

  void reach(std::uint32_t at) {
    if (!std::exchange(nodes_[at].is_reached, true)) reached_.push_back(at);
  }

  static int reach_held(PyObject* object, void* self) noexcept {
    auto* search = static_cast<Search*>(self);
    const std::uint32_t at = search->find(object, hash_of(object));
    return at == kNone ? 0 : guarded([&] { search->reach(at); });
  }

  PyObject* graph_;
  bool has_handles_ = false;
  std::vector<Node> nodes_;  // in the order in which they were met
  IdTable index_;
  std::vector<std::uint32_t> owned_;  // those all of whose references have been met, to be looked into
  std::vector<std::uint32_t> reached_;
};

}  // namespace

bool is_visit_for_own_handles(visitproc visit) { return visit == Search::meet_held; }

std::vector<PyObject*> graphs_of_own_handles(PyObject* graph) noexcept {
#ifdef Py_GIL_DISABLED
  return {};  // counts of references are not exact there
#else
  try {
    return Search(graph).run();
  } catch (const std::bad_alloc&) {
    return {};  // what is not seen as garbage now will be later
  }
#endif
}

}  // namespace scopetrie::python
