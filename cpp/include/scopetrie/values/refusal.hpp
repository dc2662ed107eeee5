// What a store says where it makes or shares no variable: the facts of v1's errors, without TensorFlow's words.
//
// Thread safety: that of the graph.
#pragma once

#include <string>
#include <string_view>

#include "scopetrie/error.hpp"
#include "scopetrie/values/values.hpp"
#include "scopetrie/variables/get_variable.hpp"

namespace scopetrie {

/// A variable's dtype and shape: "float32[3, 2]".
std::string outline(const Values& values, VariableId id);
/// What is said where a variable that is found so was to be made.
std::string exists_text(const std::string& name, const std::string& found);
/// What is said where a variable is shared, and something of it (with a space behind) is not as asked.
std::string differs_text(const std::string& name, const char* what, const std::string& asked, const std::string& found);
/// What is said where there is none to be shared.
std::string missing_text(const std::string& name);
/// The error of a refusal.
Error store_refusal(const Values& values, const VariableRequest& request, const Verdict& verdict);

/// Whether a text is a name of a scope or a variable: no part of it is empty, or has a control character.
bool is_store_name(std::string_view name) noexcept;
/// Throws Error where it is none.
/// `call` is the public function.
void check_store_name(const char* call, std::string_view name);

}  // namespace scopetrie
