// What every command shares: results to stdout, everything else to stderr, and the flags -q -v
// --json --seed --threads.
#pragma once

#include "common/support/diag.h"
#include "common/support/memory.h"
#include "tools/snnc/args.h"

#include "llvm/Support/raw_ostream.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

namespace snnc::cli {

class Console {
public:
  // Reads the common flags of a call.
  explicit Console(Args &args);

  bool json = false, quiet = false, verbose = false;
  bool timesStages = false; // --time, or -v
  unsigned threads = 1;     // >= 1
  uint64_t seed = 1;

  llvm::raw_ostream &out() { return llvm::outs(); }
  void note(const llvm::Twine &text);   // stderr unless -q
  void detail(const llvm::Twine &text); // stderr with -v
  // stderr, if `timesStages`: how long a stage of the work took, how long its result was verified,
  // and the most memory that the process has had.
  void stage(llvm::StringRef name, double seconds, std::optional<double> verifySeconds = {},
             uint64_t peakMemory = support::peakMemory());
  // stderr unless -q; kept for the JSON object.
  void warn(const support::Warnings &warnings);
  const std::vector<std::string> &warnings() const { return warningTexts; }
  // The one object of --json.
  void print(const nlohmann::ordered_json &object);

private:
  std::vector<std::string> warningTexts;
};

class Stopwatch {
public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

private:
  const std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

// "run: 1234/10000 samples, 12 s left" on stderr: only on a terminal, only for work that has taken
// a second already, never with -q. Safe to call from several threads.
class Progress {
public:
  Progress(const Console &console, std::string label, uint64_t total);
  ~Progress();
  void advance(uint64_t count = 1);
  void set(uint64_t newDone);

private:
  void draw();

  using Clock = std::chrono::steady_clock;
  std::string label;
  uint64_t total, done = 0;
  bool enabled, drawn = false;
  Clock::time_point start, last;
  std::mutex mutex;
};

} // namespace snnc::cli
