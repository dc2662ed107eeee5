#include "scopetrie/error.hpp"

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

using namespace scopetrie;

TEST_CASE("an error has a kind, facts and a text, and keeps them when it is copied") {
  Error copy(ErrorKind::kKey, "");
  try {
    throw Error(ErrorKind::kValue, "Variable a/w already exists", {"get_variable", "a/w", "[2]", "[3]"});
  } catch (const std::exception& caught) {
    copy = dynamic_cast<const Error&>(caught);
  }
  CHECK(copy.kind() == ErrorKind::kValue);
  CHECK(std::string(copy.what()) == "Variable a/w already exists");
  CHECK(copy.facts().call == "get_variable");
  CHECK(copy.facts().full_name == "a/w");
  CHECK(copy.facts().asked == "[2]");
  CHECK(copy.facts().found == "[3]");
  static_assert(std::is_nothrow_copy_constructible_v<Error>);
}
