#include "graph/collections.hpp"

#include "graph/handles.hpp"

namespace scopetrie::python {

std::optional<std::size_t> CollectionKeys::noted(PyObject* key) const {
  PyObject* number = lists_ == nullptr ? nullptr : PyDict_GetItemWithError(lists_, key);
  if (number != nullptr) return PyLong_AsSize_t(number);
  if (PyErr_Occurred() != nullptr || PyObject_Hash(key) == -1) throw_raised();  // what has no hash is no key
  return {};
}

std::optional<std::size_t> CollectionKeys::find(const Collections& collections, PyObject* key) const {
  if (const auto list = noted(key); list || !PyUnicode_Check(key)) return list;
  return collections.find(checked_text(key));
}

std::size_t CollectionKeys::at(Collections& collections, PyObject* key) {
  if (const auto list = noted(key)) return *list;
  const std::size_t list = PyUnicode_Check(key) ? collections.named(checked_text(key)) : collections.add_list();
  if (lists_ == nullptr) lists_ = checked(new_dict()).release();
  if (PyDict_SetItem(lists_, key, checked(PyLong_FromSize_t(list)).get()) < 0) throw_raised();
  return list;
}

PyObject* CollectionKeys::keys(Collections& collections) {
  const std::vector<std::size_t> all = collections.all();
  for (const std::size_t list : all)  // those that Python has not met
    if (const std::string* name = collections.name(list); name != nullptr)
      at(collections, checked(to_str(*name)).get());
  std::vector<PyObject*> by_list;
  Py_ssize_t position = 0;
  for (PyObject *key, *number; lists_ != nullptr && PyDict_Next(lists_, &position, &key, &number);) {
    const std::size_t list = PyLong_AsSize_t(number);
    if (by_list.size() <= list) by_list.resize(list + 1, nullptr);
    by_list[list] = key;
  }
  Ref keys(new_list(0));
  for (const std::size_t list : all) {
    // A list whose key was noted for another one, while a key compared itself with it, has none.
    if (list >= by_list.size() || by_list[list] == nullptr) continue;
    if (!keys || PyList_Append(keys.get(), by_list[list]) < 0) return nullptr;
  }
  return keys.release();
}

int CollectionKeys::traverse(visitproc visit, void* arg) const {
  Py_VISIT(lists_);
  return 0;
}

Collections::Item collection_item(PyGraph* graph, PyObject* value) {
  using Item = Collections::Item;
  const bool is_ours = is_handle(value) && handle(value)->graph == graph;
  if (!is_ours) return Item(static_cast<void*>(Py_NewRef(value)));
  const Item::Kind kind = is_tensor(value) ? Item::kTensor : is_operation(value) ? Item::kOperation : Item::kVariable;
  return {kind, id_of(value)};
}

PyObject* collection_list(PyGraph* graph, std::size_t list) {
  using Item = Collections::Item;
  const Collections::Items& items = state_of(graph).collections.items(list);
  return list_of(items.size(), [&](std::uint32_t i) {
    const Item& item = items[i];
    return item.kind() == Item::kObject      ? Py_NewRef(static_cast<PyObject*>(item.object()))
           : item.kind() == Item::kTensor    ? tensor_handle(graph, item.id())
           : item.kind() == Item::kOperation ? operation_handle(graph, item.id())
                                             : variable_handle(graph, item.id());
  });
}

}  // namespace scopetrie::python
