// A folder of its own for a test's files, removed at the end.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace snnc {

class ScratchFolder {
public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "snnc_test_XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
      ADD_FAILURE() << "cannot create " << pattern;
    folder = pattern;
  }
  ~ScratchFolder() { std::filesystem::remove_all(folder); }
  std::string operator/(const std::string &name) const { return (folder / name).string(); }
  size_t files() const {
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
  }

private:
  std::filesystem::path folder;
};

} // namespace snnc
