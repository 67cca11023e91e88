// A Verilated netlist of snn_ice40_top behind the C interface of rtl_model.h: everything goes
// through its serial port (docs/reference/serial_port.md), as it would on a board.
//
// What the pins do not show is not there: sends() is empty, counters read as 0, stalls and
// waveforms do nothing. A tick's length is the time that busy_o is high.

#include "rtl_model.h"

#include "Vsnn_ice40_top.h"
#include "verilated.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

enum Command : uint8_t { kStatus, kWrite, kRead, kHost, kTick, kReset, kRestart };
constexpr uint8_t kOverrun = 8;
constexpr uint32_t kSpikeMemory = 13;
// Half a period of sck in clocks: frames that are only written, frames whose answer is read.
constexpr unsigned kFast = 2, kSlow = 4;
constexpr uint64_t kCycleLimit = 1'000'000; // no phase is longer

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace

struct SnncRtlModel {
  explicit SnncRtlModel(uint64_t seed) {
    const char *argv[] = {"snn_ice40_top", "+verilator+rand+reset+2"};
    context.commandArgs(2, argv);
    context.threads(1);
    context.randReset(2);
    context.randSeed(static_cast<int>(seed % 0x7FFFFFFF) + 1);
    top = std::make_unique<Vsnn_ice40_top>(&context, "snn_ice40_top");
    top->clk_i = 0;
    top->spi_cs_ni = 1;
    top->spi_sck_i = 0;
    top->spi_mosi_i = 0;
    clocks(40);
  }

  void clocks(unsigned n) {
    for (unsigned i = 0; i < n; ++i) {
      top->clk_i = 0;
      top->eval();
      busyClocks += top->busy_o;
      top->clk_i = 1;
      top->eval();
    }
  }
  // Until busy_o was high and is low again; counts the clocks of it being high.
  void whileBusy(const char *what) {
    for (uint64_t n = 0; n < kCycleLimit; ++n) {
      clocks(1);
      if (busyClocks != 0 && !top->busy_o)
        return;
    }
    throw Failure(std::string("the netlist hangs, waiting for ") + what);
  }

  uint8_t byte(uint8_t out, unsigned half) {
    uint8_t in = 0;
    for (int bit = 7; bit >= 0; --bit) {
      top->spi_mosi_i = (out >> bit) & 1;
      clocks(half);
      in = static_cast<uint8_t>(in << 1 | top->spi_miso_o);
      top->spi_sck_i = 1;
      clocks(half);
      top->spi_sck_i = 0;
    }
    return in;
  }
  uint64_t bytes(uint64_t out, unsigned count, unsigned half) {
    uint64_t in = 0;
    for (unsigned i = count; i-- > 0;)
      in = in << 8 | byte(static_cast<uint8_t>(out >> (8 * i)), half);
    return in;
  }
  // Returns the status.
  uint8_t begin(Command command, unsigned half) {
    top->spi_cs_ni = 0;
    clocks(kSlow);
    return byte(command, half);
  }
  void end() {
    clocks(kSlow);
    top->spi_cs_ni = 1;
    clocks(2 * kSlow);
  }
  void simple(Command command) {
    begin(command, kFast);
    busyClocks = 0;
    end();
  }
  void checkOverrun() {
    const uint8_t status = begin(kStatus, kSlow);
    end();
    if (status & kOverrun)
      throw Failure("the serial port lost a word");
  }

  void restart() {
    simple(kRestart);
    whileBusy("the clear walk");
  }
  void write(const uint64_t *words, size_t n) {
    begin(kWrite, kFast);
    for (size_t i = 0; i < n; ++i)
      bytes(words[i], 8, kFast);
    end();
    checkOverrun();
  }
  // Reads while `more` says so of the word before.
  template <class More> void read(uint64_t header, More more) {
    begin(kRead, kSlow);
    bytes(header, 8, kSlow);
    uint64_t word = 0;
    do {
      byte(0, kSlow);
      word = bytes(0, 8, kSlow);
    } while (more(word));
    end();
    // What was asked for and not taken runs out.
    clocks(static_cast<unsigned>(header >> 16 & 0xFFFF));
  }
  void sampleReset() {
    simple(kReset);
    whileBusy("the sample reset");
  }
  void inject(const uint64_t *flits, size_t n) {
    begin(kHost, kFast);
    for (size_t i = 0; i < n; ++i)
      bytes(flits[i], 5, kFast);
    end();
    checkOverrun();
  }
  void tick() {
    simple(kTick);
    whileBusy("the end of a tick");
    cycles = busyClocks;
    spikes.clear();
    const uint64_t header = uint64_t{2} << 56 | uint64_t{kSpikeMemory} << 48 | uint64_t{256} << 16;
    read(header, [&](uint64_t word) {
      if ((word >> 16 & 1) != 0)
        spikes.push_back({0, static_cast<uint32_t>(word & 0xFFFF)});
      return (word >> 16 & 1) != 0 && spikes.size() < 256;
    });
  }

  VerilatedContext context;
  std::unique_ptr<Vsnn_ice40_top> top;
  std::vector<SnncRtlSpike> spikes;
  uint64_t cycles = 0, busyClocks = 0;
  std::string error;
};

namespace {

template <class Action> int guarded(SnncRtlModel *model, Action action) {
  if (!model->error.empty())
    return 1;
  try {
    action();
    return 0;
  } catch (const std::exception &failure) {
    model->error = failure.what();
    return 1;
  }
}

const SnncRtlApi kApi = {
    SNNC_RTL_ABI,
    1,
    [](uint64_t seed) { return new SnncRtlModel(seed); },
    [](SnncRtlModel *model) { delete model; },
    [](SnncRtlModel *model) { return guarded(model, [&] { model->restart(); }); },
    [](SnncRtlModel *model, const uint64_t *words, size_t n) {
      return guarded(model, [&] { model->write(words, n); });
    },
    [](SnncRtlModel *model, uint64_t header, uint64_t *out) {
      uint64_t left = header >> 16 & 0xFFFF;
      return guarded(model, [&] {
        model->read(header, [&](uint64_t word) {
          *out++ = word;
          return --left != 0;
        });
      });
    },
    [](SnncRtlModel *model) { return guarded(model, [&] { model->sampleReset(); }); },
    [](SnncRtlModel *model, const uint64_t *flits, size_t n) {
      return guarded(model, [&] { model->inject(flits, n); });
    },
    [](SnncRtlModel *model) { return guarded(model, [&] { model->tick(); }); },
    [](SnncRtlModel *, uint64_t, uint32_t) {},
    [](SnncRtlModel *model, const char *, int) {
      model->error = "a netlist writes no waveforms";
      return 1;
    },
    [](SnncRtlModel *, int) {},
    [](const SnncRtlModel *model) { return model->cycles; },
    [](const SnncRtlModel *model, const SnncRtlSpike **out) {
      *out = model->spikes.data();
      return model->spikes.size();
    },
    [](const SnncRtlModel *, const SnncRtlSend **out) {
      *out = nullptr;
      return size_t{0};
    },
    [](const SnncRtlModel *model) { return model->error.c_str(); },
};

} // namespace

extern "C" __attribute__((visibility("default"))) const SnncRtlApi *snnc_rtl_api(void) {
  return &kApi;
}
