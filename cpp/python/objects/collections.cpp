#include "objects/collections.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "objects/handles.hpp"

namespace scopetrie::python {

bool Collections::start_slow() {
  static const char* const known[] = {"variables", "trainable_variables"};  // GraphKeys, in the order of Known
  Ref numbers(PyDict_New());
  if (!numbers) return false;
  for (std::size_t i = 0; i < std::size(known); ++i) {
    const Ref text(PyUnicode_InternFromString(known[i]));
    const Ref number(PyLong_FromSize_t(i));
    if (!text || !number || PyDict_SetItem(numbers.get(), text.get(), number.get()) < 0) return false;
  }
  if (numbers_ != nullptr) return true;  // interning may block: another thread was faster
  numbers_ = numbers.release();
  lists_.resize(std::size(known));
  return true;
}

Py_ssize_t Collections::find(PyObject* key) const {
  if (numbers_ == nullptr) return -1;
  PyObject* number = PyDict_GetItemWithError(numbers_, key);
  return number == nullptr ? -1 : PyLong_AsSsize_t(number);
}

Py_ssize_t Collections::at(PyObject* key) {
  if (!start()) return -1;
  const Py_ssize_t found = find(key);
  if (found >= 0 || PyErr_Occurred()) return found;
  const Ref number(PyLong_FromSize_t(lists_.size()));
  if (!number || PyDict_SetItem(numbers_, key, number.get()) < 0) return -1;
  lists_.emplace_back();
  return static_cast<Py_ssize_t>(lists_.size()) - 1;
}

Collections::Item Collections::make_item(PyGraph* graph, PyObject* value) {
  const bool is_ours = (is_tensor(value) || is_operation(value) || is_variable(value)) && handle(value)->graph == graph;
  if (!is_ours) return Item(Py_NewRef(value));
  const Item::Kind kind = is_tensor(value) ? Item::kTensor : is_operation(value) ? Item::kOperation : Item::kVariable;
  return {kind, handle(value)->id};
}

bool Collections::add(PyGraph* graph, PyObject* key, PyObject* value) {
  const Py_ssize_t at = this->at(key);
  if (at < 0) return false;
  of(static_cast<std::size_t>(at)).push_back(make_item(graph, value));
  return true;
}

bool Collections::create(PyObject* key) {
  const Py_ssize_t at = this->at(key);
  if (at < 0) return false;
  of(static_cast<std::size_t>(at));
  return true;
}

bool Collections::drop(PyObject* key) {
  const Py_ssize_t at = find(key);
  if (at < 0) return PyErr_Occurred() == nullptr;
  List dropped = std::exchange(lists_[static_cast<std::size_t>(at)], {});
  for (const Item& item : dropped.items) Py_XDECREF(item.object());
  return true;
}

PyObject* Collections::list(PyGraph* graph, PyObject* key) const {
  const Py_ssize_t at = find(key);
  if (at < 0) return PyErr_Occurred() ? nullptr : PyList_New(0);
  const Table<Item>& items = lists_[static_cast<std::size_t>(at)].items;
  Ref list(PyList_New(static_cast<Py_ssize_t>(items.size())));
  if (!list) return nullptr;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Item& item = items[i];
    PyObject* value = item.kind() == Item::kObject      ? Py_NewRef(item.object())
                      : item.kind() == Item::kTensor    ? tensor_handle(graph, item.id())
                      : item.kind() == Item::kOperation ? operation_handle(graph, item.id())
                                                        : variable_handle(graph, item.id());
    if (value == nullptr) return nullptr;
    PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(i), value);
  }
  return list.release();
}

bool Collections::assign(PyGraph* graph, PyObject* key, PyObject* values) {
  const Py_ssize_t at = this->at(key);
  if (at < 0) return false;
  const Ref fast(items_of(values, "a collection is assigned from a sequence"));
  if (!fast) return false;
  Table<Item> items(static_cast<std::size_t>(PySequence_Fast_GET_SIZE(fast.get())));
  for (std::size_t i = 0; i < items.size(); ++i)
    items[i] = make_item(graph, PySequence_Fast_GET_ITEM(fast.get(), static_cast<Py_ssize_t>(i)));
  items.swap(of(static_cast<std::size_t>(at)));
  for (const Item& item : items) Py_XDECREF(item.object());
  return true;
}

PyObject* Collections::keys() const {
  Ref keys(PyList_New(0));
  if (!keys || numbers_ == nullptr) return keys.release();
  std::vector<std::pair<std::uint32_t, PyObject*>> born;
  Py_ssize_t at = 0;
  for (PyObject *key, *number; PyDict_Next(numbers_, &at, &key, &number);)
    if (const std::uint32_t birth = lists_[PyLong_AsSize_t(number)].born; birth != 0) born.emplace_back(birth, key);
  std::sort(born.begin(), born.end());
  for (const auto& [birth, key] : born)
    if (PyList_Append(keys.get(), key) < 0) return nullptr;
  return keys.release();
}

void Collections::truncate(std::uint32_t tensors, std::uint32_t operations, std::uint32_t variables) {
  for (List& list : lists_) {
    const auto gone = std::erase_if(list.items, [&](const Item& item) {
      return (item.kind() == Item::kTensor && item.id() >= tensors) ||
             (item.kind() == Item::kOperation && item.id() >= operations) ||
             (item.kind() == Item::kVariable && item.id() >= variables);
    });
    if (gone != 0 && list.items.empty()) list.born = 0;
  }
}

int Collections::traverse(visitproc visit, void* arg) const {
  Py_VISIT(numbers_);
  for (const List& list : lists_)
    for (const Item& item : list.items) Py_VISIT(item.object());
  return 0;
}

void Collections::clear() {
  std::vector<List> lists;
  lists.swap(lists_);
  Py_CLEAR(numbers_);
  for (const List& list : lists)
    for (const Item& item : list.items) Py_XDECREF(item.object());
}

}  // namespace scopetrie::python
