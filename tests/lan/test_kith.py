"""Two teachers on one network, by the commands they would type: discovery, pairing, sharing,
merging, proof; and what networks and machines do to that.

usage: test_kith.py KITH
"""
import os
import random
import signal
import sys
import time

import lan
from teachers import Teacher, pair

lan.enter()
KITH = sys.argv[1]
cases = lan.Cases()


def both_verified(a, b):
    return a.verified(b) and b.verified(a)


def await_body(teacher, handle, text, seconds):
    start = time.monotonic()
    try:
        lan.until(f"{teacher.name} has \"{text}\"", seconds, lambda: teacher.body(handle) == text)
    except AssertionError as e:
        nodes = "\n".join(p.text() for p in teacher.machine.net.processes if not p.ended())
        raise AssertionError(f"{e}, but \"{teacher.body(handle)}\". The nodes said:\n{nodes}") from None
    print(f"# after {time.monotonic() - start:.2f} s")


with lan.Network("amina", "ben") as net:
    amina, ben = (Teacher(KITH, m, m.name.capitalize()) for m in net.machines)
    capture = net.capture(amina.machine)
    handle = ""

    with cases.it("two who stand beside each other find each other and pair"):
        pair(amina, ben)
        assert amina.json("partners")["partners"][0]["name"] == "Ben"
        assert ben.json("partners")["partners"][0]["name"] == "Amina"

    with cases.it("what is shared comes, what is not does not, and both prove that they hold the same"):
        note = amina.note("Group work in 9B: who speaks first?")
        amina.note("I lost my temper in period 4")
        handle, = amina.share(note, partner=ben)
        node = amina.run()
        result = ben.sync("--with", "Amina", "--wait", "20")
        assert result["met"] and result["verified"] and result["received"] == 1, result
        assert result["round_trips"] <= 2, result
        assert result["both_wrote"] == [], result
        assert ben.bodies() == ["Group work in 9B: who speaks first?"], ben.bodies()
        lan.until("amina knows that it is the same", 5, lambda: amina.verified(ben))
        assert node.stop() == 0, node.text()

    with cases.it("what both wrote apart is merged, with nothing lost"):
        amina.write(handle, "Group work in 9B: who speaks first?\nBack row: nobody.")
        ben.write(handle, "Period 2, group work in 9B: who speaks first?")
        node = ben.run()
        result = amina.sync("--with", "Ben")
        assert result["verified"] and result["received"] == 1 and result["sent"] == 1, result
        merged = "Period 2, group work in 9B: who speaks first?\nBack row: nobody."
        assert amina.body(handle) == merged, amina.body(handle)
        await_body(ben, handle, merged, 5)
        assert node.stop() == 0, node.text()

    with cases.it("nobody there is exit 5, within the time that was given"):
        start = time.monotonic()
        error = amina.json("sync", "--with", "Ben", "--wait", "3", code=5)["error"]
        assert 2.5 < time.monotonic() - start < 8, time.monotonic() - start
        assert "Ben" in error["text"], error

    with cases.it("two who say sync at the same moment meet, and both end"):
        ben.write(handle, "Period 2: who speaks first?")
        both = [t.start("sync", "--wait", "20", "--json") for t in (amina, ben)]
        for process in both:
            assert process.wait(30) == 0, process.text()
        assert amina.body(handle) == "Period 2: who speaks first?" and both_verified(amina, ben)

    with cases.it("while both are connected, an edit is there in a moment, both ways"):
        nodes = [amina.run(), ben.run()]
        for node, other in zip(nodes, ("Ben", "Amina")):
            node.await_line(f"{other}: connected", 20)
        lan.until("both verified", 10, lambda: both_verified(amina, ben))
        amina.write(handle, "live one")
        await_body(ben, handle, "live one", 5)
        ben.write(handle, "live one, live two")
        await_body(amina, handle, "live one, live two", 5)
        lan.until("both verified", 5, lambda: both_verified(amina, ben))

    with cases.it("a second node of one store is refused"):
        second = amina.start("run")
        assert second.wait(20) == 1
        assert "another kith" in second.text(), second.text()

    with cases.it("sync beside a running node asks it, and gets a comparison made just now"):
        before = amina.json("status")["partners"][0]["last_verified"]
        time.sleep(1.1)
        result = amina.sync("--with", "Ben")
        assert result["verified"] and result["met"], result
        assert amina.json("status")["partners"][0]["last_verified"] > before

    with cases.it("a partner whose address changed is found again"):
        ben.machine.move("10.77.0.99")
        ben.write(handle, "from another address")
        await_body(amina, handle, "from another address", 60)

    with cases.it("a cable that was out for ten seconds costs nothing"):
        ben.machine.cut()
        amina.write(handle, "from another address, written while apart")
        ben.write(handle, "Ben too: from another address")
        time.sleep(10)
        ben.machine.mend()
        merged = "Ben too: from another address, written while apart"
        await_body(amina, handle, merged, 60)
        await_body(ben, handle, merged, 60)
        lan.until("both verified", 20, lambda: both_verified(amina, ben))

    with cases.it("a locked node says nothing and goes on when it is unlocked"):
        amina.kith("lock")
        ben.write(handle, "while Amina was locked")
        time.sleep(1)
        assert amina.json("status")["locked"] is True
        amina.kith("unlock")
        await_body(amina, handle, "while Amina was locked", 30)

    with cases.it("a node that nobody can ask for a passphrase starts locked"):
        assert nodes[0].stop() == 0, nodes[0].text()
        nodes[0] = amina.machine.start("env", f"KITH_HOME={amina.home}", "KITH_PLAIN=1", KITH, "run")
        nodes[0].await_line("locked; it waits for: kith unlock", 10)
        amina.kith("unlock")
        nodes[0].await_line("open, listening", 10)
        ben.write(handle, "after the restart")
        await_body(amina, handle, "after the restart", 30)

    with cases.it("both stop in order"):
        for node in nodes:
            assert node.stop() == 0, node.text()

    with cases.it("what went over the wire names nobody and tells nothing"):
        person = amina.json("partners")["partners"][0]["person"]
        for secret in ("group work", "temper", "live one", "from another address", "amina", person[:16]):
            assert not capture.has(secret), f"the capture has \"{secret}\""
        assert capture.has_label("_kith")
        for name in {"ben", os.uname().nodename, os.uname().nodename.split(".")[0]}:
            assert not capture.has_label(name), f"the capture has the name {name}"
        talk = b"".join(capture.payloads(6, 25484))
        assert len(talk) > 1000

