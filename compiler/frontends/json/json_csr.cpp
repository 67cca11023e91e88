#include "compiler/frontends/json/json_csr.h"

#include "common/net/turn_over.h"

#include <algorithm>
#include <cmath>

using llvm::formatv;
using snnc::support::DiagCode;
using snnc::support::JsonNode;
using snnc::support::JsonObject;
using snnc::support::NpyArray;

namespace snnc::compiler::json {
namespace {

class CsrReader {
public:
  CsrReader(Context &context, const JsonNode &parts, const Ends &ends)
      : context(context), parts(parts), ends(ends) {}

  std::optional<net::Weights> read() {
    JsonObject object = parts.object();
    const JsonNode indptr = object.required("indptr"), indices = object.required("indices"),
                   data = object.required("data");
    object.finish();
    const auto starts = listOf(indptr, "indptr", /*integers=*/true);
    const auto columns = listOf(indices, "indices", /*integers=*/true);
    const auto values = listOf(data, "data", /*integers=*/false);
    if (!starts || !columns || !values || !readStarts(*starts, indptr, values->count()))
      return std::nullopt;
    if (columns->count() != values->count()) {
      indices.error(DiagCode::WeightShape,
                    formatv("'indices' has {0} elements but 'data' has {1}", columns->count(),
                            values->count()),
                    "they are one column and one weight for each synapse");
      return std::nullopt;
    }
    std::optional<net::SparseWeights> out;
    visit(*columns, [&](auto sources) {
      if (checkSources(sources, indices))
        visit(*values, [&](auto weights) { out = turnOver(sources, weights, data); });
    });
    if (!out || !eachOnce(*out))
      return std::nullopt;
    return out;
  }

private:
  // The array that a node names, if it is a list of the kind that is wanted.
  std::optional<NpyArray> listOf(const JsonNode &node, const char *name, bool integers) {
    std::optional<NpyArray> array = node.present() ? readArray(context, node) : std::nullopt;
    if (!array)
      return std::nullopt;
    if (array->shape.size() != 1) {
      node.error(DiagCode::WeightShape,
                 formatv("'{0}' has {1} dimensions, it must have 1", name, array->shape.size()),
                 "save the arrays of SciPy's csr_matrix as they are");
      return std::nullopt;
    }
    if (integers && array->isFloat()) {
      node.error(DiagCode::WeightShape,
                 formatv("'{0}' is an array of {1}, 'indptr' and 'indices' must be arrays of "
                         "integers",
                         name, support::nameOf(array->type)),
                 "save it with .astype(numpy.int64)");
      return std::nullopt;
    }
    return array;
  }

  bool readStarts(const NpyArray &array, const JsonNode &node, uint64_t synapses) {
    rows = array.toIntegers();
    if (rows.size() != size_t{ends.targets} + 1) {
      wrongShape(context, node, rows.empty() ? 0 : rows.size() - 1, "rows", ends.target,
                 ends.targets, ends.targetLoc);
      return false;
    }
    const char *const help = "'indptr' has one start per row and the number of synapses at the end";
    const auto fall = std::is_sorted_until(rows.begin(), rows.end());
    if (rows.front() != 0)
      node.error(DiagCode::WeightShape, formatv("'indptr' starts at {0}, not at 0", rows.front()),
                 help);
    else if (fall != rows.end())
      node.error(DiagCode::WeightShape,
                 formatv("'indptr' falls from {0} to {1} behind row {2}", *(fall - 1), *fall,
                         fall - rows.begin() - 1),
                 help);
    else if (rows.back() != static_cast<int64_t>(synapses))
      node.error(DiagCode::WeightShape,
                 formatv("'indptr' ends at {0} but 'data' has {1} elements", rows.back(), synapses),
                 help);
    else
      return true;
    return false;
  }

  uint32_t rowOf(size_t at) const {
    return static_cast<uint32_t>(
        std::upper_bound(rows.begin(), rows.end(), static_cast<int64_t>(at)) - rows.begin() - 1);
  }

  template <class Sources> bool checkSources(Sources sources, const JsonNode &node) {
    for (size_t at = 0; at < sources.size(); ++at) {
      const auto source = static_cast<int64_t>(sources[at]);
      if (source >= 0 && source < int64_t{ends.sources})
        continue;
      node.error(DiagCode::WeightShape,
                 formatv("'indices' element {0}, of row {1}, is {2} but '{3}' has {4} neurons", at,
                         rowOf(at), source, ends.source, ends.sources),
                 "columns are the neurons of the source, counted from 0; was the matrix "
                 "transposed?");
      return false;
    }
    return true;
  }

  // By source; row after row, so that the targets of every source ascend.
  template <class Sources, class Values>
  std::optional<net::SparseWeights> turnOver(Sources sources, Values values, const JsonNode &node) {
    bool rounded = false, finite = true;
    const auto column = [&](size_t at) { return static_cast<uint32_t>(sources[at]); };
    const auto value = [&](size_t at) {
      const auto exact = static_cast<double>(values[at]);
      const auto weight = static_cast<float>(exact);
      if (!std::isfinite(weight) && finite) {
        float again = 0;
        finite = toFloat(node, exact, rowOf(at), column(at), again);
      }
      rounded |= static_cast<double>(weight) != exact;
      return weight;
    };
    net::Compressed<float> turned =
        net::turnOver<float>(rows, ends.sources, column, value, [](size_t) { return true; });
    if (!finite)
      return std::nullopt;
    if (rounded)
      warnRounded(context, node, "'" + *node.string() + "'");
    return net::SparseWeights{ends.targets, ends.sources, std::move(turned.start),
                              std::move(turned.index), std::move(turned.values)};
  }

  bool eachOnce(const net::SparseWeights &out) {
    for (uint32_t source = 0; source < ends.sources; ++source)
      for (uint64_t at = out.rowStart[source] + 1; at < out.rowStart[source + 1]; ++at)
        if (out.columns[at] == out.columns[at - 1]) {
          parts.error(DiagCode::WeightShape,
                      formatv("weight [{0}, {1}] is given twice", out.columns[at], source),
                      "SciPy's sum_duplicates() adds them up");
          return false;
        }
    return true;
  }

  Context &context;
  const JsonNode &parts;
  const Ends &ends;
  std::vector<int64_t> rows; // indptr
};

} // namespace

std::optional<net::Weights> readCsr(Context &context, const JsonNode &parts, const Ends &ends) {
  return CsrReader(context, parts, ends).read();
}

} // namespace snnc::compiler::json
