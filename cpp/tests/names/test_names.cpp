#include "scopetrie/names/names.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "scopetrie/error.hpp"
#include "scopetrie/names/name_writer.hpp"
#include "v1_names.hpp"

using namespace scopetrie;

namespace {

/// Names by full text.
struct Texts {
  Names names;

  explicit Texts(Names::Options options = {}) : names(std::move(options)) {}

  std::string full(const Name& name) const {
    std::string out;
    names.append_name(name, out);
    return out;
  }
  std::string path(ScopeId scope) const {
    std::string out;
    names.scopes().append_path(scope, out);
    return out;
  }
  ScopeId split(std::string_view name, SegmentId& last) {
    return names.scopes().scope_of_name(name, ScopeTrie::kRoot, last);
  }
  std::string unique(std::string_view name) {
    SegmentId last;
    const ScopeId scope = split(name, last);
    return full(names.unique(scope, last));
  }
  std::string peek(std::string_view name) {
    SegmentId last;
    const ScopeId scope = split(name, last);
    return full(names.peek(scope, last));
  }
  bool reserve(std::string_view name) {
    SegmentId last;
    const ScopeId scope = split(name, last);
    return names.reserve(scope, last);
  }
  void add(std::string_view name) {
    SegmentId last;
    const ScopeId scope = split(name, last);
    names.add(scope, last);
  }
  std::string open(std::string_view name) {
    SegmentId last;
    const ScopeId scope = split(name, last);
    return path(names.open(scope, last));
  }
  std::string reopen(std::string_view name) {
    SegmentId last;
    const ScopeId scope = split(name, last);
    return path(names.reopen(scope, last));
  }
  Names::Release release(std::string_view name) {
    SegmentId last;
    const ScopeId scope = split(name, last);
    return names.release(scope, last);
  }
  std::vector<std::string> listed() const {
    std::vector<std::string> all;
    for (std::size_t row = 0; row < names.row_count(); ++row)
      if (names.is_live(row)) all.push_back(full(names.name(row)));
    return all;
  }
  std::vector<std::string> under(std::string_view path) const {
    std::vector<std::string> all;
    const ScopeId scope = names.find_scope(path);
    if (scope == kNone) return all;
    for (const std::uint32_t row : names.under(scope)) all.push_back(full(names.name(row)));
    return all;
  }
};

/// The rule in its plainest form.
struct Model {
  bool folds = false;
  bool scopes_are_names = true;
  std::vector<std::string> listed;
  std::set<std::string> opened;

