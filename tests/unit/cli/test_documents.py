import json
import subprocess
import sys

import jsonschema
import pytest

from seattle_p2p.cli.documents.registry import COMMANDS
from seattle_p2p.cli.documents.schema import schema_of, whole_schema, written
from seattle_p2p.cli.main import run


@pytest.mark.parametrize("path", list(written()), ids=lambda path: path.name)
def test_the_reference_is_what_the_types_say(path):
    text = written()[path]

    assert path.read_text() == text, "run: python -m seattle_p2p.cli.documents.schema"


def test_the_schema_is_the_same_in_every_process():
    command = [sys.executable, "-m", "seattle_p2p.cli.main", "schema"]

    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)

    assert json.loads(printed.stdout) == json.loads(json.dumps(whole_schema()))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_schema_is_one_and_takes_an_error(command):
    schema = schema_of(command)
    jsonschema.Draft202012Validator.check_schema(schema)

    problem = {"error": {"code": "usage", "message": "which vessels?", "hint": "all"}}
    jsonschema.validate(problem, schema)


def test_a_misspelt_command_is_told_the_nearest(capsys):
    assert run(["schema", "lst"]) == 2
    assert "`list`" in capsys.readouterr().err
