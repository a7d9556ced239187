"""The commands of "Your first week" (packaging/doc/first-week.md), each typed as it stands there, in the
stores of two teachers. What is added: --listen and --address, so that both meet on the loopback alone.

usage: test_first_week.py KITH DOCUMENT
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time

KITH, DOCUMENT = (os.path.abspath(path) for path in sys.argv[1:3])
PORT = 20000 + os.getpid() % 20000
HERE = f"127.0.0.1:{PORT}"


def blocks(path):
    """(whose, lines) of every block of commands."""
    with open(path, encoding="utf-8") as file:
        for match in re.finditer(r"^```(\w+)\n(.*?)^```$", file.read(), re.S | re.M):
            yield match.group(1), match.group(2).splitlines()


class Teachers:
    def __init__(self, scratch):
        self.scratch, self.background = scratch, []
        self.passphrase = os.path.join(scratch, "passphrase")
        with open(self.passphrase, "w", encoding="utf-8") as file:
            file.write("four quiet test words\n")

    def folder(self, who):
        path = os.path.join(self.scratch, who)
        os.makedirs(path, exist_ok=True)
        return path

    def start(self, who, words, **streams):
        folder = self.folder(who)
        env = {**os.environ, "HOME": folder, "KITH_HOME": os.path.join(folder, "store"), "TZ": "UTC",
               "KITH_PASSPHRASE_FILE": self.passphrase, "LC_ALL": "C", "LANGUAGE": "C"}
        return subprocess.Popen([KITH, *words], cwd=folder, env=env, text=True, stderr=subprocess.STDOUT,
                                stdout=subprocess.PIPE, **streams)

    def run(self, who, words, typed=None):
        process = self.start(who, words, stdin=subprocess.PIPE)
        said = process.communicate(typed or "", timeout=120)[0]
        if process.returncode != 0:
            raise AssertionError(f"{who}: kith {shlex.join(words)}: exit {process.returncode}\n{said}")
        return said

    def run_node(self, who):
        log = os.path.join(self.scratch, "node")
        with open(log, "w", encoding="utf-8"):
            pass
        node = self.start(who, ["run", "--listen", HERE])
        self.background.append(node)
        for line in node.stdout:
            if "open, listening" in line:
                return
        raise AssertionError("the node did not open")

    def pair(self, shower, typer):
        shows = self.start(shower, ["pair", "--listen", HERE], stdin=subprocess.PIPE)
        self.background.append(shows)
        code = await_match(shows, r"[0-9]+-[a-z]+-[a-z]+-[a-z]+")
        types = self.start(typer, ["pair", "--enter", "--address", HERE], stdin=subprocess.PIPE)
        self.background.append(types)
        types.stdin.write(code + "\n")
        types.stdin.flush()
        words = [await_match(side, r"words: .*") for side in (shows, types)]
        assert words[0] == words[1], words
        for side in (shows, types):
            side.stdin.write("y\n")
            side.stdin.flush()
        for side in (shows, types):
            assert side.wait(60) == 0, side.stdout.read()

    def stop(self):
        for process in self.background:
            if process.poll() is None:
                process.terminate()
                process.wait(20)


def await_match(process, pattern):
    """The first line that has it; a pairing program ends by itself when nothing comes."""
    seen = ""
    for line in process.stdout:
        seen += line
        match = re.search(pattern, line)
        if match:
            return match.group()
    raise AssertionError(f"no {pattern} in: {seen}")


def play(teachers, path):
    """Every command in its order; how many there were."""
    count, shower = 0, None
    todo = list(blocks(path))
    for index, (who, lines) in enumerate(todo):
        if who == "types":
            continue
        typed = "\n".join(todo[index + 1][1]) + "\n" if todo[index + 1:] and todo[index + 1][0] == "types" else None
        for line in lines:
            words = shlex.split(line)
            assert words[0] == "kith", line
            print(f"# {who}: {line}", flush=True)
            count += 1
            if words[1:] == ["pair"]:
                shower = who
            elif words[1:] == ["pair", "--enter"]:
                teachers.pair(shower, who)
            elif words[1:] == ["run"]:
                teachers.run_node(who)
            elif words[1] == "sync":
                assert "verified" in teachers.run(who, [*words[1:], "--address", HERE]), line
            else:
                teachers.run(who, words[1:], typed)
    return count


with tempfile.TemporaryDirectory() as scratch:
    teachers = Teachers(scratch)
    try:
        start = time.monotonic()
        count = play(teachers, DOCUMENT)
        assert count > 20, "the document has hardly any commands"
        assert os.path.getsize(os.path.join(scratch, "amina", "visit.html")) > 1000
        print(f"ok - every command of the first week does what it says ({count} in {time.monotonic() - start:.0f} s)")
    finally:
        teachers.stop()
