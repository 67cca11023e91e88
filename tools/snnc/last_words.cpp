#include "tools/snnc/last_words.h"

#include "common/support/diag.h"
#include "tools/snnc/verbs.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Signals.h"

#include <new>
#include <string>
#include <unistd.h>

namespace snnc::cli {

// Made beforehand: there is no memory for it later.
static std::string *outOfMemoryText = nullptr;

// Not exit(): other threads still run, and results that are not finished stay unwritten.
[[noreturn]] static void leave(const char *text, size_t size, int code) {
  llvm::sys::RunInterruptHandlers();
  if (write(STDERR_FILENO, text, size) < 0)
    code = kExitBadInput;
  _exit(code);
}

void outOfMemory() {
  leave(outOfMemoryText->data(), outOfMemoryText->size(), kExitBadInput);
}

static void badAllocation(void *, const char *, bool) {
  outOfMemory();
}

static void fatal(void *, const char *reason, bool) {
  std::string text = reason;
  if (text.empty() || text.back() != '\n')
    text += '\n';
  if (text.find("error: ") == std::string::npos)
    text = "error: " + text;
  leave(text.data(), text.size(), kExitCheckFailed);
}

void installLastWords() {
  static std::string text;
  llvm::raw_string_ostream os(text);
  support::Diag(support::DiagCode::OutOfMemory, {}, "there is not enough memory for this")
      .help("fewer --samples or --steps, --threads 1, or a smaller model")
      .data()
      .print(os);
  os.flush();
  outOfMemoryText = &text;
  std::set_new_handler(outOfMemory);
  llvm::install_bad_alloc_error_handler(badAllocation);
  llvm::install_fatal_error_handler(fatal);
}

} // namespace snnc::cli
