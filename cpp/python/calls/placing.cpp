// The last pass of a compilation (python/scopetrie/execution/compilation.py): from the calls that a run makes to steps
// with their values in slots.
//
// Invariants: those of the steps, which compilation.py states. A value is known by the number of its tensor, or by a
// negative one. Thread safety: that of locking.hpp; finding shapes that are not known calls Python.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "objects/graph_members.hpp"
#include "scopetrie/tables/hashing.hpp"

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
  kArguments
};

/// What is equal only for values of equal dtype and shape.
struct Kind {
  static constexpr std::int64_t kNone = -1, kDynamic = -2;
  std::int64_t number = kNone;  // none: a scalar, which nothing writes into
  PyObject* shape = nullptr;    // where it is dynamic; owned by the placing
};

struct Value {
  explicit Value(std::int64_t number) : number(number) {}

  std::int64_t number;
  std::int32_t slot = -1;
  bool is_used = false;
  bool is_viewed = false;  // a function has seen it that may keep an alias
  bool is_fresh = false;   // nothing else can be an alias of it
  Kind kind;
};

/// Values by number. References are valid until the next one is added.
class ValueTable {
 public:
  explicit ValueTable(std::size_t count) {
    values_.reserve(count);
    std::size_t size = 16;
    while (size < 2 * count) size *= 2;
    index_.assign(size, kFree);
  }

  std::size_t at(std::int64_t number) {
    if (values_.size() * 2 > index_.size()) grow();
    std::uint32_t& place = find(number);
    if (place == kFree) {
      place = static_cast<std::uint32_t>(values_.size());
      values_.emplace_back(number);
    }
    return place;
  }
  Value& operator[](std::size_t at) { return values_[at]; }
  Value& of(std::int64_t number) { return values_[at(number)]; }

 private:
  static constexpr std::uint32_t kFree = 0xFFFFFFFFU;

  std::uint32_t& find(std::int64_t number) {
    const auto word = static_cast<std::uint64_t>(number);
    std::size_t at = hash_words(static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32));
    for (;; ++at) {
      std::uint32_t& place = index_[at & (index_.size() - 1)];
      if (place == kFree || values_[place].number == number) return place;
    }
  }
  SCOPETRIE_COLD void grow() {
    index_.assign(index_.size() * 2, kFree);
    for (std::size_t i = 0; i < values_.size(); ++i) find(values_[i].number) = static_cast<std::uint32_t>(i);
  }

  std::vector<Value> values_;
  std::vector<std::uint32_t> index_;
};

std::int64_t number_of(PyObject* item) {
  const std::int64_t number = PyLong_AsLongLong(item);
  if (number == -1 && PyErr_Occurred() != nullptr) throw_raised();
  return number;
}

template <class Use>
void for_each(PyObject* iterable, Use&& use) {
  const Ref items = checked(PySequence_Fast(iterable, "place_calls() takes collections"));
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.get()); ++i)
    use(number_of(PySequence_Fast_GET_ITEM(items.get(), i)));
}

constexpr long kMakesNew = -1;

class Placing {
 public:
  explicit Placing(PyObject* const* arguments)
      : arguments_(arguments),
        graph_(of(arguments[kGraph])),
        count_(PyList_GET_SIZE(arguments[kCalls])),
        values_(static_cast<std::size_t>(count_) + static_cast<std::size_t>(PyDict_GET_SIZE(arguments[kConstants])) +
                16),
        steps_(checked(new_list(0))),
        constants_(checked(new_list(0))),
        shared_(checked(new_dict())),
        nothing_(checked(new_tuple(0))),
        dying_(static_cast<std::size_t>(count_)) {}
  ~Placing() {
    for (PyObject* shape : shapes_) Py_DECREF(shape);
    for (PyObject* single : singles_) Py_XDECREF(single);
  }
  Placing(const Placing&) = delete;
  Placing& operator=(const Placing&) = delete;

