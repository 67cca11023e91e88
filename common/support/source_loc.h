// Where in a user's input something stands: the file, and inside it a line, a JSON pointer, an
// HDF5 path or a node name. Empty fields are left out when printed.
#pragma once

#include <cstdint>
#include <string>

namespace snnc::support {

struct SourceLoc {
  std::string file;  // as the user wrote it
  uint32_t line = 0; // 1-based; 0 = unknown
  std::string path;  // "/layers/2/weights", "/node/nodes/lif1/tau", ...
};

} // namespace snnc::support
