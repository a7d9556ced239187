#!/usr/bin/env python3
"""Runs bench_text, bench_records and the peers on the same work, one after the other, and
prints ratios.

usage: beside_peers.py BENCH_FOLDER PEERS TRACES

BENCH_FOLDER holds the programs as built; PEERS text.mjs with its packages installed (npm
install); TRACES the traces, and of concurrent ones the peer's bytes beside them
(NAME.yjs). A ratio is theirs by ours: of times how many times faster we are, of bytes how
many times smaller. Records are compared with the best peer of each column.
"""
import json
import os
import subprocess
import sys


def rows(command, folder=None, source=None):
    done = subprocess.run(command, cwd=folder, input=source, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def show(what, ours, theirs, peer="Yjs"):
    print(f"{what:44} ours {ours:12.3f}   {peer:9} {theirs:12.3f}   ratio {theirs / ours:8.1f}", flush=True)


def records(bench, peers):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "records.mjs"), encoding="utf-8") as script:
        theirs = rows(["node", "--input-type=module", "-"], peers, script.read())
    ours = rows([os.path.join(bench, "bench_records")])[0]
    if not ours["ok"]:
        sys.exit("records: the two sides differ")
    for shape in ("", "one_document_"):
        for column in ("build_ms", "load_ms", "edits_ms", "merge_ms", "base_bytes", "final_bytes", "sent_bytes"):
            best = min(theirs, key=lambda row: row[column])
            show(f"records {shape}{column}", ours[shape + column], best[column], best["peer"])
    for column, peers_column in (("base_squeezed", "base_bytes"), ("final_squeezed", "final_bytes")):
        best = min(theirs, key=lambda row: row[peers_column])
        show(f"records {column}, bytes", ours[column], best[peers_column], best["peer"])


def live(bench, traces):
    path = os.path.join(traces, "automerge-paper.json.gz")
    if not os.path.exists(path):
        return
    key = rows([os.path.join(bench, "bench_text"), "keystroke", path])[0]
    print(f"one key in a live session: {key['us_per_key']:.2f} us, {key['bytes_per_key']:.1f} bytes")
    first = None
    for row in rows([os.path.join(bench, "bench_text"), "growth", path]):
        first = first or row
        times = row["patches"] / first["patches"]
        grown = ", ".join(f"{column} {row[column] / first[column] / times:.2f}"
                          for column in ("local_ms", "merge_ms", "load_ms", "bytes_full", "bytes_sealed"))
        print(f"{row['trace']}: against {times:.0f} times the first: {grown}")


def main():
    folder, peers, traces = (os.path.abspath(path) for path in sys.argv[1:4])
    bench = os.path.join(folder, "bench_text")
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
    live(folder, traces)
    records(folder, peers)


if __name__ == "__main__":
    main()
