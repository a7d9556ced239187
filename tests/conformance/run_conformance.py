#!/usr/bin/env python3
"""Feeds the published merge histories under FugueMax order to test_conformance.

usage: run_conformance.py PROGRAM FOLDER      (KITH_TRACES overrides FOLDER)

A history is lines: "txn AGENT SEQUENCE PARENTS", then of each operation "op PLACE DELETED
TEXT"; "end TEXT" closes it. PARENTS are numbers of txns with commas between, or "-"; TEXT
is hexadecimal, or "-". Exits 77, which means skipped, when the file is not there.
"""
import gzip
import json
import os
import subprocess
import sys

SKIPPED = 77
NAME = "fuguemax-conformance.jsonl.gz"


def text(value):
    return value.encode().hex() or "-"


def pieces(txn, cuts):
    """A txn as parts, so that every version somebody names is the end of one."""
    start, seq, parents, ops = txn["span"][0], txn["seqStart"], txn["parents"], []
    at = start
    for place, deleted, inserted in txn["ops"]:
        for k in range(deleted + len(inserted)):
            ops.append([place, 1, ""] if k < deleted else [place + k - deleted, 0, inserted[k - deleted]])
            at += 1
            if at - 1 in cuts or at == txn["span"][1]:
                yield at - 1, seq, parents, ops
                seq, parents, ops = seq + len(ops), [at - 1], []


def lines(history):
    cuts = {version for txn in history["txns"] for version in txn["parents"]}
    number = {}
    for txn in history["txns"]:
        for version, seq, parents, ops in pieces(txn, cuts):
            number[version] = len(number)
            named = ",".join(str(number[p]) for p in parents) or "-"
            yield f"txn {txn['agent']} {seq} {named}"
            for place, deleted, inserted in ops:
                yield f"op {place} {deleted} {text(inserted)}"
    yield f"end {text(history['endContent'])}"


def main():
    program, folder = sys.argv[1], os.environ.get("KITH_TRACES", sys.argv[2])
    path = os.path.join(folder, NAME)
    if not os.path.exists(path):
        print(f"no {NAME} in {folder}")
        return SKIPPED
    with gzip.open(path, "rt", encoding="utf-8") as file:
        fed = "\n".join(line for row in file for line in lines(json.loads(row))) + "\n"
    return subprocess.run([program], input=fed, text=True, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
