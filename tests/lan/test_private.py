"""What never leaves, what goes when it is taken back, a third teacher, and folders that were put
back from a copy: three real teachers on one network.

usage: test_private.py KITH
"""
import os
import shutil
import sys

import lan
from teachers import Teacher, pair

lan.enter()
KITH = sys.argv[1]
cases = lan.Cases()


def folder_has(teacher, word):
    """Whether a word stands in any file of the teacher's folder, in the clear."""
    for at, _, names in os.walk(teacher.home):
        for name in names:
            try:
                with open(os.path.join(at, name), "rb") as file:
                    if word.encode() in file.read():
                        return True
            except OSError:
                pass  # a socket
    return False


def knows(teacher, word):
    """Whether the teacher's own kith can say the word."""
    return word in teacher.kith("list", "--json") or any(
        word in teacher.kith("show", d["handle"], "--json")
        for d in teacher.json("list")["documents"])


def meet(node_of, other):
    node = node_of.run()
    result = other.sync("--with", node_of.name, "--wait", "20")
    assert result["verified"], result
    lan.until("both know that it is the same", 5, lambda: node_of.verified(other))
    assert node.stop() == 0, node.text()
    return result


with lan.Network("amina", "ben", "carla") as net:
    amina, ben, carla = (Teacher(KITH, m, m.name.capitalize()) for m in net.machines)
    capture = net.capture(amina.machine)
    pair(amina, ben)
    never = []

    with cases.it("a word in a document that was not shared is in no captured byte and not with the partner"):
        never.append("canaryprivate")
        amina.note("canaryprivate stays at home")
        shared, = amina.share(amina.note("canaryshared goes"), partner=ben)
        meet(amina, ben)
        assert knows(ben, "canaryshared")
        assert not knows(ben, "canaryprivate")

    with cases.it("a word typed and deleted before it was shared never leaves"):
        never.append("canarytyped")
        note = amina.note("first canarytyped then")
        amina.write(note, "first then")
        handle, = amina.share(note, partner=ben)
        meet(amina, ben)
        assert ben.body(handle) == "first then", ben.body(handle)

    with cases.it("a word typed and deleted between two meetings never leaves"):
        never.append("canarybetween")
        amina.write(handle, "first canarybetween then")
        amina.write(handle, "first, then")
        meet(amina, ben)
        assert ben.body(handle) == "first, then", ben.body(handle)

    with cases.it("what was taken back is gone from the partner's kith"):
        taken, = amina.share(amina.note("canarytaken back again"), partner=ben)
        meet(amina, ben)
        assert knows(ben, "canarytaken")
        state = amina.json("takeback", taken)["taken_back"][0]["state"]
        assert state == "held", state
        meet(amina, ben)
        assert not knows(ben, "canarytaken")
        ben.kith("show", taken, code=3)

    with cases.it("what never left is taken back without a trace"):
        back, = amina.share(amina.note("canaryback at once"), partner=ben)
        never.append("canaryback")
        assert amina.json("takeback", back)["taken_back"][0]["state"] == "never_left"
        meet(amina, ben)
        assert not knows(ben, "canaryback")

    with cases.it("a third who comes later gets her own pair, and nobody learns of the others"):
        pair(amina, carla)
        only, = amina.share(amina.note("canarycarla only"), partner=carla)
        meet(amina, carla)
        assert carla.bodies() == ["canarycarla only"], carla.bodies()
        meet(amina, ben)
        assert not knows(ben, "canarycarla")
        assert [p["name"] for p in ben.json("partners")["partners"]] == ["Amina"]
        assert [p["name"] for p in carla.json("partners")["partners"]] == ["Amina"]

    with cases.it("one note shown to two comes to both, and each answers for themself"):
        note = amina.note("canaryboth see it")
        amina.kith("share", note, "--with", "Ben", "--role", "comment")
        amina.kith("share", note, "--with", "Carla", "--role", "comment")
        meet(amina, ben)
        meet(amina, carla)
        theirs = next(d for d in ben.json("list", "note")["documents"] if "canaryboth" in d["title"])
        ben.kith("edit", theirs["handle"], "comments", "--append", "canaryanswer by Ben")
        meet(amina, ben)
        assert knows(amina, "canaryanswer")
        meet(amina, carla)
        assert not knows(carla, "canaryanswer")

    with cases.it("three nodes run at once and find each other"):
        nodes = [t.run() for t in (amina, ben, carla)]
        live, = amina.share(amina.note("canarylive for Carla"), partner=carla)
        lan.until("it is there", 30, lambda: carla.body(live) == "canarylive for Carla")
        assert not knows(ben, "canarylive")
        for node in nodes:
            assert node.stop() == 0, node.text()

    with cases.it("no file of either folder holds a shared word in the clear"):
        for teacher in (amina, ben, carla):
            for word in ("canaryshared", "canarytaken", "canaryboth", "canarycarla", *never):
                assert not folder_has(teacher, word), f"{teacher.name}'s folder has {word}"

    with cases.it("no captured byte holds any of it"):
        for word in ("canary", *never):
            assert not capture.has(word), f"the capture has {word}"

    def copy(teacher, name):
        shutil.copytree(teacher.home, os.path.join(net.scratch, name),
                        ignore=lambda _, names: [n for n in names if n == "node.sock"])

    def put_back(teacher, name):
        shutil.rmtree(teacher.home)
        os.rename(os.path.join(net.scratch, name), teacher.home)

    for teacher, other in ((amina, ben), (ben, amina)):
        with cases.it(f"{teacher.name}'s folder put back from a copy loses and doubles nothing"):
            copy(teacher, "copy")
            after, = teacher.share(teacher.note(f"after {teacher.name}'s copy"), partner=other)
            meet(amina, ben)
            teacher.note("lost with the newer folder")
            put_back(teacher, "copy")
            assert not knows(teacher, f"after {teacher.name}'s copy")
            meet(amina, ben)
            assert teacher.body(after) == f"after {teacher.name}'s copy", teacher.body(after)
            teacher.write(after, f"after {teacher.name}'s copy, and on")
            meet(amina, ben)
            assert other.body(after) == f"after {teacher.name}'s copy, and on", other.body(after)
            titles = teacher.titles()
            assert titles.count(f"after {teacher.name}'s copy, and on") == 1, titles

cases.finish()
