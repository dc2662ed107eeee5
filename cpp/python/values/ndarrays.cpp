#include "values/ndarrays.hpp"

#include <pybind11/numpy.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

#include "scopetrie/error.hpp"
#include "support/bindings.hpp"
#include "support/state.hpp"
#include "support/types.hpp"

namespace scopetrie::python {

namespace {

using pybind11::detail::npy_api;

constexpr int kHalf = 23;  // NPY_HALF
constexpr int kWriteable = 0x0400, kAligned = 0x0100, kOrdered = 0x0001;

struct Known {
  int type_number;
  DType dtype;
};
constexpr DType of_size(char kind, std::size_t bytes) {
  if (kind == 'i') return bytes == 8 ? kInt64 : bytes == 4 ? kInt32 : bytes == 2 ? kInt16 : kInt8;
  return bytes == 8 ? kUInt64 : bytes == 4 ? kUInt32 : bytes == 2 ? kUInt16 : kUInt8;
}
// The first one of a dtype is what array_dtype() gives.
constexpr Known kKnown[] = {{npy_api::NPY_BOOL_, kBool},
                            {npy_api::NPY_BYTE_, kInt8},
                            {npy_api::NPY_UBYTE_, kUInt8},
                            {npy_api::NPY_SHORT_, kInt16},
                            {npy_api::NPY_USHORT_, kUInt16},
                            {npy_api::NPY_INT_, kInt32},
                            {npy_api::NPY_UINT_, kUInt32},
                            {npy_api::NPY_LONG_, of_size('i', sizeof(long))},
                            {npy_api::NPY_ULONG_, of_size('u', sizeof(long))},
                            {npy_api::NPY_LONGLONG_, kInt64},
                            {npy_api::NPY_ULONGLONG_, kUInt64},
                            {kHalf, kFloat16},
                            {npy_api::NPY_FLOAT_, kFloat32},
                            {npy_api::NPY_DOUBLE_, kFloat64},
                            {npy_api::NPY_LONGDOUBLE_, kLongDouble},
                            {npy_api::NPY_CFLOAT_, kComplex64},
                            {npy_api::NPY_CDOUBLE_, kComplex128},
                            {npy_api::NPY_CLONGDOUBLE_, kComplexLongDouble}};

// Those of which constants keep the elements as they are.
constexpr DType kOfConstants[] = {kBool, kInt8, kUInt8, kInt16, kInt32, kInt64, kFloat32, kFloat64};

PyObject* const kCopy =
    PyUnicode_InternFromString("copy");  // while the module is loaded: it may wait for another thread

/// The dtype objects, scalar types and interned names that were seen. They are kept for ever, as NumPy keeps its own.
struct Types {
  std::array<PyObject*, DType::kCount> dtypes{};
  std::unordered_map<PyObject*, DType> numbers;
};
Types& types() {
  static auto* const only = new Types;
  return *only;
}

PyTypeObject* view_type;

struct PyMemoryView {
  PyObject_HEAD Memory* memory;
};

void dealloc_view(PyObject* self) {
  reinterpret_cast<PyMemoryView*>(self)->memory->end_view();
  free_object(self);
}

void keep(PyObject* object, DType dtype) {
  if (types().numbers.emplace(object, dtype).second) Py_INCREF(object);
}
void keep_dtype(PyObject* descriptor, DType dtype) {
  if (types().dtypes[dtype] == nullptr) types().dtypes[dtype] = Py_NewRef(descriptor);
  keep(descriptor, dtype);
}

[[noreturn]] void refuse_dtype(PyObject* descriptor) {
  raise_error(PyExc_TypeError,
              "a Store holds numbers and bools in the machine's byte order, not dtype %R: their elements have a fixed "
              "size and a first value; keep other things beside it",
              descriptor);
}

// The number of a NumPy dtype object. Throws PythonRaised.
DType dtype_of_descriptor(PyObject* descriptor) {
  const auto found = types().numbers.find(descriptor);
  if (found != types().numbers.end()) return found->second;
  const auto dtype = pybind11::reinterpret_borrow<pybind11::dtype>(descriptor);
  const int number = dtype.num();
  const char order = dtype.byteorder();
  if (order == '>' || order == '<' || dtype.has_fields()) refuse_dtype(descriptor);
  for (const Known& known : kKnown)
    if (known.type_number == number) return known.dtype;
  // Those of ml_dtypes have numbers of their own in each process.
  const Ref name = checked(PyObject_GetAttrString(descriptor, "name"));
  const std::string_view text = PyUnicode_Check(name.get()) ? text_of(name.get()) : std::string_view("");
  const DType made = text.data() == nullptr ? DType() : DType::named(text);
  const char kind = made.kind();
  const bool is_number = kind != 0 && kind != 'S' && kind != 'V' && kind != 'q' && !made.is_reference();
  if (!is_number || static_cast<std::size_t>(dtype.itemsize()) != made.size()) refuse_dtype(descriptor);
  keep_dtype(descriptor, made);
  return made;
}

void release_array(void* array) noexcept { Py_DECREF(static_cast<PyObject*>(array)); }

// copy_array(array, value)
PyObject* copy_into(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 2 || !is_plain_array(args[0]) || !is_plain_array(args[1])) Py_RETURN_FALSE;
  const auto* to = pybind11::detail::array_proxy(args[0]);
  const auto* from = pybind11::detail::array_proxy(args[1]);
  constexpr int kCopied = kOrdered | kAligned;
  const bool is_same = to->descr == from->descr && to->nd == from->nd &&
                       std::equal(to->dimensions, to->dimensions + to->nd, from->dimensions) &&
                       (to->flags & (kCopied | kWriteable)) == (kCopied | kWriteable) &&
                       (from->flags & kCopied) == kCopied;
  const auto descriptor = pybind11::reinterpret_borrow<pybind11::dtype>(to->descr);
  if (!is_same || descriptor.kind() == 'O' || descriptor.has_fields()) Py_RETURN_FALSE;
  auto bytes = static_cast<std::size_t>(descriptor.itemsize());
  for (int axis = 0; axis < to->nd; ++axis) bytes *= static_cast<std::size_t>(to->dimensions[axis]);
  if (bytes != 0) std::memmove(to->data, from->data, bytes);
  Py_RETURN_TRUE;
}

// Whether the elements are all that there is to an array's memory, in C order.
bool is_copied_by_bytes(const pybind11::detail::PyArray_Proxy& array) {
  constexpr int kCopied = kOrdered | kAligned;
  if ((array.flags & kCopied) != kCopied) return false;
  switch (pybind11::reinterpret_borrow<pybind11::dtype>(array.descr).kind()) {
    case 'b':
    case 'i':
    case 'u':
    case 'f':
    case 'c':
      return true;
    default:
      return false;
  }
}

// As array.copy(), which looks for a conversion, for an order and for overlaps each time. Null with an exception set.
PyObject* new_copy(PyObject* array) {
  if (!is_plain_array(array)) return copy_array(array);
  const auto* from = pybind11::detail::array_proxy(array);
  if (!is_copied_by_bytes(*from)) return copy_array(array);
  const npy_api& numpy = npy_api::get();
  PyObject* made = numpy.PyArray_NewFromDescr_(numpy.PyArray_Type_, Py_NewRef(from->descr), from->nd,
                                               const_cast<Py_ssize_t*>(from->dimensions), nullptr, nullptr, 0, nullptr);
  if (made == nullptr) return nullptr;
  auto bytes = static_cast<std::size_t>(pybind11::reinterpret_borrow<pybind11::dtype>(from->descr).itemsize());
  for (int axis = 0; axis < from->nd; ++axis) bytes *= static_cast<std::size_t>(from->dimensions[axis]);
  if (bytes != 0) std::memcpy(pybind11::detail::array_proxy(made)->data, from->data, bytes);
  return made;
}

PyObject* copy_of(PyObject*, PyObject* array) { return new_copy(array); }

PyObject* copies_of(PyObject*, PyObject* arrays) {
  const Ref items = checked(PySequence_Tuple(arrays));
  const Py_ssize_t count = PyTuple_GET_SIZE(items.get());
  Ref made = checked(new_list(count));
  for (Py_ssize_t at = 0; at < count; ++at) {
    PyObject* const copy = new_copy(PyTuple_GET_ITEM(items.get(), at));
    if (copy == nullptr) return nullptr;
    PyList_SET_ITEM(made.get(), at, copy);
  }
  return made.release();
}

PyObject* address_of(PyObject*, PyObject* array) {
  if (!is_plain_array(array)) raise_error(PyExc_TypeError, "address_of() takes an array, not %R", Py_TYPE(array));
  return PyLong_FromVoidPtr(pybind11::detail::array_proxy(array)->data);
}

bool is_reachable(void* array) noexcept {
  return Py_REFCNT(static_cast<PyObject*>(array)) != 1 || pybind11::detail::array_proxy(array)->base != nullptr;
}

}  // namespace

