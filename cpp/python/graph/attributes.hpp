// The core's typed attributes as Python objects, and back.
//
// Thread safety: that of locking.hpp; to_object() allocates, so nothing may be half changed when it is called.
#pragma once

#include "scopetrie/graph/attribute.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

/// Counts the references to Python objects.
extern const Host python_host;

/// `object` as an attribute, which keeps a reference: numbers, bools and dtypes by value, anything else as it is.
AttributeValue to_attribute(PyObject* object);
/// What Python sees of an attribute: None, a number, a str, a tuple, a dict of attributes, ... A new reference; null
/// with an exception set. `value` must be the caller's own or in a table that nobody changes meanwhile.
PyObject* to_object(const AttributeValue& value);

}  // namespace scopetrie::python
