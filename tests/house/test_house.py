#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each check of the house finds the fault it is there for, and leaves a sound tree alone."""
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import cpp_text  # noqa: E402
import failures  # noqa: E402
import house  # noqa: E402
from tree import Tree  # noqa: E402

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
TABLE = """# Architecture
| library | what | may include | third party |
|---|---|---|---|
| `base` | b | – | OpenSSL |
| `rules` | r | `base` | – |
| `store` | s | `base` | SQLite |
| `driver` | d | `compiler/*` | CLI11 |
"""


class HouseTest(unittest.TestCase):
    def findings(self, check, **files):
        """What `check` finds in a tree of these files (names with __ for / and _DOT_ for .)."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            files.setdefault("docs__ARCHITECTURE_DOT_md", TABLE)
            for name, text in files.items():
                path = root / name.replace("__", "/").replace("_DOT_", ".")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return [(finding.path, finding.line, finding.what) for finding in house.run(root, [check])]

    def test_a_library_may_not_include_one_that_its_row_does_not_list(self):
        found = self.findings("layers", compiler__runtime__base__a_DOT_cpp=SPDX + '#include "compiler/runtime/rules/r.hpp"\n',
                              compiler__runtime__rules__r_DOT_hpp=SPDX + '#include "compiler/runtime/base/b.hpp"\n',
                              compiler__runtime__base__b_DOT_hpp=SPDX)
        self.assertEqual(found, [("compiler/runtime/base/a.cpp", 2, "`base` includes `rules` (compiler/runtime/rules/r.hpp)")])

    def test_everything_under_compiler_is_open_to_the_driver_and_the_gateway_is_not(self):
        found = self.findings("layers", compiler__driver__a_DOT_cpp='#include "compiler/runtime/rules/r.hpp"\n#include "gateway/store/s.hpp"\n',
                              compiler__runtime__rules__r_DOT_hpp="", gateway__store__s_DOT_hpp="")
        self.assertEqual([line for _, line, _ in found], [2])

    def test_a_room_without_a_row_is_noticed(self):
        self.assertEqual(len(self.findings("layers", gateway__attic__a_DOT_cpp="")), 1)

    def test_an_include_is_written_from_the_root_of_the_repository(self):
        self.assertEqual(len(self.findings("layers", compiler__runtime__base__a_DOT_cpp='#include "b.hpp"\n')), 1)

    def test_third_party_stays_in_cpp_files_of_the_library_that_wraps_it(self):
        found = self.findings("headers", gateway__store__s_DOT_hpp="#include <sqlite3.h>\n", gateway__store__s_DOT_cpp="#include <sqlite3.h>\n",
                              compiler__runtime__base__a_DOT_cpp="#include <sqlite3.h>\n#include <openssl/evp.h>\n#include <vector>\n")
        self.assertEqual([(path, line) for path, line, _ in found],
                         [("compiler/runtime/base/a.cpp", 1), ("gateway/store/s.hpp", 1)])

    def test_linking_must_tell_the_same_story_as_including(self):
        cmake = "glmap_library(base\n  SOURCES a.cpp USES rules THIRD_PARTY OpenSSL::Crypto)\n"
        self.assertEqual(len(self.findings("uses", compiler__runtime__base__CMakeLists_DOT_txt=cmake)), 1)

    def test_floating_point_is_found_near_money_but_not_in_words_about_it(self):
        text = '// no double here\nconst char* a = "float";\nint double_entry = 0;\ndouble net = 0.1;\n'
        found = self.findings("words", gateway__store__s_DOT_cpp=text, gateway__api__a_DOT_cpp=text)
        self.assertEqual(found, [("gateway/store/s.cpp", 4, "`double`")])

    def test_only_the_platform_reads_the_clock(self):
        text = "auto t = std::chrono::system_clock::now();\nauto u = clock.now();\n"
        found = self.findings("words", gateway__api__a_DOT_cpp=text, gateway__platform__c_DOT_cpp=text)
        self.assertEqual([(path, line) for path, line, _ in found], [("gateway/api/a.cpp", 1)])

    def test_a_header_does_not_open_namespaces_for_its_readers(self):
        self.assertEqual(len(self.findings("words", compiler__runtime__base__a_DOT_hpp="using namespace std;\n")), 1)

    def test_the_runtime_opens_no_files(self):
        self.assertEqual(len(self.findings("purity", compiler__runtime__base__a_DOT_cpp="#include <fstream>\n")), 1)

    def test_a_function_of_71_lines_is_found_by_its_name(self):
        body = "    ++x;\n" * 69
        text = "namespace a {\nclass C {\n  int f(int x) const noexcept {\n" + body + "  }\n  int g() { return 1; }\n};\n}\n"
        self.assertEqual(self.findings("length", compiler__runtime__base__a_DOT_cpp=text),
                         [("compiler/runtime/base/a.cpp", 3, "`f` is 71 lines long")])

    def test_functions_are_told_from_types_initialisers_and_lambdas(self):
        text = ("struct S { int a = 1; };\nS s{.a = 2};\nint table[] = {1, 2};\nauto f = [](int x) { return x; };\n"
                "C::C(int a) : a_(a), b_{1} {\n}\ntemplate <class T>\nT operator+(T a, T b) {\n  if (a) { return b; }\n  return a;\n}\n"
                'TEST_CASE("x { (", "[y]") {\n}\n')
        names = [function.name for function in cpp_text.functions(text)]
        self.assertIn("C::C", names)
        self.assertIn("operator+", names)
        self.assertEqual([function.is_test for function in cpp_text.functions(text)][-1], True)
        self.assertNotIn("S", names)

    def test_raw_texts_and_digit_separators_do_not_confuse_the_reader(self):
        text = 'const char* a = R"x(} " double )x";\nint n = 1\'000\'000;\nfloat f;\n'
        self.assertEqual([line for _, line, _ in self.findings("words", gateway__store__a_DOT_cpp=text)], [3])

    def test_a_file_of_601_lines_is_too_long(self):
        self.assertEqual(len(self.findings("length", tests__a_DOT_py="#\n" * 601)), 1)

    def test_every_code_has_a_page_under_its_own_title(self):
        registry = 'GLMAP_CODE(1001, A, "first", permanent)\nGLMAP_CODE(1002, B, "second", permanent)\n'
        page = "# GLM-1002: another\n```\nx\n```\n## What to do\n"
        found = self.findings("error_pages", compiler__runtime__base__error_codes_DOT_def=registry, **{"docs__errors__GLM-1002_DOT_md": page,
                                                                                                   "docs__errors__GLM-1003_DOT_md": page})
        self.assertEqual(len(found), 3)  # 1001 has none, 1002 a wrong title, 1003 no code

    def test_a_proof_needs_three_broken_and_three_sound_books(self):
        registry = 'GLMAP_CODE(1001, A, "no proof", permanent)\nGLMAP_CODE(4001, B, "a proof", permanent)\n'
        cases = {"tests__golden__%s__4001_%d__expected_DOT_txt" % (kind, n): "$ glmapc check .\n"
                 for kind, count in (("bad", 3), ("sound", 2)) for n in range(count)}
        found = self.findings("proofs", compiler__runtime__base__error_codes_DOT_def=registry, **cases)
        self.assertEqual([what for _, _, what in found], ["GLM-4001 is shown by 2 sound books"])

    def test_every_failure_has_a_test_or_a_reason_and_the_page_is_fresh(self):
        listed = "I1 | a | b\nI2 | a | b\nI2 waits | c\nI3 | a | b\nI3 none | c\nI4 | a\nI5 waits | c\n"
        test = SPDX + 'TEST_CASE("x",\n          "[y][I3]") {}\nTEST_CASE("z", "[M7]") {}\n'
        found = self.findings("failures", tests__house__failures_DOT_txt=listed, tests__unit__a_DOT_cpp=test, tests__b_DOT_py='"""Shows I2, I9."""\n')
        self.assertEqual([what for _, _, what in found],
                         ["the page is not what the tests say", "the test names the failure `I9`", "no test names `I1`",
                          "`I3` does not apply and a test names it", "`I4 | a`", "`I5` stands twice or has no line of its own before",
                          "the test names the failure `M7`"])

    def test_a_page_of_failures_that_says_what_the_tests_say_is_fresh(self):
        files = {"tests__house__failures_DOT_txt": "E1 | a | b\n", "tests__unit__a_DOT_cpp": 'TEST_CASE("x", "[y][E1]") {}\n'}
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in files.items():
                path = root / name.replace("__", "/").replace("_DOT_", ".")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            text = failures.page(failures.gather(Tree(root))[0])
        self.assertIn("- `tests/unit/a.cpp`: x\n", text)
        self.assertEqual(self.findings("failures", docs__operations__failures_DOT_md=text, **files), [])

    def test_links_lead_somewhere(self):
        text = "[a](b.md) [c](docs/ARCHITECTURE.md#architecture) [d](docs/ARCHITECTURE.md#nowhere) [e](https://example.org) `[f](g.md)`\n"
        self.assertEqual([what for _, _, what in self.findings("links", README_DOT_md=text)],
                         ["`docs/ARCHITECTURE.md` has no heading `#nowhere`", "the link to `b.md` leads nowhere"])

    def test_notes_to_oneself_and_paths_of_one_machine_are_found(self):
        text = "# TO" + "DO later\n# see /ho" + "me/anna/x\n"
        self.assertEqual(len(self.findings("left_overs", tests__a_DOT_py=text)), 2)

    def test_a_missing_licence_line_and_pragma_are_found(self):
        self.assertEqual(len(self.findings("spdx", compiler__runtime__base__a_DOT_hpp="int a;\n")), 1)
        self.assertEqual(len(self.findings("pragma", compiler__runtime__base__a_DOT_hpp="int a;\n")), 1)


if __name__ == "__main__":
    unittest.main()
