#include "scopetrie/names/legal_names.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "scopetrie/error.hpp"

namespace scopetrie {

namespace {

// What a character may be in a name of v1's: nothing, a slash, any but the first, any.
enum Place : std::uint8_t { kNowhere, kSlash, kBehind, kAnywhere };
constexpr std::array<Place, 256> kPlaces = [] {
  std::array<Place, 256> places{};
  for (const char c : {'_', '\\', '>', '-'}) places[static_cast<unsigned char>(c)] = kBehind;
  places['/'] = kSlash;
  places['.'] = kAnywhere;
  for (int c = 0; c < 128; ++c)
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
      places[static_cast<std::size_t>(c)] = kAnywhere;
  return places;
}();

Place place_of(char c) { return kPlaces[static_cast<unsigned char>(c)]; }
bool starts_legally(std::string_view name) { return !name.empty() && place_of(name[0]) == kAnywhere; }
bool has_only(std::string_view name, Place least) {
  return std::ranges::all_of(name, [least](char c) { return place_of(c) >= least; });
}
bool is_legal(std::string_view name) { return has_only(name, kSlash); }

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

bool is_plain_name(std::string_view name) { return starts_legally(name) && has_only(name, kBehind); }

void check_node_name(std::string_view name) {
  if (!is_node_name(name)) refuse_node_name(name);
}

void check_scope_name(std::string_view name, bool at_root) {
  if (!is_scope_name(name, at_root)) refuse_scope_name(name, at_root);
}

}  // namespace scopetrie
