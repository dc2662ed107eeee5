// The core's only exception: the rule that was broken, and the facts for a message.
//
// Invariants: `kind` determines the exception class in other languages; what() is v1's message. Copying does not throw.
// Only cold functions throw it; hot functions return values.
// Thread safety: immutable.
#pragma once

#include <exception>
#include <memory>
#include <string>

namespace scopetrie {

/// The class that v1 raises: each kind is named after Python's class.
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

/// What get_variable refuses, for those who add to its words.
enum class Refusal : unsigned char {
  kOther,
  kDiffers,      // the variable is there, and not as asked
  kMissing,      // no variable has the name
  kMissingWhole  // no variable in parts has it
};

/// The subject of an error; empty where there is none.
struct ErrorFacts {
  std::string call = {};       // the public function: "get_variable"
  std::string full_name = {};  // the full name of the variable, scope or operation
  std::string asked = {};      // the caller's request
  std::string found = {};      // what there is
  std::string place = {};      // the end of what() that says where it was made
  Refusal refusal = Refusal::kOther;
  /// An initializer or a regularizer makes nothing of the variable's dtype. v1 undoes nothing, and programs go on after
  /// this error, so the names that it took stay in use; see undone_if_failed().
  bool refuses_dtype = false;
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
