#include "scopetrie/store/buffer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>

using scopetrie::Buffer;

static_assert(!std::is_copy_constructible_v<Buffer> && !std::is_copy_assignable_v<Buffer>);
static_assert(std::is_nothrow_move_constructible_v<Buffer> && std::is_nothrow_move_assignable_v<Buffer>);

namespace {

/// Memory that counts how often it is released.
struct Lender {
  int value = 0;
  int released = 0;
  Buffer lend() {
    return {&value, sizeof value, [this] { ++released; }};
  }
};

}  // namespace

TEST_CASE("own memory is aligned and zeroed, and has an address even when empty") {
  for (const std::size_t size : {0, 1, 63, 64, 65, 4096, 1 << 20}) {
    CAPTURE(size);
    Buffer buffer(size);
    REQUIRE(buffer.data() != nullptr);
    CHECK(buffer.size() == size);
    CHECK(reinterpret_cast<std::uintptr_t>(buffer.data()) % Buffer::kAlignment == 0);
    auto* bytes = static_cast<unsigned char*>(buffer.data());
    CHECK(std::all_of(bytes, bytes + size, [](unsigned char byte) { return byte == 0; }));
    std::fill_n(bytes, size, 0xFF);
    CHECK_FALSE(buffer.adopted());
  }
}

TEST_CASE("a default buffer is empty") {
  const Buffer buffer;
  CHECK(buffer.data() == nullptr);
  CHECK(buffer.size() == 0);
  CHECK_FALSE(buffer.adopted());
}

TEST_CASE("adopted memory is given back once, when the buffer goes") {
  Lender lender;
  {
    const Buffer buffer = lender.lend();
    CHECK(buffer.adopted());
    CHECK(buffer.data() == &lender.value);
    CHECK(buffer.size() == sizeof lender.value);
    CHECK(lender.released == 0);
  }
  CHECK(lender.released == 1);
}

TEST_CASE("memory adopted without a deleter is left alone") {
  int value = 7;
  {
    const Buffer buffer(&value, sizeof value, nullptr);
    CHECK(buffer.adopted());
  }
  CHECK(value == 7);
}

TEST_CASE("moving takes the memory along and leaves an empty buffer") {
  Lender lender;
  {
    Buffer first = lender.lend();
    Buffer second(std::move(first));
    CHECK(first.data() == nullptr);  // NOLINT(bugprone-use-after-move): that is what is tested
    CHECK(first.size() == 0);
    CHECK_FALSE(first.adopted());
    CHECK(second.data() == &lender.value);
    CHECK(lender.released == 0);
  }
  CHECK(lender.released == 1);
}

TEST_CASE("assigning gives back what was held, and to oneself nothing") {
  Lender one;
  Lender two;
  {
    Buffer buffer = one.lend();
    Buffer other = two.lend();
    buffer = std::move(other);
    CHECK(one.released == 1);
    CHECK(two.released == 0);
    Buffer& same = buffer;
    buffer = std::move(same);
    CHECK(two.released == 0);
    CHECK(buffer.data() == &two.value);
    buffer = Buffer(16);
    CHECK(two.released == 1);
    CHECK_FALSE(buffer.adopted());
  }
  CHECK(one.released == 1);
  CHECK(two.released == 1);
}
