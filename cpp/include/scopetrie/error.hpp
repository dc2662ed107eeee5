// The core's one exception: what rule was broken, and the facts that a caller needs to say so in its own words.
//
// Invariants: `kind` decides which class another language raises; what() is v1's text, ready to be shown. Copying does
// not throw. Thrown from cold functions only: hot ones return values.
// Thread safety: an Error never changes.
#pragma once

#include <exception>
#include <memory>
#include <string>

namespace scopetrie {

/// What v1 raises: each kind is named after Python's class.
enum class ErrorKind : unsigned char {
  kValue,
  kType,
  kRuntime,
  kKey,
  kIndex,
  kAttribute,
  kLookup,
  kAssertion,
  kNotImplemented
};

/// What an error is about; empty where that says nothing.
struct ErrorFacts {
  std::string call = {};       // the public function: "get_variable"
  std::string full_name = {};  // the variable's, scope's or operation's whole name
  std::string asked = {};      // what the caller asked for
  std::string found = {};      // what there is
};

class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string text, ErrorFacts facts = {})
      : said_(std::make_shared<const Said>(kind, std::move(text), std::move(facts))) {}

  ErrorKind kind() const noexcept { return said_->kind; }
  const ErrorFacts& facts() const noexcept { return said_->facts; }
  const char* what() const noexcept override { return said_->text.c_str(); }

 private:
  struct Said {
    Said(ErrorKind kind, std::string text, ErrorFacts facts)
        : kind(kind), text(std::move(text)), facts(std::move(facts)) {}
    ErrorKind kind;
    std::string text;
    ErrorFacts facts;
  };

  std::shared_ptr<const Said> said_;
};

}  // namespace scopetrie