  std::string key(const std::string& name) const { return folds ? testing::lower(name) : name; }
  bool is_beneath(const std::string& name, const std::string& path) const {
    return key(name).starts_with(key(path) + "/");
  }
  bool is_listed(const std::string& name) const {
    return std::any_of(listed.begin(), listed.end(), [&](const auto& other) { return key(other) == key(name); });
  }
  bool is_interior(const std::string& name) const {
    const auto beneath = [&](const auto& other) { return is_beneath(other, name); };
    return std::any_of(listed.begin(), listed.end(), beneath) || std::any_of(opened.begin(), opened.end(), beneath);
  }
  bool is_taken(const std::string& name) const {
    return is_listed(name) || opened.contains(key(name)) || (scopes_are_names && is_interior(name));
  }
  std::string peek(const std::string& name) const {
    if (!is_taken(name)) return name;
    for (int number = 1;; ++number)
      if (const std::string made = name + "_" + std::to_string(number); !is_taken(made)) return made;
  }
  std::string unique(const std::string& name) {
    listed.push_back(peek(name));
    return listed.back();
  }
  Names::Release release(const std::string& name) {
    const auto at =
        std::find_if(listed.begin(), listed.end(), [&](const auto& other) { return key(other) == key(name); });
    if (at != listed.end()) {
      listed.erase(at);
      return Names::Release::kDone;
    }
    if (opened.erase(key(name)) != 0) return Names::Release::kDone;
    return is_taken(name) ? Names::Release::kHasNames : Names::Release::kFree;
  }
  std::vector<std::string> under(const std::string& path) const {
    std::vector<std::string> all;
    std::copy_if(listed.begin(), listed.end(), std::back_inserter(all),
                 [&](const auto& name) { return path.empty() || is_beneath(name, path); });
    return all;
  }
};

void compare(unsigned seed, bool folds, bool scopes_are_names) {
  CAPTURE(seed);
  std::mt19937 random(seed);
  Names::Options options;
  options.spelling.folds = folds;
  options.scopes_are_names = scopes_are_names;
  Texts texts(options);
  Model model;
  model.folds = folds;
  model.scopes_are_names = scopes_are_names;
  struct Span {
    Names::Mark mark;
    Model was;
  };
  std::vector<Span> spans;
  const char* const parts[] = {"w", "W", "w_1", "w_2", "a", "a_1", "A_1", "b", ""};
  const std::size_t kinds = 1 + random() % std::size(parts);
  const auto part = [&] {
    std::string text = parts[random() % kinds];
    if (random() % 8 == 0) text += "_" + std::to_string(1 + random() % 4);
    return text;
  };
  for (int step = 0; step < 300; ++step) {
    std::string name = part();
    for (unsigned depth = random() % 3; depth-- > 0;) name += "/" + part();
    switch (random() % 16) {
      case 0:
        spans.push_back({texts.names.begin(), model});
        break;
      case 1:
        if (spans.empty()) break;
        if (random() % 2 == 0) {
          texts.names.rollback(spans.back().mark);
          model = spans.back().was;
        } else {
          texts.names.commit();
        }
        spans.pop_back();
        break;
      case 2:
        REQUIRE(texts.peek(name) == model.peek(name));
        break;
      case 3:
      case 4: {
        const bool free = !model.is_taken(name);
        REQUIRE(texts.reserve(name) == free);
        if (free) model.listed.push_back(name);
        break;
      }
      case 5:
        texts.add(name);
        if (!model.is_listed(name)) model.listed.push_back(name);
        break;
      case 6: {
        const std::string wanted = model.peek(name);
        REQUIRE(texts.open(name) == wanted);
        model.opened.insert(model.key(wanted));
        break;
      }
      case 7:
        REQUIRE(texts.reopen(name) == name);
        if (!model.is_taken(name)) model.opened.insert(model.key(name));
        break;
      case 8:
      case 9:
      case 10:
        if (!model.listed.empty() && random() % 4 != 0) name = model.listed[random() % model.listed.size()];
        REQUIRE(texts.release(name) == model.release(name));
        break;
      default:
        REQUIRE(texts.unique(name) == model.unique(name));
    }
    REQUIRE(texts.names.is_taken(name) == model.is_taken(name));
    REQUIRE(texts.names.size() == model.listed.size());
    if (step % 16 != 0) continue;
    REQUIRE(texts.listed() == model.listed);
    REQUIRE(texts.under(name) == model.under(name));
    if (spans.empty()) {
      const Names copy(texts.names);
      REQUIRE(copy.size() == model.listed.size());
      REQUIRE(copy.is_taken(name) == model.is_taken(name));
    }
  }
  REQUIRE(texts.listed() == model.listed);
}

}  // namespace

TEST_CASE("any sequence of calls gives the names of the plain rule") {
  for (unsigned seed = 0; seed < 150; ++seed) compare(seed, false, true);
}

TEST_CASE("the same where case does not count") {
  for (unsigned seed = 0; seed < 150; ++seed) compare(seed, true, true);
}

TEST_CASE("the same where scopes are no names, as in v1") {
  for (unsigned seed = 0; seed < 150; ++seed) compare(seed, true, false);
}

TEST_CASE("a copy goes its own way") {
  Texts texts;
  texts.unique("w");
  texts.open("a");
  Texts copy;
  {
    Names other(texts.names);
    const SegmentId w = other.segments().intern("w"), fresh = other.segments().intern("a text that only the copy has");
    CHECK(other.unique(ScopeTrie::kRoot, w).suffix == 1);
    CHECK(other.unique(ScopeTrie::kRoot, fresh).suffix == 0);
    CHECK(texts.names.segments().find("a text that only the copy has") == kNone);
  }
  CHECK(texts.unique("w") == "w_1");  // the copy is gone, its texts too
  CHECK(texts.unique("another text") == "another text");
  CHECK(texts.open("a") == "a_1");
}

TEST_CASE("other spellings") {
  Names::Options options;
  options.spelling = {"::", "(", ")", true, nullptr};
  Texts texts(options);
  CHECK(texts.unique("a::b") == "a::b");
  CHECK(texts.unique("A::B") == "A::B(1)");
  CHECK(texts.reserve("a::b(2)"));
  CHECK(texts.unique("a::b") == "a::b(3)");
  CHECK(texts.unique("a::b_1") == "a::b_1");
  CHECK(texts.open("a") == "a(1)");
  CHECK(texts.unique("a(1)::x") == "a(1)::x");
  CHECK(texts.under("a") == std::vector<std::string>{"a::b", "A::B(1)", "a::b(2)", "a::b(3)", "a::b_1"});
  NameWriter writer(texts.names);
  for (std::size_t row = 0; row < texts.names.row_count(); ++row)
    CHECK(writer.write(texts.names.name(row)) == texts.full(texts.names.name(row)));
}

TEST_CASE("numbers are written with any suffix, in any order") {
  Names::Options options;
  options.spelling = {".", " #", "!", false, nullptr};
  Names names(options);
  NameWriter writer(names);
  const SegmentId w = names.segments().intern("w");
  for (std::uint32_t number = 1; number < 1200; ++number)
    REQUIRE(writer.write({0, w, number}) == "w #" + std::to_string(number) + "!");
}

