#include "tools/snnc/console.h"

#include <thread>

namespace snnc::cli {

Console::Console(Args &args)
    : json(args.has("--json")), quiet(args.has("--quiet")), verbose(args.has("--verbose")) {
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  threads = static_cast<unsigned>(args.number("--threads", 1, 1024).value_or(cores));
  seed = args.number("--seed", 0, UINT64_MAX).value_or(1);
  timesStages = verbose && !quiet;
}

void Console::note(const llvm::Twine &text) {
  if (!quiet)
    llvm::errs() << text << '\n';
}

void Console::detail(const llvm::Twine &text) {
  if (verbose && !quiet)
    llvm::errs() << text << '\n';
}

void Console::stage(llvm::StringRef name, double seconds, std::optional<double> verifySeconds,
                    uint64_t peakMemory) {
  if (!timesStages)
    return;
  llvm::errs() << llvm::formatv("{0,-10} {1,10:F3} ms", name, seconds * 1e3);
  if (verifySeconds)
    llvm::errs() << llvm::formatv("  verify {0,9:F3} ms", *verifySeconds * 1e3);
  else
    llvm::errs() << llvm::formatv("{0,21}", "");
  llvm::errs() << llvm::formatv("  peak {0,7} MiB\n", peakMemory >> 20);
}

void Console::warn(const support::Warnings &warnings) {
  for (const support::Diagnostic &warning : warnings) {
    std::string text;
    llvm::raw_string_ostream os(text);
    warning.print(os);
    os.flush();
    if (!quiet)
      llvm::errs() << text;
    text.erase(text.find_last_not_of('\n') + 1);
    warningTexts.push_back(text);
  }
}

void Console::print(const nlohmann::ordered_json &object) {
  // Names come from users' files and may be anything: bytes that are not UTF-8 are replaced.
  out() << object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

Progress::Progress(const Console &console, std::string label, uint64_t total)
    : label(std::move(label)), total(total), enabled(!console.quiet && llvm::errs().is_displayed()),
      start(Clock::now()), last(start) {}

Progress::~Progress() {
  if (drawn)
    llvm::errs() << "\r\x1b[K";
}

void Progress::advance(uint64_t count) {
  if (!enabled)
    return;
  const std::lock_guard<std::mutex> lock(mutex);
  done += count;
  draw();
}

void Progress::set(uint64_t newDone) {
  if (!enabled)
    return;
  const std::lock_guard<std::mutex> lock(mutex);
  done = newDone;
  draw();
}

void Progress::draw() {
  const Clock::time_point now = Clock::now();
  if (now - start < std::chrono::seconds(1) || now - last < std::chrono::milliseconds(100))
    return;
  last = now;
  drawn = true;
  const double elapsed = std::chrono::duration<double>(now - start).count();
  const double left = done == 0 ? 0 : elapsed / double(done) * double(total - done);
  constexpr unsigned kBar = 30;
  const unsigned filled = total == 0 ? kBar : static_cast<unsigned>(kBar * done / total);
  llvm::errs() << '\r' << label << " [" << std::string(filled, '#')
               << std::string(kBar - filled, '.')
               << llvm::formatv("] {0}/{1}, {2} s left\x1b[K", done, total,
                                static_cast<uint64_t>(left));
}

} // namespace snnc::cli