DType find_array_dtype(PyObject* dtype) {
  DType number;
  if (const auto found = types().numbers.find(dtype); found != types().numbers.end()) {
    number = found->second;
  } else {
    number = DType(known_dtype_number(dtype)).base();
    if (types().dtypes[number] == nullptr) return {};
    keep(dtype, number);
  }
  found_dtypes[(reinterpret_cast<std::uintptr_t>(dtype) >> 4) % found_dtypes.size()] = {dtype, number};
  return number;
}

DType read_array_dtype(PyObject* dtype) {
  const auto found = types().numbers.find(dtype);
  if (found != types().numbers.end()) [[likely]]
    return found->second;
  if (const DType known = known_dtype_number(dtype); known != 0) {
    array_dtype(known.base());  // refuses what is none of NumPy's
    return known.base();
  }
  PyObject* made = nullptr;
  if (npy_api::get().PyArray_DescrConverter_(dtype, &made) == 0) throw_raised();
  const Ref descriptor(made);
  if (dtype == Py_None) throw_raised();
  const DType number = dtype_of_descriptor(descriptor.get());
  if (PyUnicode_CheckExact(dtype) && PyUnicode_CHECK_INTERNED(dtype)) keep(dtype, number);  // "float32" in a program
  return number;
}

PyObject* array_dtype(DType dtype) {
  PyObject*& known = types().dtypes[dtype];
  if (known != nullptr) [[likely]]
    return known;
  const std::string name = dtype.name();
  const Ref text = checked(to_str(name));
  const char kind = dtype.kind();
  if (kind == 'S' || kind == 'V' || kind == 'q' || kind == 0)
    raise_error(PyExc_TypeError,
                "a Store holds numbers and bools, not %U: their elements have a fixed size and a first value",
                text.get());
  const Ref module(PyImport_ImportModule("ml_dtypes"));
  if (!module) {
    PyErr_Clear();
    raise_error(PyExc_TypeError, "NumPy has no dtype %U of its own; install ml_dtypes", text.get());
  }
  const Ref scalar = checked(PyObject_GetAttr(module.get(), text.get()));
  PyObject* made = nullptr;
  if (npy_api::get().PyArray_DescrConverter_(scalar.get(), &made) == 0) throw_raised();
  const Ref descriptor(made);
  keep_dtype(descriptor.get(), dtype);
  return types().dtypes[dtype];
}

