#include "support/sites.hpp"

#include "support/state.hpp"

namespace scopetrie::python {

namespace {

std::uint32_t hash_site(PyCodeObject* code, int instruction) {
  const auto address = reinterpret_cast<std::uintptr_t>(code);
  return hash_words(static_cast<std::uint32_t>(address >> 4), static_cast<std::uint32_t>(address >> 36),
                    static_cast<std::uint32_t>(instruction));
}

// Whether a code object is in a file of this package, whose lines are not the user's.
bool is_ours(PyCodeObject* code) {
  PyObject* folder = state().package_folder;
  return folder != nullptr && PyUnicode_Tailmatch(code->co_filename, folder, 0, PY_SSIZE_T_MAX, -1) == 1;
}

}  // namespace

Sites::Sites(const Sites& other) : sites_(other.sites_), table_(other.table_), last_(other.last_) {
  for (const Site& site : sites_) Py_INCREF(site.code);
}

Sites::~Sites() {
  for (const Site& site : sites_) Py_DECREF(site.code);
}

std::uint32_t Sites::here() {
  const NoCollection until_found;  // a frame's object may be made here; the callers hold what a finalizer could change
  PyFrameObject* frame = PyEval_GetFrame();  // borrowed
  if (frame == nullptr) return kNone;
  Ref code(reinterpret_cast<PyObject*>(PyFrame_GetCode(frame)));
  int instruction = PyFrame_GetLasti(frame);
  const auto same = [&](const Site& site) {
    return reinterpret_cast<PyObject*>(site.code) == code.get() && site.instruction == instruction;
  };
  if (last_ != kNone && same(sites_[last_])) return last_;
  std::uint32_t hash = hash_site(reinterpret_cast<PyCodeObject*>(code.get()), instruction);
  if (const std::uint32_t found = table_.find(hash, [&](std::uint32_t id) { return same(sites_[id]); }); found != kNone)
    return last_ = found;
  Ref outer = Ref::borrowed(reinterpret_cast<PyObject*>(frame));
  while (is_ours(reinterpret_cast<PyCodeObject*>(code.get()))) {
    outer = Ref(reinterpret_cast<PyObject*>(PyFrame_GetBack(reinterpret_cast<PyFrameObject*>(outer.get()))));
    if (!outer) return kNone;
    code = Ref(reinterpret_cast<PyObject*>(PyFrame_GetCode(reinterpret_cast<PyFrameObject*>(outer.get()))));
    instruction = PyFrame_GetLasti(reinterpret_cast<PyFrameObject*>(outer.get()));
  }
  hash = hash_site(reinterpret_cast<PyCodeObject*>(code.get()), instruction);
  std::uint32_t id = table_.find(hash, [&](std::uint32_t at) { return same(sites_[at]); });
  if (id == kNone) {
    id = static_cast<std::uint32_t>(sites_.size());
    sites_.push_back({reinterpret_cast<PyCodeObject*>(code.release()), instruction});
    table_.insert(hash, id);
  }
  return last_ = id;
}

PyObject* Sites::describe(std::uint32_t id) const {
  if (id >= sites_.size()) Py_RETURN_NONE;
  const Site& site = sites_[id];
  return build_value("(OiO)", site.code->co_filename, PyCode_Addr2Line(site.code, site.instruction),
                     site.code->co_name);
}

}  // namespace scopetrie::python
