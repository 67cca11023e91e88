"""Generated networks: what bench/networks.py promises, and compilation that depends on nothing else.

usage: networks.py SNNC CASE. The generator needs python3-numpy.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import npz

ROOT = Path(__file__).resolve().parents[2]
SNNC = sys.argv[1]
KINDS = ["layered", "small-world", "communities", "local-2d", "skewed", "local"]


def check(holds, what):
    print(("ok    " if holds else "WRONG ") + what)
    if not holds:
        sys.exit(1)


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    print(" ".join(map(str, command)), f"-> {done.returncode}\n{done.stdout[:500]}\n{done.stderr[-1000:]}")
    return done


def generate(folder, kind, *options):
    """The model's path; the generator prints its seed."""
    model = Path(folder) / "net.json"
    done = run("/usr/bin/python3", ROOT / "bench/networks.py", kind, model, *options)
    check(done.returncode == 0 and done.stdout.startswith("seed "), f"{kind} is generated, with its seed")
    return model


def content(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(Path(folder).iterdir())}


def rows(model):
    """Sources of every neuron of the last layer, from its recurrent or feed-forward weights."""
    layer = json.loads(model.read_text())["layers"][-1]
    csr = layer.get("recurrent", layer["weights"])["csr"]
    start, source, weight = (npz.load_npy(model.parent / csr[part])[1] for part in ("indptr", "indices", "data"))
    check(len(source) == len(weight) == start[-1], "as many indices as weights")
    return [source[a:b] for a, b in zip(start, start[1:])]


def same_seed():
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as a, tempfile.TemporaryDirectory() as b:
            options = ["--neurons", 1200, "--synapses", 20, "--inputs", 10, "--layers", 3]
            generate(a, kind, *options)
            generate(b, kind, *options)
            check(content(a) == content(b), f"{kind}: same seed, same bytes")
            generate(b, kind, *options, "--seed", 2)
            check(content(a) != content(b), f"{kind}: another seed, another network")


def degrees():
    size = 2000
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            found = rows(generate(folder, kind, "--neurons", size, "--synapses", 20, "--no-shuffle", "--layers", 4))
            check(all(len(set(row)) == 20 for row in found), f"{kind}: 20 different sources each")
            check(all(list(row) == sorted(row) for row in found), f"{kind}: in order")
            if kind != "layered":
                check(all(i not in row for i, row in enumerate(found)), f"{kind}: none is itself")
            gap = [min((s - i) % size, (i - s) % size) for i, row in enumerate(found) for s in row]
            most = Counter(s for row in found for s in row).most_common(1)[0][1]
            if kind == "local":
                check(max(gap) <= 500 and max(gap) > 490, f"local: within 500, farthest {max(gap)}")
                check(240 < sum(gap) / len(gap) < 260, "local: evenly")
            if kind == "small-world":
                far = sum(g > 10 for g in gap) / len(gap)
                check(0.08 < far < 0.12, f"small-world: {far:.3f} rewired of 0.1")
            if kind == "communities":
                own = sum(i // 400 == s // 400 for i, row in enumerate(found) for s in row) / len(gap)
                check(0.9 < own < 0.94, f"communities: {own:.3f} of 0.9 + 0.1 / 5 inside")
            if kind == "local-2d":
                side = 45
                far = max(max(abs(i % side - s % side), abs(i // side - s // side))
                          for i, row in enumerate(found) for s in row)
                check(far == 5, f"local-2d: {far} cells at most")
            check((most > 400) == (kind == "skewed"), f"{kind}: the busiest source has {most} targets")


def bad_options():
    with tempfile.TemporaryDirectory() as folder:
        for options in (["local", "--neurons", 900], ["skewed", "--neurons", 50], ["communities", "--rewire", 0],
                        ["layered", "--inputs", 0]):
            done = run("/usr/bin/python3", ROOT / "bench/networks.py", options[0], f"{folder}/n.json", *options[1:])
            check(done.returncode == 2 and "error: --" in done.stderr, f"{options}: refused")


def same_image():
    """Two processes, one and two threads: the same bytes. The fast engine runs them, and spikes."""
    for kind in ("local", "communities"):
        with tempfile.TemporaryDirectory() as folder:
            model = generate(folder, kind, "--neurons", 6000, "--synapses", 60)
            images = []
            for threads in (1, 2, 2):
                image = Path(folder) / f"{len(images)}.snnimg"
                done = run(SNNC, "compile", model, "--target", "loihi-like", "--mesh", "64x64", "-o", image,
                           "--threads", threads, "--seed", 3)
                check(done.returncode == 0, "compiles")
                images.append(image.read_bytes())
            check(images[0] == images[1] == images[2], f"{kind}: same bytes in three processes, 1 and 2 threads")
            done = run(SNNC, "run", f"{folder}/0.snnimg", "--data", f"npy:{folder}/net_x.npy", "--engine", "fast", "--json")
            spikes = json.loads(done.stdout)["counters"]["spikes"]
            check(6000 < spikes < 6000 * 32 / 3, f"{kind}: alive, {spikes} spikes of 6,000 neurons in 32 steps")


if run("/usr/bin/python3", "-c", "import numpy").returncode != 0:
    print("SKIPPED: no python3-numpy")
    sys.exit(0)
{"same_seed": same_seed, "degrees": degrees, "bad_options": bad_options, "same_image": same_image}[sys.argv[2]]()
