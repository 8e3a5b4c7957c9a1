#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""That the test of the documentation finds what it is there for, and puts pieces of books where they belong."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fragments  # noqa: E402
import journals  # noqa: E402
import pages  # noqa: E402
import run  # noqa: E402
import walk  # noqa: E402

BOOK = """mapping m "M"
  language 1

lists
  product is A, B
  region  is X

accounts
  | role | US   | needs |
  | cash | 1060 |       |
  | sale | 4010 | who   |

rule ONE "one"
  for a.b

no entry for c.d, e.f
  because "nothing"
"""


def composed(text, without=()):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "book.glmap"
        path.write_text(BOOK, encoding="utf-8")
        book = fragments.Book(path.parent)
        for what in without:
            book.leave_out(what)
        book.put(text)
        return book.text(path)


def blocks_of(text):
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / "GLM-4001.md"
        page.write_text(text, encoding="utf-8")
        return pages.read_page(page)


class Composition(unittest.TestCase):
    def test_a_rule_takes_the_place_of_its_namesake(self):
        text = composed('rule ONE "new"\n  for g.h\n')
        self.assertIn('rule ONE "new"', text)
        self.assertNotIn('rule ONE "one"', text)

    def test_the_same_rule_twice_stands_there_twice(self):
        self.assertEqual(composed('rule ONE "x"\n\nrule ONE "y"\n').count("rule ONE"), 2)

    def test_lists_are_merged_by_item(self):
        text = composed("lists\n  region is X, Y\n")
        self.assertIn("product is A, B", text)
        self.assertEqual(text.count("region"), 1)

    def test_a_role_keeps_the_cells_that_the_piece_does_not_show(self):
        text = composed("accounts\n  | role | US   | DE   |\n  | sale | 4020 | 4200 |\n")
        self.assertIn("| sale | 4020 | 4200 | who |", text)
        self.assertIn("| cash | 1060 | - |  |", text)

    def test_an_event_has_one_say(self):
        text = composed('hold e.f\n  because "later"\n')
        self.assertIn("no entry for c.d\n", text)
        self.assertIn("hold e.f", text)

    def test_what_is_left_out_must_have_been_there(self):
        self.assertNotIn("rule ONE", composed("", ["rule ONE"]))
        with self.assertRaises(ValueError):
            composed("", ["rule TWO"])

    def test_yaml_is_merged_by_keys_and_codes(self):
        old = 'charts:\n  us:\n    - {code: "1060", name: Bank}\n    - {code: "1200", name: Debtors}\n'
        new = 'charts:\n  us:\n    - {code: "1060", name: Cash}\n  de:\n    - {code: "1800", name: Bank}\n'
        self.assertEqual(fragments.merge_yaml(old, new),
                         'charts:\n  us:\n    - {code: "1060", name: Cash}\n    - {code: "1200", name: Debtors}\n'
                         '  de:\n    - {code: "1800", name: Bank}\n')


class Pages(unittest.TestCase):
    PAGE = "# GLM-4001: x\n\nWrong, since it is:\n\n```glmap\na\n```\n\nRight:\n\n```glmap\nb\n```\n"

    def test_wrong_and_right_are_told_apart(self):
        cases = list(run.cases_of_code_page(pathlib.Path("GLM-4001.md"), blocks_of(self.PAGE)))
        self.assertEqual([case.codes for case in cases], [{"GLM-4001"}, set()])
        self.assertEqual(cases[1].never, {"GLM-4001"})

    def test_the_right_example_keeps_what_it_does_not_show(self):
        page = self.PAGE.replace("Wrong, since it is:\n", "Wrong:\n\n```yaml\n# e.yaml\nx: 1\n```\n")
        right = list(run.cases_of_code_page(pathlib.Path("GLM-4001.md"), blocks_of(page)))[1]
        self.assertEqual([block.language for block in right.blocks], ["yaml", "glmap"])

    def test_book_text_outside_of_a_block_is_refused(self):
        with self.assertRaises(pages.PageFault):
            blocks_of('text\n\n    rule ONE "one"\n')

    def test_an_unknown_comment_is_refused(self):
        with self.assertRaises(pages.PageFault):
            blocks_of("<!-- witout: tests -->\n```glmap\n```\n")


class Verdicts(unittest.TestCase):
    def verdict(self, codes, errors, warnings=(), **more):
        case = run.Case([pages.Block(run.ROOT / "x.md", 1, "glmap", [], {}, "")], set(codes), **more)
        return run.judge_codes(case, set(errors), set(warnings), str)

    def test_a_wrong_example_that_is_right_is_found(self):
        self.assertIn("it gives no GLM-4001", self.verdict(["GLM-4001"], []))

    def test_a_second_fault_is_found(self):
        self.assertIn("it gives GLM-2004", self.verdict(["GLM-4001"], ["GLM-4001", "GLM-2004"]))
        self.assertIsNone(self.verdict(["GLM-4001"], ["GLM-4001", "GLM-2004"], also={"GLM-2004"}))

    def test_a_right_example_that_is_wrong_is_found(self):
        self.assertIn("it gives GLM-4003", self.verdict([], ["GLM-4003"]))
        self.assertIn("it gives GLM-4016", self.verdict([], [], ["GLM-4016"], never={"GLM-4016"}))
        self.assertIsNone(self.verdict([], [], ["GLM-4016"]))

    def test_what_commands_show_is_compared(self):
        with tempfile.TemporaryDirectory() as folder:
            terminal = walk.Terminal(pathlib.Path(folder), "/bin/true")
            shown = walk.run_console(terminal, ["$ mkdir a", "$ cd a", "$ echo 5 bytes", "other"])
        self.assertEqual(shown, ["$ mkdir a", "$ cd a", "$ echo 5 bytes", "... bytes"])


class Journals(unittest.TestCase):
    """The page of journals: what it finds, and that a right line passes."""

    def found(self, line):
        book = journals.Book.__new__(journals.Book)
        book.tests_of = {"INV": {"A sale"}, "no entry a.drafted": {"A draft"}}
        book.titles, book.order, book.named = {"A sale", "A draft"}, {"order b needs a"}, set()
        self.book = book
        number, cells = next(iter(journals.lines_of(line)))
        return " ".join(journals.check_line(cells, {"small": book}))

    def test_right_lines(self):
        self.assertEqual(self.found("| sale | small | INV | A sale |"), "")
        self.assertEqual(self.book.named, {"INV"})
        self.assertEqual(self.found("| early | small | order b needs a | A draft |"), "")
        self.assertEqual(self.found("| other | none | the ERP does this at close | |"), "")

    def test_wrong_lines(self):
        self.assertIn("no book `big`", self.found("| sale | big | INV | A sale |"))
        self.assertIn("no test", self.found("| sale | small | INV | No sale |"))
        self.assertIn("has no `GONE`", self.found("| sale | small | GONE | A sale |"))
        self.assertIn("does not exercise", self.found("| sale | small | INV | A draft |"))
        self.assertIn("whose business", self.found("| other | none | | |"))
        self.assertIn("3 cells", self.found("| sale | small | INV |"))

    def test_a_rule_that_no_line_shows(self):
        self.found("| sale | small | INV | A sale |")
        left = list(journals.check("| sale | small | INV | A sale |", {"small": self.book}))
        self.assertEqual(left, ["docs/language/journals.md: no line shows `no entry a.drafted` of book `small`"])


if __name__ == "__main__":
    unittest.main()
