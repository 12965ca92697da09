"""What the documents and the docstrings of the public API show, runs."""

import doctest
import re
from pathlib import Path

import pytest

import runbench as rb

ROOT = Path(__file__).parents[1]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS

EXAMPLES = {
    name: found
    for name in rb.__all__
    for found in doctest.DocTestFinder(recurse=False).find(getattr(rb, name), name)
    if found.examples
}


def failures(test: doctest.DocTest) -> list[str]:
    """Run a test and return what its failures say."""
    said: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append)
    return said


@pytest.mark.parametrize("test", EXAMPLES.values(), ids=EXAMPLES)
def test_docstrings_of_the_public_api_show_what_comes_out(test, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert failures(test) == []


@pytest.mark.slow
@pytest.mark.parametrize("document", ["README.md"])
def test_documents_show_what_comes_out(document, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (ROOT / document).read_text(encoding="utf-8")
    test = doctest.DocTestParser().get_doctest(text, {}, document, document, 0)
    assert test.examples
    assert failures(test) == []


@pytest.mark.parametrize("document", [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")], ids=lambda path: path.name)
def test_what_a_document_links_to_and_names_is_there(document):
    text = document.read_text(encoding="utf-8")
    for linked in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (document.parent / linked).exists(), linked
    if document.name != "CHANGELOG.md":
        for named in re.findall(r"`((?:bench|models|transforms|tests|docs)/[\w/.]+)`", text):
            assert (ROOT / named).exists(), named
