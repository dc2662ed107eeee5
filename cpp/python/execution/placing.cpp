// The last pass of a compilation (python/scopetrie/execution/plans/compilation.py): from the calls that a run makes to
// steps with their values in slots. The core's SlotPlan decides; here its numbers become the steps' tuples.
//
// Invariants: those of the steps, which compilation.py states. Thread safety: that of locking.hpp; finding shapes that
// are not known calls Python.
#include <cstdint>
#include <vector>

#include "graph/graph_members.hpp"
#include "scopetrie/graph/slot_plan.hpp"
#include "support/bindings.hpp"

namespace scopetrie::python {

namespace {

enum Argument {
  kGraph,
  kCalls,      // tuples: operation, function, arguments, results, arity
  kFeeds,      // in the order of their slots
  kKept,       // values that are wanted at the end
  kConstants,  // by value
  kIdle,       // reads that are left out where nobody uses their results
  kFetched,
  kSlots,  // which begin with the feeds'; gets the others
  kCellType,
  kStepType,
  kLike,  // gives what is equal only for equal dtypes and shapes: (result, arguments)
  kPlacingArguments
};

std::int64_t integer_of(PyObject* item) {
  const std::int64_t number = PyLong_AsLongLong(item);
  if (number == -1 && PyErr_Occurred() != nullptr) throw_raised();
  return number;
}

template <class Use>
void for_each(PyObject* iterable, Use&& use) {
  const Ref items = checked(PySequence_Fast(iterable, "place_calls() takes collections"));
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.get()); ++i)
    use(integer_of(PySequence_Fast_GET_ITEM(items.get(), i)));
}

class Placing final : SlotKinds {
 public:
  explicit Placing(PyObject* const* arguments)
      : arguments_(arguments),
        count_(static_cast<std::size_t>(PyList_GET_SIZE(arguments[kCalls]))),
        plan_(of(arguments[kGraph]).ops, static_cast<std::int32_t>(PyList_GET_SIZE(arguments[kSlots])),
              count_ + static_cast<std::size_t>(PyDict_GET_SIZE(arguments[kConstants])) + 16),
        steps_(checked(new_list(0))),
        shared_(checked(new_dict())),
        nothing_(checked(new_tuple(0))) {}

  PyObject* run() {
    const NoCollection here;
    read();
    for (std::size_t i = 0; i < count_; ++i)
      if (const SlotPlan::Step* step = plan_.place(i, *this); step != nullptr) add_step(call(i), *step);
    const Ref constants = fill_slots(), where = checked(new_dict()), fresh = checked(new_dict());
    for_each(arguments_[kFetched], [&](std::int64_t number) {
      const std::int32_t at = plan_.slot_of(number);
      const Ref key = checked(PyLong_FromLongLong(number)), slot = checked(PyLong_FromLong(at));
      if (at != SlotPlan::kNoSlot && PyDict_SetItem(where.get(), key.get(), slot.get()) < 0) throw_raised();
      if (plan_.is_fresh(number) && PyDict_SetItem(fresh.get(), key.get(), Py_None) < 0) throw_raised();
    });
    return pack(steps_.get(), constants.get(), where.get(), fresh.get());
  }

 private:
  struct Call {
    PyObject *op, *function, *arguments, *results;
    long arity;  // of a function that keeps no alias; -1: it gives what is new; else 0
  };

  Call call(std::size_t at) const {
    PyObject* tuple = PyList_GET_ITEM(arguments_[kCalls], static_cast<Py_ssize_t>(at));
    return {PyTuple_GET_ITEM(tuple, 0), PyTuple_GET_ITEM(tuple, 1), PyTuple_GET_ITEM(tuple, 2),
            PyTuple_GET_ITEM(tuple, 3), PyLong_AsLong(PyTuple_GET_ITEM(tuple, 4))};
  }

  void read() {
    std::int32_t slot = 0;
    for_each(arguments_[kFeeds], [&](std::int64_t each) { plan_.feed(each, slot++); });
    for_each(arguments_[kKept], [&](std::int64_t each) { plan_.keep(each); });
    for_each(arguments_[kConstants], [&](std::int64_t each) { plan_.add_constant(each); });
    std::vector<std::int64_t> taken, given;
    for (std::size_t i = 0; i < count_; ++i) {
      const Call each = call(i);
      taken.clear();
      given.clear();
      for_each(each.arguments, [&](std::int64_t number) { taken.push_back(number); });
      for_each(each.results, [&](std::int64_t number) { given.push_back(number); });
      const bool is_into = each.arity != 0 && each.arity == static_cast<long>(taken.size());
      const bool is_idle = each.arity == 0 &&
                           reinterpret_cast<PyObject*>(Py_TYPE(each.function)) == arguments_[kCellType] &&
                           contains(arguments_[kIdle], PyTuple_GET_ITEM(each.results, 0));
      plan_.add(taken, given,
                is_into            ? SlotPlan::Makes::kNewOrInto
                : each.arity == -1 ? SlotPlan::Makes::kNew
                                   : SlotPlan::Makes::kAnything,
                is_idle);
    }
    plan_.find_last_uses();
  }

