"""Runs a program on a pseudo-terminal and answers its questions.

stdin is {"command": […], "dialogue": [[question, answer], …]}: an answer is typed once its question is the last thing
on the screen. stdout is {"screen": …, "status": …}.
"""

import json
import os
import pty
import select
import sys
import time

order = json.load(sys.stdin)
dialogue = order["dialogue"]
child, terminal = pty.fork()
if child == 0:
    os.execve(order["command"][0], order["command"], dict(os.environ))

screen, shown = "", 0
deadline = time.monotonic() + 60
while True:
    ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
    if not ready:
        os.kill(child, 9)
        sys.exit(f"nobody asks {dialogue[:1]}: {screen}")
    try:
        some = os.read(terminal, 4096)
    except OSError:  # Linux says so when the other side has gone.
        some = b""
    if not some:
        break
    screen += some.decode()
    if dialogue and screen[shown:].endswith(dialogue[0][0]):
        shown = len(screen)
        os.write(terminal, dialogue.pop(0)[1].encode())

_, status = os.waitpid(child, 0)
if dialogue:
    sys.exit(f"it did not ask {dialogue}: {screen}")
json.dump({"screen": screen.replace("\r\n", "\n"), "status": os.waitstatus_to_exitcode(status)}, sys.stdout)
