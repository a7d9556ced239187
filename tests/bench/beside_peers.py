#!/usr/bin/env python3
"""Runs bench_text and the peers on the same traces, one after the other, and prints ratios.

usage: beside_peers.py BENCH_TEXT PEERS TRACES

PEERS holds text.mjs with its packages installed (npm install); TRACES the traces, and of
concurrent ones the peer's bytes beside them (NAME.yjs). A ratio is theirs by ours: of
times how many times faster we are, of bytes how many times smaller.
"""
import json
import os
import subprocess
import sys


def rows(command, folder=None):
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def show(what, ours, theirs):
    print(f"{what:44} ours {ours:12.3f}   Yjs {theirs:12.3f}   ratio {theirs / ours:8.1f}", flush=True)


def main():
    bench, peers, traces = (os.path.abspath(path) for path in sys.argv[1:4])
    names = sorted(name for name in os.listdir(traces) if name.endswith((".json", ".json.gz")))
    peer = ["node", os.path.join(peers, "text.mjs")]
    for name in names:
        stem, path = name.split(".")[0], os.path.join(traces, name)
        if stem.startswith(("diverge-", "fugue")):
            continue
        ours = rows([bench, "merge", path])[0]
        if not ours["ok"]:
            sys.exit(f"{name}: the text is not the trace's")
        update = os.path.join(traces, stem + ".yjs")
        if ours["local_ms"] is not None:
            theirs = rows([*peer, "local", path], peers)[0]
            show(f"{stem} local ms", ours["local_ms"], theirs["yjs_local_ms"])
            show(f"{stem} load ms", ours["load_ms"], theirs["yjs_load_ms"])
            show(f"{stem} whole history, bytes", ours["bytes_full"], theirs["yjs_bytes"])
        elif os.path.exists(update):
            theirs = rows([*peer, "merge", update], peers)[0]
            show(f"{stem} merge ms", ours["merge_ms"], theirs["yjs_merge_ms"])
            show(f"{stem} whole history, bytes", ours["bytes_full"], theirs["yjs_bytes"])
    base, a, b = (os.path.join(traces, f"{n}.json.gz") for n in ("automerge-paper", "diverge-a", "diverge-b"))
    if all(os.path.exists(path) for path in (base, a, b)):
        ours = rows([bench, "diverge", base, a, b])[0]
        theirs = rows([*peer, "diverge", base, a, b], peers)[0]
        show("diverge, apply ms", ours["apply_ms"], theirs["yjs_apply_ms"])
        show("diverge, bytes", ours["delta_bytes"][1], theirs["yjs_delta_bytes"])


if __name__ == "__main__":
    main()
