"""Teachers at machines of a network, each with a kith of their own, for tests."""
import json
import os
import re

import lan


class Teacher:
    """One teacher: a machine, a store, and the program."""

    def __init__(self, kith, machine, name):
        self.program, self.machine, self.name = kith, machine, name
        self.home = os.path.join(machine.net.scratch, name)
        self.passphrase = os.path.join(machine.net.scratch, "passphrase")
        with open(self.passphrase, "w", encoding="utf-8") as file:
            file.write("four quiet test words\n")
        self.kith("init", "--name", name, "--kdf", "interactive")

    def words(self, *words):
        return ["env", f"KITH_HOME={self.home}", f"KITH_PASSPHRASE_FILE={self.passphrase}", "KITH_PLAIN=1",
                self.program, *words]

    def kith(self, *words, code=0):
        """Run a command; what it says on stdout. Fails unless it exits with `code`."""
        done = self.machine.run(*self.words(*words), check=False)
        if done.returncode != code:
            raise AssertionError(f"{self.name}: kith {' '.join(map(str, words))}: exit {done.returncode}, not {code}\n"
                                 f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def json(self, *words, code=0):
        return json.loads(self.kith(*words, "--json", code=code))

    def start(self, *words):
        return self.machine.start(*self.words(*words))

    def run(self, *words, until="open, listening"):
        """The node in the background, once it said this."""
        node = self.start("run", *words)
        node.await_line(until, 20)
        return node

    def sync(self, *words, code=0):
        return self.json("sync", *words, code=code)

    def note(self, text):
        return self.json("note", text)["handle"]

    def body(self, handle):
        """The text of a note, or None where there is none."""
        done = self.machine.run(*self.words("show", handle, "--json"), check=False)
        if done.returncode != 0:
            return None
        return json.loads(done.stdout)["fields"]["body"]["value"]

    def bodies(self):
        """The texts of all notes, sorted."""
        notes = self.json("list", "note")["documents"]
        return sorted(self.body(note["handle"]) for note in notes)

    def titles(self):
        return sorted(note["title"] for note in self.json("list", "note")["documents"])

    def write(self, handle, text):
        """Put a text in place of the one there was: the difference becomes the edit."""
        path = os.path.join(self.machine.net.scratch, f"{self.name}.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.kith("edit", handle, "body", "--text-file", path)

    def share(self, *handles, partner, role="edit"):
        """Share; the handles that they have from now on."""
        shared = self.json("share", *handles, "--with", partner.name, "--role", role)["shared"]
        return [one["handle_there"] for one in shared]

    def verified(self, partner):
        partners = self.json("partners")["partners"]
        return next(p for p in partners if p["name"] == partner.name)["identical"]


def pair(shower, typer, *address):
    """Pair two teachers as two people would; the three words they compared."""
    shows = shower.start("pair")
    code = re.search(r"[0-9]+-[a-z]+-[a-z]+-[a-z]+", shows.await_line("-", 20)).group()
    types = typer.start("pair", "--enter", *address)
    types.say(code)
    words = [re.search(r"words: (.*)", side.await_line("words:", 30)).group(1) for side in (shows, types)]
    assert words[0] == words[1], f"the words differ: {words}"
    shows.say("y")
    types.say("y")
    for side in (shows, types):
        assert side.wait(30) == 0, side.text()
    return words[0]
