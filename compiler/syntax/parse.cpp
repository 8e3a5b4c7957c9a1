// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/parse.hpp"

#include <utility>

#include "compiler/syntax/build_ast.hpp"
#include "compiler/syntax/concrete_tree.hpp"
#include "compiler/syntax/text_check.hpp"

namespace glmap::syntax {

Spec parse_book(const diagnostics::Sources& sources, const std::vector<std::string>& files, diagnostics::Sink& sink) {
  Spec spec;
  const std::size_t errors_before = sink.error_count();
  for (const std::string& file : files) {
    const std::string* text = sources.text(file);
    if (text == nullptr) {
      sink.error(ErrorCode::FileNotReadable, Span{SourceRef{file, 0, 0, {}}, 0}, "the file was not read",
                 "check that it exists and that you may read it");
      continue;
    }
    CheckedText checked = check_text(file, *text, sink);
    if (!checked.readable) continue;
    ConcreteTree tree;
    tree.file = file;
    tree.text = std::move(checked.text);
    read_tree(tree, sink);
    AstBuilder(tree, spec, sink).build();
  }
  if (!spec.mapping && sink.error_count() == errors_before) {
    sink.error(ErrorCode::MissingClause, Span{SourceRef{files.empty() ? "" : files.front(), 0, 0, {}}, 0},
               "the book has no `mapping` section", "start it with `mapping NAME \"title\"`");
  }
  return spec;
}

}  // namespace glmap::syntax
