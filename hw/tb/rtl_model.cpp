// The clock loop around a Verilated snn_top, behind the C interface of rtl_model.h.
//
// A cycle: inputs change after the rising edge, outputs are sampled once they settled, then the
// next rising edge. Assertions that fire call vl_stop, which throws; the model is dead afterwards.

#include "rtl_model.h"

#include "Vsnn_top.h"
#include "verilated.h"
#if defined(SNNC_RTL_WAVE_vcd)
#include "verilated_vcd_c.h"
using WaveFile = VerilatedVcdC;
#elif defined(SNNC_RTL_WAVE_fst)
#include "verilated_fst_c.h"
using WaveFile = VerilatedFstC;
#else
// A machine without waveforms.
struct WaveFile {
  void dump(uint64_t) {}
};
#endif

#include <cstdarg>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

// Verilator's last messages on this thread; vl_stop turns them into the failure's text.
thread_local std::string messages;

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// No phase of a live machine is longer; a deadlock ends here.
constexpr uint64_t kCycleLimit = 400'000'000;

uint32_t field(uint64_t word, unsigned low, unsigned bits) {
  return static_cast<uint32_t>((word >> low) & ((uint64_t{1} << bits) - 1));
}

template <class T> uint32_t half(const T &bits, unsigned i) {
  return static_cast<uint32_t>(bits >> (16 * i)) & 0xFFFF;
}
template <std::size_t N> uint32_t half(const VlWide<N> &bits, unsigned i) {
  return (bits[i / 2] >> (16 * (i % 2))) & 0xFFFF;
}
template <class T> bool bit(const T &bits, unsigned i) {
  return (bits >> i) & 1;
}
template <std::size_t N> bool bit(const VlWide<N> &bits, unsigned i) {
  return (bits[i / 32] >> (i % 32)) & 1;
}
template <class T> void setBit(T &bits, unsigned i, bool value) {
  bits = static_cast<T>((bits & ~(T{1} << i)) | T{value} << i);
}
template <std::size_t N> void setBit(VlWide<N> &bits, unsigned i, bool value) {
  setBit(bits[i / 32], i % 32, value);
}
template <class T> bool any(const T &bits) {
  return bits != 0;
}
template <std::size_t N> bool any(const VlWide<N> &bits) {
  for (std::size_t i = 0; i < N; ++i)
    if (bits[i])
      return true;
  return false;
}

} // namespace

int snncRtlPrint(const char *format, ...) {
  char buffer[1024];
  va_list args;
  va_start(args, format);
  const int length = std::vsnprintf(buffer, sizeof buffer, format, args);
  va_end(args);
  if (messages.size() < 4096)
    messages += buffer;
  return length;
}

// Replace Verilator's, which abort the process (VL_USER_STOP, VL_USER_FATAL, VL_USER_FINISH).
void vl_stop(const char *file, int line, const char *) {
  std::string text = messages.empty() ? "stop" : messages;
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  messages.clear();
  (void)file;
  (void)line;
  throw Failure(text);
}
void vl_fatal(const char *file, int line, const char *, const char *text) {
  messages += text;
  vl_stop(file, line, "");
}
void vl_finish(const char *, int, const char *) {
  throw Failure("unexpected $finish");
}

struct SnncRtlModel {
  explicit SnncRtlModel(uint64_t seed) {
    const char *argv[] = {"snn_top", "+verilator+rand+reset+2"};
    context.commandArgs(2, argv);
    context.threads(1);
    context.randReset(2);
    // Seed 0 would mean "from the clock".
    context.randSeed(static_cast<int>(seed % 0x7FFFFFFF) + 1);
    context.assertOn(true);
#if defined(SNNC_RTL_WAVE_vcd) || defined(SNNC_RTL_WAVE_fst)
    context.traceEverOn(true);
#endif
    top = std::make_unique<Vsnn_top>(&context, "snn_top");
    top->clk_i = 0;
    top->cfg_valid_i = 0;
    top->cfg_data_i = 0;
    top->rd_ready_i = 1;
    top->host_valid_i = 0;
    top->host_flit_i = 0;
    top->start_i = 0;
    top->sample_reset_i = 0;
    drawStalls();
    restart();
  }

  // Sampled at the end of a cycle, before its closing edge. Called once in every cycle.
  void settle() {
    if (stallRate != 0)
      drawStalls();
    top->clk_i = 0;
    top->eval();
    dump();
  }
  void edge() {
    top->clk_i = 1;
    top->eval();
    dump();
  }
  // Time counts half cycles, whether or not they are written.
  void dump() {
    ++time;
    if (waveOn)
      wave->dump(time);
  }
  void cycle() {
    settle();
    edge();
  }
  template <class Condition> void waitFor(const char *what, Condition condition) {
    for (uint64_t n = 0; n < kCycleLimit; ++n) {
      settle();
      const bool done = condition();
      edge();
      if (done)
        return;
    }
    throw Failure(std::string("the model hangs, waiting for ") + what);
  }

  void stall(uint64_t seed, uint32_t rate) {
    stallState = seed;
    stallRate = rate;
    drawStalls();
  }
  void drawStalls() {
    for (unsigned i = 0; i < 10 * cores(); ++i) {
      stallState = stallState * 6364136223846793005u + 1442695040888963407u; // Knuth's MMIX
      setBit(top->stall_i, i, (stallState >> 56) < stallRate);
    }
  }

