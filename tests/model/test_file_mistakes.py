"""Mistakes in model files: the class of the error, the file and the line, what to write instead."""

import time

import pytest

from dynsym.errors import (
    DynsymError,
    GraphError,
    LimitError,
    ModelError,
    ModelNameError,
    ModelParseError,
    ParameterError,
    StorageError,
    UnsafeInputError,
)
from dynsym.model import (
    load_system,
)

PAIR = """
name = "pair"
[network]
motif = "bidirectional"
nodes = ["x1", "x2"]
[dynamics]
node = "leaky_rate"
activation = "tanh"
gain = "g"
[parameters]
g = 1
w = 1
"""
MISTAKES = [
    ('[states]\nx = "-x"\n\ny = "2x - 1"\n', ModelParseError, ["line 4", "equation of y", "column 2"]),
    ('[states]\nx = "-x + wieght"\n[parameters]\nweight = 1\n', ModelNameError, ["line 2", "did you mean weight"]),
    ('[states]\nx = "tanh()"\n', ModelParseError, ["line 2", "0 arguments"]),
    ('[states]\nx = "-x"\nx = "x"\n', ModelParseError, ["line 3", "x is declared twice"]),
    ('[states]\nx = "-x"\n[parameters]\na = 1\na = 2\n', ModelParseError, ["line 5", "a is declared twice"]),
    ('[states]\nx = "-x"\n[states]\ny = "y"\n', ModelParseError, ["line 3", "states is declared twice"]),
    ('[states]\nx = "-x"\n[parameters]\nx = 1\n', ModelNameError, ["line 4", "declared twice"]),
    ('[states]\n"x y" = "-x"\n', ModelNameError, ["line 2", "state name"]),
    ("[states]\nx = '-x'\ny = {}\n", ModelError, ["line 3", "y has no equation"]),
    ("[states]\nx = true\n", ParameterError, ["line 2", "truth value"]),
    ('[states]\nx = "a - x"\n[parameters]\na = nan\n', ParameterError, ["line 4", "a is set to nan", "not finite"]),
    ('[states]\nx = "a - x"\n[parameters]\na = -inf\n', ParameterError, ["line 4", "not finite"]),
    ('[states]\nx = "a - x"\n[parameters]\na = "__import__(1)"\n', ParameterError, ["line 4", "a cannot be set"]),
    ('[states]\nx = "a - x"\n[parameters]\na = { b = 1 }\n', ModelError, ["line 4", "table"]),
    ('[states]\nx = "a - x"\n[assumptions]\na = "postive"\n', ParameterError, ["line 4", "did you mean positive"]),
    (
        '[states]\nx = "a - x"\n[parameters]\na = -1\n[assumptions]\na = "positive"\n',
        ParameterError,
        ["line 4", "positive"],
    ),
    ('[states]\nx = "f(x)"\n[functions]\nf = "x^2"\n', ModelError, ["line 4", "arguments"]),
    (
        '[states]\nx = "-x"\n[functions]\nf = { arguments = ["u"], expression = "g(u)" }\n'
        'g = { arguments = ["u"], expression = "f(u)" }\n',
        ModelParseError,
        ["line 4", "cycle: f -> g -> f"],
    ),
    (
        '[states]\nx = "-x"\n[functions]\nf = { arguments = ["u"], expression = "u + q" }\n',
        ModelNameError,
        ["line 4", "q is not declared"],
    ),
    ('[state]\nx = "-x"\n', ModelError, ["line 1", "did you mean states"]),
    ('[states]\nx = "-x"\n[parameter]\na = 1\n', ModelError, ["line 3", "did you mean parameters"]),
    ('name = "no equations"\n', ModelError, ["[states]"]),
    ("states = 3\n", ModelError, ["[states]"]),
    ('name = 3\n[states]\nx = "-x"\n', ModelError, ["line 1", "name is 3"]),
    (PAIR + '[states]\nx = "-x"\n', ModelError, ["both"]),
    ("# nothing\n", ModelError, ["empty"]),
    ("\n", ModelError, ["empty"]),
    ("[states\n", ModelParseError, ["line 1"]),
    ("x = \n", ModelParseError, ["line 1"]),
    ("a = " + "[" * 5000 + "]" * 5000 + "\n", LimitError, ["nested"]),
    ("a = " + "9" * 5000 + "\n", LimitError, ["digits"]),
    ('{"parameters": {"w": 1, "w": 2}}\n', ModelParseError, ["w is declared twice"]),
    ('{"states": {"x": "w - x"},\n "parameters": {"w": NaN}}\n', ParameterError, ["line 2", "w", "not finite"]),
    ('{"states": {"x": "w - x"},\n "parameters": {"w": Infinity}}\n', ParameterError, ["w", "not finite"]),
    ('{"states": \n', ModelParseError, ["line"]),
    ('{"nodes": [], "links": []}\n', ModelError, ["graph", "file ="]),
    ('[network]\nmotif = "bidirectonal"\n', ModelError, ["line 2", "did you mean bidirectional"]),
    ('[network]\nmotiv = "ring"\n', ModelError, ["did you mean motif"]),
    ('[network]\nmotif = "ring"\nnodes = ["a"]\n', GraphError, ["2 or more"]),
    ('[network]\nmotif = "ring"\nweights = [[1]]\n', ModelError, ["given twice"]),
    ('[network]\nmotif = "ring"\nwieght = 1\n', ModelError, ["line 3", "did you mean weight"]),
    ('[network]\nmotif = "ring"\nsize = 2.5\n', GraphError, ["size"]),
    ('[network]\nmotif = "random_gaussian"\n', ModelError, ["size"]),
    ('[network]\nnodes = ["a", "b"]\nweights = [[1, 2]]\n', ModelError, ["line 3", "square"]),
    ('[network]\nnodes = ["a"]\nweights = [[1, 2], [3, 4]]\n', GraphError, ["2 by 2", "1 nodes"]),
    ('[network]\nnodes = ["a"]\nweights = 3\n', ModelError, ["line 3", "rows"]),
    ('[network]\nnodes = ["a", "a"]\nweights = [[1, 2], [3, 4]]\n', ModelNameError, ["a", "declared twice"]),
    ('[network]\nnodes = ["a"]\nweights = [[nan]]\n', GraphError, ["weight", "not finite"]),
    ('[network]\nnodes = ["a"]\nweights = [["2x"]]\n', ModelParseError, ["column 2"]),
    ('[network]\nnodes = ["a"]\nweights = [["a"]]\n', ModelNameError, ["a", "node and of a parameter"]),
    ("[network]\nnodes = []\n", GraphError, ["no nodes"]),
    ('[network]\nnodes = "ab"\n', ModelError, ["line 2", "list"]),
    ('[network]\nnodes = [1, "1"]\n', GraphError, ["same name"]),
    (
        '[network]\nedges = [{ source = "a", target = "b", wieght = 5 }]\n',
        GraphError,
        ["wieght", "did you mean weight"],
    ),
    ('[network]\nedges = ["a"]\n', ModelError, ["line 2", "source"]),
    ('[network]\nfile = "none.graphml"\n', StorageError, ["none.graphml"]),
    ("[network]\nfile = 3\n", ModelError, ["line 2", "path"]),
    (PAIR.replace("leaky_rate", "leaky_rat"), ModelError, ["line 7", "did you mean leaky_rate"]),
    (PAIR.replace('"tanh"', '"tahn(x"'), ModelParseError, ["line 8", "tahn"]),
    (PAIR.replace("activation", "activaton"), ModelError, ["line 8", "did you mean activation"]),
    (PAIR.replace('"tanh"', '{ kind = "tanh", gian = 2 }'), ModelError, ["did you mean gain"]),
    (PAIR.replace('"tanh"', "{ gain = 2 }"), ModelError, ["no name"]),
    (PAIR.replace("gain =", 'synapse = "hebian" #'), ModelError, ["line 9", "did you mean hebbian"]),
    (PAIR.replace("gain =", "synapse = { equation = 3 } #"), ModelError, ["line 9", "text"]),
    (PAIR.replace("w = 1", "ww = 1"), ModelNameError, ["line 12", "did you mean w?"]),
    (PAIR.replace("w = 1", "x1 = 1"), ModelNameError, ["line 12", "x1 is no parameter"]),
    (PAIR + '[assumptions]\nv = "positive"\n', ModelNameError, ["line 14", "v is no parameter"]),
]


