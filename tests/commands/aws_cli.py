"""Runs commands through the AWS CLI's own code, and lists the flags that it knows.

    aws_cli.py flags                     prints {"--flag": "none" | "one" | "many", …}
    aws_cli.py run ENDPOINT < COMMANDS   runs a JSON list of commands, the n-th against ENDPOINT/n,
                                         and prints a JSON list of {"status", "output"}

It is started with the Python that has `awscli` (version 1). Starting the AWS CLI takes longer than everything else, so
it is started once and forked for each command.
"""

import contextlib
import io
import json
import multiprocessing
import os
import subprocess
import sys

from awscli.arguments import BooleanArgument, ListArgument
from awscli.clidriver import create_clidriver

# Prints the words that a POSIX shell makes of a command, instead of running it.
SPLIT = "aws() { for word; do printf '%s\\0' \"$word\"; done; }\n"


def words(command):
    """The arguments of `aws` in this command, as a POSIX shell reads them."""
    split = subprocess.run(["sh", "-c", SPLIT + command], capture_output=True, check=True)
    return split.stdout.decode().split("\0")[:-1]


def run(command, endpoint):
    """Runs one command, which must not be one of a customer: a shell reads it."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            status = DRIVER.main([*words(command), "--endpoint-url", endpoint])
        except SystemExit as exit:
            status = exit.code
    return {"status": status, "output": output.getvalue()}


def run_all(commands, endpoint):
    """Runs each command in a process of its own, so that none sees what another has set."""
    DRIVER.session.create_client("ec2", region_name="us-east-1")  # Loads the description of EC2 once, for all.
    numbered = [(command, f"{endpoint}/{number}") for number, command in enumerate(commands)]
    with multiprocessing.get_context("fork").Pool(maxtasksperchild=1) as pool:
        return pool.starmap(run, numbered, chunksize=1)


def flags():
    """Every flag of `aws ec2 create-vpc-endpoint` and every global option, with the number of its values."""
    ec2 = DRIVER._get_command_table()["ec2"]
    operation = ec2._get_command_table()["create-vpc-endpoint"]
    known = {}
    for name, argument in [*DRIVER._get_argument_table().items(), *operation.arg_table.items()]:
        is_switch = isinstance(argument, BooleanArgument) or getattr(argument, "_action", None) in ("store_true", "version")
        is_switch = is_switch or getattr(argument, "cli_type_name", None) == "boolean"
        is_list = isinstance(argument, ListArgument)
        known["--" + name] = "none" if is_switch else "many" if is_list else "one"
    return known


if __name__ == "__main__":
    os.environ.update(
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
        AWS_MAX_ATTEMPTS="1",
        AWS_PAGER="",
        NO_PROXY="127.0.0.1",
    )
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        os.environ.pop(name, None)
    DRIVER = create_clidriver()
    answer = flags() if sys.argv[1] == "flags" else run_all(json.load(sys.stdin), sys.argv[2])
    json.dump(answer, sys.stdout)
