// What Names gives to `with` and to `for`.
#include <memory>

#include "names/names.hpp"
#include "support/bindings.hpp"
#include "support/types.hpp"

namespace scopetrie::python {

namespace {

PyTypeObject* scope_type;
PyTypeObject* iterator_type;

// Scopes -------------------------------------------------------------------------------------------------------------

struct PyNamesScope {
  PyObject_HEAD PyObject* names;                      // owned
  PyObject* name;                                     // owned; a str, or None for the root
  std::vector<std::pair<ScopeId, ScopeId>>* entered;  // the scope before, and that of the block; innermost last
  bool reopen;

  void end() const { delete entered; }
};
using NamesScopeOwning = Owning<PyNamesScope, &PyNamesScope::names, &PyNamesScope::name>;

PyObject* view_enter(PyObject* self, PyObject*) {
  auto* block = reinterpret_cast<PyNamesScope*>(self);
  NamesState& state = names_of(block->names);
  return refusing(state, "Names.scope", block->name, [&]() -> PyObject* {
    ScopeId scope = ScopeTrie::kRoot;
    if (block->name != Py_None) {
      const std::string_view text = checked_text(block->name, "Names.scope");
      SegmentId segment;
      const ScopeId parent = state.names.place(text, names_scope(state), segment);
      scope = block->reopen ? state.names.reopen(parent, segment) : state.names.open(parent, segment);
      ++state.version;
    }
    std::string path;
    state.names.scopes().append_path(scope, path);
    PyObject* given = to_str(path);
    if (given == nullptr) return nullptr;
    block->entered->emplace_back(own_names_scope(state), scope);
    set_names_scope(state, scope);
    return given;
  });
}

PyObject* leave(PyObject* self, PyObject*) {
  auto* block = reinterpret_cast<PyNamesScope*>(self);
  NamesState& state = names_of(block->names);
  if (block->entered->empty() || own_names_scope(state) != block->entered->back().second)
    raise_error(PyExc_RuntimeError,
                "Names.scope(%R): this thread is not in the scope that it leaves; leave scopes in the reverse order, "
                "each in the thread that entered it",
                block->name);
  set_names_scope(state, block->entered->back().first);
  block->entered->pop_back();
  Py_RETURN_FALSE;
}

// Iterators ----------------------------------------------------------------------------------------------------------

struct PyNamesIterator {
  PyObject_HEAD PyObject* names;     // owned; null at the end
  std::vector<std::uint32_t>* rows;  // null: all rows
  NameWriter* writer;
  std::size_t at;
  std::uint64_t version;

  void end() const {
    delete rows;
    delete writer;
  }
};
using NamesIteratorOwning = Owning<PyNamesIterator, &PyNamesIterator::names>;

PyObject* next(PyObject* self) {
  auto* iterator = reinterpret_cast<PyNamesIterator*>(self);
  if (iterator->names == nullptr) return nullptr;
  const NamesState& state = names_of(iterator->names);
  if (state.version != iterator->version)
    raise_error(PyExc_RuntimeError, "Names changed during iteration; iterate over list(names) instead");
  const std::size_t count = iterator->rows != nullptr ? iterator->rows->size() : state.names.row_count();
  while (iterator->at < count) {
    const std::size_t row = iterator->rows != nullptr ? (*iterator->rows)[iterator->at++] : iterator->at++;
    if (state.names.is_live(row)) return to_str(iterator->writer->write(state.names.name(row)));
  }
  return nullptr;
}

}  // namespace

PyObject* make_names_scope(PyObject* names, PyObject* name, bool reopen) {
  auto entered = std::make_unique<std::vector<std::pair<ScopeId, ScopeId>>>();
  PyObject* self = allocated(scope_type);
  auto* block = reinterpret_cast<PyNamesScope*>(self);
  block->names = Py_NewRef(names);
  block->name = Py_NewRef(name);
  block->entered = entered.release();
  block->reopen = reopen;
  return self;
}

PyObject* make_names_iterator(PyObject* names, bool all, std::vector<std::uint32_t> rows) {
  const NamesState& state = names_of(names);
  auto own = all ? nullptr : std::make_unique<std::vector<std::uint32_t>>(std::move(rows));
  auto writer = std::make_unique<NameWriter>(state.names);
  PyObject* self = allocated(iterator_type);
  auto* iterator = reinterpret_cast<PyNamesIterator*>(self);
  iterator->names = Py_NewRef(names);
  iterator->rows = own.release();
  iterator->writer = writer.release();
  iterator->version = state.version;
  return self;
}

void bind_names_views(PyObject* module) {
  scope_type = add_type<PyNamesScope>(
      module, "NamesScope", Py_TPFLAGS_DISALLOW_INSTANTIATION,
      NamesScopeOwning::slots_and(
          {methods({{"__enter__", locked<view_enter>, METH_NOARGS, "Opens the scope; gives its full path."},
                    {"__exit__", reinterpret_cast<PyCFunction>(locked<leave>), METH_VARARGS, "Leaves it."}})},
          false));
  iterator_type = add_type<PyNamesIterator>(
      module, "NamesIterator", Py_TPFLAGS_DISALLOW_INSTANTIATION,
      NamesIteratorOwning::slots_and({slot(Py_tp_iter, PyObject_SelfIter), slot(Py_tp_iternext, locked<next>)}, false));
}

}  // namespace scopetrie::python
