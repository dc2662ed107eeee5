// The memories of a store's variables by number, which a fork shares as a whole.
//
// What nobody looks at is *inherited* by both stores when one is forked: it is put on one shelf, which the two have
// together, so a fork touches no memory, and costs the same wherever the memories lie. Who wants to change one that is
// inherited takes it off the shelf, where no other store has the shelf any more, and gets a copy otherwise.
// Invariants: there is one place for each variable; null as long as it is not ready. The two lowest bits of a place say
// that the memory is inherited, or that somebody has looked at it: only such a memory may have a view, which a fork
// must not share. A shelf is kept as long as something of it is inherited here.
// Thread safety: one writer or many readers, as of a Table. look() counts as reading where no store was forked: threads
// that look at once make a memory once. Stores in different threads may share a shelf.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "scopetrie/store/memory.hpp"
#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/published.hpp"
#include "scopetrie/tables/table_allocator.hpp"

namespace scopetrie {

class Memories {
 public:
  /// A copy of a memory that is not on the host, which only its device can make.
  struct Copy {
    std::size_t at;
    Memory* memory;
  };

  Memories() = default;
  /// A fork's. What somebody has a view of is copied, the rest is inherited by both. It becomes an owner of the copies,
  /// of which there must be one, in order, for each memory that is not on the host. Throws std::bad_alloc, or Error
  /// where one is missing; nothing is changed then.
  Memories(Memories& of, std::span<const Copy> copies);
  Memories& operator=(const Memories&) = delete;
  ~Memories();

  std::size_t size() const noexcept { return places_.size(); }
  bool is_ready(std::size_t at) const noexcept { return published(places_[at]) != nullptr; }
  /// The memory as it is, perhaps inherited; null where there is none.
  const Memory* peek(std::size_t at) const noexcept { return plain(published(places_[at])); }
  /// The memory of one that is ready, and no other store's; null where there is none, or look() must take it.
  Memory* own(std::size_t at) const noexcept {
    Memory* const place = published(places_[at]);
    return (bits(place) & kInherited) == 0 ? plain(place) : nullptr;
  }
  /// The same for who may make a view of it; null also where nobody has looked at it yet.
  Memory* looked_at(std::size_t at) const noexcept {
    Memory* const place = published(places_[at]);
    return (bits(place) & kBits) == kLooked ? plain(place) : nullptr;
  }
  /// A memory that is ready, for who may make a view of it. Throws std::bad_alloc.
  Memory* look(std::size_t at);
  /// Gives a place its first memory, whose owner it becomes, and looks at it. Another thread may have been faster: then
  /// its memory is given, and `made` is gone.
  Memory* publish_looked(std::size_t at, Memory* made) noexcept;

  /// Reserves room for `more` further places.
  void reserve(std::size_t more) { make_room(places_, more); }
  /// One more place, without a memory.
  void add() { places_.push_back(nullptr); }
  /// Gives a place another memory, or none; gives the one before, whose owner the caller becomes: null where there was
  /// none, or it was inherited.
  [[nodiscard]] Memory* exchange(std::size_t at, Memory* memory) noexcept {
    const bool may_be_viewed = memory != nullptr && memory->may_be_viewed();
    Memory* const before = std::exchange(places_[at], may_be_viewed ? with(memory, kLooked) : memory);
    if ((bits(before) & kInherited) == 0) [[likely]]
      return plain(before);
    leave_on_shelf(at, plain(before));
    return nullptr;
  }
  /// Removes the last place; gives its memory as exchange() does.
  [[nodiscard]] Memory* remove_last() noexcept {
    Memory* const gone = exchange(places_.size() - 1, nullptr);
    places_.pop_back();
    return gone;
  }

 private:
  static constexpr std::uintptr_t kInherited = 1, kLooked = 2, kBits = 3;

  /// What several stores have together, by place; it owns them.
  struct Shelf {
    Shelf() = default;
    Shelf(const Shelf&) = delete;
    Shelf& operator=(const Shelf&) = delete;
    ~Shelf();
    Table<Memory*> memories;
  };
  struct Inherited {
    std::shared_ptr<Shelf> from;
    std::size_t count = 0;  // of those that are still inherited here
  };

  static std::uintptr_t bits(const Memory* place) noexcept { return reinterpret_cast<std::uintptr_t>(place); }
  // NOLINTBEGIN(performance-no-int-to-ptr): the low bits of a place say how it is kept
  static Memory* plain(Memory* place) noexcept { return reinterpret_cast<Memory*>(bits(place) & ~kBits); }
  static Memory* with(Memory* memory, std::uintptr_t bit) noexcept {
    return reinterpret_cast<Memory*>(bits(memory) | bit);
  }
  // NOLINTEND(performance-no-int-to-ptr)

  std::size_t shelf_of(std::size_t at, const Memory* memory) const noexcept;
  void forget_one(std::size_t shelf) noexcept;
  SCOPETRIE_COLD void leave_on_shelf(std::size_t at, const Memory* memory) noexcept;
  SCOPETRIE_COLD Memory* take(std::size_t at, Memory* memory);

  Table<Memory*> places_;
  std::vector<Inherited> shelves_;  // from the first fork to the last
  std::mutex forking_;
};

}  // namespace scopetrie
