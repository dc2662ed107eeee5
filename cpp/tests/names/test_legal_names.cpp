#include "scopetrie/names/legal_names.hpp"

#include <doctest/doctest.h>

#include <string>

#include "../scopes/recording.hpp"

using namespace scopetrie;
using scopetrie::testing::error_of;

TEST_CASE("names of operations, of scopes and of one part") {
  for (const char* name : {"a", "A.b", "9", ".x", "a/b", "a_1-b>c\\d", "a/"}) {
    CHECK(is_node_name(name));
    CHECK(is_scope_name(name, true));
    CHECK(is_plain_name(name) == (std::string(name).find('/') == std::string::npos));
  }
  for (const char* name : {"_a", "-", "/a", ">x"}) {
    CHECK_FALSE(is_node_name(name));
    CHECK_FALSE(is_scope_name(name, true));
    CHECK(is_scope_name(name, false));
    CHECK_FALSE(is_plain_name(name));
  }
  for (const char* name : {"a b", "a:0", "ä", "a\n"}) {
    CHECK_FALSE(is_node_name(name));
    CHECK_FALSE(is_scope_name(name, false));
    CHECK_FALSE(is_plain_name(name));
  }
  CHECK_FALSE(is_node_name(""));
  CHECK_FALSE(is_plain_name(""));
}

TEST_CASE("refused names are told by v1's texts") {
  CHECK(error_of([] { check_node_name("a b"); }) ==
        "ValueError: `a b` is not a valid node name. Accepted names conform to Regex "
        "/re.compile('^[A-Za-z0-9.][A-Za-z0-9_.\\\\\\\\/>-]*$')/");
  CHECK(error_of([] { check_scope_name("_a", true); }) ==
        "ValueError: '_a' is not a valid root scope name. A root scope name has to match the following pattern: "
        "^[A-Za-z0-9.][A-Za-z0-9_.\\\\/>-]*$");
  CHECK(error_of([] { check_scope_name("a b", false); }) ==
        "ValueError: 'a b' is not a valid scope name. A scope name has to match the following pattern: "
        "^[A-Za-z0-9_.\\\\/>-]*$");
  CHECK(error_of([] { check_node_name("a"), check_scope_name("_a", false); }).empty());
}