with lan.Network("amina", "ben") as net:
    amina, ben = (Teacher(KITH, m, m.name.capitalize()) for m in net.machines)
    pair(amina, ben)
    rng = random.Random(20261124)
    expected = 0

    def share_some(teacher, other, count):
        handles = [teacher.note(f"{teacher.name} {expected + i} " + "lorem ipsum dolor " * 200)
                   for i in range(count)]
        teacher.share(*handles, partner=other)
        return count

    for victim, kind in ((ben, "sync"), (amina, "node"), (ben, "sync"), (amina, "node")):
        with cases.it(f"kill -9 of the {kind} in the middle of a sync loses nothing"):
            for process in net.processes:
                if not process.ended():
                    process.kill()
            expected += share_some(amina, ben, 8)
            expected += share_some(ben, amina, 8)
            node = amina.run()
            sync = ben.start("sync", "--with", "Amina", "--wait", "20", "--json")
            node.await_line("Ben: connected", 20)
            time.sleep(rng.uniform(0, 0.05))
            (sync if victim is ben else node).kill()
            if victim is ben:
                lan.until("the node hears the end", 10, lambda: len(node.lines) > node.seen)
            else:
                sync.kill()
                node = amina.run()
            result = ben.sync("--with", "Amina", "--wait", "30")
            assert result["verified"], result
            assert amina.titles() == ben.titles(), "the two have not the same"
            assert len(ben.titles()) == expected, (len(ben.titles()), expected)
            assert node.stop() == 0, node.text()

cases.finish()
