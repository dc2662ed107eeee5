// Types of operations ("MatMul") by number: one numbering for the whole program, so that graphs can be compared.
//
// Invariants: a type has one number; numbers are dense and never die. Any text is a type.
// Thread safety: may be called from any thread.
#pragma once

#include <optional>
#include <string_view>

#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

/// The number of a type, given out on first use. Throws std::length_error where there are too many.
KindId kind_number(std::string_view type);
/// The number of a type that has one.
std::optional<KindId> find_kind(std::string_view type);
/// The type of a number that kind_number() gave.
std::string_view kind_name(KindId kind);

}  // namespace scopetrie
