"""Sphinx configuration: ``sphinx-build -W docs docs/_build/html``. The notebooks are executed by the build."""

import re
import shutil
from pathlib import Path

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

HERE = Path(__file__).parent
shutil.copytree(HERE.parent / "notebooks", HERE / "notebooks", dirs_exist_ok=True)  # sources must lie in this folder

autodoc_default_options = {"members": True, "member-order": "bysource", "show-inheritance": True}
autodoc_typehints = "none"
autodoc_class_signature = "mixed"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_preprocess_types = False

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "auto"
nb_execution_timeout = 300
nb_execution_raise_on_error = True

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["guide.css"]
html_title = f"dynsym {version}"


def plain_references(app, what, name, obj, options, lines):
    """Write the numbered references of a docstring as a list: as citations they would clash across a page."""
    inside = False
    for position, line in enumerate(lines):
        start = re.match(r"\s*\.\. \[(\d+)\] ?", line)
        if start:
            lines[position] = f"* [{start[1]}] {line[start.end() :]}"
        elif inside and line.strip():
            lines[position] = f"  {line.strip()}"
        else:
            lines[position] = re.sub(r"(\[\d+\])_", r"\1", line).replace("*batch", r"\*batch")
        inside = bool(start) or (inside and bool(line.strip()))


def setup(app):
    """Connect the hook above."""
    app.connect("autodoc-process-docstring", plain_references)
