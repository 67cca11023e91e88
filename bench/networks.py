#!/usr/bin/env python3
"""Large random networks as model files: JSON with CSR weights in .npy files beside it.

  bench/networks.py KIND OUT.json [--neurons N] [--synapses K] [--inputs I] [--seed S] [--no-shuffle]

KIND says from where a neuron takes its K sources, all different and none itself. Positions are
0 .. N-1; the order of the neurons in the file is a random permutation of them (--no-shuffle: none).

  local        within --reach of its position, on a ring
  small-world  its K nearest on a ring, each replaced by any neuron with probability --rewire
               (Watts and Strogatz 1998, doi:10.1038/30918; directed, K sources per neuron exactly)
  communities  of --community neurons: its own with probability 1 - --rewire, else any
  local-2d     within a square around it on a grid as square as it gets, 4 K cells large
  skewed       source s with probability (s + 1)^-0.8: a power law of degrees with exponent 1 + 1/0.8
  layered      --layers layers: within --reach of the same relative position in the layer before

Every kind but `layered` is one recurrent population. A fifth of the neurons inhibits, four times as
strongly as the rest excites. Input i drives the neurons at positions i N/I .. (i+1) N/I, and a bias
per neuron, from far below to just above what makes it spike on its own, keeps the network alive.
OUT_x.npy holds --steps steps of input spikes:

  snnc compile OUT.json --target loihi-like -o OUT.snnimg
  snnc run OUT.snnimg --data npy:OUT_x.npy
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

BETA, INHIBITORY, STRENGTH = 0.9, 0.2, 4.0
CHUNK = 1 << 14  # neurons drawn at a time: part of what a seed means


def offsets(rng, count, reach):
    """Of -reach .. reach without 0."""
    drawn = rng.integers(-reach, reach, count)
    return drawn + (drawn >= 0)


def local(rng, rows, args):
    return (rows + offsets(rng, len(rows), args.reach)) % args.neurons


def communities(rng, rows, args):
    first = rows // args.community * args.community
    size = np.minimum(args.community, args.neurons - first)
    own = first + (rng.random(len(rows)) * size).astype(np.int64)
    return np.where(rng.random(len(rows)) < args.rewire, rng.integers(0, args.neurons, len(rows)), own)


def local_2d(rng, rows, args):
    width = int(np.ceil(np.sqrt(args.neurons)))
    reach = int(np.ceil(np.sqrt(args.synapses)))
    x = rows % width + rng.integers(-reach, reach + 1, len(rows))
    y = rows // width + rng.integers(-reach, reach + 1, len(rows))
    source = y * width + x
    # Itself is drawn again, and so is what lies beyond the grid.
    return np.where((x < 0) | (x >= width) | (y < 0) | (source >= args.neurons), rows, source)


def skewed(rng, rows, args):
    # The inverse of the distribution's integral: (s + 1)^0.2 is uniform.
    root = 1 + rng.random(len(rows)) * ((args.neurons + 1.0) ** 0.2 - 1)
    return np.minimum((root ** 5).astype(np.int64) - 1, args.neurons - 1)


DRAWS = {"local": local, "communities": communities, "local-2d": local_2d, "skewed": skewed}


def distinct(rng, rows, args):
    """[rows, K] positions of sources: those drawn twice, or the neuron itself, are drawn again."""
    draw = DRAWS[args.kind]
    sources = draw(rng, np.repeat(rows, args.synapses), args).reshape(len(rows), args.synapses)
    open_rows = np.arange(len(rows))
    while len(open_rows):
        part = np.sort(sources[open_rows], axis=1)
        again = part == rows[open_rows, None]
        again[:, 1:] |= part[:, 1:] == part[:, :-1]
        row, column = np.nonzero(again)
        part[row, column] = draw(rng, rows[open_rows[row]], args)
        sources[open_rows] = part
        open_rows = open_rows[np.unique(row)]
    return sources


def small_world(rng, rows, args):
    """As `distinct`, but only rewired sources are drawn: a neighbour that is kept stays."""
    half = args.synapses // 2
    ring = np.concatenate([np.arange(-half, 0), np.arange(1, args.synapses - half + 1)])
    sources = (rows[:, None] + ring) % args.neurons
    row, column = np.nonzero(rng.random(sources.shape) < args.rewire)
    open_cells = np.arange(len(row))
    while len(open_cells):
        sources[row[open_cells], column[open_cells]] = rng.integers(0, args.neurons, len(open_cells))
        order = np.argsort(sources, axis=1, kind="stable")
        ranked = np.take_along_axis(sources, order, axis=1)
        twice = np.zeros(sources.shape, bool)
        same = ranked[:, 1:] == ranked[:, :-1]
        # Both of a pair count: one of them was rewired, and only that one is drawn again.
        np.put_along_axis(twice, order[:, 1:], same, axis=1)
        first = np.zeros(sources.shape, bool)
        np.put_along_axis(first, order[:, :-1], same, axis=1)
        bad = (twice | first | (sources == rows[:, None]))[row, column]
        open_cells = np.nonzero(bad)[0]
    return sources


def layered(rng, rows, args, before, size):
    """Sources in the layer before, of `before` neurons, for `rows` of a layer of `size`."""
    centre = rows * before // size
    reach = min(args.reach, (before - 1) // 2)
    keys = rng.random((len(rows), 2 * reach + 1))
    kept = np.argpartition(keys, args.synapses - 1, axis=1)[:, :args.synapses]
    return (centre[:, None] + kept - reach) % before


class Csr:
    """Rows written as they come: data.npy and indices.npy are never whole in memory."""

    def __init__(self, stem, rows, per_row):
        self.stem, self.per_row, self.rows = stem, per_row, rows
        shape = (rows * per_row,)
        self.indices = np.lib.format.open_memmap(f"{stem}_indices.npy", "w+", np.int32, shape)
        self.data = np.lib.format.open_memmap(f"{stem}_data.npy", "w+", np.float32, shape)

    def put(self, first, indices, data):
        order = np.argsort(indices, axis=1)
        part = slice(first * self.per_row, (first + len(indices)) * self.per_row)
        self.indices[part] = np.take_along_axis(indices, order, axis=1).ravel()
        self.data[part] = np.take_along_axis(data, order, axis=1).ravel()

    def close(self):
        self.indices.flush()
        self.data.flush()
        np.save(f"{self.stem}_indptr.npy", np.arange(self.rows + 1, dtype=np.int64) * self.per_row)
        name = Path(self.stem).name
        return {"csr": {part: f"{name}_{part}.npy" for part in ("indptr", "indices", "data")}}


class Order:
    """Where the neurons of a population stand: number in the file <-> position."""

    def __init__(self, rng, size, shuffle):
        drawn = rng.permutation(size)  # always: the same network with and without
        self.number = (drawn if shuffle else np.arange(size)).astype(np.int64)
        self.position = np.argsort(self.number)


def weights(rng, inhibits, sources):
    scale = np.float32(0.4 / np.sqrt(sources.shape[1]))
    size = (rng.random(sources.shape, dtype=np.float32) + np.float32(0.5)) * scale
    return np.where(inhibits[sources], -np.float32(STRENGTH) * size, size)


def connect(rng, stem, target, source, find):
    """`find(rows)` gives the positions of the sources of the neurons at positions `rows`."""
    size = len(target.number)
    inhibits = rng.random(len(source.number)) < INHIBITORY
    csr = None
    for first in range(0, size, CHUNK):
        found = source.number[find(target.position[first:first + CHUNK])]
        csr = csr or Csr(stem, size, found.shape[1])
        csr.put(first, found, weights(rng, inhibits, found))
    return csr.close()


def drive(rng, stem, target, inputs):
    size = len(target.number)
    csr = Csr(stem, size, 1)
    csr.put(0, (target.position * inputs // size)[:, None],
            rng.uniform(0.2, 0.6, (size, 1)).astype(np.float32))
    return csr.close()


def bias(rng, stem, size):
    np.save(f"{stem}_bias.npy", rng.uniform(0.02, 0.11, size).astype(np.float32))
    return {"npy": f"{Path(stem).name}_bias.npy"}


def layer(rng, stem, name, size, **connections):
    return {"name": name, "model": "lif", "size": size, "params": {"beta": BETA, "threshold": 1},
            "bias": bias(rng, f"{stem}_{name}", size), **connections}


def build_layered(rng, stem, args):
    sizes = [args.neurons // args.layers + (i < args.neurons % args.layers) for i in range(args.layers)]
    orders = [Order(rng, size, not args.no_shuffle) for size in sizes]
    layers = [layer(rng, stem, "l0", sizes[0], weights=drive(rng, f"{stem}_l0", orders[0], args.inputs))]
    for i in range(1, args.layers):
        find = lambda rows: layered(rng, rows, args, sizes[i - 1], sizes[i])
        joined = connect(rng, f"{stem}_l{i}", orders[i], orders[i - 1], find)
        layers.append(layer(rng, stem, f"l{i}", sizes[i], weights=joined))
    return layers


def build_recurrent(rng, stem, args):
    order = Order(rng, args.neurons, not args.no_shuffle)
    find = small_world if args.kind == "small-world" else distinct
    driven = drive(rng, f"{stem}_in", order, args.inputs)
    joined = connect(rng, f"{stem}_rec", order, order, lambda rows: find(rng, rows, args))
    return [layer(rng, stem, "net", args.neurons, weights=driven, recurrent=joined)]


def check(args, parser):
    """The sources that a neuron can have must be more than it takes, or drawing does not end."""
    smallest = args.neurons // args.layers if args.kind == "layered" else args.neurons
    room = {"local": min(2 * args.reach, args.neurons - 1), "communities": args.neurons - 1,
            "layered": 2 * min(args.reach, (smallest - 1) // 2) + 1}.get(args.kind, args.neurons - 1)
    if args.kind == "local" and 2 * args.reach >= args.neurons:
        parser.error(f"--reach {args.reach} goes around a ring of {args.neurons} neurons: give at most "
                     f"{(args.neurons - 1) // 2}")
    if not 1 <= args.synapses <= room:
        parser.error(f"--synapses {args.synapses}: a neuron can have 1 to {room} sources here")
    if args.kind in ("communities", "small-world") and not 0 < args.rewire <= 1:
        parser.error(f"--rewire {args.rewire}: a probability above 0, at most 1")
    if not 1 <= args.inputs <= smallest:
        parser.error(f"--inputs {args.inputs}: 1 to {smallest}, the neurons that they drive")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["layered", "small-world", "communities", "local-2d", "skewed", "local"])
    parser.add_argument("out", type=Path, help="the model file; arrays are written beside it")
    parser.add_argument("--neurons", type=int, default=10_000)
    parser.add_argument("--synapses", type=int, default=100, help="per neuron, without its one input")
    parser.add_argument("--inputs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-shuffle", action="store_true", help="number neurons by their position")
    parser.add_argument("--reach", type=int, default=500)
    parser.add_argument("--rewire", type=float, default=0.1)
    parser.add_argument("--community", type=int, default=400)
    parser.add_argument("--layers", type=int, default=8)
    parser.add_argument("--steps", type=int, default=32)
    args = parser.parse_args()
    check(args, parser)
    print(f"seed {args.seed}")

    rng = np.random.Generator(np.random.PCG64(args.seed))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    stem = str(args.out.with_suffix(""))
    layers = (build_layered if args.kind == "layered" else build_recurrent)(rng, stem, args)
    np.save(f"{stem}_x.npy", (rng.random((1, args.steps, args.inputs)) < 0.1).astype(np.float32))
    model = {"schema": "snnc-model/1", "name": args.out.stem, "profile": {"reset": "zero"},
             "run": {"steps": args.steps, "encode": "none"},
             "layers": [{"name": "in", "model": "input", "size": args.inputs}, *layers]}
    args.out.write_text(json.dumps(model, indent=1) + "\n")
    synapses = sum(np.load(args.out.parent / entry[key]["csr"]["data"], mmap_mode="r").size
                   for entry in layers for key in ("weights", "recurrent") if key in entry)
    print(f"{args.out}: {args.kind}, {args.neurons} neurons, {synapses} synapses")
    return 0


if __name__ == "__main__":
    sys.exit(main())
