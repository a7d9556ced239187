"""A teacher whose clock is wrong: two nodes find each other when asked to, remember by how much,
and find each other by themselves from then on.

usage: test_clock.py KITH SHIFT_CLOCK.so
"""
import datetime
import os
import sys
import time

import lan
from teachers import Teacher, pair

lan.enter()
KITH, SHIFT = sys.argv[1:3]
MINUTES = 43  # two and a half of the times after which announcements change
cases = lan.Cases()


class LateTeacher(Teacher):
    """Her computer's clock is ahead, once it went wrong."""

    is_wrong = False

    def words(self, *words):
        wrong = [f"LD_PRELOAD={SHIFT}", f"SHIFT_CLOCK_S={60 * MINUTES}",
                 "ASAN_OPTIONS=" + os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"]
        plain = super().words(*words)
        return [plain[0], *(wrong if self.is_wrong else []), *plain[1:]]


with lan.Network("amina", "ben") as net:
    amina = LateTeacher(KITH, net.machines[0], "Amina")
    ben = Teacher(KITH, net.machines[1], "Ben")
    pair(amina, ben)
    amina.is_wrong = True
    next_address = iter(range(40, 60))

    def meet_by_themselves(seconds):
        """Whether two nodes whom nobody asks connect; no remembered address is of use."""
        for teacher in (amina, ben):
            teacher.machine.move(f"10.77.0.{next(next_address)}")
        nodes = [amina.run(), ben.run()]
        limit = time.monotonic() + seconds
        met = lambda: any("connected" in line for node in nodes for line in node.lines)
        while not met() and time.monotonic() < limit:
            time.sleep(0.05)
        connected = met()
        for node in nodes:
            assert node.stop() == 0, node.text()
        return connected

    with cases.it("the clock is wrong for her kith, and for nobody else"):
        made = [datetime.datetime.fromisoformat(t.json("backup", os.path.join(net.scratch, t.name + ".backup"))
                                                ["made"].replace("Z", "+00:00")) for t in (amina, ben)]
        ahead = (made[0] - made[1]).total_seconds()
        assert abs(ahead - 60 * MINUTES) < 60, made

    with cases.it("clocks that differ by so much keep two nodes from knowing each other"):
        assert not meet_by_themselves(8)

    with cases.it("who asks for a meeting is found all the same"):
        node = amina.run()
        result = ben.sync("--with", "Amina", "--wait", "30")
        assert result["verified"], result
        assert node.stop() == 0, node.text()

    with cases.it("the doctor tells it to who asked"):
        node = ben.run()
        findings = {f["id"]: f for f in ben.json("doctor")["findings"]}
        assert "clocks_differ" in findings, findings.keys()
        said = [int(word) for word in findings["clocks_differ"]["text"].split() if word.isdigit()]
        assert said and abs(said[0] - MINUTES) <= 18, findings["clocks_differ"]
        assert node.stop() == 0, node.text()

    with cases.it("from then on they find each other by themselves"):
        assert meet_by_themselves(20)

cases.finish()
