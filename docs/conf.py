"""Sphinx configuration: ``sphinx-build -W docs docs/_build/html``."""

import re

from dynsym import __version__

project = "dynsym"
author = "dynsym developers"
copyright = "dynsym developers"
release = version = __version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "myst_nb",
]
source_suffix = {".rst": "restructuredtext", ".md": "myst-nb"}
exclude_patterns = ["_build"]

autodoc_default_options = {"members": True, "member-order": "bysource", "show-inheritance": True}
autodoc_typehints = "none"
autodoc_class_signature = "mixed"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_preprocess_types = False

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"

html_theme = "furo"
html_title = f"dynsym {version}"


def unique_references(app, what, name, obj, options, lines):
    """Give the numbered references of each docstring labels of their own, since many stand on one page."""
    label = name.rsplit(".", 1)[-1].replace("_", "-")
    for position, line in enumerate(lines):
        lines[position] = re.sub(r"(^\s*\.\. \[)(\d+\])|(\[)(\d+\]_)", rf"\1\3{label}-\2\4", line)


def setup(app):
    """Connect the hook above."""
    app.connect("autodoc-process-docstring", unique_references)
