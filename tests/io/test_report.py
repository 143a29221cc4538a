"""The report is one file that loads nothing, escapes everything, and says how sure each part is."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest

from dynsym.errors import StorageError
from dynsym.io import report_html
from dynsym.results import Analysis

VOID = {"meta", "img", "mspace", "br"}


class Page(HTMLParser):
    """Checks nesting; collects elements, attributes and text."""

    def __init__(self, source):
        super().__init__()
        self.open, self.elements, self.words = [], [], []
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def source(analysis, tmp_path_factory):
    return report_html(analysis, tmp_path_factory.mktemp("report") / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(source):
    return Page(source)


def test_the_page_loads_nothing(page, source):
    assert not page.all("script")
    assert not page.all("link")
    assert all(image["src"].startswith("data:image/") for image in page.all("img"))
    assert not re.search(r"(src|href|url)\s*[=(]\s*[\"']?(https?:)?//", source)
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv"))
    assert "default-src 'none'" in policy


def test_texts_are_escaped(page):
    assert any("<script>alert(1)</script>" in word for word in page.words)
    assert any("<b>example</b>" in word for word in page.words)


def test_pictures_are_inside_and_described(page):
    images = page.all("img")
    assert len(images) == 4
    assert all(image["alt"] for image in images)
    for image in images:
        kind, _, content = image["src"].removeprefix("data:image/").partition(";base64,")
        start = base64.b64decode(content)[:200]
        assert start.startswith(b"\x89PNG") if kind == "png" else b"<?xml" in start


def test_equations_are_mathml(page):
    assert len(page.all("math")) >= 8
    assert not page.all("mfenced")


def test_everything_says_how_sure_it_is(page):
    text = " ".join(page.words)
    for words in (
        "What you can trust",
        "Provenance",
        "undecided",
        "both agree",
        "closed form beside located".capitalize(),
    ):
        assert words in text
    assert "between the points nothing is claimed" in text
    assert "one count is open" in text
    assert "≥ 1" in text
    assert [badge for badge in page.all("span") if badge["class"] == "badge sure"]


def test_points_without_a_closed_form_are_numeric(page):
    text = " ".join(page.words)
    assert "hopf:1" in text
    assert "numeric" in text


def test_it_fits_a_phone_and_the_dark(page, source):
    assert any(meta.get("name") == "viewport" for meta in page.all("meta"))
    assert "prefers-color-scheme: dark" in source
    tables = source.count("<table>")
    assert tables == source.count('<div class="wide"><table>') > 4


def test_the_same_analysis_gives_the_same_page(analysis, source, tmp_path):
    assert report_html(analysis, tmp_path / "again.html").read_text(encoding="utf-8") == source


def test_a_bare_analysis_is_enough(analysis, tmp_path):
    bare = Analysis("bare", equations=analysis.equations, parameters={}, parameter="g", span=(0, 1))
    page = Page(report_html(bare, tmp_path / "bare.html").read_text(encoding="utf-8"))
    assert not page.all("img")
    assert "No bifurcation condition was found in closed form." in page.words


def test_a_path_that_cannot_be_written(analysis, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        report_html(analysis, tmp_path / "file" / "report.html")
