"""Finding and being found by multicast DNS, between namespaces, with avahi-core as it is.

usage: test_mdns.py PROBE      (the program of mdns_probe.c)
"""
import os
import sys
import time

import lan

lan.enter()
PROBE = sys.argv[1]
HOST_NAME = os.uname().nodename
cases = lan.Cases()


def alone(text, name):
    """The words after `at` in a line about `name`: its addresses."""
    return text.split(" at ")[1].split() if f"found {name} " in text else []


def await_addresses(probe, name, seconds, fit):
    """The addresses of `name`, once `fit` holds for them."""
    return lan.until(f"{name} with other addresses; seen: {probe.text()}", seconds,
                     lambda: next((a for a in (alone(line, name) for line in reversed(probe.lines)) if a and fit(a)), None))


with lan.Network("amina", "ben") as net:
    amina, ben = net.machines
    capture = net.capture(amina)
    a, b = amina.start(PROBE, 4001), ben.start(PROBE, 4002)

    with cases.it("an instance is found by IPv4 and by IPv6, with port and strings in order"):
        start = time.monotonic()
        a.say("publish aaaa111 hosta v=1 t=first u=second")
        line = b.await_line("found aaaa111", 8)
        print(f"# found after {time.monotonic() - start:.2f} s")
        assert "port 4001 txt v=1 t=first u=second at" in line, line
        addresses = await_addresses(b, "aaaa111", 8, lambda found: len(found) == 2)
        assert addresses == [f"{amina.v4}:4001", f"[{amina.v6()}%eth0]:4001"], addresses
        a.await_line("published aaaa111", 5)

    with cases.it("one does not find oneself"):
        assert not any("found" in line for line in a.lines), a.text()

    with cases.it("both find each other, and the new name comes as the old one goes"):
        b.say("publish bbbb111 hostb v=1")
        a.await_line("found bbbb111", 8)
        a.say("publish aaaa222 hosta2 v=1 t=other")
        line = b.await_line("found aaaa222", 8)
        assert "txt v=1 t=other at" in line
        lan.until("goodbye of aaaa111", 8, lambda: "gone aaaa111" in b.lines)

    with cases.it("the late one finds who is there already, at once"):
        late = ben.start(PROBE, 4003)
        start = time.monotonic()
        await_addresses(late, "aaaa222", 5, len)
        print(f"# found after {time.monotonic() - start:.2f} s")
        await_addresses(late, "bbbb111", 5, len)

    with cases.it("two programs on one machine find each other beside each other"):
        late.say("publish llll111 hostl v=1")
        b.await_line("found llll111", 8)
        a.await_line("found llll111", 8)
        late.popen.stdin.close()
        assert late.wait() == 0
        b.await_line("gone llll111", 5)
        a.await_line("gone llll111", 5)

    with cases.it("where two take one name, one at least is told and takes another"):
        a.say("publish bbbb111 hostc v=1")
        lan.until("a collision", 8, lambda: any("collision bbbb111" in p.lines for p in (a, b)))
        a.say("publish aaaa333 hosta3 v=1")
        a.await_line("published aaaa333", 8)
        b.await_line("found aaaa333", 8)

    with cases.it("new strings under the same name are told"):
        a.say("publish aaaa333 hosta3 v=1 t=changed")
        b.await_line("txt v=1 t=changed at", 10)

    with cases.it("who is ignored is told of no more, until one searches again"):
        b.say("ignore aaaa333")
        time.sleep(0.3)
        seen = len(b.lines)
        a.say("publish aaaa444 hosta4 v=1")
        b.await_line("found aaaa444", 8)
        assert not any("aaaa333" in line for line in b.lines[seen:]), b.text()
        b.say("ignore aaaa444")
        b.say("search")
        b.await_line("found aaaa444", 5)

    with cases.it("a new address withdraws the name: it comes back under another"):
        amina.move("10.77.0.99")
        a.await_line("withdrawn aaaa444", 8)
        b.await_line("gone aaaa444", 8)
        a.say("publish aaaa555 hosta5 v=1")
        found = await_addresses(b, "aaaa555", 10, lambda found: len(found) == 2)
        assert found[0] == "10.77.0.99:4001", found

    with cases.it("what cannot be published is refused"):
        a.say("publish " + "x" * 64 + " host v=1")
        a.await_line("error the value is not valid", 5)
        a.say("publish x host t=" + "y" * 250 + " u=" + "z" * 250)
        a.await_line("error it is larger than the limit", 5)

    with cases.it("without a network nothing fails, and with one it goes on"):
        amina.ip("link", "set", "eth0", "down")
        a.await_line("withdrawn aaaa555", 8)
        a.say("publish aaaa666 hosta6 v=1")
        time.sleep(2)
        a.say("problem")
        a.await_line("problem: this machine is on no network now", 5)
        amina.ip("link", "set", "eth0", "up")
        await_addresses(b, "aaaa666", 15, lambda found: found[0] == "10.77.0.99:4001")
        a.say("problem")
        a.await_line("problem: none", 5)

    with cases.it("the end says goodbye"):
        a.popen.stdin.close()
        assert a.wait() == 0
        b.await_line("gone aaaa666", 5)

    with cases.it("what went over the wire has no name of this machine"):
        assert capture.has_label("aaaa111") and capture.has_label("_kith")
        for name in {HOST_NAME, HOST_NAME.split(".")[0], "amina", "ben", "in-addr", "ip6", "_workstation"}:
            assert not capture.has_label(name), f"the capture has {name}"

with lan.Network("amina") as net:
    amina, = net.machines
    amina.ip("link", "set", "eth0", "down")
    with cases.it("two programs on a machine without network meet over its loopback"):
        a, b = amina.start(PROBE, 4001), amina.start(PROBE, 4002)
        a.say("publish aaaa777 hosta7 v=1")
        await_addresses(b, "aaaa777", 8, lambda found: "127.0.0.1:4001" in found)

cases.finish()
