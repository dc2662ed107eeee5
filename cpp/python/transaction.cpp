// Graph.transaction() as Python sees it: a context manager that undoes what its block has made where the block fails.
//
// Invariants: entering, leaving and the end of an object are each one call from the interpreter, so that an interrupt
// falls before or after, never in between. A transaction ends where it was opened, or not at all: one that is dropped
// while open, as a traceback does that kept it, is committed.
// Thread safety: ended by the thread that began it.
#include <new>
#include <optional>

#include "store/store.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

namespace {

struct PyTransaction {
  PyObject_HEAD PyGraph* graph;  // owned
  const Context* context;        // that began it; compared only
  std::optional<Transaction> span;

  void end() {
    const Lock lock;
    if (span.has_value()) span->commit();
    span.~optional();
  }
};
using TransactionOwning = Owning<PyTransaction, &PyTransaction::graph>;

PyTransaction* as_transaction(PyObject* self) { return reinterpret_cast<PyTransaction*>(self); }

// Transaction(graph)
PyObject* transaction_make(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject* graph;
  if (!PyArg_ParseTuple(args, "O", &graph)) return nullptr;
  if (!PyObject_TypeCheck(graph, state().graph_type) && !is_store(graph))
    raise_error(PyExc_TypeError, "a transaction is of a Graph or a Store, not of %R", graph);
  PyObject* self = allocated(type);
  PyTransaction* made = as_transaction(self);
  made->graph = reinterpret_cast<PyGraph*>(Py_NewRef(graph));
  new (&made->span) std::optional<Transaction>;
  return self;
}

PyObject* transaction_enter(PyObject* self, PyObject*) {
  PyTransaction* transaction = as_transaction(self);
  if (transaction->span.has_value())
    raise_error(PyExc_RuntimeError,
                "transaction(): this transaction was entered before. Call transaction() for each block.");
  Context* context = context_of(transaction->graph);
  transaction->span.emplace(state_of(transaction->graph).ledger(), context);
  transaction->context = context;
  return Py_NewRef(self);
}

// The open transaction. Throws where this thread has none to end.
Transaction& to_end(PyObject* self, const char* call) {
  PyTransaction* transaction = as_transaction(self);
  if (!transaction->span.has_value() || !transaction->span->is_open())
    raise_error(PyExc_RuntimeError, "transaction(): %s of a transaction that %s", call,
                transaction->span.has_value() ? "has ended" : "was not entered; use it in a `with` statement");
  if (transaction->context != context_of(transaction->graph))
    raise_error(PyExc_RuntimeError, "transaction(): %s in another thread than the one that entered it", call);
  return *transaction->span;
}

PyObject* commit(PyObject* self, PyObject*) {
  to_end(self, "commit()").commit();
  Py_RETURN_NONE;
}

PyObject* rollback(PyObject* self, PyObject*) { return PyBool_FromLong(to_end(self, "rollback()").rollback()); }

PyObject* transaction_leave(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  PyTransaction* transaction = as_transaction(self);
  if (!transaction->span.has_value() || !transaction->span->is_open())
    Py_RETURN_NONE;  // ended by hand, or an outer one
  Transaction& span = to_end(self, "the end");
  if (count > 1 && args[0] != Py_None)
    span.rollback();
  else
    span.commit();
  Py_RETURN_NONE;
}

PyObject* get_is_open(PyObject* self, void*) {
  const auto& span = as_transaction(self)->span;
  return PyBool_FromLong(span.has_value() && span->is_open());
}

}  // namespace

void bind_transaction(PyObject* module) {
  static const char doc[] =
      "Transaction(graph, /)\n--\n\nWhat `Graph.transaction()` returns: a context manager that undoes what its block "
      "has "
      "made in a graph where the block fails.";
  const PyType_Slot own_methods = methods(
      {{"__enter__", locked<transaction_enter>, METH_NOARGS, "Begins the transaction, and gives it."},
       with_arguments("__exit__", locked<transaction_leave>, "Ends it: undoes where the block has failed."),
       {"commit", locked<commit>, METH_NOARGS,
        "commit($self, /)\n--\n\nKeeps what was made so far, and ends the transaction before its block ends.\n\n"
        "Raises:\n    RuntimeError: If it is not open, or was entered by another thread."},
       {"rollback", locked<rollback>, METH_NOARGS,
        "rollback($self, /)\n--\n\nUndoes what was made so far, and ends the transaction before its block ends.\n\n"
        "Returns:\n    Whether it was undone; False where another thread has built in the graph meanwhile.\n\n"
        "Raises:\n    RuntimeError: If it is not open, or was entered by another thread."}});
  add_type<PyTransaction>(
      module, "Transaction", 0,
      TransactionOwning::slots_and(
          {slot(Py_tp_new, locked<transaction_make>), own_methods,
           properties({property("is_open", locked<get_is_open>, "Whether it was entered and has not ended.")}),
           slot(doc)},
          false));
}

}  // namespace scopetrie::python