PyObject* array_over(Memory& memory, DType dtype, std::span<const std::int64_t> dims, bool is_writeable) {
  constexpr std::size_t kMostAxes = 64;
  Py_ssize_t sizes[kMostAxes];
  std::copy(dims.begin(), dims.end(), sizes);
  PyObject* descriptor = array_dtype(dtype);
  auto* base = PyObject_New(PyMemoryView, view_type);
  if (base == nullptr) return nullptr;
  base->memory = &memory;
  memory.view();
  const Ref view(reinterpret_cast<PyObject*>(base));
  const npy_api& numpy = npy_api::get();
  Py_INCREF(descriptor);
  PyObject* made = numpy.PyArray_NewFromDescr_(numpy.PyArray_Type_, descriptor, static_cast<int>(dims.size()), sizes,
                                               nullptr, memory.data(), is_writeable ? kWriteable : 0, nullptr);
  if (made == nullptr) return nullptr;
  if (numpy.PyArray_SetBaseObject_(made, Py_NewRef(view.get())) < 0) {
    Py_DECREF(made);
    return nullptr;
  }
  return made;
}

Ref as_array(PyObject* value, DType dtype, bool is_ordered) {
  const Ref own = checked(own_items(value));
  PyObject* descriptor = dtype != 0 ? Py_NewRef(array_dtype(dtype)) : nullptr;
  constexpr int kForced = 0x0010;  // NPY_ARRAY_FORCECAST
  return checked(npy_api::get().PyArray_FromAny_(
      own.get(), descriptor, 0, 0, (is_ordered ? kOrdered | kAligned : 0) | (dtype != 0 ? kForced : 0), nullptr));
}

