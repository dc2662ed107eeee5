// What tests of scopes share: objects that are counted, and the text of an error.
#pragma once

#include <string>

#include "scopetrie/error.hpp"
#include "scopetrie/scopes/native_host.hpp"

namespace scopetrie::testing {

/// An object that knows how many of it there are.
struct Counted : Object {
  explicit Counted(int& living) : living(living) { ++living; }
  ~Counted() override { --living; }
  int& living;
};

/// "ValueError: text" of the Error that `act` throws; "" where it throws none.
template <class Act>
std::string error_of(Act&& act) {
  try {
    act();
  } catch (const Error& error) {
    const char* const names[] = {"ValueError",     "TypeError",   "RuntimeError",   "KeyError",           "IndexError",
                                 "AttributeError", "LookupError", "AssertionError", "NotImplementedError"};
    return std::string(names[static_cast<int>(error.kind())]) + ": " + error.what();
  }
  return "";
}

}  // namespace scopetrie::testing
