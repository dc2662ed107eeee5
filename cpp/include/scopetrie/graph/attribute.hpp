// A typed attribute of an operation: the value of a Const, a dtype, the seeds of a random operation.
//
// Invariants: 16 bytes. Numbers, dtypes, shapes, up to four small ints and host objects stand in the value itself; what
// is larger is shared by copies and never changes. An operation has one attribute value; several go by name into one
// (kNamed). A shape is an id of the ShapeTable of the graph that keeps the value.
// Thread safety: as the graph that keeps it; copies of one value count their references without locks.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "scopetrie/graph/host.hpp"
#include "scopetrie/shapes/dtype.hpp"
#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

class AttributeValue;

/// A small tensor: its elements in row-major order.
struct TensorValue {
  DType dtype;
  std::vector<std::int64_t> dims;
  std::vector<std::byte> bytes;
};
using NamedAttributes = std::vector<std::pair<std::string, AttributeValue>>;

class AttributeValue {
 public:
  enum class Kind : std::uint8_t {
    kNone,
    kBool,
    kInt,
    kFloat,
    kDType,
    kShape,
    kSeeds,
    kInts,
    kFirstBox,  // the kinds from here on are kept outside of the value
    kString = kFirstBox,
    kFloats,
    kList,
    kTensor,
    kNamed,
    kHost
  };

  AttributeValue() = default;
  explicit AttributeValue(bool value) : word_(value ? 1 : 0), tag_(tag(Kind::kBool)) {}
  explicit AttributeValue(std::int64_t value) : word_(static_cast<std::uint64_t>(value)), tag_(tag(Kind::kInt)) {}
  explicit AttributeValue(double value) : word_(std::bit_cast<std::uint64_t>(value)), tag_(tag(Kind::kFloat)) {}
  explicit AttributeValue(DType value) : word_(value.number), tag_(tag(Kind::kDType)) {}
  static AttributeValue of_shape(ShapeId shape) { return {shape, tag(Kind::kShape)}; }
  /// The two seeds of a random operation, each below 2^32; zeros are no seeds.
  static AttributeValue of_seeds(std::uint32_t seed, std::uint32_t seed2) {
    return {std::uint64_t{seed} << 32 | seed2, tag(Kind::kSeeds)};
  }
  explicit AttributeValue(std::string value);
  explicit AttributeValue(std::span<const std::int64_t> value) {
    if (!put_few(value)) put_many(value);
  }
  explicit AttributeValue(const std::vector<std::int64_t>& value) : AttributeValue(std::span(value)) {}
  explicit AttributeValue(std::vector<double> value);
  explicit AttributeValue(std::vector<AttributeValue> value);
  explicit AttributeValue(TensorValue value);
  explicit AttributeValue(NamedAttributes value);
  explicit AttributeValue(HostObject value) {
    if (!value) return;
    tag_ = reinterpret_cast<std::uintptr_t>(&value.host());
    word_ = reinterpret_cast<std::uintptr_t>(value.release());
  }

  AttributeValue(const AttributeValue& other) : word_(other.word_), tag_(other.tag_) {
    if (tag_ >= tag(Kind::kFirstBox)) share();
  }
  AttributeValue(AttributeValue&& other) noexcept : word_(other.word_), tag_(std::exchange(other.tag_, 0)) {}
  AttributeValue& operator=(const AttributeValue& other) { return *this = AttributeValue(other); }
  AttributeValue& operator=(AttributeValue&& other) noexcept {
    if (this == &other) return *this;
    const AttributeValue before(word_, tag_);
    word_ = other.word_;
    tag_ = std::exchange(other.tag_, 0);
    return *this;
  }
  ~AttributeValue() {
    if (tag_ >= tag(Kind::kFirstBox)) drop();
  }

  Kind kind() const noexcept {
    if (tag_ > tag(Kind::kHost)) return Kind::kHost;
    // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): a tag below kHost is a Kind
    return tag_ == kManyInts ? Kind::kInts : static_cast<Kind>(tag_);
  }

  /// Whether it is an int or a float.
  bool is_number() const noexcept { return tag_ == tag(Kind::kInt) || tag_ == tag(Kind::kFloat); }