  PyObject* run() {
    const NoCollection here;
    find_last_uses();
    for (Py_ssize_t i = 0; i < count_; ++i) place(i);
    const Ref where = checked(new_dict()), fresh = checked(new_dict());
    for_each(arguments_[kFetched], [&](std::int64_t number) {
      const Value& value = values_.of(number);
      const Ref key = checked(PyLong_FromLongLong(number)), slot = checked(PyLong_FromLong(value.slot));
      if (value.slot >= 0 && PyDict_SetItem(where.get(), key.get(), slot.get()) < 0) throw_raised();
      if (value.is_fresh && PyDict_SetItem(fresh.get(), key.get(), Py_None) < 0) throw_raised();
    });
    return pack(steps_.get(), constants_.get(), where.get(), fresh.get());
  }

 private:
  struct Call {
    PyObject *op, *function, *arguments, *results;
    long arity;
  };

  Call call(Py_ssize_t at) const {
    PyObject* tuple = PyList_GET_ITEM(arguments_[kCalls], at);
    return {PyTuple_GET_ITEM(tuple, 0), PyTuple_GET_ITEM(tuple, 1), PyTuple_GET_ITEM(tuple, 2),
            PyTuple_GET_ITEM(tuple, 3), PyLong_AsLong(PyTuple_GET_ITEM(tuple, 4))};
  }
  static std::int64_t number(PyObject* numbers, Py_ssize_t at) { return number_of(PyTuple_GET_ITEM(numbers, at)); }

  void find_last_uses() {
    std::int32_t slot = 0;
    for_each(arguments_[kFeeds], [&](std::int64_t each) {
      Value& value = values_.of(each);
      value.is_used = true;
      value.slot = slot++;
    });
    for_each(arguments_[kKept], [&](std::int64_t each) { values_.of(each).is_used = true; });
    for_each(arguments_[kConstants], [&](std::int64_t each) { values_.of(each).is_used = true; });
    for (Py_ssize_t i = count_; i-- > 0;) {
      const Call each = call(i);
      const Py_ssize_t size = PyTuple_GET_SIZE(each.arguments);
      for (Py_ssize_t at = 0; at < size; ++at) {
        Value& value = values_.of(number(each.arguments, at));
        if (!value.is_used) {
          value.is_used = true;
          dying_[static_cast<std::size_t>(i)].push_back(value.number);
        }
        // A function that makes a new array keeps no alias of what it is given.
        if (each.arity != size && each.arity != kMakesNew) value.is_viewed = true;
      }
    }
  }

  void place(Py_ssize_t at) {
    const Call each = call(at);
    const std::vector<std::int64_t>& dies = dying_[static_cast<std::size_t>(at)];
    const Py_ssize_t results = PyTuple_GET_SIZE(each.results);
    if (each.arity == 0 && reinterpret_cast<PyObject*>(Py_TYPE(each.function)) == arguments_[kCellType] &&
        !values_.of(number(each.results, 0)).is_used && contains(arguments_[kIdle], PyTuple_GET_ITEM(each.results, 0)))
      return;
    const Py_ssize_t size = PyTuple_GET_SIZE(each.arguments);
    Ref places = checked(new_tuple(size));
    for (Py_ssize_t i = 0; i < size; ++i)
      PyTuple_SET_ITEM(places.get(), i, slot_number(slot_of(PyTuple_GET_ITEM(each.arguments, i))));
    dead_.clear();
    for (const std::int64_t dying : dies) {
      dead_.push_back(values_.of(dying).slot);
      values_.of(dying).slot = -1;
    }
    const std::int32_t into = output_of(each, size, results, dies);
    free_.insert(free_.end(), dead_.begin(), dead_.end());
    Ref made;
    if (results == 1) {
      const std::int32_t slot = new_slot(into);
      values_.of(number(each.results, 0)).slot = slot;
      made = Ref(single(slot));
    } else {
      made = checked(new_tuple(results));
      for (Py_ssize_t i = 0; i < results; ++i) {
        const std::int32_t slot = new_slot(into);
        values_.of(number(each.results, i)).slot = slot;
        PyTuple_SET_ITEM(made.get(), i, slot_number(slot));
      }
    }
    for (Py_ssize_t i = 0; i < results; ++i) {
      Value& value = values_.of(number(each.results, i));
      if (value.is_used || value.slot < 0) continue;
      dead_.push_back(value.slot);
      free_.push_back(value.slot);
      value.slot = -1;
    }
    add_step(each, size == 1 ? Ref(single_of(places.get())) : shared(std::move(places)), into, std::move(made));
  }

