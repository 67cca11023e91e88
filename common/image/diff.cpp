#include "common/image/codec.h"
#include "common/image/layout.h"

#include "llvm/Support/FormatVariadic.h"

namespace snnc::image {

namespace {

// Values compare by their bytes in the file: what the format does not hold does not differ.
template <class T> bool same(const T &a, const T &b) {
  Writer x, y;
  x(a);
  y(b);
  return x.bytes == y.bytes;
}

class Differ {
public:
  explicit Differ(llvm::raw_ostream &os) : os(os) {}

  template <class T> void value(const std::string &name, const T &a, const T &b) {
    if (same(a, b))
      return;
    ++differences;
    os << name << " differs\n";
  }
  template <class T> void number(const std::string &name, const T &a, const T &b) {
    if (a == b)
      return;
    ++differences;
    os << llvm::formatv("{0}: {1} and {2}\n", name, a, b);
  }
  // Row by row; prints the first few.
  template <class T>
  void table(const std::string &name, const std::vector<T> &a, const std::vector<T> &b) {
    number(name + " (count)", a.size(), b.size());
    uint64_t found = 0;
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      if (same(a[i], b[i]))
        continue;
      if (++found <= kShown)
        os << llvm::formatv("{0}/{1} differs\n", name, i);
    }
    if (found > kShown)
      os << llvm::formatv("{0}: {1} more differ\n", name, found - kShown);
    differences += found;
  }
  void core(size_t index, const CoreImage &a, const CoreImage &b) {
    const std::string name = llvm::formatv("cores/{0}", index).str();
    number(name + "/x", a.x, b.x);
    number(name + "/y", a.y, b.y);
    number(name + "/vmin", a.vmin, b.vmin);
    number(name + "/vmax", a.vmax, b.vmax);
    number(name + "/duOffset", a.duOffset, b.duOffset);
    table(name + "/groups", a.groups, b.groups);
    table(name + "/neurons", a.neurons, b.neurons);
    table(name + "/outPointers", a.outPointers, b.outPointers);
    table(name + "/outSlots", a.outSlots, b.outSlots);
    table(name + "/axons", a.axons, b.axons);
    table(name + "/synapses", a.synapses, b.synapses);
    table(name + "/axonTypes", a.crossbar.axonTypes, b.crossbar.axonTypes);
    table(name + "/crossbarNeurons", a.crossbar.neurons, b.crossbar.neurons);
    table(name + "/enabled", a.crossbar.enabled, b.crossbar.enabled);
    table(name + "/weights", a.crossbar.weights, b.crossbar.weights);
    table(name + "/rows", a.crossbar.rows, b.crossbar.rows);
  }

  uint64_t differences = 0;

private:
  static constexpr uint64_t kShown = 5;
  llvm::raw_ostream &os;
};

} // namespace

uint64_t diff(const Image &a, const Image &b, llvm::raw_ostream &os) {
  Differ differ(os);
  differ.number("net", a.netName, b.netName);
  differ.value("target", a.targetJson, b.targetJson);
  differ.number("mesh width", a.meshWidth, b.meshWidth);
  differ.number("mesh height", a.meshHeight, b.meshHeight);
  differ.number("steps", a.steps, b.steps);
  differ.value("profile", a.profile, b.profile);
  differ.value("run", a.run, b.run);
  differ.table("populations", a.populations, b.populations);
  differ.table("projections", a.projections, b.projections);
  differ.table("inputs", a.inputs, b.inputs);
  differ.table("hostLayers", a.hostLayers, b.hostLayers);
  differ.table("outputs", a.outputs, b.outputs);
  differ.number("cores", a.cores.size(), b.cores.size());
  for (size_t i = 0; i < std::min(a.cores.size(), b.cores.size()); ++i)
    differ.core(i, a.cores[i], b.cores[i]);
  differ.table("axonSources", a.axonSources, b.axonSources);
  differ.table("copies", a.copies, b.copies);
  differ.table("bus", a.bus, b.bus);
  differ.number("bus columns", a.busColumns, b.busColumns);
  return differ.differences;
}

} // namespace snnc::image
