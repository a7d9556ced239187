"""Two people pair on one network, found by the number of a code alone.

usage: test_pair.py KITH PROBE      (the program, and that of mdns_probe.c)
"""
import os
import re
import sys
import time

import lan

lan.enter()
KITH, PROBE = sys.argv[1:3]
HOST_NAME = os.uname().nodename
cases = lan.Cases()
CODE = re.compile(r"[0-9]{2}-[a-z]+-[a-z]+-[a-z]+")


def init(net, machine):
    """A store for whoever sits there; the words and the environment of their kith."""
    home = os.path.join(net.scratch, machine.name)
    passphrase = os.path.join(net.scratch, "passphrase")
    with open(passphrase, "w", encoding="utf-8") as f:
        f.write("quiet rivers teach patient stones\n")
    machine.env = {"KITH_HOME": home, "KITH_PASSPHRASE_FILE": passphrase, "KITH_PLAIN": "1"}
    made = machine.start(KITH, "init", "--name", machine.name.title(), "--kdf", "interactive", env=machine.env)
    assert made.wait(60) == 0, made.text()


def kith(machine, *words):
    return machine.start(KITH, *words, env=machine.env)


def code_of(process):
    return CODE.search(process.await_line("code:", 60)).group()


def pair(shower, typer):
    words = [p.await_line("words:", 60) for p in (shower, typer)]
    assert words[0] == words[1], words
    for p in (shower, typer):
        p.say("y")
    for p in (shower, typer):
        assert p.wait(60) == 0, p.text()
        assert "verified" in p.lines[-1], p.text()
    return words[0].removeprefix("words: ")


with lan.Network("amina", "benedikt", "carla") as net:
    amina, ben, carla = net.machines
    for machine in net.machines:
        init(net, machine)

    with cases.it("who types a code finds the screen that shows it, among others"):
        capture = net.capture(amina)
        other = kith(carla, "pair")
        other_code = code_of(other)
        shower = kith(amina, "pair")
        code = code_of(shower)
        typer = kith(ben, "pair", "--enter")
        start = time.monotonic()
        typer.say(code)
        typer.await_line("called Amina", 30)
        print(f"# words after {time.monotonic() - start:.2f} s")
        said = pair(shower, typer)

    with cases.it("the network saw neither names, nor a word of the code or of the comparison"):
        assert len(capture.frames) > 20
        assert capture.has("_kith")
        for text in ["amina", "benedikt", HOST_NAME, *code.split("-")[1:], *said.split()]:
            assert not capture.has(text), text

    with cases.it("the third one is still waited for, and found under the other number"):
        typer = kith(amina, "pair", "--enter")
        typer.say(other_code)
        typer.await_line("called Carla", 30)
        pair(other, typer)

    with cases.it("someone who announces the same number and has nothing to say is passed over"):
        shower = kith(carla, "pair")
        code = code_of(shower)
        liar = amina.start(PROBE, 4001)
        liar.say(f"publish 0123456789abcdefghjkmnpqr0 liar v=1 t={'x' * 128} n={code[:2]}")
        liar.await_line("published", 10)
        typer = kith(ben, "pair", "--enter")
        typer.say(code)
        typer.await_line("called Carla", 30)
        pair(shower, typer)

    with cases.it("a number that nobody shows is looked for, and the search can be given up"):
        typer = kith(ben, "pair", "--enter")
        typer.say("99-aardvark-adroitness-aardvark")
        time.sleep(2)
        assert not typer.ended(), typer.text()
        typer.stop()
        assert typer.popen.returncode == 1, typer.popen.returncode
        assert "nothing was kept" in typer.lines[-1], typer.text()

cases.finish()
