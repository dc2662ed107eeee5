#include "scopetrie/names/name_writer.hpp"

namespace scopetrie {

void NameWriter::write_scope(ScopeId scope) {
  scope_ = segment_ = kNone;  // should memory run out
  text_.clear();
  append_scope_(names_, scope, text_);
  base_ = text_.size();
  text_.resize(base_ + Segments::kReadable + longest_number());
  scope_ = scope;
}

void NameWriter::write_long_segment(std::string_view text) {
  if (text_.size() < base_ + text.size() + longest_number()) text_.resize(base_ + text.size() + longest_number());
  text.copy(text_.data() + base_, text.size());
  end_ = base_ + text.size();
}

}  // namespace scopetrie