  void openWave(const char *path, int core) {
#if defined(SNNC_RTL_WAVE_vcd) || defined(SNNC_RTL_WAVE_fst)
    wave = std::make_unique<WaveFile>();
    if (core >= 0) {
      const int x = core % SNNC_RTL_WIDTH, y = core / SNNC_RTL_WIDTH;
      const std::string column = std::to_string(x), row = std::to_string(y);
      wave->dumpvars(99, "snn_top.snn_top.core_" + column + "_" + row);
      wave->dumpvars(99, "snn_top.snn_top.u_mesh.gen_y[" + row + "].gen_x[" + column + "]");
    }
    top->trace(wave.get(), 99);
    wave->open(path);
    if (!wave->isOpen())
      throw Failure(std::string("cannot write waveforms to ") + path);
#else
    (void)path;
    (void)core;
    throw Failure("this machine is built without waveforms");
#endif
  }

  void restart() {
    // Asserted before the first edge, so that no assertion sees the random state.
    top->rst_ni = 0;
    for (int i = 0; i < 4; ++i)
      cycle();
    top->rst_ni = 1;
    waitFor("the clear walk", [&] { return top->idle_o != 0; });
  }

  void send(uint64_t word) {
    top->cfg_valid_i = 1;
    top->cfg_data_i = word;
    waitFor("the configuration port", [&] { return top->cfg_ready_o != 0; });
    top->cfg_valid_i = 0;
  }
  void write(const uint64_t *words, size_t n) {
    for (size_t i = 0; i < n; ++i)
      send(words[i]);
    rest();
  }
  void read(uint64_t header, uint64_t *out) {
    send(header);
    for (uint32_t left = field(header, 16, 16); left > 0; --left)
      waitFor("read data", [&] {
        if (!top->rd_valid_o)
          return false;
        *out++ = top->rd_data_o;
        return true;
      });
    rest();
  }
  // The bus is registered: the last word of a command is in place two cycles later.
  void rest() {
    for (int i = 0; i < 4; ++i)
      cycle();
  }

  void sampleReset() {
    top->sample_reset_i = 1;
    cycle();
    top->sample_reset_i = 0;
    waitFor("the sample reset", [&] { return top->idle_o != 0; });
  }

  void inject(const uint64_t *flits, size_t n) {
    for (size_t i = 0; i < n; ++i) {
      top->host_valid_i = 1;
      top->host_flit_i = flits[i];
      waitFor("the host link", [&] { return top->host_ready_o != 0; });
    }
    top->host_valid_i = 0;
    waitFor("a quiet network", [&] { return top->quiet_o != 0; });
  }

  void tick() {
    spikes.clear();
    sends.clear();
    top->start_i = 1;
    cycle();
    top->start_i = 0;
    uint64_t now = 0;
    waitFor("the end of a tick", [&] {
      if (top->tick_done_o)
        return true;
      if (any(top->spike_valid_o))
        for (unsigned core = 0; core < cores(); ++core)
          if (bit(top->spike_valid_o, core))
            spikes.push_back({core, half(top->spike_neuron_o, core)});
      if (any(top->send_valid_o))
        for (unsigned core = 0; core < cores(); ++core)
          if (bit(top->send_valid_o, core))
            sends.push_back({now, core});
      ++now;
      return false;
    });
    cycles = now;
  }

  static unsigned cores() { return SNNC_RTL_CORES; }

  VerilatedContext context;
  std::unique_ptr<Vsnn_top> top;
  std::vector<SnncRtlSpike> spikes;
  std::vector<SnncRtlSend> sends;
  uint64_t cycles = 0;
  std::unique_ptr<WaveFile> wave; // closed when it is destroyed, before `top`
  bool waveOn = false;
  uint64_t time = 0; // [half cycles]
  uint64_t stallState = 0;
  uint32_t stallRate = 0;
  std::string error;
};

namespace {

template <class Action> int guarded(SnncRtlModel *model, Action action) {
  if (!model->error.empty())
    return 1;
  try {
    Verilated::threadContextp(&model->context);
    action();
    return 0;
  } catch (const std::exception &failure) {
    model->error = failure.what();
    return 1;
  }
}

const SnncRtlApi kApi = {
    SNNC_RTL_ABI,
    SNNC_RTL_CORES,
    [](uint64_t seed) -> SnncRtlModel * {
      try {
        return new SnncRtlModel(seed);
      } catch (const std::exception &) {
        return nullptr;
      }
    },
    [](SnncRtlModel *model) { delete model; },
    [](SnncRtlModel *model) { return guarded(model, [&] { model->restart(); }); },
    [](SnncRtlModel *model, const uint64_t *words, size_t n) {
      return guarded(model, [&] { model->write(words, n); });
    },
    [](SnncRtlModel *model, uint64_t header, uint64_t *out) {
      return guarded(model, [&] { model->read(header, out); });
    },
    [](SnncRtlModel *model) { return guarded(model, [&] { model->sampleReset(); }); },
    [](SnncRtlModel *model, const uint64_t *flits, size_t n) {
      return guarded(model, [&] { model->inject(flits, n); });
    },
    [](SnncRtlModel *model) { return guarded(model, [&] { model->tick(); }); },
    [](SnncRtlModel *model, uint64_t seed, uint32_t rate) { model->stall(seed, rate); },
    [](SnncRtlModel *model, const char *path, int core) {
      return guarded(model, [&] { model->openWave(path, core); });
    },
    [](SnncRtlModel *model, int on) { model->waveOn = on != 0 && model->wave; },
    [](const SnncRtlModel *model) { return model->cycles; },
    [](const SnncRtlModel *model, const SnncRtlSpike **out) {
      *out = model->spikes.data();
      return model->spikes.size();
    },
    [](const SnncRtlModel *model, const SnncRtlSend **out) {
      *out = model->sends.data();
      return model->sends.size();
    },
    [](const SnncRtlModel *model) { return model->error.c_str(); },
};

} // namespace

extern "C" __attribute__((visibility("default"))) const SnncRtlApi *snnc_rtl_api(void) {
  return &kApi;
}
