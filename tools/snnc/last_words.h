// Clean ends where no llvm::Error can travel: no memory, or a fault deep inside an engine.
#pragma once

namespace snnc::cli {

// From now on an allocation that fails ends the program with SNN1212 (exit 2), and
// llvm::report_fatal_error with its message (exit 1). Half-written files are removed.
void installLastWords();

// What the handler of failed allocations does.
[[noreturn]] void outOfMemory();

} // namespace snnc::cli
