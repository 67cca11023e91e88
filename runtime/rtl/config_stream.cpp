#include "runtime/rtl/config_stream.h"

#include "runtime/rtl/rtl_library.h"

#include "llvm/ADT/ArrayRef.h"

#include <algorithm>

namespace snnc::runtime::rtl {

// Fields of a word, lowest bits first.
namespace {
class Word {
public:
  Word &put(int64_t value, unsigned bits) {
    const uint64_t mask = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
    word |= (static_cast<uint64_t>(value) & mask) << used;
    used += bits;
    return *this;
  }
  operator uint64_t() const { return word; }

private:
  uint64_t word = 0;
  unsigned used = 0;
};
} // namespace

// A memory from address 0, in bursts of at most 65535 words.
static void putMemory(std::vector<uint64_t> &out, Memory memory, uint32_t core,
                      llvm::ArrayRef<uint64_t> words) {
  for (size_t done = 0; done < words.size();) {
    const size_t burst = std::min<size_t>(words.size() - done, 0xFFFF);
    out.push_back(
        writeHeader(memory, core, static_cast<uint32_t>(burst), static_cast<uint32_t>(done)));
    out.insert(out.end(), words.begin() + done, words.begin() + done + burst);
    done += burst;
  }
}

static void putNeurons(std::vector<uint64_t> &out, uint32_t tile, const image::CoreImage &core) {
  std::vector<uint64_t> param0, param1, bias;
  for (const net::NeuronConfig &n : core.neurons) {
    param0.push_back(Word()
                         .put(n.threshold, 24)
                         .put(n.du, 12)
                         .put(n.dv, 12)
                         .put(n.refractory, 6)
                         .put(n.compareGe, 1)
                         .put(n.resetSubtract, 1)
                         .put(n.biasToCurrent, 1));
    param1.push_back(Word().put(n.reset, 24).put(n.vInit, 24).put(n.biasExp, 3));
    bias.push_back(Word().put(n.biasMant, 13));
  }
  putMemory(out, Memory::Param0, tile, param0);
  putMemory(out, Memory::Param1, tile, param1);
  putMemory(out, Memory::Bias, tile, bias);
}

static void putCrossbarNeurons(std::vector<uint64_t> &out, uint32_t tile,
                               const image::CrossbarTables &tables) {
  std::vector<uint64_t> param0, param1, weights;
  const size_t types = tables.weights.size() / std::max<size_t>(1, tables.neurons.size());
  for (size_t i = 0; i < tables.neurons.size(); ++i) {
    const net::CrossbarConfig &n = tables.neurons[i];
    param0.push_back(Word().put(n.threshold, 24).put(n.floor, 24).put(n.leak, 16));
    param1.push_back(Word()
                         .put(n.reset, 24)
                         .put(n.vInit, 24)
                         .put(tables.enabled[i], 1)
                         .put(n.linearReset, 1)
                         .put(n.floorInclusive, 1));
    Word word;
    for (size_t k = 0; k < types; ++k)
      word.put(tables.weights[i * types + k], 16);
    weights.push_back(word);
  }
  putMemory(out, Memory::Param0, tile, param0);
  putMemory(out, Memory::Param1, tile, param1);
  putMemory(out, Memory::Bias, tile, weights);
  putMemory(out, Memory::Axon, tile,
            std::vector<uint64_t>(tables.axonTypes.begin(), tables.axonTypes.end()));
  putMemory(out, Memory::Synapse, tile, tables.rows);
}

static void putOutputs(std::vector<uint64_t> &out, uint32_t tile, const image::CoreImage &core) {
  std::vector<uint64_t> pointers, slots;
  for (const image::OutPointer &p : core.outPointers)
    pointers.push_back(Word().put(p.base, 16).put(p.count, 16));
  for (const image::OutSlot &s : core.outSlots)
    slots.push_back(Word().put(s.x, 8).put(s.y, 8).put(s.axon, 16).put(s.delay, 8));
  putMemory(out, Memory::OutPtr, tile, pointers);
  putMemory(out, Memory::OutSlot, tile, slots);
}

static void putSynapses(std::vector<uint64_t> &out, uint32_t tile, const image::CoreImage &core) {
  std::vector<uint64_t> axons;
  for (const image::AxonEntry &a : core.axons)
    axons.push_back(Word()
                        .put(a.address, 16)
                        .put(a.words, 16)
                        .put(a.baseRow, 12)
                        .put(a.exponent, 3)
                        .put(a.sparse, 1));
  putMemory(out, Memory::Axon, tile, axons);
  putMemory(out, Memory::Synapse, tile, core.synapses);
}

std::vector<uint64_t> configStream(const image::Image &image, uint32_t steps) {
  std::vector<uint64_t> out;
  for (const image::CoreImage &core : image.cores) {
    const uint32_t tile = tileOf(image, core);
    const uint64_t registers[] = {
        Word().put(core.vmin, 24).put(core.vmax, 24),
        Word().put(static_cast<int64_t>(core.groups.size()), 8).put(core.duOffset, 1)};
    putMemory(out, Memory::Core, tile, registers);
    std::vector<uint64_t> groups;
    for (const image::Group &g : core.groups) {
      groups.push_back(Word().put(g.first, 16).put(g.count, 16));
      groups.push_back(Word().put(g.skew, 32).put(uint64_t{g.skew} + steps, 32));
    }
    putMemory(out, Memory::Group, tile, groups);
    if (core.crossbar.neurons.empty()) {
      putNeurons(out, tile, core);
      putSynapses(out, tile, core);
    } else {
      putCrossbarNeurons(out, tile, core.crossbar);
    }
    putOutputs(out, tile, core);
  }
  return out;
}

uint64_t flitOf(const HostPacket &packet) {
  return Word().put(packet.x, 8).put(packet.y, 8).put(packet.axon, 16).put(packet.delay, 8);
}

uint64_t stateWord(const NeuronState &state) {
  return Word().put(state.u, 24).put(state.v, 24).put(state.refractory, 6);
}

} // namespace snnc::runtime::rtl
