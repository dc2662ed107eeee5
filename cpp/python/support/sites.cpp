#include "support/sites.hpp"

#include "scopetrie/tables/table_allocator.hpp"
#include "support/state.hpp"
#if PY_VERSION_HEX < 0x030C0000
#include <internal/pycore_frame.h>
#endif

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
  if (folder == nullptr) return false;
  const Py_ssize_t found = PyUnicode_Tailmatch(code->co_filename, folder, 0, PY_SSIZE_T_MAX, -1);
  if (found < 0) PyErr_Clear();
  return found == 1;
}

}  // namespace

#if PY_VERSION_HEX < 0x030C0000
// The active frames, innermost first, as the interpreter has them. Objects for them, which the public functions give,
// are tracked by the garbage collector: before 3.12, making one may run finalizers.
class Sites::Frames {
 public:
  Frames() : frame_(PyThreadState_Get()->cframe->current_frame) { skip_incomplete(); }

  bool is_at_end() const { return frame_ == nullptr; }
  Site site() const {
    return {frame_->f_code, _PyInterpreterFrame_LASTI(frame_) * static_cast<int>(sizeof(_Py_CODEUNIT))};
  }
  void leave() {
    frame_ = frame_->previous;
    skip_incomplete();
  }

 private:
  void skip_incomplete() {
    while (frame_ != nullptr && _PyFrame_IsIncomplete(frame_)) [[unlikely]]
      frame_ = frame_->previous;
  }

  _PyInterpreterFrame* frame_;
};
#else
// The active frames, innermost first. The list ends where there is no memory for an object.
class Sites::Frames {
 public:
  Frames() : frame_(Py_XNewRef(reinterpret_cast<PyObject*>(PyEval_GetFrame()))) { look(); }

  bool is_at_end() const { return !frame_; }
  Site site() const { return {reinterpret_cast<PyCodeObject*>(code_.get()), PyFrame_GetLasti(frame())}; }
  void leave() {
    frame_ = Ref(reinterpret_cast<PyObject*>(PyFrame_GetBack(frame())));
    look();
  }

 private:
  PyFrameObject* frame() const { return reinterpret_cast<PyFrameObject*>(frame_.get()); }
  void look() {
    if (frame_)
      code_ = Ref(reinterpret_cast<PyObject*>(PyFrame_GetCode(frame())));
    else
      PyErr_Clear();
  }

  Ref frame_, code_;
};
#endif

Sites::Sites(const Sites& other)
    : sites_(other.sites_), table_(other.table_), last_site_(other.last_site_), last_(other.last_) {
  for (const Site& site : sites_) Py_INCREF(site.code);
}

std::string_view refuse_text(PyObject* str, const char* call) {
  if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError) == 0) return {};
  PyErr_Clear();
  const char* const what = "%s%s%A has a lone surrogate, which is no character";
  Ref frame = Ref::borrowed(reinterpret_cast<PyObject*>(PyEval_GetFrame())), outermost;
  while (frame) {
    auto* const at = reinterpret_cast<PyFrameObject*>(frame.get());
    const Ref code(reinterpret_cast<PyObject*>(PyFrame_GetCode(at)));
    if (!is_ours(reinterpret_cast<PyCodeObject*>(code.get()))) break;
    outermost = Ref::borrowed(reinterpret_cast<PyCodeObject*>(code.get())->co_name);
    frame = Ref(reinterpret_cast<PyObject*>(PyFrame_GetBack(at)));
  }
  if (outermost && PyUnicode_ReadChar(outermost.get(), 0) != '_') call = PyUnicode_AsUTF8(outermost.get());
  PyErr_Clear();
  PyErr_Format(PyExc_ValueError, what, call == nullptr ? "" : call, call == nullptr ? "" : ": ", str);
  return {};
}

Sites::~Sites() {
  for (const Site& site : sites_) Py_DECREF(site.code);
}

std::uint32_t Sites::here() {
  Frames frames;
  if (frames.is_at_end()) [[unlikely]]
    return kNone;
  const Site site = frames.site();
  if (site == last_site_) return last_;
  std::uint32_t id = find(site);
  if (id == kNone) id = add(frames);
  if (id == kNone) return kNone;
  last_site_ = sites_[id];
  return last_ = id;
}

std::uint32_t Sites::find(const Site& site) const {
  return table_.find(hash_site(site.code, site.instruction), [&](std::uint32_t id) { return sites_[id] == site; });
}

// The innermost line that is the user's, which is new unless the innermost of all is ours.
std::uint32_t Sites::add(Frames& frames) {
  while (is_ours(frames.site().code)) {
    frames.leave();
    if (frames.is_at_end()) return kNone;
  }
  const Site site = frames.site();
  if (const std::uint32_t known = find(site); known != kNone) return known;
  const auto id = static_cast<std::uint32_t>(sites_.size());
  make_room(sites_, 1);
  table_.insert(hash_site(site.code, site.instruction), id);
  sites_.push_back(site);
  Py_INCREF(site.code);
  return id;
}

PyObject* Sites::describe(std::uint32_t id) const {
  if (id >= sites_.size()) Py_RETURN_NONE;
  const Site& site = sites_[id];
  return build_value("(OiO)", site.code->co_filename, PyCode_Addr2Line(site.code, site.instruction),
                     site.code->co_name);
}

}  // namespace scopetrie::python
