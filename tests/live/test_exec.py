"""`seattle exec` as its users meet it: what it prints where, and with what it exits."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

RESTRICTIONS = """
resource cpu 0.5
resource memory 30000000
resource diskused 100000
resource events 10
resource filesopened 3
resource fileread 1000000
resource filewrite 1000000
resource lograte 100000
"""


@pytest.fixture
def seattle(tmp_path):
    (tmp_path / "restrictions").write_text(RESTRICTIONS)

    def run(text: str | bytes, *more: str, module="seattle_p2p", **settings):
        data = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "program.py").write_bytes(data)
        command = ["exec"] if module == "seattle_p2p" else ["--dir", str(tmp_path / "d")]
        return subprocess.run(
            [
                sys.executable,
                "-m",
                module,
                *command,
                "--restrictions",
                str(tmp_path / "restrictions"),
                *more,
                str(tmp_path / "program.py"),
                *settings.pop("arguments", ()),
            ],
            capture_output=True,
            text=True,
            timeout=30,
            **settings,
        )

    return run


def test_the_log_is_on_stdout_and_nothing_else(seattle):
    done = seattle("log('a', callargs)\nprint('b')\n", arguments=["--x", "y"])

    assert (done.returncode, done.stdout, done.stderr) == (0, "a ['--x', 'y']b\n", "")


def test_an_import_is_refused_at_its_line(seattle):
    done = seattle("log('never')\n\nimport os\n")

    assert (done.returncode, done.stdout) == (3, "")
    assert "line 3" in done.stderr
    assert "import os" in done.stderr


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (b"x = 1\n" * 200_000, 174_763, "longer than 1048576 bytes"),
        (b"#" * 2_000_000, 1, "longer than"),
        (b"x = 1\n\0\n", 2, "NUL"),
        (b"\n# coding: latin-1\nx = '\xe9'\n", 3, "not UTF-8"),
        ("x = 1\n".encode("utf-16"), 1, "not UTF-8"),
        (b"x = 1\n" + b"(" * 200_000, 2, "too many nested"),
        (b"-" * 500_000 + b"1", 1, "nested too deeply"),
        (b"if 1:\n\tx = 1\n        y = 2\n", 3, "tabs"),
    ],
    ids=["lines", "comment", "nul", "latin-1", "utf-16", "brackets", "signs", "tabs"],
)
def test_text_that_is_no_program_is_refused_with_a_sentence_and_a_line(
    seattle, text, line, words
):
    done = seattle(text)

    assert done.returncode == 3
    assert f"refused as unsafe (line {line}): " in done.stderr
    assert words in done.stderr


def test_an_error_is_told_with_the_programs_own_lines(seattle):
    done = seattle("def f(x):\n    return 1 / x\nlog('a\\n')\nf(0)\n")

    assert done.returncode == 1
    assert "line 2" in done.stderr
    assert 'File "program.py", line 4, in <module>' in done.stdout
    assert "ZeroDivisionError" in done.stdout
    assert "seattle_p2p" not in done.stdout + done.stderr


def test_too_much_memory_is_said_and_has_its_exit_code(seattle):
    done = seattle("x = 'a' * 10 ** 9\n")

    assert done.returncode == 4
    assert "memory" in done.stderr


def test_too_much_disk_is_said_and_has_its_exit_code(seattle):
    done = seattle("openfile('f', True).writeat('x' * 200000, 0)\n")

    assert done.returncode == 4
    assert "disk" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [["--restrictions", "none"], ["--nonsense"], ["--restrictions", "/dev/null"]],
)
def test_wrong_usage_is_told_before_anything_runs(seattle, arguments):
    done = seattle("log('never')\n", *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "error: " in done.stderr


def test_json_is_one_line_for_each_part_of_the_log_and_one_for_the_end(seattle):
    done = seattle("log('hello')\n", "--json")

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert "".join(line.get("log", "") for line in lines) == "hello"
    assert lines[-1]["exit"] == 0
    assert lines[-1]["end"]["cause"] == "done"
    assert "seccomp" in lines[-1]["end"]["layers"]


def test_files_of_the_folder_are_the_programs_and_nothing_is_left_beside_it(seattle, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "in").write_text("data")

    done = seattle(
        "log(openfile('in', False).readat(None, 0), listfiles())\nopenfile('out', True)\n",
        "--dir",
        str(tmp_path / "mine"),
    )

    assert done.stdout == "data ['in']"
    assert sorted(os.listdir(tmp_path / "mine")) == ["in", "out"]
    assert sorted(os.listdir(tmp_path)) == ["mine", "program.py", "restrictions"]


def test_whatever_follows_the_program_is_the_programs(seattle):
    words = ["--json", "--accept-weak-containment", "--timeout", "-h", "--", "x"]

    done = seattle("log(callargs)\n", arguments=words)

    assert done.stdout == str(words)


def test_an_option_that_is_none_of_ours_is_refused_in_front_of_the_program(seattle):
    done = seattle("log('never')\n", "--jsn")

    assert (done.returncode, done.stdout) == (2, "")
    assert "--jsn" in done.stderr


def test_a_security_layer_stands_between_program_and_calls(seattle, tmp_path):
    (tmp_path / "shout.py").write_text(
        "def shout(text): log(text.upper())\n"
        "CHILD_CONTEXT_DEF['log'] = {'type': 'func', 'args': (str,), 'exceptions': Exception,"
        " 'return': None, 'target': shout}\nsecure_dispatch_module()\n"
    )

    assert seattle("log('a')\n", "--layer", str(tmp_path / "shout.py")).stdout == "A"
    assert seattle("log('a')\n", "--layer", str(tmp_path / "none")).returncode == 2


def test_a_timeout_ends_the_run(seattle):
    done = seattle("while True: pass\n", "--timeout", "0.5")

    assert (done.returncode, "timeout" in done.stderr) == (124, True)


def test_a_report_says_how_it_ended_and_what_it_used(seattle, tmp_path):
    seattle("x = 'a' * 5_000_000\nlog(len(x))\n1 / 0\n", "--report", str(tmp_path / "report"))

    report = json.loads((tmp_path / "report").read_text())
    assert (report["cause"], report["line"], report["exit"]) == ("error", 3, 1)
    assert "seccomp" in report["layers"]
    assert report["usage"]["calls"] > 0


def test_a_report_that_cannot_be_written_is_told_before_anything_runs(seattle, tmp_path):
    done = seattle("log('ran')", "--report", str(tmp_path / "none" / "report.json"))

    assert (done.returncode, done.stdout) == (2, "")
    assert "report" in done.stderr


def test_a_terminated_run_leaves_no_process(tmp_path):
    (tmp_path / "restrictions").write_text(RESTRICTIONS)
    (tmp_path / "program.py").write_text("log('up\\n')\nwhile True: pass\n")
    running = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "seattle_p2p",
            "exec",
            "--restrictions",
            str(tmp_path / "restrictions"),
            str(tmp_path / "program.py"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"up\n"
        began = time.monotonic()
        running.send_signal(signal.SIGTERM)

        assert running.wait(5) == 143
        assert time.monotonic() - began <= 1.0


@pytest.mark.parametrize("moment", ["the program speaks", "nothing runs below"])
def test_sigterms_without_end_have_an_exit_code_and_no_traceback(tmp_path, moment):
    """They come in every moment of the end, from one on until nobody is left to take one."""
    (tmp_path / "restrictions").write_text(RESTRICTIONS)
    (tmp_path / "program.py").write_text("log('up\\n')\n")
    command = [sys.executable, "-m", "seattle_p2p", "exec", "--restrictions"]
    command += [str(tmp_path / "restrictions"), str(tmp_path / "program.py")]
    for _ in range(4):
        running = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        with running:
            assert running.stdout is not None
            assert running.stderr is not None
            assert running.stdout.readline() == "up\n"
            while moment == "nothing runs below" and has_children(running):
                pass
            while running.poll() is None:
                running.send_signal(signal.SIGTERM)
            said = running.stderr.read()
            assert "Traceback" not in said
            # To a shell both are 143: in the last moment the system itself ends it. When
            # nothing runs any more the program's own end may come first.
            wanted = {143, -signal.SIGTERM} | ({0} if moment == "nothing runs below" else set())
            assert running.returncode in wanted, said


def has_children(process):
    """Whether a process that lives has any."""
    try:
        return process.poll() is None and bool(psutil.Process(process.pid).children())
    except psutil.NoSuchProcess:
        return False


OUTSIDE = """
import os, socket, subprocess, sys
proof, port = sys.argv[1], int(sys.argv[2])
def attempt(action):
    try:
        action()
    except BaseException as error:
        print(type(error).__name__)