  std::int64_t kind_of(std::size_t at) override {
    const Call each = call(at);
    shapes_.push_back(
        called(arguments_[kLike], PyTuple_GET_ITEM(each.results, 0), each.arity < 0 ? nothing_.get() : each.arguments));
    return static_cast<std::int64_t>(shapes_.size() - 1);
  }
  bool are_same(std::int64_t a, std::int64_t b) override {
    const auto shape = [&](std::int64_t kind) { return shapes_[static_cast<std::size_t>(kind)].get(); };
    const int is_equal = PyObject_RichCompareBool(shape(a), shape(b), Py_EQ);
    if (is_equal < 0) throw_raised();
    return is_equal != 0;
  }

  static bool contains(PyObject* set, PyObject* item) {
    const int found = PySet_Contains(set, item);
    if (found < 0) throw_raised();
    return found != 0;
  }

  // Gives the slots of the constants, as numbers, what they hold, and the others None.
  Ref fill_slots() {
    PyObject* slots = arguments_[kSlots];
    while (PyList_GET_SIZE(slots) < plan_.slots())
      if (PyList_Append(slots, Py_None) < 0) throw_raised();
    const auto constants = plan_.constants();
    return checked(list_of(constants.size(), [&](std::uint32_t i) {
      const Ref key = checked(PyLong_FromLongLong(constants[i].number));
      PyObject* constant = PyDict_GetItemWithError(arguments_[kConstants], key.get());
      if (constant == nullptr) throw_raised();
      PyList_SetItem(slots, constants[i].slot, Py_NewRef(constant));
      return PyLong_FromLong(constants[i].slot);
    }));
  }

  // A long plan has few different tuples of slots: equal ones are the same.
  Ref tuple_of_slots(const std::vector<std::int32_t>& slots) {
    if (slots.empty()) return Ref::borrowed(nothing_.get());
    const auto only = static_cast<std::size_t>(slots[0]);
    if (slots.size() == 1 && only >= singles_.size()) singles_.resize(only + 1);
    if (slots.size() == 1 && singles_[only]) return Ref::borrowed(singles_[only].get());
    Ref made = checked(tuple_of(slots.size(), [&](std::uint32_t i) { return PyLong_FromLong(slots[i]); }));
    if (slots.size() == 1) {
      singles_[only] = Ref::borrowed(made.get());
      return made;
    }
    PyObject* known = PyDict_SetDefault(shared_.get(), made.get(), made.get());
    if (known == nullptr) throw_raised();
    return Ref::borrowed(known);
  }

  void add_step(const Call& each, const SlotPlan::Step& step) {
    const Ref taken = tuple_of_slots(step.arguments), given = tuple_of_slots(step.results),
              dead = tuple_of_slots(step.dead);
    const Ref into = step.into != SlotPlan::kNoSlot ? checked(PyLong_FromLong(step.into)) : Ref::borrowed(Py_None);
    PyObject* const fields[] = {each.op, each.function, taken.get(), into.get(), given.get(), dead.get()};
    constexpr Py_ssize_t kFields = 6;
    auto* type = reinterpret_cast<PyTypeObject*>(arguments_[kStepType]);
    const Ref made = checked(type->tp_alloc(type, kFields));
    for (Py_ssize_t i = 0; i < kFields; ++i) PyTuple_SET_ITEM(made.get(), i, Py_NewRef(fields[i]));
    if (PyList_Append(steps_.get(), made.get()) < 0) throw_raised();
  }

  PyObject* const* arguments_;
  std::size_t count_;
  SlotPlan plan_;
  Ref steps_, shared_, nothing_;
  std::vector<Ref> shapes_, singles_;
};

PyObject* place_calls(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != kPlacingArguments || !PyObject_TypeCheck(args[kGraph], state().graph_type) ||
      !PyList_Check(args[kCalls]) || !PyDict_Check(args[kConstants]) || !PyAnySet_Check(args[kIdle]) ||
      !PyList_Check(args[kSlots]) || !PyType_Check(args[kStepType]))
    raise_error(PyExc_TypeError, "place_calls() takes what a compilation has");
  return Placing(args).run();
}

}  // namespace

void bind_placing(PyObject* module) {
  add_functions(
      module,
      {with_arguments("place_calls", locked<place_calls>,
                      "The steps of a plan, the slots of its constants, those of what is fetched, and what of that has "
                      "no alias.")});
}

}  // namespace scopetrie::python
