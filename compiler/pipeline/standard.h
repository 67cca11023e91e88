// The order of the passes: the whole compiler in one line.
#pragma once

#include <string>
#include <vector>

namespace snnc::compiler {

std::vector<std::string> standardPipeline();
std::vector<std::string> integerPipeline(); // for a network that is in integers already

} // namespace snnc::compiler
