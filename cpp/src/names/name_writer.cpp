#include "scopetrie/names/name_writer.hpp"

namespace scopetrie {

void NameWriter::write_base(const Name& name) {
  text_.clear();
  graph_.append_name({name.scope, name.segment, 0}, text_);
  base_ = size_ = text_.size();
  text_ += '_';
  text_.resize(base_ + kNumberLength);
  scope_ = name.scope;
  segment_ = name.segment;
  suffix_ = 0;
}

}  // namespace scopetrie
