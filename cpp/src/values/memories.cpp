#include "scopetrie/values/memories.hpp"

#include <algorithm>
#include <atomic>

#include "scopetrie/error.hpp"

namespace scopetrie {

namespace {

// How far ahead memories are fetched where many of them are gone through: each lies somewhere else.
constexpr std::size_t kAhead = 16;

void disown_all(const Table<Memory*>& memories) noexcept {
  for (std::size_t at = 0; at < memories.size(); ++at) {
    if (at + kAhead < memories.size()) SCOPETRIE_PREFETCH(memories[at + kAhead]);
    if (memories[at] != nullptr) memories[at]->disown();
  }
}

Memory* copy_of(std::size_t at, std::span<const Memories::Copy> copies) {
  const auto found = std::ranges::lower_bound(copies, at, {}, &Memories::Copy::at);
  if (found == copies.end() || found->at != at)
    throw Error(ErrorKind::kNotImplemented, "fork: elements are in the memory of a device, which the core cannot copy");
  found->memory->own();
  return found->memory;
}

}  // namespace

Memories::Shelf::~Shelf() { disown_all(memories); }

Memories::~Memories() {
  for (Memory*& place : places_) place = (bits(place) & kInherited) == 0 ? plain(place) : nullptr;
  disown_all(places_);
}

Memories::Memories(Memories& of, std::span<const Copy> copies) {
  const std::lock_guard held(of.forking_);
  const std::size_t count = of.places_.size();
  places_.reserve(count);
  // Whatever can throw comes before anything is changed: until then, the shelf has nothing.
  auto shelf = std::make_shared<Shelf>();
  Table<Memory*> shared(count, nullptr);
  shelves_.reserve(of.shelves_.size() + 1);
  of.shelves_.reserve(of.shelves_.size() + 1);
  shelves_ = of.shelves_;
  Inherited inherited{shelf};
  try {
    for (std::size_t at = 0; at < count; ++at) {
      if (at + kAhead < count && (bits(of.places_[at + kAhead]) & kLooked) != 0)
        SCOPETRIE_PREFETCH(plain(of.places_[at + kAhead]));
      Memory* const place = of.places_[at];
      if (place == nullptr || (bits(place) & kInherited) != 0) {
        places_.push_back(place);
      } else if ((bits(place) & kLooked) != 0 && !plain(place)->is_on_host()) {
        places_.push_back(copy_of(at, copies));
      } else if ((bits(place) & kLooked) != 0 && plain(place)->is_viewed()) {
        places_.push_back(Memory::copy(*plain(place)));
      } else {
        shared[at] = plain(place);
        places_.push_back(with(plain(place), kInherited));
        ++inherited.count;
      }
    }
  } catch (...) {
    for (Memory* place : places_)
      if (place != nullptr && (bits(place) & kInherited) == 0) place->disown();
    throw;
  }
  if (inherited.count == 0) return;
  for (std::size_t at = 0; at < count; ++at)
    if (shared[at] != nullptr) of.places_[at] = places_[at];
  shelf->memories.swap(shared);
  of.shelves_.push_back(inherited);
  shelves_.push_back(std::move(inherited));
}

Memory* Memories::look(std::size_t at) {
  Memory* const place = published(places_[at]);
  if ((bits(place) & kInherited) != 0) return take(at, plain(place));
  if (place != nullptr && (bits(place) & kLooked) == 0) replace(places_[at], with(place, kLooked));
  return plain(place);
}

Memory* Memories::publish_looked(std::size_t at, Memory* made) noexcept {
  Memory* const other = publish(places_[at], with(made, kLooked));
  if (other == nullptr) [[likely]]
    return made;
  made->disown();
  return plain(other);
}

// A memory is on one shelf at most, and at the same place there.
std::size_t Memories::shelf_of(std::size_t at, const Memory* memory) const noexcept {
  std::size_t shelf = shelves_.size() - 1;
  const auto has_it = [&](const Table<Memory*>& memories) { return at < memories.size() && memories[at] == memory; };
  while (!has_it(shelves_[shelf].from->memories)) --shelf;
  return shelf;
}

void Memories::forget_one(std::size_t shelf) noexcept {
  if (--shelves_[shelf].count != 0) return;
  const Inherited gone = std::move(shelves_[shelf]);
  shelves_.erase(shelves_.begin() + static_cast<std::ptrdiff_t>(shelf));
}

void Memories::leave_on_shelf(std::size_t at, const Memory* memory) noexcept { forget_one(shelf_of(at, memory)); }

Memory* Memories::take(std::size_t at, Memory* memory) {
  const std::size_t shelf = shelf_of(at, memory);
  const Inherited& from = shelves_[shelf];
  Memory* own = memory;
  if (from.from.use_count() == 1) {
    std::atomic_thread_fence(std::memory_order_acquire);  // after what the other stores did before they let it go
    from.from->memories[at] = nullptr;
  } else {
    own = Memory::copy(*memory);
  }
  places_[at] = with(own, kLooked);
  forget_one(shelf);
  return own;
}

}  // namespace scopetrie