bool copy_elements(PyObject* array, PyObject* value, PyObject* name) {
  const Ref given = as_array(value, 0, false);
  const auto to = pybind11::reinterpret_borrow<pybind11::array>(array);
  const auto from = pybind11::reinterpret_borrow<pybind11::array>(given.get());
  if (to.ndim() != from.ndim() || !std::equal(to.shape(), to.shape() + to.ndim(), from.shape())) {
    const Ref asked(PyObject_GetAttrString(given.get(), "shape")), found(PyObject_GetAttrString(array, "shape"));
    if (asked && found)
      PyErr_Format(PyExc_ValueError, "the variable '%U' has shape %R, and the value shape %R", name, found.get(),
                   asked.get());
    return false;
  }
  const Ref module(PyImport_ImportModule("numpy"));
  return module && Ref(PyObject_CallMethod(module.get(), "copyto", "OO", array, given.get()));
}

ArrayFacts facts_of(PyObject* array) {
  const auto of = pybind11::reinterpret_borrow<pybind11::array>(array);
  const DType dtype = dtype_of_descriptor(of.dtype().ptr());
  const bool is_ordered = (of.flags() & (kOrdered | kAligned)) == (kOrdered | kAligned);
  return {dtype,
          {of.shape(), static_cast<std::size_t>(of.ndim())},
          const_cast<void*>(of.data()),
          static_cast<std::size_t>(of.nbytes()),
          is_ordered,
          is_ordered && of.writeable()};
}

Memory* copied(const ArrayFacts& facts) {
  Memory* made = Memory::uninitialised(facts.bytes);
  if (facts.bytes != 0) std::memcpy(made->data(), facts.data, facts.bytes);
  return made;
}

bool is_plain_array(PyObject* object) { return Py_TYPE(object) == npy_api::get().PyArray_Type_; }

bool read_array(PyObject* value, ArrayView& out) {
  if (!is_plain_array(value)) return false;
  const auto array = pybind11::reinterpret_borrow<pybind11::array>(value);
  const pybind11::dtype dtype = array.dtype();
  const auto* known = std::ranges::find(kKnown, dtype.num(), &Known::type_number);
  if (known == std::end(kKnown) || std::ranges::find(kOfConstants, known->dtype) == std::end(kOfConstants))
    return false;
  if (dtype.byteorder() == '<' || dtype.byteorder() == '>') return false;
  out.dtype = known->dtype;
  out.dims = {array.shape(), static_cast<std::size_t>(array.ndim())};
  out.elements = (array.flags() & kOrdered) != 0 ? array.data() : nullptr;
  out.is_writeable = array.writeable();
  return true;
}

PyObject* copy_array(PyObject* array) { return PyObject_CallMethodNoArgs(array, kCopy); }

Memory* adopt_array(PyObject* array, std::size_t bytes) {
  Memory* made = Memory::adopt(pybind11::detail::array_proxy(array)->data, bytes,
                               {.context = array, .release = release_array, .is_reachable = is_reachable});
  Py_INCREF(array);
  return made;
}

void bind_ndarrays(PyObject* module) {
  checked(PyImport_ImportModule("numpy"));  // or ImportError; its C interface runs Python at its first use: here
  npy_api::get();
  for (const Known& known : kKnown) {
    const Ref descriptor(npy_api::get().PyArray_DescrFromType_(known.type_number));
    const Ref scalar(npy_api::get().PyArray_TypeObjectFromType_(known.type_number));
    if (!descriptor || !scalar) throw_raised();
    keep_dtype(descriptor.get(), known.dtype);
    keep(scalar.get(), known.dtype);
  }
  // As NumPy reads them.
  keep(reinterpret_cast<PyObject*>(&PyFloat_Type), kFloat64);
  keep(reinterpret_cast<PyObject*>(&PyLong_Type), kInt64);
  keep(reinterpret_cast<PyObject*>(&PyBool_Type), kBool);
  keep(reinterpret_cast<PyObject*>(&PyComplex_Type), kComplex128);
  view_type = add_type<PyMemoryView>(module, "MemoryView", Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                     {slot(Py_tp_dealloc, unlocked<dealloc_view>)});
  add_functions(module, {with_arguments("copy_array", unlocked<copy_into>,
                                        "Copies the elements of one array into another of the same dtype, "
                                        "shape and order: (array, value). False, and "
                                        "nothing is done, where they are anything else."),
                         {"copy_of", unlocked<copy_of>, METH_O, "What array.copy() gives."},
                         {"copies_of", unlocked<copies_of>, METH_O,
                          "What array.copy() gives for each of an iterable, in a list."},
                         {"address_of", unlocked<address_of>, METH_O,
                          "Where the elements of an array are: a number, which says nothing once the array is gone."}});
}

}  // namespace scopetrie::python
