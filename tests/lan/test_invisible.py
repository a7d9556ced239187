"""Invisible on a network: nothing is announced and nobody is answered, and partners are met all the
same, as it is she who calls.

usage: test_invisible.py KITH MDNS_PROBE
"""
import socket
import struct
import sys
import time

import lan
from teachers import Teacher, pair

lan.enter()
KITH, PROBE = sys.argv[1:3]
PORT = 25484
cases = lan.Cases()


def answers(frames, ip):
    """The mDNS responses among these frames that came from an address."""
    found = 0
    for frame in frames:
        if struct.unpack_from("!H", frame, 12)[0] != 0x0800 or frame[23] != 17:
            continue
        at = 14 + 4 * (frame[14] & 15)
        if struct.unpack_from("!H", frame, at)[0] == 5353 and frame[26:30] == socket.inet_aton(ip):
            found += (frame[at + 10] & 0x80) >> 7
    return found


def listens(of, at):
    """Whether a stranger's call is taken."""
    code = f"import socket; socket.create_connection(('{of.machine.v4}', {PORT}), 3)"
    return at.machine.run(sys.executable, "-c", code, check=False).returncode == 0


with lan.Network("amina", "ben", "carla") as net:
    amina, ben, carla = (Teacher(KITH, m, m.name.capitalize()) for m in net.machines)
    pair(amina, ben)
    capture = net.capture(amina.machine)
    stranger = carla.machine.start(PROBE)

    with cases.it("without the setting she is announced, and her port answers"):
        node = amina.run()
        stranger.await_line("found", 10)
        assert answers(capture.frames, amina.machine.v4) > 0 and listens(amina, carla)
        assert amina.json("status")["invisible"] is False

    with cases.it("turned on, a running node says goodbye at once and stops answering"):
        said = amina.json("invisible", "on")
        assert said == {"invisible": True, "sure": True, "networks": 1}, said
        node.await_line("invisible on this network", 5)
        stranger.await_line("gone", 10)
        assert not listens(amina, carla)
        assert amina.json("status")["invisible"] is True

    with cases.it("a partner is met all the same, by her call"):
        handle, = amina.share(amina.note("found by nobody"), partner=ben)
        other = ben.run()
        lan.until("Ben has the note", 20, lambda: ben.body(handle) == "found by nobody")
        lan.until("both know that it is the same", 5, lambda: amina.verified(ben) and ben.verified(amina))
        assert other.stop() == 0, other.text()
        assert node.stop() == 0, node.text()

    with cases.it("a node that starts so sends no announcement, not even a first one"):
        capture.frames.clear()
        seen = stranger.seen = len(stranger.lines)
        node = amina.run(until="invisible on this network")
        time.sleep(4)
        assert answers(capture.frames, amina.machine.v4) == 0
        assert not any("found" in line for line in stranger.lines[seen:]), stranger.text()
        assert not listens(amina, carla)

    with cases.it("another address in the same network changes nothing"):
        capture.frames.clear()
        amina.machine.move("10.77.0.77")
        time.sleep(4)
        assert answers(capture.frames, "10.77.0.77") == 0 and not listens(amina, carla)

    with cases.it("on another network she is found, and back on this one she is not"):
        amina.machine.move("10.78.0.1")
        node.await_line("visible, listening", 10)
        stranger.await_line("found", 20)
        capture.frames.clear()
        amina.machine.move("10.77.0.1")
        node.await_line("invisible on this network", 10)
        time.sleep(3)
        assert not listens(amina, carla)

    with cases.it("who pairs there announces nothing, and says so"):
        capture.frames.clear()
        shows = amina.start("pair")
        shows.await_line("you are invisible on this network", 10)
        time.sleep(2)
        assert answers(capture.frames, amina.machine.v4) == 0
        shows.stop()

    with cases.it("turned off, she is found again"):
        said = amina.json("invisible", "off")
        assert said == {"invisible": False, "sure": True, "networks": 0}, said
        node.await_line("visible, listening", 10)
        stranger.await_line("found", 20)
        assert listens(amina, carla)
        assert node.stop() == 0, node.text()

    with cases.it("off everywhere forgets the networks she is not on"):
        amina.kith("invisible", "on")
        amina.machine.move("10.78.0.1")
        assert amina.json("invisible") == {"invisible": False, "sure": True, "networks": 1}
        amina.kith("invisible", "on", "--everywhere", code=2)
        assert amina.json("invisible", "off", "--everywhere")["networks"] == 0

    with cases.it("without a network there is nothing to set"):
        amina.machine.ip("link", "set", "eth0", "down")
        amina.kith("invisible", "on", code=1)

cases.finish()
