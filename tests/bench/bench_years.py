"""What a teacher waits for after five years, on a store that make_years made:

    bench_years.py BUILD STORE [TIMES]       (the build folder; DIR/Amina of make_years; 3)

Every listing, page and report, each as a command of its own: cold, with the passphrase, and
beside a running node, which lends the key. What is beyond 0.3 s with a node is marked.
The node runs in a network namespace of its own. Times are this machine's processor time: compare
within a run.
"""
import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

BUILD, HOME = (os.path.abspath(p) for p in sys.argv[1:3])
TIMES = int(sys.argv[3]) if len(sys.argv) > 3 else 3
KITH = os.path.join(BUILD, "cli", "kith")
NOTICED_S = 0.3
KINDS = ["goal", "measure", "note", "page", "agreement", "class", "room", "visit", "session", "feedback",
         "step", "reflection", "door", "kudos"]
CLONE_NEWNET, CLONE_NEWUSER = 0x40000000, 0x10000000

scratch = tempfile.mkdtemp(prefix="kith-years-")
secret = os.path.join(scratch, "passphrase")
with open(secret, "w") as file:
    file.write("four quiet test words\n")
ENV = {**os.environ, "KITH_HOME": HOME, "KITH_PASSPHRASE_FILE": secret, "TZ": "UTC"}


def kith(*words, check=True):
    done = subprocess.run([KITH, *words], env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    if check and done.returncode != 0:
        sys.exit(f"kith {' '.join(words)}: {done.stderr.decode()}")
    return done.stdout


def seconds(words):
    """Of processor time, which other programs' load does not change; a list waits for nothing else."""
    taken = []
    for _ in range(TIMES):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        kith(*words)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(taken)


def in_own_network():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET if os.getuid() == 0 else CLONE_NEWNET | CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def listed(kind):
    return json.loads(kith("--json", "list", kind))["documents"]


def commands():
    """Each with what it is shown as."""
    own = kith("--json", "visit")
    visits = json.loads(own)["visits"]
    taught = next(v for v in visits if v["i_teach"])["handle"]
    page = lambda name: os.path.join(scratch, name)
    yield ["help"]
    yield ["status"]
    yield ["partners"]
    yield ["shared"]
    yield ["shared", "--with", "Ben"]
    yield ["both-wrote"]
    yield ["visit"]
    yield ["visit", "show", taught]
    yield ["instrument"]
    yield ["names"]
    yield ["list"]
    for kind in KINDS:
        yield ["list", kind]
    for kind in KINDS:
        yield ["show", listed(kind)[0]["handle"]]
    yield ["report", taught]
    yield ["report", taught, "--html", page("visit.html")]
    yield ["report", listed("goal")[0]["handle"], "--html", page("goal.html")]
    yield ["report", "--year", "2029", "--html", page("year.html")]
    yield ["note", "after five years"]
    for word, words in (("find", ["find", "hint"]), ("export", ["export", page("out")])):
        if subprocess.run([KITH, "help", word], capture_output=True).returncode == 0:
            yield words


print(f"{len(json.loads(kith('--json', 'list'))['documents'])} documents listed, store "
      f"{os.path.getsize(os.path.join(HOME, 'data.mdb')) / 1e6:.0f} MB", flush=True)
todo = list(commands())
cold = {tuple(words): seconds(words) for words in todo}
node = subprocess.Popen([KITH, "run"], env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL, preexec_fn=in_own_network)
try:
    while not json.loads(kith("--json", "status"))["node"]:
        assert node.poll() is None, "the node did not start"
        time.sleep(0.2)
    time.sleep(2)
    warm = {tuple(words): seconds(words) for words in todo}
finally:
    node.terminate()
    node.wait()
key = statistics.median(cold[w] - warm[w] for w in cold if warm[w] < 0.2 and w != ("help",))
print(f"the key from the passphrase: {key:.3f} s\n\n{'command':44} {'cold':>7} {'node':>7} {'of 0.3 s':>9}")
slow = 0
for words in todo:
    w = tuple(words)
    slow += warm[w] > NOTICED_S
    shown = " ".join(x.replace(scratch, "") for x in words)
    print(f"{shown:44} {cold[w]:7.3f} {warm[w]:7.3f} {warm[w] / NOTICED_S:8.0%}{'  <--' * (warm[w] > NOTICED_S)}")
print(f"\n{slow} of {len(todo)} take longer than {NOTICED_S} s")
