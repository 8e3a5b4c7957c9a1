#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_html.py GLMAPC: the HTML of `glmapc coverage` is one sound page that needs nothing else, and shows what the JSON holds."""
import html.parser
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

GLMAPC = str(pathlib.Path(sys.argv.pop(1)).resolve())
ROOT = pathlib.Path(__file__).resolve().parents[2]
VOID = {"meta", "br", "hr", "img", "input", "link"}
HOSTILE = '<script>alert("1")</script> & Söhne'


class Page(html.parser.HTMLParser):
    """Collects what is wrong with the nesting, ids, links, texts by tag, and every attribute."""

    def __init__(self, text):
        super().__init__()
        self.open, self.faults, self.ids, self.links, self.attributes = [], [], [], [], []
        self.cells = {}  # class of td -> texts
        self.texts = []
        self.spans = []  # of the cells of the row being read
        self.feed(text)
        self.close()
        if self.open:
            self.faults.append("not closed: %s" % self.open)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.attributes += [(tag, name, value) for name, value in attrs.items()]
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [attrs["href"]] if "href" in attrs else []
        if tag not in VOID:
            self.open.append((tag, attrs.get("class", "")))

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            self.faults.append("</%s> at %s closes %s" % (tag, self.getpos(), self.open[-1:]))
        else:
            self.open.pop()

    def handle_data(self, data):
        if not self.open or self.open[-1][0] in ("script", "style"):
            return
        self.texts.append(data)
        for tag, name in self.open:
            if tag == "td":
                self.cells.setdefault(name, []).append(data)


class Coverage(unittest.TestCase):
    def report(self, book, form):
        done = subprocess.run([GLMAPC, "coverage", book, "--format", form], capture_output=True, check=True)
        return done.stdout.decode("utf-8")

    def check_page(self, text):
        page = Page(text)
        self.assertEqual(page.faults, [])
        self.assertEqual(len(page.ids), len(set(page.ids)), "ids stand once")
        for link in page.links:
            self.assertTrue(link.startswith("#") and link[1:] in page.ids, "%s leads somewhere on the page" % link)
        self.assertFalse([one for one in page.attributes if one[1] in ("src", "action", "onclick", "onload")], "nothing is loaded")
        self.assertIsNone(re.search(r"https?:|url\(|@import", text), "nothing is fetched")
        self.assertTrue(text.startswith("<!DOCTYPE html>"))
        return page

    def test_the_pages_of_real_books_are_sound_and_whole(self):
        for book in sorted(path.parent for path in ROOT.glob("mappings/*/book.glmap")) + [ROOT / "tests/golden/base"]:
            with self.subTest(book=book.name):
                page = self.check_page(self.report(book, "html"))
                report = json.loads(self.report(book, "json"))
                rows = [row for table in report["tables"] for row in table["rows"]]
                places = [row["place"] for row in rows] + [rule["place"] for rule in report["rules"]]
                self.assertEqual(page.cells["place"], places)
                untested = sum(not row["tests"] for row in rows if row["impossible_because"] is None)
                untested += sum(not rule["tests"] for rule in report["rules"])
                self.assertEqual(page.texts.count("no test"), untested)
                self.assertEqual([one[2] for one in page.attributes if one[1] == "class"].count("untested-row"), untested)

    def test_text_of_the_book_is_text_on_the_page(self):
        with tempfile.TemporaryDirectory(prefix="glmap-coverage-") as folder:
            book = pathlib.Path(folder) / "book"
            shutil.copytree(ROOT / "tests/golden/base", book)
            main = book / "book.glmap"
            words = HOSTILE.replace('"', '\\"')
            text = main.read_text(encoding="utf-8").replace("Two companies, two products", words).replace("Revenue policy 4.2", words)
            main.write_text(text, encoding="utf-8")
            page = self.check_page(self.report(book, "html"))
            self.assertGreaterEqual("".join(page.texts).count(HOSTILE), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
