#include "compiler/frontends/json/json_csr.h"

#include <algorithm>

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
    const bool read = visit(*columns, [&](auto sources) {
      return countSources(sources, indices) &&
             visit(*values, [&](auto weights) { return place(sources, weights, data); });
    });
    if (!read || !eachOnce())
      return std::nullopt;
    return std::move(out);
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

  template <class Sources> bool countSources(Sources sources, const JsonNode &node) {
    out.posts = ends.targets;
    out.pres = ends.sources;
    out.rowStart.assign(size_t{ends.sources} + 1, 0);
    for (size_t at = 0; at < sources.size(); ++at) {
      const auto source = static_cast<int64_t>(sources[at]);
      if (source < 0 || source >= int64_t{ends.sources}) {
        node.error(DiagCode::WeightShape,
                   formatv("'indices' element {0}, of row {1}, is {2} but '{3}' has {4} neurons",
                           at, rowOf(at), source, ends.source, ends.sources),
                   "columns are the neurons of the source, counted from 0; was the matrix "
                   "transposed?");
        return false;
      }
      ++out.rowStart[static_cast<size_t>(source) + 1];
    }
    for (size_t source = 0; source < ends.sources; ++source)
      out.rowStart[source + 1] += out.rowStart[source];
    return true;
  }

  // Row after row, so that the targets of every source ascend.
  template <class Sources, class Values>
  bool place(Sources sources, Values values, const JsonNode &node) {
    std::vector<uint64_t> next(out.rowStart.begin(), out.rowStart.end() - 1);
    out.columns.resize(sources.size());
    out.values.resize(sources.size());
    bool rounded = false;
    for (uint32_t target = 0; target < ends.targets; ++target)
      for (auto at = static_cast<size_t>(rows[target]); at < static_cast<size_t>(rows[target + 1]);
           ++at) {
        const auto source = static_cast<uint32_t>(sources[at]);
        const uint64_t to = next[source]++;
        const auto value = static_cast<double>(values[at]);
        out.columns[to] = target;
        if (!toFloat(node, value, target, source, out.values[to]))
          return false;
        rounded |= static_cast<double>(out.values[to]) != value;
      }
    if (rounded)
      warnRounded(context, node, "'" + *node.string() + "'");
    return true;
  }

  bool eachOnce() {
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
  net::SparseWeights out;
};

} // namespace

std::optional<net::Weights> readCsr(Context &context, const JsonNode &parts, const Ends &ends) {
  return CsrReader(context, parts, ends).read();
}

} // namespace snnc::compiler::json
