"""A process that has the watcher's modules loaded, and forks a `watcher run` whenever it is asked to.

Starting Python and its imports takes longer than the moments that a kill is about. Each fork is a process of its own
with its own connections, locks and loop: killing it is `kill -9` of the service.

Started with a socket as its standard input. For each file descriptor that is sent over it, it forks a service that logs
there, answers with its process number, and, when that has ended, with its exit code (negative for a signal).
"""

from __future__ import annotations

import os
import socket
import sys

from watcher.cli.main import main
from watcher.web import server  # noqa: F401 - what `run` loads later


def _serve(line: socket.socket) -> None:
    while True:
        asked, descriptors, _, _ = socket.recv_fds(line, 1, 1)
        if not asked:
            return
        number = os.fork()
        if not number:
            line.close()
            _become(descriptors[0])
        os.close(descriptors[0])
        line.sendall(f"{number}\n".encode())
        _, status = os.waitpid(number, 0)
        line.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _become(descriptor: int) -> None:
    for standard in (1, 2):
        os.dup2(descriptor, standard)
    os.close(descriptor)
    code = 0
    try:
        main(["run"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve(socket.socket(fileno=0))
