"""Every `hotbed …` line that the pages on experiments show is a command with these options."""

import re
import shlex

import pytest

from hotbed.cli.app import build
from hotbed.locale import Speech
from tests.faults.command import ROOT

PAGES = ("docs/how_to/cluster.md", "experiments/studies/README.md")
SHELL = {'"$(cat address)"': "dask:tcp://127.0.0.1:8786", "$SLURM_ARRAY_TASK_ID": "1"}


def shown(page):
    text = (ROOT / page).read_text("utf-8")
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in re.findall(r"^\s*'?(hotbed [^'\n]*)", block, re.MULTILINE):
            for word, stands_for in SHELL.items():
                line = line.replace(word, stands_for)
            yield shlex.split(line, comments=True)[1:]


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_pages_show_can_be_given(page):
    commands = build(Speech("en")).commands
    lines = list(shown(page))
    assert len(lines) >= 4
    for name, *rest in lines:
        commands[name].make_context(name, rest)


@pytest.mark.parametrize("page", PAGES)
def test_studies_that_pages_name_are_there(page):
    for words in shown(page):
        for word in words:
            if word.startswith("experiments/"):
                assert (ROOT / word).is_file(), word
