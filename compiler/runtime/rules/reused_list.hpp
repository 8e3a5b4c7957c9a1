// SPDX-License-Identifier: Apache-2.0
// A list that keeps what its elements own when it is emptied, for work that is done again and again. Private to rules.
#pragma once

#include <cstddef>
#include <vector>

namespace glmap::rules {

template <class T>
class ReusedList {
 public:
  /// The next element. What stood there before may still be in it: the caller writes all of it.
  T& add() {
    if (size_ == all_.size()) all_.emplace_back();
    return all_[size_++];
  }
  void drop_last() { --size_; }
  void clear() { size_ = 0; }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  T& back() { return all_[size_ - 1]; }
  T* begin() { return all_.data(); }
  T* end() { return all_.data() + size_; }
  const T* begin() const { return all_.data(); }
  const T* end() const { return all_.data() + size_; }

 private:
  std::vector<T> all_;
  std::size_t size_ = 0;
};

}  // namespace glmap::rules
