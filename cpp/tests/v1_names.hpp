// v1's rule for unique operation names in its simplest form: a dictionary of all lower-case names in use, with counts.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace scopetrie::testing {

inline std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// Graph.unique_name of TensorFlow 1, over full names.
class V1Names {
 public:
  std::string unique(const std::string& name, bool mark_as_used = true) {
    const std::string base = lower(name);
    const auto at = used_.find(base);
    int number = at == used_.end() ? 0 : at->second;
    if (mark_as_used) used_[base] = number + 1;
    if (number == 0) return name;
    std::string key = base;
    while (used_.contains(key)) key = base + "_" + std::to_string(number++);
    if (mark_as_used) used_[key] = 1;
    return name + "_" + std::to_string(number - 1);
  }

  bool in_use(const std::string& name) const { return used_.contains(lower(name)); }

  void begin() { saved_.push_back(used_); }
  void commit() { saved_.pop_back(); }
  void rollback() {
    used_ = saved_.back();
    saved_.pop_back();
  }
  std::size_t nesting() const { return saved_.size(); }

 private:
  std::map<std::string, int> used_;
  std::vector<std::map<std::string, int>> saved_;
};

}  // namespace scopetrie::testing
