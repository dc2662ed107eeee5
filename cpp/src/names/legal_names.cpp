#include "scopetrie/names/legal_names.hpp"

#include <algorithm>
#include <string>

#include "scopetrie/error.hpp"

namespace scopetrie {

namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool starts_legally(std::string_view name) { return !name.empty() && (is_letter_or_digit(name[0]) || name[0] == '.'); }
bool is_legal(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    return is_letter_or_digit(c) || c == '_' || c == '.' || c == '\\' || c == '/' || c == '>' || c == '-';
  });
}

[[noreturn]] SCOPETRIE_COLD void refuse_node_name(std::string_view name) {
  throw Error(ErrorKind::kValue,
              "`" + std::string(name) +
                  "` is not a valid node name. Accepted names conform to Regex "
                  "/re.compile('^[A-Za-z0-9.][A-Za-z0-9_.\\\\\\\\/>-]*$')/",
              {.full_name = std::string(name)});
}

[[noreturn]] SCOPETRIE_COLD void refuse_scope_name(std::string_view name, bool at_root) {
  const std::string kind = at_root ? "root scope name" : "scope name";
  const std::string pattern = at_root ? "^[A-Za-z0-9.][A-Za-z0-9_.\\\\/>-]*$" : "^[A-Za-z0-9_.\\\\/>-]*$";
  throw Error(ErrorKind::kValue,
              "'" + std::string(name) + "' is not a valid " + kind + ". A " + kind +
                  " has to match the following pattern: " + pattern,
              {.call = "name_scope", .asked = std::string(name)});
}

}  // namespace

bool is_node_name(std::string_view name) { return starts_legally(name) && is_legal(name); }

bool is_scope_name(std::string_view name, bool at_root) { return is_legal(name) && (!at_root || starts_legally(name)); }

bool is_plain_name(std::string_view name) { return is_node_name(name) && name.find('/') == std::string_view::npos; }

void check_node_name(std::string_view name) {
  if (!is_node_name(name)) refuse_node_name(name);
}

void check_scope_name(std::string_view name, bool at_root) {
  if (!is_scope_name(name, at_root)) refuse_scope_name(name, at_root);
}

}  // namespace scopetrie
