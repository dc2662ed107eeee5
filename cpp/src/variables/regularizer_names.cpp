#include "scopetrie/variables/regularizer_names.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace scopetrie {

namespace {

// What was asked for where this name was made: "Const" for "Const_1", if "Const" was taken by then.
void add_wished(Context& context, const std::vector<std::string>& names, std::size_t at,
                std::vector<std::string>& wished) {
  const std::string& name = names[at];
  const std::size_t underscore = name.rfind('_');
  const bool has_number = underscore != std::string::npos && underscore > 0 && underscore + 1 < name.size() &&
                          std::all_of(name.begin() + static_cast<std::ptrdiff_t>(underscore) + 1, name.end(),
                                      [](char c) { return c >= '0' && c <= '9'; });
  if (has_number) {
    const std::string base = name.substr(0, underscore);
    const bool is_taken = context.take_unique(base, false).suffix != 0;
    const bool comes_later =
        std::find(names.begin() + static_cast<std::ptrdiff_t>(at), names.end(), base) != names.end();
    if (is_taken && !comes_later) {
      wished.push_back(base);
      return;
    }
  }
  wished.push_back(name);
}

}  // namespace

RegularizerNames::RegularizerNames(Context& context, const std::string& full_name)
    : context_(context),
      before_(context.names),
      prefix_(full_name + "/Regularizer/"),
      first_(context.graph().ops.size()) {
  context.open_name_scope(std::string_view(prefix_));
}

void RegularizerNames::finish() {
  context_.names = before_;
  const OpGraph& ops = context_.graph().ops;
  std::vector<std::string> names;  // of what stands in the scope, in order, each once
  std::string text;
  for (std::size_t op = first_; op < ops.size(); ++op) {  // other threads may have added operations meanwhile
    text.clear();
    ops.append_name(ops.name_of(static_cast<OpId>(op)), text);
    if (!text.starts_with(prefix_)) continue;
    std::string name = text.substr(prefix_.size(), text.find('/', prefix_.size()) - prefix_.size());
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  const NamesKept kept(context_);
  context_.open_name_scope(std::string_view(prefix_));
  std::vector<std::string> wished;
  for (std::size_t at = 0; at < names.size(); ++at) add_wished(context_, names, at, wished);
  context_.names = {};
  for (const std::string& name : wished) context_.take_unique(name);
}

}  // namespace scopetrie