  // Each of a value of that kind only.
  bool boolean() const { return word_ != 0; }
  std::int64_t integer() const { return static_cast<std::int64_t>(word_); }
  double real() const { return std::bit_cast<double>(word_); }
  DType dtype() const { return static_cast<std::uint8_t>(word_); }
  ShapeId shape() const { return static_cast<ShapeId>(word_); }
  std::uint32_t seed() const { return static_cast<std::uint32_t>(word_ >> 32); }
  std::uint32_t seed2() const { return static_cast<std::uint32_t>(word_); }
  const std::string& text() const;
  std::vector<std::int64_t> ints() const {
    std::vector<std::int64_t> all(int_count());
    copy_ints(all.data());
    return all;
  }
  /// How many ints there are, and the ints; without memory of their own.
  std::size_t int_count() const { return tag_ == tag(Kind::kInts) ? word_ % 8 : many_ints().size(); }
  void copy_ints(std::int64_t* out) const {
    if (tag_ != tag(Kind::kInts)) return copy_many(out);
    for (std::size_t i = 0; i < word_ % 8; ++i)
      out[i] = static_cast<std::int64_t>(word_ << (64 - kFewBits * (i + 1) - 3)) >> (64 - kFewBits);
  }
  const std::vector<double>& reals() const;
  const std::vector<AttributeValue>& list() const;
  const TensorValue& tensor() const;
  const NamedAttributes& named() const;
  /// Borrowed.
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the word is the object's address
  void* host_object() const { return reinterpret_cast<void*>(static_cast<std::uintptr_t>(word_)); }

  /// The bits of the value, for a hash: those that are same() have the same ones.
  std::uint64_t bits() const noexcept { return word_; }
  /// Whether both are one value, to the bit; of values that are kept outside, whether they are shared.
  bool same(const AttributeValue& other) const noexcept { return word_ == other.word_ && tag_ == other.tag_; }
  /// The attribute of this name among kNamed ones; null where there is none, or the kind is another one.
  const AttributeValue* find(std::string_view name) const;
  /// Calls `visit` with each host object in the value.
  template <class Visit>
  void for_each_host_object(Visit&& visit) const {
    if (kind() == Kind::kHost) visit(host_object());
    if (kind() == Kind::kList)
      for (const AttributeValue& each : list()) each.for_each_host_object(visit);
    if (kind() == Kind::kNamed)
      for (const auto& [name, value] : named()) value.for_each_host_object(visit);
  }

 private:
  struct Box;
  template <class Value>
  struct BoxOf;

  // A kind, or the address of the host of an object, which is greater than any kind. Ints have two: a few small ones
  // stand in the word, with their number in the lowest three bits; others are kept outside.
  static constexpr std::uintptr_t tag(Kind kind) { return static_cast<std::uintptr_t>(kind); }
  static constexpr std::uintptr_t kManyInts = static_cast<std::uintptr_t>(Kind::kHost);
  static constexpr std::size_t kFew = 4, kFewBits = 15;

  AttributeValue(std::uint64_t word, std::uintptr_t tag) : word_(word), tag_(tag) {}
  bool put_few(std::span<const std::int64_t> value) {
    if (value.size() > kFew) return false;
    constexpr std::int64_t kEnd = std::int64_t{1} << (kFewBits - 1);
    std::uint64_t word = value.size();
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] < -kEnd || value[i] >= kEnd) return false;
      word |= (static_cast<std::uint64_t>(value[i]) & ((std::uint64_t{1} << kFewBits) - 1)) << (kFewBits * i + 3);
    }
    word_ = word;
    tag_ = tag(Kind::kInts);
    return true;
  }
  SCOPETRIE_COLD void put_many(std::span<const std::int64_t> value);
  SCOPETRIE_COLD const std::vector<std::int64_t>& many_ints() const;
  SCOPETRIE_COLD void copy_many(std::int64_t* out) const;
  template <class Value>
  void put(std::uintptr_t tag, Value value);
  template <class Value>
  const Value& boxed() const;
  SCOPETRIE_COLD void share() const;
  SCOPETRIE_COLD void drop() noexcept;

  std::uint64_t word_ = 0;
  std::uintptr_t tag_ = 0;
};
static_assert(sizeof(AttributeValue) == 16);

}  // namespace scopetrie