  // The slot that the function may write its result into, or -1; it is not dead then.
  std::int32_t output_of(const Call& each, Py_ssize_t size, Py_ssize_t results, const std::vector<std::int64_t>& dies) {
    if (each.arity == kMakesNew) {
      if (results == 1 && number(each.results, 0) >= 0) make_fresh(each);
      return -1;
    }
    if (each.arity == 0 || each.arity != size) return -1;
    const Kind kind = make_fresh(each);
    if (kind.number == Kind::kNone) return -1;
    for (std::size_t i = 0; i < dies.size(); ++i) {
      const Value& value = values_.of(dies[i]);
      if (!value.is_fresh || value.is_viewed || !is_same(kind, value.kind)) continue;
      const std::int32_t slot = dead_[i];
      dead_.erase(dead_.begin() + static_cast<std::ptrdiff_t>(i));
      return slot;
    }
    return -1;
  }

  Kind make_fresh(const Call& each) {
    const std::int64_t result = number(each.results, 0);
    const Kind kind = result < 0 ? Kind() : kind_of(each, result);
    Value& value = values_.of(result);
    value.is_fresh = true;
    return value.kind = kind;
  }

  Kind kind_of(const Call& each, std::int64_t result) {
    const TensorRow tensor = graph_.ops.tensor(static_cast<TensorId>(result));
    if (tensor.shape == ShapeTable::kUnknown) return {};
    const auto dims = graph_.ops.shapes().dims(tensor.shape);
    if (dims.empty()) return {};
    if (std::ranges::all_of(dims, [](std::int64_t size) { return size >= 0; }))
      return {static_cast<std::int64_t>(std::uint64_t{tensor.shape} << 8 | tensor.dtype.number), nullptr};
    Ref shape = checked(PyObject_CallFunctionObjArgs(arguments_[kLike], PyTuple_GET_ITEM(each.results, 0),
                                                     each.arity < 0 ? nothing_.get() : each.arguments, nullptr));
    shapes_.push_back(shape.get());
    return {Kind::kDynamic, shape.release()};
  }

  static bool is_same(const Kind& a, const Kind& b) {
    if (a.number != b.number) return false;
    if (a.number != Kind::kDynamic) return true;
    const int is_equal = PyObject_RichCompareBool(a.shape, b.shape, Py_EQ);
    if (is_equal < 0) throw_raised();
    return is_equal != 0;
  }

  static bool contains(PyObject* set, PyObject* item) {
    const int found = PySet_Contains(set, item);
    if (found < 0) throw_raised();
    return found != 0;
  }

  // The slot of an argument; a constant gets one at its first use.
  std::int32_t slot_of(PyObject* argument) {
    Value& value = values_.of(number_of(argument));
    if (value.slot >= 0) return value.slot;
    PyObject* constant = PyDict_GetItemWithError(arguments_[kConstants], argument);
    if (constant == nullptr) {
      if (PyErr_Occurred() == nullptr) PyErr_SetObject(PyExc_KeyError, argument);
      throw_raised();
    }
    value.slot = add_slot(constant);
    const Ref slot(slot_number(value.slot));
    if (PyList_Append(constants_.get(), slot.get()) < 0) throw_raised();
    return value.slot;
  }
  std::int32_t add_slot(PyObject* content) {
    if (PyList_Append(arguments_[kSlots], content) < 0) throw_raised();
    return static_cast<std::int32_t>(PyList_GET_SIZE(arguments_[kSlots]) - 1);
  }
  std::int32_t new_slot(std::int32_t into) {
    if (into >= 0) return into;
    if (free_.empty()) return add_slot(Py_None);
    const std::int32_t slot = free_.back();
    free_.pop_back();
    std::erase(dead_, slot);
    return slot;
  }

