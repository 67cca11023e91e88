// Numbers as people read them, and tables of them. Same input, same text, no locale.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "llvm/Support/raw_ostream.h"

namespace snnc::runtime::report {

inline constexpr unsigned kWidth = 100; // columns of a terminal that every report fits

std::string withCommas(uint64_t value);   // 1,234,567
std::string countText(double value);      // 1,234,567 or 12.3: whole above 1000, else 4 digits
std::string percentText(double fraction); // 0.966 -> "96.60 %"
std::string joulesText(double joules);    // "1.23 uJ"
std::string secondsText(double seconds);  // "32.1 us"
// "-75 mV", "9.99 ms": at most four digits.
std::string siText(double value, const char *unit);
std::string bytesText(uint64_t bytes); // "12.5 KiB"

// Columns padded to their widest cell. The first column is left-aligned, "<" marks others so.
class Table {
public:
  // `header` may hold empty cells; a cell that starts with '<' left-aligns its column.
  explicit Table(std::vector<std::string> header);
  void row(std::vector<std::string> cells);
  // Every line starts with `indent` blanks; an empty header is left out. The last column is
  // wrapped at kWidth.
  void print(llvm::raw_ostream &os, unsigned indent = 2) const;

private:
  std::vector<std::vector<std::string>> rows; // rows[0] is the header
  std::vector<bool> left;
};

// `text` in lines of at most kWidth columns, continued under column `indent`; the caller has
// written `column` columns of the first line already.
void printWrapped(llvm::raw_ostream &os, const std::string &text, unsigned indent, unsigned column);

} // namespace snnc::runtime::report
