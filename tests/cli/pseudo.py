#!/usr/bin/env python3
"""A language nobody speaks, to see which sentences are never translated.

pseudo.py make TEMPLATE.pot FOLDER   every message in brackets, as the catalogue of "xx"
pseudo.py leaks FILE...              what words stand outside of brackets, a line each
"""
import os
import re
import subprocess
import sys

LINE = re.compile(r'"((?:\\.|[^"\\])*)"')
# What says how to write, not what: it stays.
SETTINGS = {"language tag", "text direction", "decimal point", "letters that say yes", "letters that say no",
            "days", "months"}


def bracketed(text):
    """Inside the line breaks it begins and ends with; msgfmt wants those alike."""
    head = re.match(r"(?:\\n)*", text).group()
    tail = re.search(r"(?:\\n)*$", text[len(head):]).group()
    return head + "⟦" + text[len(head):len(text) - len(tail)] + "⟧" + tail


def make(template, folder):
    out = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=n != 1;\\n"\n']
    with open(template, encoding="utf-8") as file:
        blocks = file.read().split("\n\n")[1:]
    for block in blocks:
        said = {}
        for line in block.splitlines():
            word = re.match(r"(msg\w+(?:\[\d\])?) ", line)
            if word:
                at = word.group(1)
            if word or line.startswith('"'):
                said[at] = said.get(at, "") + LINE.search(line).group(1)
        if said.get("msgctxt") in SETTINGS:
            continue
        for key, text in said.items():
            if key == "msgstr[1]":
                text = bracketed(said["msgid_plural"])
            elif key.startswith("msgstr"):
                text = bracketed(said["msgid"])
            out.append(f'{key} "{text}"')
        out.append("")
    target = os.path.join(folder, "xx", "LC_MESSAGES")
    os.makedirs(target)
    subprocess.run(["msgfmt", "-o", os.path.join(target, "kith.mo"), "-"], input="\n".join(out), encoding="utf-8",
                   check=True)


# Not sentences: handles, record ids, what is typed as it stands, units of a clock.
TYPED = re.compile(r"[a-z_0-9]+(?:\|[a-z_0-9]+)+|--[a-z-]+|\b[a-z]-[0-9a-z]{5,}|\b[0-9a-hjkmnp-z]{13,}\b|\bkith\b|\bS\d+\b|\[[^⟦⟧ ]{1,3}\]|\bwait/[a-z ]+")


def leaks(files):
    with open(os.path.join(os.path.dirname(__file__), "..", "..", "core", "coaching", "schema.c"),
              encoding="utf-8") as schema:
        typed = set(re.findall(r'"(\w+)"', schema.read()))
    found = 0
    for path in files:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        while True:
            less = re.sub("⟦[^⟦⟧]*⟧", " ", text)
            if less == text:
                break
            text = less
        for line in text.splitlines():
            words = [w for w in re.findall(r"[A-Za-z_]{2,}", TYPED.sub(" ", line)) if w not in typed]
            if words:
                print(f"{os.path.basename(path)}: {line.strip()}")
                found += 1
    return found


if sys.argv[1] == "make":
    make(sys.argv[2], sys.argv[3])
else:
    sys.exit(1 if leaks(sys.argv[2:]) else 0)