  // A long plan has few different tuples of slots: equal ones are the same.
  Ref shared(Ref tuple) {
    PyObject* known = PyDict_SetDefault(shared_.get(), tuple.get(), tuple.get());
    if (known == nullptr) throw_raised();
    return Ref::borrowed(known);
  }
  PyObject* single_of(PyObject* tuple) {
    return single(static_cast<std::int32_t>(PyLong_AsLong(PyTuple_GET_ITEM(tuple, 0))));
  }
  PyObject* single(std::int32_t slot) {
    const auto at = static_cast<std::size_t>(slot);
    if (at >= singles_.size()) singles_.resize(at + 1);
    if (singles_[at] == nullptr) {
      Ref tuple = checked(new_tuple(1));
      PyTuple_SET_ITEM(tuple.get(), 0, slot_number(slot));
      singles_[at] = tuple.release();
    }
    return Py_NewRef(singles_[at]);
  }
  static PyObject* slot_number(std::int32_t slot) { return checked(PyLong_FromLong(slot)).release(); }

  void add_step(const Call& each, Ref places, std::int32_t into, Ref made) {
    Ref dead = Ref::borrowed(nothing_.get());
    if (dead_.size() == 1) {
      dead = Ref(single(dead_[0]));
    } else if (!dead_.empty()) {
      dead = checked(new_tuple(static_cast<Py_ssize_t>(dead_.size())));
      for (std::size_t i = 0; i < dead_.size(); ++i)
        PyTuple_SET_ITEM(dead.get(), static_cast<Py_ssize_t>(i), slot_number(dead_[i]));
    }
    const Ref output(into >= 0 ? slot_number(into) : Py_NewRef(Py_None));
    PyObject* const fields[] = {each.op, each.function, places.get(), output.get(), made.get(), dead.get()};
    constexpr Py_ssize_t kFields = 6;
    auto* type = reinterpret_cast<PyTypeObject*>(arguments_[kStepType]);
    const Ref step = checked(type->tp_alloc(type, kFields));
    for (Py_ssize_t i = 0; i < kFields; ++i) PyTuple_SET_ITEM(step.get(), i, Py_NewRef(fields[i]));
    if (PyList_Append(steps_.get(), step.get()) < 0) throw_raised();
  }

  PyObject* const* arguments_;
  const GraphState& graph_;
  Py_ssize_t count_;
  ValueTable values_;
  Ref steps_, constants_, shared_, nothing_;
  std::vector<std::vector<std::int64_t>> dying_;  // by call: the arguments that nothing uses afterwards
  std::vector<std::int32_t> free_, dead_;
  std::vector<PyObject*> shapes_, singles_;  // owned
};

PyObject* place_calls(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != kArguments || !PyObject_TypeCheck(args[kGraph], state().graph_type) || !PyList_Check(args[kCalls]) ||
      !PyDict_Check(args[kConstants]) || !PyAnySet_Check(args[kIdle]) || !PyList_Check(args[kSlots]) ||
      !PyType_Check(args[kStepType])) {
    PyErr_SetString(PyExc_TypeError, "place_calls() takes what a compilation has");
    return nullptr;
  }
  return Placing(args).run();
}

}  // namespace

bool bind_placing(PyObject* module) {
  static PyMethodDef functions[] = {
      {"place_calls", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(locked<place_calls>)), METH_FASTCALL,
       "The steps of a plan, the slots of its constants, those of what is fetched, and what of that has no alias."},
      {nullptr, nullptr, 0, nullptr}};
  return PyModule_AddFunctions(module, functions) == 0;
}

}  // namespace scopetrie::python
