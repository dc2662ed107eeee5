#include "scopetrie/graph/collections.hpp"

#include <algorithm>
#include <utility>

namespace scopetrie {

Collections::Collections() {
  named("variables");
  named("trainable_variables");
}

std::size_t Collections::named(std::string_view key) {
  const auto [at, is_new] = numbers_.try_emplace(std::string(key), lists_.size());
  if (is_new) lists_.emplace_back().name = &at->first;
  return at->second;
}

std::optional<std::size_t> Collections::find(std::string_view key) const {
  const auto at = numbers_.find(std::string(key));
  return at != numbers_.end() ? std::optional(at->second) : std::nullopt;
}

std::size_t Collections::add_list() {
  lists_.emplace_back();
  return lists_.size() - 1;
}

// Letting objects go may run anything: nobody may find the items in a list then.
void Collections::release(const Items& items) const {
  for (const Item& item : items)
    if (item.object() != nullptr) host_->release(item.object());
}

void Collections::assign(std::size_t list, Items items) {
  items.swap(of(list));
  release(items);
}

void Collections::drop(std::size_t list) {
  lists_[list].born = 0;
  const Items dropped = std::exchange(lists_[list].items, {});
  release(dropped);
}

std::vector<std::size_t> Collections::all() const {
  std::vector<std::size_t> lists;
  for (std::size_t list = 0; list < lists_.size(); ++list)
    if (lists_[list].born != 0) lists.push_back(list);
  std::sort(lists.begin(), lists.end(), [&](std::size_t a, std::size_t b) { return lists_[a].born < lists_[b].born; });
  return lists;
}

void Collections::truncate(std::size_t tensors, std::size_t operations, std::size_t variables) {
  for (List& list : lists_) {
    const auto gone = std::erase_if(list.items, [&](const Item& item) {
      return (item.kind() == Item::kTensor && item.id() >= tensors) ||
             (item.kind() == Item::kOperation && item.id() >= operations) ||
             (item.kind() == Item::kVariable && item.id() >= variables);
    });
    if (gone != 0 && list.items.empty()) list.born = 0;
  }
}

void Collections::clear() {
  std::vector<Items> gone;
  for (List& list : lists_) {
    list.born = 0;
    gone.push_back(std::exchange(list.items, {}));
  }
  for (const Items& items : gone) release(items);
}

}  // namespace scopetrie
