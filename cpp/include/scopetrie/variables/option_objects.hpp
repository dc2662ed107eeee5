// Functions of a C++ program as the objects that scopes keep: see scopes/native_host.hpp.
//
// Thread safety: that of the functions.
#pragma once

#include <typeinfo>
#include <utility>

#include "scopetrie/error.hpp"
#include "scopetrie/scopes/native_host.hpp"

namespace scopetrie {

template <class Function>
struct OptionObject final : Object {
  explicit OptionObject(Function call) : call(std::move(call)) {}
  const Function call;
};

/// The function in an object. Throws where the program gave another object.
template <class Function>
const Function& option_function(void* object) {
  const Object& given = *native_object(object);
  if (typeid(given) != typeid(OptionObject<Function>))
    throw Error(ErrorKind::kType,
                "A regularizer, partitioner or custom getter of a C++ program is made by the functions of these names.",
                {.call = "get_variable"});
  return static_cast<const OptionObject<Function>&>(given).call;
}

}  // namespace scopetrie
