"""What a teacher waits for, with real nodes and real mDNS in network namespaces:

    bench_lan.py BUILD       (the build folder)

from both nodes started to verified, cold and with one already there; a live edit until the other
side's store has it; `kith list` on 10,000 notes. Times are this machine's: compare within a run.
"""
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lan"))
import lan
from teachers import Teacher, pair

lan.enter()
BUILD = os.path.abspath(sys.argv[1])
KITH = os.path.join(BUILD, "cli", "kith")


def seconds(what):
    start = time.monotonic()
    what()
    return time.monotonic() - start


def await_text(teacher, handle, text):
    """Without a pause between two looks: what is measured is small."""
    limit = time.monotonic() + 20
    while teacher.body(handle) != text:
        assert time.monotonic() < limit


def say(what, values):
    print(f"{what}: median {statistics.median(values):.3f} s, least {min(values):.3f}, most {max(values):.3f}"
          f" (n {len(values)})", flush=True)


with lan.Network("amina", "ben") as net:
    amina, ben = (Teacher(KITH, m, m.name.capitalize()) for m in net.machines)
    pair(amina, ben)
    note, = amina.share(amina.note("live"), partner=ben)
    cold, warm = [], []
    for i in range(7):
        start = time.monotonic()
        nodes = [t.start("run") for t in (amina, ben)]
        nodes[0].await_line("verified", 30)
        cold.append(time.monotonic() - start)
        for node in nodes:
            node.stop()
    for i in range(7):
        first = amina.run()
        time.sleep(3)
        start = time.monotonic()
        second = ben.start("run")
        second.await_line("verified", 30)
        warm.append(time.monotonic() - start)
        for node in (first, second):
            node.stop()
    say("both started, until verified", cold)
    say("one there already, until verified", warm)

    nodes = [amina.run(), ben.run()]
    nodes[0].await_line("verified", 30)
    lan.until("it is there", 20, lambda: ben.body(note) == "live")
    live, floor = [], []
    for i in range(100):
        text = f"live {i}"
        amina.kith("edit", note, "body", "--set", text)
        live.append(seconds(lambda: await_text(ben, note, text)))
        floor.append(seconds(lambda: ben.body(note)))
    say("live edit, from the command's end until `kith show` on the other side says it", live)
    say("of that, one `kith show` alone", floor)
    for node in nodes:
        node.stop()

    home = os.path.join(net.scratch, "many")
    subprocess.run([os.path.join(BUILD, "tests", "bench", "make_store"), home, "10000"], check=True)
    many = Teacher.__new__(Teacher)
    many.program, many.machine, many.name, many.home = KITH, amina.machine, "Amina", home
    many.passphrase = amina.passphrase
    node = many.run()
    say("kith list --json on 10,000 notes, the node running",
        [seconds(lambda: many.kith("list", "--json")) for _ in range(7)])
    node.stop()
