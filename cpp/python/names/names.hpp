// The Python Names: the core's, with the scopes that each thread has open in it.
//
// Invariants: `here` is the thread that called last and its scope; of the others only those with open scopes are kept.
// `version` grows with every change, so that iterators see that they are out of date. `parts` holds interned strings
// alive whose address stands for a segment.
// Thread safety: that of locking.hpp.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "scopetrie/error.hpp"
#include "scopetrie/names/name_writer.hpp"
#include "scopetrie/names/names.hpp"
#include "scopetrie/values/followed_names.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

struct PyGraph;

struct NamesState {
  explicit NamesState(Names::Options options) : names(std::move(options)), writer(names) {}
  /// A fork: the same names, no scope open.
  NamesState(const NamesState& other) : names(other.names), writer(names) {}
  NamesState& operator=(const NamesState&) = delete;

  struct Here {
    std::uint64_t thread = 0;
    ScopeId scope = ScopeTrie::kRoot;
  };
  struct Part {
    PyObject* text = nullptr;  // owned
    SegmentId segment = kNone;
  };

  Names names;
  NameWriter writer;
  Here here;
  std::vector<Here> open;
  std::uint64_t version = 0;
  std::vector<Names::Mark> spans;
  PyObject* legal = nullptr;  // owned; callables or null
  PyObject* clean = nullptr;
  PyGraph* store = nullptr;  // borrowed; whose names these are, null for names of nobody's
  std::unique_ptr<FollowedNames> followed;
  std::array<Part, 256> parts;
};

struct PyNames {
  PyObject_HEAD NamesState* state;
  PyObject* weak_references;
};

/// The names, with those of the store that they follow as they are now.
inline NamesState& names_of(PyObject* self) {
  NamesState& state = *reinterpret_cast<PyNames*>(self)->state;
  if (state.followed != nullptr && state.followed->update()) [[unlikely]]
    ++state.version;
  return state;
}

/// Where the calling thread stands: in the scope of the names that it opened last, else in the store's.
ScopeId names_scope(NamesState& state);
/// The scope of the names that it opened last, or the root.
ScopeId own_names_scope(NamesState& state);
void set_names_scope(NamesState& state, ScopeId scope);
/// Sets ValueError: "call(name): why", with the scope that it was asked for in.
[[noreturn]] void refuse(NamesState& state, const char* call, PyObject* name, std::string_view why);
/// What `work` gives; where it throws Error, refuse() says it.
template <class Work>
auto refusing(NamesState& state, const char* call, PyObject* name, Work&& work) {
  try {
    return work();
  } catch (const Error& error) {
    refuse(state, call, name, error.what());
  }
}

/// Makes names those of a store, for as long as that lives: as others are of the store that it was forked from.
void follow_store(PyObject* names, PyGraph* store, PyObject* others);
void leave_store(PyObject* names);

// Methods of Names that give names out and take them back.
PyObject* names_unique(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);
PyObject* names_unique_many(PyObject* self, PyObject* names);
PyObject* names_peek(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);
PyObject* names_reserve(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);
PyObject* names_update(PyObject* self, PyObject* names);
PyObject* names_release(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords);

/// `Names.scope()` and the iterators of Names.
PyObject* make_names_scope(PyObject* names, PyObject* name, bool reopen);
/// Over all names, or over those of some rows.
PyObject* make_names_iterator(PyObject* names, bool all, std::vector<std::uint32_t> rows);

}  // namespace scopetrie::python
