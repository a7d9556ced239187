#!/usr/bin/env python3
"""Feeds published test vectors to test_vectors, as lines of a name and hexadecimal.

usage: run_vectors.py PROGRAM FOLDER      (KITH_VECTORS overrides FOLDER)

A block of lines ends with "run KIND LABEL"; see test_vectors.c for the kinds. Exits 77,
which means skipped, when the folder is not there.
"""
import glob
import json
import os
import subprocess
import sys

SKIPPED = 77


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def name_of(path):
    return os.path.splitext(os.path.basename(path))[0].replace(" ", "_")


def noise(path):
    for number, vector in enumerate(load(path)["vectors"]):
        protocol = vector["protocol_name"].split("_")
        if protocol[2:] != ["25519", "ChaChaPoly", "BLAKE2b"]:
            continue
        yield "pattern", protocol[1].encode().hex()
        for side in "init", "resp":
            for key in "prologue", "static", "ephemeral", "remote_static":
                if f"{side}_{key}" in vector:
                    yield f"{side}_{key}", vector[f"{side}_{key}"]
            for psk in vector.get(f"{side}_psks", vector.get("psks", [])):
                yield f"{side}_psk", psk
        if "handshake_hash" in vector:
            yield "handshake_hash", vector["handshake_hash"]
        # In this set the transport phase begins with the initiator, whoever wrote last.
        if vector.get("origin") == "flynn":
            yield "restart", "01"
        for message in vector["messages"]:
            yield "payload", message["payload"]
            yield "ciphertext", message["ciphertext"]
        yield "run noise", f"{name_of(path)}:{number}:{protocol[1]}"


def cpace(path):
    everything = load(path)
    for key, value in everything["vectors"].items():
        if isinstance(value, str):
            yield key, value
    yield "run cpace", name_of(path)
    points = everything["points"]
    yield "s", points["Valid"]["s"]
    yield "X", points["Valid"]["X"]
    yield "K", points["Valid"]["G.scalar_mult_vfy(s,X)"]
    yield "run point", "valid"
    for key in points:
        if key.startswith("Invalid"):
            yield "s", points["Valid"]["s"]
            yield "X", points[key]
            yield "run point", key.replace(" ", "_")


def wycheproof(path, kind, keys):
    for group in load(path)["testGroups"]:
        for case in group["tests"]:
            for key in keys:
                yield key, case[key]
            yield "valid", "00" if case["result"] == "invalid" else "01"
            yield f"run {kind}", f"{name_of(path)}:{case['tcId']}"


def blocks(folder):
    for path in sorted(glob.glob(os.path.join(folder, "noise-*.json"))):
        yield from noise(path)
    for path in sorted(glob.glob(os.path.join(folder, "cpace-ristr255-*.json"))):
        yield from cpace(path)
    for path in sorted(glob.glob(os.path.join(folder, "wycheproof-x25519.json"))):
        yield from wycheproof(path, "x25519", ("public", "private", "shared"))
    for path in sorted(glob.glob(os.path.join(folder, "wycheproof-hmac_sha512.json"))):
        yield from wycheproof(path, "hmac", ("key", "msg", "tag"))


def main():
    program, folder = sys.argv[1], os.environ.get("KITH_VECTORS", sys.argv[2])
    lines = "".join(f"{name} {value}\n" for name, value in blocks(folder))
    if not lines:
        print(f"no vectors in {folder}")
        return SKIPPED
    return subprocess.run([program], input=lines, text=True, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
