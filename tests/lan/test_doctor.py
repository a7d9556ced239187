"""Why a partner is not found: kith doctor in networks that are broken in one way each.

usage: test_doctor.py KITH
"""
import shutil
import subprocess
import sys

import lan
from teachers import Teacher, pair

lan.enter()
KITH = sys.argv[1]
cases = lan.Cases()


def nft(machine, *rules):
    """A firewall of these rules for what comes in."""
    text = "table inet t {\nchain input {\ntype filter hook input priority 0;\n" + "\n".join(rules) + "\n}\n}\n"
    done = subprocess.run([*machine.enter(), "nft", "-f", "-"], input=text, text=True, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"nft: {done.stderr.strip()}")


def no_nft(machine):
    machine.run("nft", "delete", "table", "inet", "t")


def can_nft(machine):
    if shutil.which("nft") is None:
        return False
    try:
        nft(machine, "udp dport 9 accept")
        no_nft(machine)
        return True
    except RuntimeError:
        return False


class Doctor:
    """What the doctor said, to be asked about."""

    def __init__(self, teacher, *words):
        self.said = teacher.json("doctor", *words)
        self.by_id = {f["id"]: f for f in self.said["findings"]}

    def finds(self, name, severity="problem"):
        finding = self.by_id.get(name)
        assert finding and finding["severity"] == severity, self.said
        assert finding["text"].endswith((".", "?")) and finding["remedy"], finding
        return finding

    def has_no_problem(self):
        assert not [f for f in self.said["findings"] if f["severity"] == "problem"], self.said


with lan.Network("amina", "ben") as net:
    amina, ben = (Teacher(KITH, m, m.name.capitalize()) for m in net.machines)
    has_nft = can_nft(amina.machine)

    with cases.it("where all is well there is no problem, and nobody else is heard"):
        doctor = Doctor(amina)
        doctor.has_no_problem()
        doctor.finds("nobody_heard", "warning")
        doctor.finds("node_not_running", "note")
        assert doctor.said["addresses"] == [f"{amina.machine.v4}:25484"], doctor.said

    with cases.it("nothing that the doctor sends names kith, the machine or the teacher"):
        capture = net.capture(amina.machine)
        Doctor(amina)
        capture.stop()
        assert list(capture.payloads(17, 5353)), "nothing was sent at all"
        for word in ("amina", "Amina"):
            assert not capture.has(word), word

    def await_kith():
        """A node announces itself some seconds after it began."""
        return lan.until("the other kith is heard", 40,
                         lambda: next((d for d in [Doctor(amina)] if d.said["kiths_heard"] == 1), None))

    with cases.it("a kith that runs there is heard, and answers"):
        pair(amina, ben)
        node = ben.run()
        await_kith()
        doctor = Doctor(amina, "--address", ben.machine.v4)
        doctor.has_no_problem()
        assert doctor.said["kiths_heard"] == 1 and doctor.said["others_heard"] >= 1, doctor.said
        assert "nobody_heard" not in doctor.by_id and "no_kith_heard" not in doctor.by_id, doctor.said
        assert node.stop() == 0, node.text()

    with cases.it("beside the own node the doctor changes nothing, and does not take it for another"):
        node = amina.run()
        doctor = Doctor(amina)
        doctor.has_no_problem()
        assert doctor.said["kiths_heard"] == 0 and "port_taken" not in doctor.by_id, doctor.said
        assert not node.ended()
        assert node.stop() == 0, node.text()

    with cases.it("an address where nothing listens refuses"):
        Doctor(amina, "--address", ben.machine.v4).finds("address_refuses")

    with cases.it("an address that nobody has is silent"):
        Doctor(amina, "--address", "10.77.0.99").finds("address_is_silent")

    with cases.it("an address of no network that is joined is elsewhere"):
        Doctor(amina, "--address", "192.168.9.9").finds("address_is_elsewhere")

    if has_nft:
        with cases.it("a firewall here that stops multicast is named"):
            nft(amina.machine, "udp dport 5353 drop")
            finding = Doctor(amina).finds("multicast_blocked")
            assert "eth0" in finding["text"] and "5353" in finding["remedy"], finding
            no_nft(amina.machine)

        with cases.it("a firewall here that stops the port is named"):
            nft(amina.machine, "tcp dport 25484 drop")
            assert "25484" in Doctor(amina).finds("port_blocked")["remedy"]
            no_nft(amina.machine)

        with cases.it("a partner who is announced but whose computer lets nobody in is silent"):
            nft(ben.machine, "tcp dport 25484 drop")
            node = ben.run()
            finding = await_kith().finds("address_is_silent")
            assert ben.machine.v4 in finding["text"] or "fe80" in finding["text"], finding
            assert node.stop() == 0, node.text()
            no_nft(ben.machine)
    else:
        print("# no nft here: the cases of firewalls are left out")

    with cases.it("a network that is not joined is named"):
        net.machines[0].ip("link", "set", "eth0", "down")
        Doctor(amina).finds("interface_down")
        net.machines[0].ip("link", "set", "eth0", "up")

    with cases.it("no address is named"):
        net.machines[0].ip("addr", "flush", "dev", "eth0")
        Doctor(amina).finds("no_address")

    with cases.it("to read, a finding is a heading, what is so, and what to do"):
        text = amina.kith("doctor")
        assert text.startswith("Problem\n    ") and "hotspot" in text, text
        assert max(map(len, text.splitlines())) <= 80, text

cases.finish()