TEST_CASE("spellings under which one text would be two names are refused") {
  const auto fault = [](Spelling spelling) {
    Names::Options options;
    options.spelling = std::move(spelling);
    try {
      Names names(options);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(fault({"/", "_", "", true, nullptr}).empty());
  CHECK(fault({"/", "", "", false, nullptr}).starts_with("the suffix"));
  CHECK(fault({"/", "v2", "", false, nullptr}).starts_with("the suffix"));
  CHECK(fault({"", "_", "", false, nullptr}).starts_with("the separator"));
  CHECK(fault({"_", "_", "", false, nullptr}).starts_with("the suffix"));
  CHECK(fault({"::", "$", ":", false, nullptr}).starts_with("the suffix"));
  CHECK(fault({"1", "_", "", false, nullptr}).starts_with("the separator"));
  CHECK(fault({"x", "_", "", false, nullptr}).empty());
  CHECK(fault({"x", "_", "", true, nullptr}).starts_with("the separator"));
  CHECK(fault({"/", "_v", "", true, nullptr}).starts_with("the suffix"));
  const Spelling colons{"::", "_", "", false, nullptr};
  CHECK(colons.can_stand("a:b"));
  CHECK_FALSE(colons.can_stand("a:"));
}

TEST_CASE("what was given out last is taken back as if it had never been asked for") {
  Texts texts;
  for (const char* name : {"w", "w", "w", "a/x", "b"}) texts.unique(name);
  texts.release("w_1");
  const std::size_t rows = texts.names.row_count();
  for (const char* name : {"w", "w", "a/x", "c/d/e", "b_1", "b", "w_1"}) texts.unique(name);
  CHECK(texts.names.is_taken("c"));
  texts.names.take_back(rows);
  CHECK(texts.listed() == std::vector<std::string>{"w", "w_2", "a/x", "b"});
  CHECK_FALSE(texts.names.is_taken("c"));
  CHECK(texts.under("a") == std::vector<std::string>{"a/x"});
  for (const char* name : {"w_1", "w_3", "c/d", "b_1", "a/x_1"}) CHECK(texts.unique(name) == name);
}

TEST_CASE("a subtree is listed without a look at the rest") {
  Names names;
  const SegmentId w = names.segments().intern("w");
  for (int scope = 0; scope < 20'000; ++scope) {
    const ScopeId made = names.open(ScopeTrie::kRoot, names.segments().intern("s"));
    for (int i = 0; i < 10; ++i) names.unique(made, w);
  }
  for (int round = 0; round < 100'000; ++round) REQUIRE(names.under(names.find_scope("s_7")).size() == 10);
}

TEST_CASE("names that are taken and released again and again take no more room") {
  Texts texts;
  for (int i = 0; i < 10'000; ++i) {
    CHECK(texts.unique("w") == "w");
    CHECK(texts.release("w") == Names::Release::kDone);
  }
  CHECK(texts.names.row_count() < 100);
}

TEST_CASE("parts that are not legal are mended, or refused") {
  int cleanings = 0;
  Names::Options options;
  options.legal = [](std::string_view text) { return text.size() <= 5; };
  options.clean = [&](std::string_view text) {
    ++cleanings;
    if (text == "separated") return std::string("a/b");
    return std::string(text.substr(0, text.front() == '!' ? 6 : 3));
  };
  Names names(options);
  const auto unique = [&](std::string_view name) -> std::string {
    try {
      SegmentId last;
      const ScopeId scope = names.place(name, ScopeTrie::kRoot, last);
      std::string out;
      names.append_name(names.unique(scope, last), out);
      return out;
    } catch (const Error& error) {
      return error.what();
    }
  };
  CHECK(unique("longer/longest") == "lon/lon");
  CHECK(unique("longer/longest") == "lon/lon_1");
  CHECK(cleanings == 2);  // each text once
  CHECK(unique("abcd") == "abcd");
  CHECK(unique("abcd") == "'abcd_1' is the next number, and is not legal: choose another suffix");
  CHECK(unique("separated").find("has the separator") != std::string::npos);
  CHECK(unique("!longer").find("is not legal either") != std::string::npos);
  CHECK(names.size() == 3);
  SegmentId last;
  CHECK_THROWS_AS(names.check_legal("abc/abcdef"), Error);
  CHECK_NOTHROW(names.check_legal("abc/abcde"));
  const ScopeId scope = names.place("abcd", ScopeTrie::kRoot, last);
  CHECK_THROWS_AS(names.open(scope, last), Error);

  Names::Options colons;
  colons.spelling.separator = "::";
  Names others(colons);
  CHECK_THROWS_AS(others.part("a:"), Error);  // "a:" "::" "b" would read as "a" "::" ":b"
  CHECK_NOTHROW(others.part(":a"));
}
