#!/usr/bin/env python3
"""Write text files as one C array: embed.py NAME OUT.c FILE...

The array is `const struct embedded NAME[]` of core/coaching/embedded.h, in the order given,
and NAME_count says how many there are.
"""
import os
import sys


def quoted(text):
    lines = []
    for line in text.splitlines(keepends=True):
        data = line.encode("utf-8")
        lines.append('"' + "".join(
            chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in data) + '"')
    return "\n\t\t".join(lines) or '""'


def main():
    name, out, *files = sys.argv[1:]
    with open(out, "w", encoding="utf-8") as c:
        c.write('#include "core/coaching/embedded.h"\n\n')
        c.write(f"const struct embedded {name}[] = {{\n")
        for file in files:
            with open(file, encoding="utf-8") as text:
                base = os.path.splitext(os.path.basename(file))[0]
                c.write(f'\t{{"{base}",\n\t\t{quoted(text.read())}}},\n')
        c.write(f"}};\nconst size_t {name}_count = {len(files)};\n")


main()
