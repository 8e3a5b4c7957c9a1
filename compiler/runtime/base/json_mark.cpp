// SPDX-License-Identifier: Apache-2.0
#include "compiler/runtime/base/json_mark.hpp"

namespace glmap {
namespace {

void take_value(JsonMixer& mixer, JsonView value) {
  using Kind = JsonView::Kind;
  switch (value.kind()) {
    case Kind::null:
      return mixer.take_null();
    case Kind::truth:
      return mixer.take_truth(value.is_true());
    case Kind::number:
      return mixer.take_number(value.text());
    case Kind::text:
      return mixer.take_text(value.text());
    case Kind::array:
      for (const JsonView element : value) take_value(mixer, element);
      return mixer.take_array(value.size());
    case Kind::object: {
      JsonMark sum;
      for (const JsonView member : value) {
        JsonMixer own = JsonMixer::of_key(member.key());
        take_value(own, member);
        sum += own.mark();
      }
      return mixer.take_object(value.size(), sum);
    }
  }
}

}  // namespace

JsonMark mark_of(JsonView value) {
  JsonMixer mixer;
  take_value(mixer, value);
  return mixer.mark();
}

}  // namespace glmap
