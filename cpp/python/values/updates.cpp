// Updates of variables over NumPy's arrays.
#include "support/bindings.hpp"

#include <array>
#include <cstddef>
#include <utility>

#include "scopetrie/values/updates.hpp"
#include "support/types.hpp"
#include "values/reals.hpp"

namespace scopetrie::python {
namespace {

[[noreturn]] void refuse_update() {
  raise_error(PyExc_TypeError, "the arrays must be of one size, and all of float32 or of float64");
}

/// The arrays of an update: the variable, its slots, and the gradient.
template <std::size_t Slots>
class Updated {
 public:
  explicit Updated(const std::array<PyObject*, Slots + 2>& given)
      : Updated(given, std::make_index_sequence<Slots + 2>()) {}

  bool is_float() const { return arrays_[0].kind() == 'f'; }
  template <typename Rule>
  void by(const Rule& rule) const {
    using Real = decltype(rule.rate);
    const std::size_t count = arrays_[0].template count<Real>();
    const Released released;
    if constexpr (Slots == 0)
      update(rule, at<Real>(0), at<Real>(1), count);
    else if constexpr (Slots == 1)
      update(rule, at<Real>(0), at<Real>(1), at<Real>(2), count);
    else
      update(rule, at<Real>(0), at<Real>(1), at<Real>(2), at<Real>(3), count);
  }

 private:
  template <std::size_t... at>
  Updated(const std::array<PyObject*, Slots + 2>& given, std::index_sequence<at...>)
      : arrays_{Reals(given[at], at != Slots + 1)...} {
    const char kind = arrays_[0].kind();
    for (const Reals& each : arrays_)
      if ((kind != 'f' && kind != 'd') || !each.is_like(arrays_[0])) refuse_update();
  }
  template <typename Real>
  Real* at(std::size_t place) const {
    return arrays_[place].template elements<Real>();
  }
  std::array<Reals, Slots + 2> arrays_;
};

template <typename Real>
Real real(double number) {
  return static_cast<Real>(number);
}

// update_descent(variable, grad, rate)
PyObject* descend(PyObject*, PyObject* args) {
  PyObject *variable, *grad;
  double rate;
  if (PyArg_ParseTuple(args, "OOd:update_descent", &variable, &grad, &rate) == 0) return nullptr;
  const Updated<0> arrays({variable, grad});
  if (arrays.is_float())
    arrays.by(Descent<float>{real<float>(rate)});
  else
    arrays.by(Descent<double>{rate});
  Py_RETURN_NONE;
}

// update_momentum(variable, speed, grad, rate, decay, is_nesterov)
PyObject* speed_up(PyObject*, PyObject* args) {
  PyObject *variable, *speed, *grad;
  double rate, decay;
  int is_nesterov;
  if (PyArg_ParseTuple(args, "OOOddp:update_momentum", &variable, &speed, &grad, &rate, &decay, &is_nesterov) == 0)
    return nullptr;
  const Updated<1> arrays({variable, speed, grad});
  if (arrays.is_float())
    arrays.by(Momentum<float>{real<float>(rate), real<float>(decay), is_nesterov != 0});
  else
    arrays.by(Momentum<double>{rate, decay, is_nesterov != 0});
  Py_RETURN_NONE;
}

// update_adagrad(variable, squares, grad, rate)
PyObject* slow_down(PyObject*, PyObject* args) {
  PyObject *variable, *squares, *grad;
  double rate;
  if (PyArg_ParseTuple(args, "OOOd:update_adagrad", &variable, &squares, &grad, &rate) == 0) return nullptr;
  const Updated<1> arrays({variable, squares, grad});
  if (arrays.is_float())
    arrays.by(Adagrad<float>{real<float>(rate)});
  else
    arrays.by(Adagrad<double>{rate});
  Py_RETURN_NONE;
}

// update_rmsprop(variable, squares, speed, grad, rate, rho, momentum, epsilon)
PyObject* scale(PyObject*, PyObject* args) {
  PyObject *variable, *squares, *speed, *grad;
  double rate, rho, momentum, epsilon;
  if (PyArg_ParseTuple(args, "OOOOdddd:update_rmsprop", &variable, &squares, &speed, &grad, &rate, &rho, &momentum,
                       &epsilon) == 0)
    return nullptr;
  const Updated<2> arrays({variable, squares, speed, grad});
  if (arrays.is_float())
    arrays.by(RmsProp<float>{real<float>(rate), real<float>(rho), real<float>(momentum), real<float>(epsilon)});
  else
    arrays.by(RmsProp<double>{rate, rho, momentum, epsilon});
  Py_RETURN_NONE;
}

constexpr char kDescentDoc[] =
    "update_descent($module, variable, grad, rate, /)\n--\n\n"
    "Changes a variable by gradient descent, in one pass: C-contiguous arrays of one size, all of float32 or of\n"
    "float64, of which none shares memory with another.";
constexpr char kMomentumDoc[] =
    "update_momentum($module, variable, speed, grad, rate, decay, is_nesterov, /)\n--\n\n"
    "Changes a variable and its slot by gradient descent with momentum, as update_descent.";
constexpr char kAdagradDoc[] =
    "update_adagrad($module, variable, squares, grad, rate, /)\n--\n\n"
    "Changes a variable and its slot by Adagrad's rule, as update_descent.";
constexpr char kRmsPropDoc[] =
    "update_rmsprop($module, variable, squares, speed, grad, rate, rho, momentum, epsilon, /)\n--\n\n"
    "Changes a variable and its slots by RMSProp's rule, as update_descent.";
}  // namespace

void bind_updates(PyObject* module) {
  add_functions(module, {{"update_descent", unlocked<descend>, METH_VARARGS, kDescentDoc},
                         {"update_momentum", unlocked<speed_up>, METH_VARARGS, kMomentumDoc},
                         {"update_adagrad", unlocked<slow_down>, METH_VARARGS, kAdagradDoc},
                         {"update_rmsprop", unlocked<scale>, METH_VARARGS, kRmsPropDoc}});
}

}  // namespace scopetrie::python
