"""A stand-in for the ``aws`` command line, which no dependency of ours has: as much of it as rollback.sh uses.

Only the command line is made up: what it asks goes to the simulated estate through boto3. The program itself is a shell
script that hands its arguments to a server in the process of the tests, so that no Python starts for each call.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from ppbe_observe.simulate import SimulatedEstate
from support.simulated import client

jmespath: Any = import_module("jmespath")  # botocore brings it; it has no types
_PROGRAM = """\
#!/bin/sh
answer=$(mktemp)
code=$(printf '%s\\0' "$@" | curl --silent --output "$answer" --write-out '%{{http_code}}' --data-binary @- {url})
if [ "$code" = 200 ]; then cat "$answer"; status=0; else cat "$answer" >&2; status=254; fi
rm -f "$answer"
exit $status
"""


@dataclass(slots=True)
class AwsCommand:
    """The command, and every call that was made with it: the service's operation and its parameters."""

    estate: SimulatedEstate
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def run(self, arguments: Sequence[str]) -> str:
        """What ``aws --output text`` would print."""
        words = list(arguments)
        query = _taken(words, "--query")
        assert _taken(words, "--output") == "text", arguments
        service, operation = words[:2]
        api = client(self.estate, service)
        given = _parameters(api, operation, words[2:])
        self.calls.append((f"{service} {operation}", given))
        answer = getattr(api, operation.replace("-", "_"))(**given)
        return _text(jmespath.search(query, answer) if query else answer)


@contextmanager
def aws_command(estate: SimulatedEstate, directory: Path) -> Iterator[AwsCommand]:
    """An ``aws`` in this directory, which asks this estate."""
    command = AwsCommand(estate)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            try:
                code, text = 200, command.run(body.split("\0")[:-1])
            except (ClientError, BotoCoreError) as error:
                code, text = 400, f"\n{error}\n"
            self.send_response(code)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    program = directory / "aws"
    program.write_text(_PROGRAM.format(url=f"http://127.0.0.1:{server.server_port}/"), "utf-8")
    program.chmod(0o755)
    try:
        yield command
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _taken(words: list[str], option: str) -> str | None:
    if option not in words:
        return None
    at = words.index(option)
    value = words[at + 1]
    del words[at : at + 2]
    return value


def _parameters(api: Any, operation: str, words: Sequence[str]) -> dict[str, Any]:
    """``--cluster x --services a b`` as boto3 takes it."""
    name = api.meta.method_to_api_mapping[operation.replace("-", "_")]
    members = api.meta.service_model.operation_model(name).input_shape.members
    options = {f"--{xform_name(each, '-')}": each for each in members}
    given: dict[str, Any] = {}
    for word in words:
        if word in options:
            current = options[word]
        elif members[current].type_name == "list":
            given.setdefault(current, []).append(word)
        else:
            given[current] = word
    return given


def _text(found: Any) -> str:
    """Lists of scalars are one line, with tabs; lists of lists a line each."""
    if not isinstance(found, list):
        return f"{found}\n"
    if any(isinstance(each, list) for each in found):
        return "".join(_text(each) for each in found)
    return "\t".join(map(str, found)) + "\n"
