"""The frame around every command: exit codes, help, errors without tracebacks, output that goes nowhere."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

import dynsym.cli.entry as entry
from dynsym.cli import main
from dynsym.errors import BudgetExceeded, StorageError

COMMANDS = sorted(entry.COMMANDS)


def process(*words, **options):
    """Run the command line in a process of its own."""
    line = [sys.executable, "-c", "import sys; from dynsym.cli import main; sys.exit(main())", *words]
    return subprocess.run(line, capture_output=True, text=True, check=False, **options)


def failing(error):
    """A command that raises."""

    class Module:
        __doc__ = "A command that fails."

        @staticmethod
        def add_arguments(parser):
            pass

        @staticmethod
        def run(options, screen):
            raise error

    return Module


def test_help_names_every_command(run):
    for words in ((), ("--help",), ("-h",)):
        code, out, err = run(*words)
        assert code == 0
        assert err == ""
        assert all(f"  {command} " in out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"dynsym {command}" in out
    assert "--json" in out


def test_version(run):
    import dynsym

    assert run("--version") == (0, f"dynsym {dynsym.__version__}\n", "")


def test_unknown_commands_are_refused_with_the_nearest(run):
    code, out, err = run("cuont", "pyloric")
    assert code == 2
    assert out == ""
    assert "did you mean count?" in err
    assert all(command in err for command in COMMANDS)


@pytest.mark.parametrize("command", ["sweep", "export"])
def test_commands_that_do_not_exist_are_named(run, command):
    code, _, err = run(command)
    assert code == 2
    assert repr(command) in err


def test_options_of_every_command_may_stand_before_it(run, fold):
    code, out, _ = run("--json", "show", fold)
    assert code == 0
    assert json.loads(out)["kind"] == "system"
    assert run("--json")[0] == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ZeroDivisionError("inside"), 1),
        (RecursionError("inside"), 1),
        (BudgetExceeded("inside"), 4),
        (MemoryError(), 4),
        (StorageError("inside"), 5),
        (OSError(28, "No space left on device"), 5),
        (KeyboardInterrupt(), 130),
    ],
)
def test_errors_become_exit_codes_without_a_traceback(run, monkeypatch, error, code):
    monkeypatch.setattr(entry.importlib, "import_module", lambda name: failing(error))
    got, out, err = run("show")
    assert (got, out) == (code, "")
    assert err.startswith("dynsym: ")
    assert "Traceback" not in err


def test_debug_shows_the_traceback(run, monkeypatch):
    monkeypatch.setattr(entry.importlib, "import_module", lambda name: failing(ZeroDivisionError("inside")))
    code, _, err = run("show", "--debug")
    assert code == 1
    assert "Traceback" in err


def test_errors_are_json_too(run_json):
    said = run_json("show", "no_such_file.toml", code=2)
    assert said["kind"] == "error"
    assert said["error"] == "ModelError"
    assert "no_such_file.toml" in said["message"]


def test_a_reader_that_leaves_is_no_error(monkeypatch):
    def broken(options, screen):
        raise BrokenPipeError

    module = failing(None)
    module.run = staticmethod(broken)
    monkeypatch.setattr(entry.importlib, "import_module", lambda name: module)
    monkeypatch.setattr(entry, "_let_go_of_output", lambda: None)
    assert main(["show"]) == 0


def test_a_pipe_that_closes_early_leaves_no_message():
    line = f"{sys.executable} -c 'import sys; from dynsym.cli import main; sys.exit(main())' show c_elegans --json"
    done = subprocess.run(["bash", "-c", f"{line} | head -c 20"], capture_output=True, text=True, check=True)
    assert len(done.stdout) == 20
    assert done.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_a_storage_error(fold):
    with open("/dev/full", "w") as full:
        line = [sys.executable, "-c", "import sys; from dynsym.cli import main; sys.exit(main())", "show", fold]
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 5
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_interrupt_ends_with_130():
    line = [sys.executable, "-c", "import sys; from dynsym.cli import main; sys.exit(main())", "demo", "worm"]

    def listen() -> None:  # a test run in the background may have handed on that interrupts are ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=listen
    ) as running:
        assert running.stdout.readline().startswith("The nervous system")
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert err == "dynsym: interrupted.\n"


def test_a_terminal_without_greek_letters_is_no_fault(model):
    path = model('[states]\n"α" = "-α"\n')
    done = process("show", path, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "?' = -?" in done.stdout
    done = process("show", path, "--json", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert json.loads(done.stdout)["states"] == ["α"]


def test_help_is_quick_and_loads_no_algebra():
    script = (
        "import sys; from dynsym.cli import main; main(['count', '--help']); "
        "sys.stderr.write(str([name for name in ('sympy', 'numpy', 'rich', 'tqdm') if name in sys.modules]))"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == "[]"
    assert time.perf_counter() - began < 30


def test_a_process_ends_with_the_exit_code(tmp_path):
    done = process("show", "no_such_file.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "no_such_file.yaml" in done.stderr
    assert "Traceback" not in done.stderr
