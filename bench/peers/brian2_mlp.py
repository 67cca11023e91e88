"""The network of the benchmark in Brian2, C++ standalone: one run over all samples, membranes set back
between them. Only the run is timed, not code generation and compilation. Prints one JSON object.
usage: brian2_mlp.py SHARED [SAMPLES]"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import brian2 as b2
import numpy as np

from torch_loop import STEPS, images, layers

shared, samples = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200
folder = tempfile.mkdtemp()
b2.set_device("cpp_standalone", directory=folder, build_on_run=False)
b2.prefs.devices.cpp_standalone.openmp_threads = 0
b2.defaultclock.dt = 1 * b2.ms
net = [(w.numpy(), b.numpy(), beta, threshold) for w, b, beta, threshold in layers(shared / "models/mnist_mlp_snntorch.nir")]
x, y = images(shared / "data/mnist", samples)
ticks = STEPS + len(net) - 1  # a layer runs one step after the one before it
current = b2.TimedArray((x.numpy() @ net[0][0] + net[0][1]).astype(np.float64), dt=ticks * b2.ms)
groups = []
for i, (weight, bias, beta, threshold) in enumerate(net):
    drive = "current(t, i)" if i == 0 else "bias"
    group = b2.NeuronGroup(weight.shape[1], "v : 1\nsum_in : 1\nheld : 1\nbias : 1", threshold=f"v > {threshold}",
                           reset="held = 1", method="exact", namespace={"current": current})
    group.run_regularly(f"v = {beta} * v + {drive} + sum_in - {threshold} * held\nsum_in = 0\nheld = 0", dt=1 * b2.ms)
    group.run_regularly("v = 0\nheld = 0\nsum_in = 0", dt=ticks * b2.ms, when="start")
    group.bias = bias
    groups.append(group)
synapses = []
for (before, after), (weight, *_) in zip(zip(groups, groups[1:]), net[1:]):
    synapse = b2.Synapses(before, after, "w : 1", on_pre="sum_in_post += w")
    synapse.connect()
    synapse.w = weight.flatten()
    synapses.append(synapse)
monitor = b2.SpikeMonitor(groups[-1])
network = b2.Network(*groups, *synapses, monitor)
network.run(samples * ticks * b2.ms)
b2.device.build(directory=folder, compile=True, run=False, debug=False)
b2.device.run(folder, with_output=False, run_args=[])
counts = np.zeros((samples, len(net[-1][1])))
np.add.at(counts, ((monitor.t / b2.ms + 0.5).astype(int) // ticks, np.asarray(monitor.i)), 1)
print(json.dumps({"seconds_per_sample": b2.device._last_run_time / samples,
                  "right": int((counts.argmax(1) == y.numpy()).sum()), "samples": samples}))
shutil.rmtree(folder)