@pytest.mark.parametrize(("text", "kind", "words"), MISTAKES, ids=range(len(MISTAKES)))
def test_mistakes(text, kind, words, tmp_path):
    path = tmp_path / ("model.json" if text.startswith("{") else "model.toml")
    path.write_text(text)
    start = time.perf_counter()
    with pytest.raises(DynsymError) as caught:
        load_system(path)
    assert time.perf_counter() - start < 30
    message = str(caught.value)
    assert type(caught.value) is kind, message
    assert message.startswith(path.name), "the file is named first"
    assert message.count(f"{path.name}:") + message.count(f"{path.name}, line") <= 1
    assert caught.value.exit_code in {2, 5}
    for word in words:
        assert word in message


def test_files_that_are_no_model_files(tmp_path):
    cases = {
        "model.yaml": (ModelError, ["model.yaml", "quote", "no", "alias", "TOML"]),
        "model.pkl": (UnsafeInputError, ["model.pkl", "pickle"]),
        "model.npy": (UnsafeInputError, ["pickle"]),
        "model.graphml": (ModelError, ["[network]", "model.graphml"]),
        "model.txt": (ModelError, ["model.txt", ".toml"]),
    }
    for name, (kind, words) in cases.items():
        (tmp_path / name).write_text('[states]\nx = "-x"\n')
        with pytest.raises(kind) as caught:
            load_system(tmp_path / name)
        assert all(word in str(caught.value) for word in words), name


def test_a_pickle_under_another_name(tmp_path):
    (tmp_path / "model.toml").write_bytes(b"\x80\x04\x95\x00\x00\x00\x00")
    with pytest.raises(UnsafeInputError, match="pickle"):
        load_system(tmp_path / "model.toml")


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "model.toml").write_bytes(b'[states]\nx = "\xff\xfe"\n')
    with pytest.raises(ModelParseError, match="UTF-8"):
        load_system(tmp_path / "model.toml")


def test_a_byte_order_mark_is_read_over(tmp_path):
    (tmp_path / "model.toml").write_bytes(b'\xef\xbb\xbf[states]\nx = "-x"\n')
    assert load_system(tmp_path / "model.toml").state_names == ("x",)


def test_a_file_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=r"no_such_file\.toml"):
        load_system("no_such_file.toml")
    with pytest.raises(ModelError, match="did you mean pyloric"):
        load_system("pylorc")
    with pytest.raises(StorageError):
        load_system(_folder(tmp_path / "folder.toml"))


def _folder(path):
    path.mkdir()
    return path
