#!/usr/bin/env python3
"""What kith does at a terminal: a pseudo-terminal types for a person."""
import os
import shutil
import sys
import tempfile

from typed import type_at

KITH = os.environ["KITH"]
failed = 0


def run(words, answers, env=None):
    """Run kith at a terminal; type each answer after its prompt. -> (exit, screen)"""
    code, screen, trouble = type_at([KITH] + words, answers, env=env)
    return code, screen + (f"\n({trouble})" if trouble else "")


def case(name, good, screen):
    global failed
    print(("ok - " if good else "not ok - ") + name)
    if not good:
        failed += 1
        print("\n".join("# " + line for line in screen.splitlines()))


def main():
    scratch = tempfile.mkdtemp()
    for name in ("KITH_PASSPHRASE_FILE", "KITH_PLAIN", "NO_COLOR", "VISUAL", "EDITOR"):
        os.environ.pop(name, None)
    os.environ.update(KITH_HOME=scratch + "/home", HOME=scratch, TERM="xterm")
    secret = "four quiet test words"

    code, screen = run(["init", "--kdf", "interactive"], [
        ("Name", "Amina\n"), ("[Pp]assphrase", secret + "\n"), ("again", "other\n")])
    case("two different passphrases make no store", code == 1 and not os.path.exists(scratch + "/home"), screen)

    code, screen = run(["init", "--kdf", "interactive"], [
        ("Name", "Amina\n"), ("[Pp]assphrase", secret + "\n"), ("again", secret + "\n"), ("recovery", "y\n")])
    case("init asks for name and passphrase", code == 0 and "Welcome, Amina" in screen, screen)
    case("a recovery key is shown once", "recovery key, shown once" in screen, screen)
    case("a passphrase is not echoed", secret not in screen, screen)

    code, screen = run(["note", "typed"], [("Passphrase", secret + "\n")])
    case("a command asks for the passphrase", code == 0 and secret not in screen, screen)

    code, screen = run(["list"], [("Passphrase", "wrong\n")])
    case("a wrong passphrase is exit 4", code == 4, screen)

    open(scratch + "/pass", "w").write(secret + "\n")
    os.environ["KITH_PASSPHRASE_FILE"] = scratch + "/pass"
    editor = scratch + "/editor"
    open(editor, "w").write("#!/bin/sh\nprintf 'edited by hand\\n' >>\"$1\"\n")
    os.chmod(editor, 0o755)
    code, screen = run(["edit", "typed", "body"], [], {"EDITOR": editor})
    case("edit without an option opens the editor", code == 0, screen)
    code, screen = run(["show", "typed", "--field", "body"], [])
    case("what the editor wrote is kept", "edited by hand" in screen and "typed" in screen, screen)

    code, screen = run(["erase", "typed"], [(r"\[y/N\]", "n\n")])
    case("erase asks first, and n keeps the document", code == 1, screen)
    code, screen = run(["list"], [])
    case("the document is still there", "typed" in screen, screen)
    code, screen = run(["show", "typed"], [])
    case("a terminal gets colour", "\033[" in screen, screen)
    code, screen = run(["show", "typed"], [], {"NO_COLOR": "1"})
    case("NO_COLOR takes it away", "\033[" not in screen, screen)
    code, screen = run(["show", "typed"], [], {"TERM": "dumb"})
    case("a dumb terminal gets none", "\033[" not in screen, screen)
    code, screen = run(["erase", "typed", "--yes"], [])
    case("--yes answers beforehand", code == 0, screen)

    open(scratch + "/list.csv", "w").write("seat,name\n4,Marcus\n")
    run(["class", "9B", "--size", "28"], [])
    run(["names", "import", "9B", scratch + "/list.csv"], [])
    run(["note", "Marcus spoke"], [])
    code, screen = run(["export", scratch + "/out"], [(r"\[Y/n\]", "\003")])
    case("Ctrl-C at the question of an export ends it at once, and nothing is written",
         code != 0 and "still waiting" not in screen and not [n for n in os.listdir(scratch) if n.startswith("out")], screen)
    code, screen = run(["export", scratch + "/out"], [(r"\[Y/n\]", "\n")])
    case("an export asks before pupils' names go, and Enter writes the seats",
         code == 0 and "Names written as seats: Marcus" in screen, screen)

    shutil.rmtree(scratch)
    sys.exit(1 if failed else 0)


main()