def write():
    with open(proof + ".file", "w") as file:
        file.write("x")
def send():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", port))
attempt(write)
attempt(send)
attempt(lambda: subprocess.run(["/bin/sh", "-c", "echo x > " + proof + ".process"]))
attempt(lambda: os.fork() or os._exit(0))
"""


@pytest.mark.parametrize(
    "left_out", ["", "namespaces", "landlock", "rlimits"], ids=lambda name: name or "nothing"
)
def test_plain_python_in_the_jail_leaves_no_proof_and_bare_it_does(seattle, tmp_path, left_out):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.2)
        arguments = [str(tmp_path / "proof"), str(listener.getsockname()[1])]
        more = ["--without", left_out] if left_out else []
        done = seattle(
            OUTSIDE, *more, module="tests.sandbox.run_full_python", arguments=arguments
        )

        assert done.stdout.split() == ["PermissionError"] * 4
        assert done.returncode == 0
        assert not list(tmp_path.glob("proof*"))
        with pytest.raises(TimeoutError):
            listener.recv(10)

        bare = subprocess.run([sys.executable, "-c", OUTSIDE, *arguments], capture_output=True)

        assert bare.returncode == 0
        assert len(list(tmp_path.glob("proof*"))) == 2
        assert listener.recv(10) == b"x"
