#!/usr/bin/env python3
"""typed.py KITH HOME [QUESTION ANSWER]... -- WORD...: run kith on a pseudo-terminal and type.

Waits for each question (a regular expression) before it types the answer and Enter; \\C is
Ctrl-C. A question that nobody answers, and an answer that nobody asked for, are said in a
line of stderr that begins with "typed:". Screen on stdout; exits as kith does."""
import os
import pty
import re
import select
import signal
import sys
import time

PATIENCE_S = 60
SILENCE_S = 8  # nothing more is shown, and it does not end: it waits for an answer


def type_at(words, answers, silence=None, env=None):
    """Run words[0] on a pty with the rest; for each (question, keys) wait for the question, then type the
    keys. -> (exit, screen, what went wrong or None)"""
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(words[0], ["kith"] + words[1:], {**os.environ, **(env or {})})
    screen, seen, trouble = b"", 0, None
    answers = list(answers)
    start = last = time.monotonic()
    while trouble is None:
        now = time.monotonic()
        found = re.search(answers[0][0].encode(), screen[seen:]) if answers else None
        if found:
            seen += found.end()
            os.write(fd, answers.pop(0)[1].encode())
            last = now
        if now - start > PATIENCE_S or (silence and not answers and now - last > silence):
            trouble = "it waits for an answer that nobody has"
        if not select.select([fd], [], [], 0.05)[0]:
            continue
        try:
            more = os.read(fd, 65536)
        except OSError:
            break
        if not more:
            break
        screen += more
        last = time.monotonic()
    if trouble:
        os.kill(pid, signal.SIGKILL)
    elif answers:
        trouble = "it never asked: " + answers[0][0]
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(fd)
    return code, screen.decode("utf-8", "replace"), trouble


def main():
    kith, home, *rest = sys.argv[1:]
    cut = rest.index("--")
    asked, words = rest[:cut], rest[cut + 1:]
    keys = ["\x03" if answer == "\\C" else answer + "\n" for answer in asked[1::2]]
    os.environ.update(TERM="xterm", NO_COLOR="1", COLUMNS="200")
    code, screen, trouble = type_at([kith, "--home", home] + words, zip(asked[::2], keys), SILENCE_S)
    sys.stdout.write(screen.replace("\r\n", "\n"))
    if trouble:
        sys.stderr.write("typed: kith " + " ".join(words) + ": " + trouble + "\n")
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
