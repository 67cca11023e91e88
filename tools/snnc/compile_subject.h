// Compiles a model that has been read, by the flags: with calibration data, and with as few bits as
// an accuracy budget allows.
#pragma once

#include "tools/snnc/subject.h"

namespace snnc::cli {

// The passes up to and with `quantize`.
compiler::CompileOptions onlyIntegers(compiler::CompileOptions options);

// Fills what of `subject` the compiler makes; warnings go to the console. Fails as
// compiler::compile does, as searchBits does with --weight-bits auto, and SNN1209 where --calibrate
// has fewer samples than --calibrate-samples asks for.
llvm::Error compileSubject(Args &args, Console &console, compiler::CompileOptions options,
                           Subject &subject);

} // namespace snnc::cli
