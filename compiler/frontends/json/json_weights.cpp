#include "compiler/frontends/json/json_weights.h"

#include "compiler/frontends/json/json_csr.h"

#include "common/net/number_text.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using snnc::support::Diag;
using snnc::support::DiagCode;
using snnc::support::JsonNode;
using snnc::support::JsonObject;

namespace snnc::compiler::json {

static bool checkRank(const support::NpyArray &array, const JsonNode &file) {
  if (array.shape.size() == 2)
    return true;
  file.error(DiagCode::WeightShape,
             llvm::formatv("the array has {0} dimensions, weights have 2", array.shape.size()),
             "reshape it to [neurons of the layer, neurons of its source]");
  return false;
}

std::optional<uint32_t> rowsOf(Context &context, const JsonNode &node) {
  if (node.isArray())
    return static_cast<uint32_t>(node.raw().size());
  if (!node.isObject() || !node.raw().contains("npy"))
    return std::nullopt;
  const JsonNode file = node.object().required("npy");
  const auto array = readArray(context, file);
  if (!array || !checkRank(*array, file))
    return std::nullopt;
  return static_cast<uint32_t>(std::min<uint64_t>(array->shape[0], UINT32_MAX));
}

void wrongShape(Context &context, const JsonNode &node, uint64_t found, llvm::StringRef side,
                const std::string &layer, uint32_t size, const support::SourceLoc &layerLoc) {
  context.doc.add(Diag(DiagCode::WeightShape, node.loc(),
                       llvm::formatv("weights have {0} {1} but layer '{2}' has {3} neurons", found,
                                     side, layer, size))
                      .note(layerLoc, llvm::formatv("'{0}' is declared here", layer))
                      .help("rows are the neurons of the layer, columns those of its source, as in "
                            "PyTorch; was the matrix transposed?")
                      .data());
}

bool toFloat(const JsonNode &node, double value, uint64_t row, uint64_t col, float &out) {
  out = static_cast<float>(value);
  if (std::isfinite(out))
    return true;
  node.error(DiagCode::NotFinite,
             llvm::formatv("weight [{0}, {1}] is {2} but must be a finite float32", row, col,
                           net::numberText(value)),
             "did training diverge?");
  return false;
}

void warnRounded(Context &context, const JsonNode &node, const std::string &what) {
  context.warnings.push_back(
      Diag(DiagCode::RoundedWeights, node.loc(), what + " is float64 and was rounded to float32")
          .data());
}

namespace {

constexpr const char *kForms = "weights are [[...], ...], {\"npy\": file}, {\"entries\": [...]}, "
                               "{\"csr\": {...}} or {\"identity\": w}";

// One entry of a sparse matrix.
struct Entry {
  uint32_t source, target;
  float value;
};

class WeightReader {
public:
  WeightReader(Context &context, const JsonNode &node, const Ends &ends)
      : context(context), node(node), ends(ends) {}

  std::optional<net::Weights> read();

private:
  std::optional<net::Weights> inlineRows();
  std::optional<net::Weights> denseFile(JsonObject object);
  std::optional<net::Weights> entries(const JsonNode &list);
  std::optional<net::Weights> identity(const JsonNode &weight);
  std::optional<net::Weights> sparseOf(std::vector<Entry> entries);

  bool checkShape(uint64_t rows, uint64_t cols);

