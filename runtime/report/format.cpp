#include "runtime/report/format.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Format.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace snnc::runtime::report {

static std::string printed(const char *format, double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

std::string withCommas(uint64_t value) {
  std::string digits = std::to_string(value);
  for (size_t i = digits.size(); i > 3; i -= 3)
    digits.insert(i - 3, ",");
  return digits;
}

std::string countText(double value) {
  if (value == std::floor(value) || value >= 1000)
    return withCommas(static_cast<uint64_t>(std::llround(value)));
  return printed("%.4g", value);
}

std::string percentText(double fraction) {
  return printed("%.2f %%", fraction * 100);
}

struct Prefix {
  double factor;
  const char *name;
};
static constexpr Prefix kPrefixes[] = {{1e3, "k"},  {1, ""},     {1e-3, "m"},
                                       {1e-6, "u"}, {1e-9, "n"}, {1e-12, "p"}};

// Three significant digits with the prefix that leaves 1 to 3 digits before the point.
static std::string scaled(double value, const char *unit) {
  if (value == 0)
    return std::string("0 ") + unit;
  for (const auto &[factor, prefix] : kPrefixes) {
    const double part = value / factor;
    if (std::fabs(part) >= 0.9995 || factor == 1e-12) {
      const char *format = part >= 99.95 ? "%.0f " : part >= 9.995 ? "%.1f " : "%.2f ";
      return printed(format, part) + prefix + unit;
    }
  }
  return printed("%g ", value) + unit;
}

std::string joulesText(double joules) {
  return scaled(joules, "J");
}
std::string secondsText(double seconds) {
  return scaled(seconds, "s");
}

std::string siText(double value, const char *unit) {
  if (value == 0)
    return std::string("0 ") + unit;
  for (const auto &[factor, prefix] : kPrefixes)
    if (std::fabs(value / factor) >= 0.9995 || factor == 1e-12)
      return printed("%.4g ", value / factor) + prefix + unit;
  return printed("%.4g ", value) + unit;
}

std::string bytesText(uint64_t bytes) {
  if (bytes < 1024)
    return std::to_string(bytes) + " bytes";
  const double kib = static_cast<double>(bytes) / 1024;
  return kib < 1024 ? printed("%.1f KiB", kib) : printed("%.1f MiB", kib / 1024);
}

Table::Table(std::vector<std::string> header) {
  for (size_t i = 0; i < header.size(); ++i) {
    const bool marked = !header[i].empty() && header[i][0] == '<';
    if (marked)
      header[i].erase(0, 1);
    left.push_back(i == 0 || marked);
  }
  rows.push_back(std::move(header));
}

void Table::row(std::vector<std::string> cells) {
  cells.resize(left.size());
  rows.push_back(std::move(cells));
}

void Table::print(llvm::raw_ostream &os, unsigned indent) const {
  std::vector<size_t> width(left.size(), 0);
  for (const auto &row : rows)
    for (size_t i = 0; i < row.size(); ++i)
      width[i] = std::max(width[i], row[i].size());
  for (const auto &row : rows) {
    const bool empty =
        std::all_of(row.begin(), row.end(), [](const std::string &cell) { return cell.empty(); });
    if (empty)
      continue;
    std::string line(indent, ' ');
    for (size_t i = 0; i + 1 < row.size(); ++i) {
      const std::string padding(width[i] - row[i].size(), ' ');
      line += (left[i] ? row[i] + padding : padding + row[i]) + "  ";
    }
    const size_t last = row.size() - 1;
    if (!left[last] && !row[last].empty())
      line += std::string(width[last] - row[last].size(), ' ');
    if (row[last].empty())
      line.erase(line.find_last_not_of(' ') + 1);
    os << line;
    printWrapped(os, row[last], line.size(), line.size());
  }
}

void printWrapped(llvm::raw_ostream &os, const std::string &text, unsigned indent,
                  unsigned column) {
  llvm::StringRef rest(text);
  bool first = true;
  while (!rest.empty()) {
    const auto [word, tail] = rest.split(' ');
    if (!first && column + 1 + word.size() > kWidth) {
      os << '\n' << std::string(indent, ' ');
      column = indent;
      first = true;
    }
    os << (first ? "" : " ") << word;
    column += word.size() + (first ? 0 : 1);
    first = false;
    rest = tail;
  }
  os << '\n';
}

} // namespace snnc::runtime::report
