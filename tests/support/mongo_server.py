"""A MongoDB for tests: the wire protocol over a socket, mongomock-ng behind it.

Several processes share it through the real pymongo, maggma and jobflow-remote. It knows the
commands that these send, has no users, no sessions and no transactions, and forgets everything
at its end. Run as a program it prints its URI, and lives as long as its standard input.
"""

from __future__ import annotations

import socketserver
import struct
import subprocess
import sys
import threading
from contextlib import contextmanager, nullcontext
from uuid import uuid4

import bson
from pymongo import MongoClient

from tests.support.folders import ROOT
from tests.support.mongo_commands import Commands
from tests.support.mongo_uniques import look_uniques_up

HEADER = struct.Struct("<iiii")  # length, request, response to, operation
OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
CHECKSUM_PRESENT, MORE_TO_COME = 1, 2


def decode(message, operation):
    """Read a command, and whether its sender waits for an answer."""
    if operation == OP_QUERY:  # the driver's first greeting
        start = message.index(b"\0", 4) + 1 + 8
        size = struct.unpack_from("<i", message, start)[0]
        return bson.decode(message[start : start + size]) | {"$db": "admin"}, True
    flags = struct.unpack_from("<I", message)[0]
    end = len(message) - (4 if flags & CHECKSUM_PRESENT else 0)
    command, place = {}, 4
    while place < end:
        kind, size = message[place], struct.unpack_from("<i", message, place + 1)[0]
        section = message[place + 1 : place + 1 + size]
        if kind == 0:
            command |= bson.decode(section)
        else:  # a sequence of documents under a name
            name_end = section.index(b"\0", 4)
            documents = bson.decode_all(section[name_end + 1 :])
            command[section[4:name_end].decode()] = documents
        place += 1 + size
    return command, not flags & MORE_TO_COME


def encode(reply, operation, request):
    """Write an answer in the form of its question."""
    body = bson.encode(reply)
    if operation == OP_QUERY:
        operation, body = OP_REPLY, struct.pack("<iqii", 8, 0, 0, 1) + body
    else:
        body = struct.pack("<IB", 0, 0) + body
    return HEADER.pack(HEADER.size + len(body), 0, request, operation) + body


def is_greeting(command):
    """Tell the driver's question whether the server lives: unanswered, it gives up other work."""
    return next(iter(command)).lower() in {"hello", "ismaster"}


class _Conversation(socketserver.BaseRequestHandler):
    """Answer one connection until it closes."""

    def handle(self):
        stream = self.request.makefile("rb")
        while len(head := stream.read(HEADER.size)) == HEADER.size:
            length, request, _, operation = HEADER.unpack(head)
            command, wait = decode(stream.read(length - HEADER.size), operation)
            with nullcontext() if is_greeting(command) else self.server.lock:
                reply = self.server.commands.answer(command)
            if wait:
                self.request.sendall(encode(reply, operation, request))


class MongoServer(socketserver.ThreadingTCPServer):
    """The server; one lock makes every command atomic."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.commands, self.lock = Commands(), threading.RLock()

    @property
    def uri(self):
        return f"mongodb://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_):
        """A client that hangs up is no news."""


@contextmanager
def running():
    """Serve in a process of its own until the end of the block; gives the URI."""
    command = [sys.executable, "-m", "tests.support.mongo_server"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait()


@contextmanager
def temporary(server):
    """URI of an empty database; it and the one with ``_queue`` after its name are dropped."""
    name = f"trona_test_{uuid4().hex[:12]}"
    yield f"{server}/{name}"
    with MongoClient(server) as client:
        for database in (name, f"{name}_queue"):
            client.drop_database(database)


def main():
    look_uniques_up()
    server = MongoServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.uri, flush=True)  # noqa: T201
    sys.stdin.read()


if __name__ == "__main__":
    main()