  Context &context;
  const JsonNode &node;
  const Ends &ends;
};

bool WeightReader::checkShape(uint64_t rows, uint64_t cols) {
  if (rows != ends.targets)
    wrongShape(context, node, rows, "rows", ends.target, ends.targets, ends.targetLoc);
  if (cols != ends.sources)
    wrongShape(context, node, cols, "columns", ends.source, ends.sources, ends.sourceLoc);
  return rows == ends.targets && cols == ends.sources;
}

std::optional<net::Weights> WeightReader::inlineRows() {
  const std::vector<JsonNode> rows = node.elements();
  net::DenseWeights weights{ends.targets, ends.sources, {}};
  if (rows.size() != ends.targets) {
    wrongShape(context, node, rows.size(), "rows", ends.target, ends.targets, ends.targetLoc);
    return std::nullopt;
  }
  std::vector<double> values;
  for (size_t row = 0; row < rows.size(); ++row) {
    values.clear();
    if (!rows[row].numbers(values))
      return std::nullopt;
    if (values.size() != ends.sources) {
      wrongShape(context, node, values.size(), llvm::formatv("columns in row {0}", row).str(),
                 ends.source, ends.sources, ends.sourceLoc);
      return std::nullopt;
    }
    for (size_t col = 0; col < values.size(); ++col)
      if (!toFloat(node, values[col], row, col, weights.values.emplace_back()))
        return std::nullopt;
  }
  return weights;
}

std::optional<net::Weights> WeightReader::denseFile(JsonObject object) {
  const JsonNode file = object.required("npy");
  object.finish();
  const auto array = readArray(context, file);
  if (!array)
    return std::nullopt;
  if (!checkRank(*array, file) || !checkShape(array->shape[0], array->shape[1]))
    return std::nullopt;
  net::DenseWeights weights{ends.targets, ends.sources, array->toFloats()};
  for (size_t i = 0; i < weights.values.size(); ++i)
    if (!toFloat(node, static_cast<double>(weights.values[i]), i / ends.sources, i % ends.sources,
                 weights.values[i]))
      return std::nullopt;
  if (array->type == support::NpyType::F64) {
    const std::vector<double> exact = array->toDoubles();
    if (!std::equal(exact.begin(), exact.end(), weights.values.begin()))
      warnRounded(context, node, "'" + *file.string() + "'");
  }
  return weights;
}

std::optional<net::Weights> WeightReader::sparseOf(std::vector<Entry> entries) {
  auto key = [](const Entry &entry) { return std::pair(entry.source, entry.target); };
  std::sort(entries.begin(), entries.end(),
            [&](const Entry &a, const Entry &b) { return key(a) < key(b); });
  for (size_t i = 1; i < entries.size(); ++i)
    if (key(entries[i]) == key(entries[i - 1])) {
      node.error(DiagCode::WeightShape, llvm::formatv("weight [{0}, {1}] is given twice",
                                                      entries[i].target, entries[i].source));
      return std::nullopt;
    }
  net::SparseWeights weights{ends.targets, ends.sources, {}, {}, {}};
  weights.rowStart.assign(size_t{ends.sources} + 1, 0);
  for (const Entry &entry : entries) {
    ++weights.rowStart[size_t{entry.source} + 1];
    weights.columns.push_back(entry.target);
    weights.values.push_back(entry.value);
  }
  std::partial_sum(weights.rowStart.begin(), weights.rowStart.end(), weights.rowStart.begin());
  return weights;
}

// [[target, source, weight], ...]
std::optional<net::Weights> WeightReader::entries(const JsonNode &list) {
  std::vector<Entry> out;
  for (const JsonNode &item : list.elements()) {
    const std::vector<JsonNode> parts = item.elements();
    if (parts.size() != 3) {
      item.error(DiagCode::JsonRange,
                 llvm::formatv("an entry has {0} values, expected [target, source, weight]",
                               parts.size()));
      return std::nullopt;
    }
    const std::string help =
        llvm::formatv("an entry is [target, source, weight], counted from 0: '{0}' has {1} "
                      "neurons, '{2}' has {3}",
                      ends.target, ends.targets, ends.source, ends.sources);
    const auto target = parts[0].integer(0, int64_t{ends.targets} - 1, help);
    const auto source = parts[1].integer(0, int64_t{ends.sources} - 1, help);
    const auto weight = parts[2].number();
    float value = 0;
    if (!target || !source || !weight ||
        !toFloat(node, *weight, static_cast<uint64_t>(*target), static_cast<uint64_t>(*source),
                 value))
      return std::nullopt;
    out.push_back({static_cast<uint32_t>(*source), static_cast<uint32_t>(*target), value});
  }
  return sparseOf(std::move(out));
}

std::optional<net::Weights> WeightReader::identity(const JsonNode &weight) {
  const auto number = weight.number();
  float value = 0;
  if (!number || !toFloat(node, *number, 0, 0, value))
    return std::nullopt;
  if (ends.sources != ends.targets) {
    wrongShape(context, node, ends.sources, "rows and columns", ends.target, ends.targets,
               ends.targetLoc);
    return std::nullopt;
  }
  std::vector<Entry> out;
  for (uint32_t i = 0; i < ends.targets; ++i)
    out.push_back({i, i, value});
  return sparseOf(std::move(out));
}

std::optional<net::Weights> WeightReader::read() {
  if (!node.present())
    return std::nullopt;
  if (node.isArray())
    return inlineRows();
  if (!node.isObject()) {
    node.error(DiagCode::JsonType, kForms);
    return std::nullopt;
  }
  JsonObject object = node.object();
  if (node.raw().contains("npy"))
    return denseFile(object);
  const auto list = object.optional("entries"), parts = object.optional("csr"),
             weight = object.optional("identity");
  object.optional("npy"); // a known key, for the help of an unknown one
  object.finish();
  if (!list + !parts + !weight != 2) {
    node.error(DiagCode::JsonMissingKey, kForms);
    return std::nullopt;
  }
  return list ? entries(*list) : parts ? readCsr(context, *parts, ends) : identity(*weight);
}

} // namespace

std::optional<net::Weights> readWeights(Context &context, const JsonNode &node, const Ends &ends) {
  return WeightReader(context, node, ends).read();
}

} // namespace snnc::compiler::json
