#include "compiler/passes/quantize/rounded_layer.h"

#include "compiler/passes/quantize/error_feedback.h"
#include "compiler/passes/quantize/incoming_values.h"
#include "compiler/passes/quantize/regrid.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace snnc::compiler::quantize {
namespace {

// Ranges tried, as parts of the largest weight.
std::vector<double> rangeFactors() {
  constexpr int kFirst = 20, kLast = 4; // twentieths
  std::vector<double> factors;
  for (int k = kFirst; k >= kLast; --k)
    factors.push_back(k / 20.0);
  return factors;
}

constexpr double kPercentile = 0.99;

bool onHost(const net::Net &net, const net::Projection &projection) {
  return net.run.encode == net::Encoding::Direct &&
         net.populations[projection.source].kind == net::NeuronKind::Input;
}

// f(stored weight, first target neuron of its row, synapses that it stands for)
template <class F> void forEachStored(net::Projection &projection, const F &f) {
  const InputUses uses = inputUses(projection);
  if (auto *dense = std::get_if<net::DenseWeights>(&projection.weights)) {
    for (uint32_t row = 0; row < dense->rows; ++row)
      for (size_t col = 0; col < dense->cols; ++col)
        f(dense->values[row * size_t{dense->cols} + col], row, usesOf(uses, col));
  } else if (auto *sparse = std::get_if<net::SparseWeights>(&projection.weights)) {
    for (uint32_t source = 0; source < sparse->pres; ++source)
      for (uint64_t i = sparse->rowStart[source]; i < sparse->rowStart[source + 1]; ++i)
        f(sparse->values[i], sparse->columns[i], usesOf(uses, source));
  } else {
    auto &conv = std::get<net::ConvWeights>(projection.weights);
    const uint32_t inGroup = conv.inChannels / conv.groups;
    const size_t kernel = size_t{inGroup} * conv.window.kernelSize();
    const std::vector<uint64_t> counts = kernelUses(conv.inChannels, conv.window, uses);
    for (size_t at = 0; at < conv.kernel.size(); ++at) {
      const size_t channel = at / kernel, group = channel / (conv.outChannels / conv.groups);
      f(conv.kernel[at], static_cast<uint32_t>(channel * conv.window.outSize()),
        static_cast<double>(counts[group * kernel + at % kernel]));
    }
  }
}

struct Edge {
  net::Projection *real = nullptr;
  std::vector<double> step; // of absmax, per target neuron
  std::optional<ErrorFeedback> feedback;
  const SourceMoments *moments = nullptr;
};

class Layer {
public:
  Layer(net::Net &net, uint32_t population, const net::QuantNet &quant, uint32_t weightShift)
      : size(net.populations[population].size()) {
    const std::vector<double> &scale = quant.populations[population].scale;
    size_t host = 0, chip = 0;
    for (net::Projection &projection : net.projections) {
      const bool isHost = onHost(net, projection);
      const size_t at = isHost ? host++ : chip++;
      if (projection.target != population)
        continue;
      Edge edge;
      edge.real = &projection;
      for (uint32_t j = 0; j < size; ++j) {
        if (isHost) {
          const HostInputRange input = hostInputRange(net.run);
          edge.step.push_back(hostStepOnGrid(input, scale[j],
                                             quant.populations[population].neurons[j].biasExp,
                                             quant.hostLayers[at].shift[j]));
        } else {
          edge.step.push_back(
              std::ldexp(1.0, static_cast<int>(weightShift) + quant.projections[at].exponent) /
              scale[j]);
        }
      }
      if (const auto *conv = std::get_if<net::ConvWeights>(&projection.weights))
        groupSize = std::lcm(groupSize, static_cast<uint32_t>(conv->window.outSize()));
      edges.push_back(std::move(edge));
    }
  }

  void observe(size_t edge, const SourceMoments &moments) {
    edges[edge].moments = &moments;
    edges[edge].feedback.emplace(moments);
  }

  void chooseRanges(Quantizer quantizer, uint32_t weightMax) {
    factor.assign(size / groupSize, 1.0);
    if (quantizer == Quantizer::Percentile)
      percentileRanges(weightMax);
    else if (quantizer != Quantizer::AbsMax)
      leastLoss(weightMax);
  }

  RoundingLoss round(uint32_t weightMax) {
    RoundingLoss loss;
    for (Edge &edge : edges) {
      const std::vector<int32_t> q =
          edge.feedback ? fedBack(edge, weightMax) : nearest(edge, weightMax);
      if (edge.moments != nullptr)
        moveMean(edge, q);
      size_t at = 0;
      forEachStored(*edge.real, [&](float &weight, uint32_t target, double uses) {
        const double step = stepOf(edge, target), got = q[at++] * step;
        loss.signal += uses * weight * weight;
        loss.noise += uses * (weight - got) * (weight - got);
        loss.saturated += std::abs(weight / step) > weightMax + 0.5 ? uses : 0.0;
        loss.zeroed += weight != 0.0f && got == 0.0 ? uses : 0.0;
        weight = static_cast<float>(got);
      });
    }
    return loss;
  }

  std::vector<Edge> edges;

private:
  double stepOf(const Edge &edge, uint32_t target) const {
    return edge.step[target] * factor[target / groupSize];
  }

  static double clipped(double value, uint32_t weightMax) {
    const double limit = weightMax;
    return std::clamp(std::nearbyint(value), -limit, limit);
  }

  std::vector<int32_t> nearest(Edge &edge, uint32_t weightMax) const {
    std::vector<int32_t> q;
    forEachStored(*edge.real, [&](float weight, uint32_t target, double) {
      q.push_back(static_cast<int32_t>(clipped(weight / stepOf(edge, target), weightMax)));
    });
    return q;
  }

  std::vector<int32_t> fedBack(const Edge &edge, uint32_t weightMax) const {
    const auto &dense = std::get<net::DenseWeights>(edge.real->weights);
    std::vector<int32_t> q(dense.values.size());
    for (uint32_t row = 0; row < dense.rows; ++row)
      edge.feedback->round(
          rowOf(dense, row), stepOf(edge, row), weightMax,
          llvm::MutableArrayRef<int32_t>(q).slice(size_t{row} * dense.cols, dense.cols));
    return q;
  }

  static llvm::ArrayRef<float> rowOf(const net::DenseWeights &dense, uint32_t row) {
    return llvm::ArrayRef<float>(dense.values).slice(size_t{row} * dense.cols, dense.cols);
  }

  // The bias takes what the mean of the input sum changes by.
  void moveMean(Edge &edge, llvm::ArrayRef<int32_t> q) const {
    const auto &dense = std::get<net::DenseWeights>(edge.real->weights);
    edge.real->bias.resize(size, 0.0);
    for (uint32_t row = 0; row < dense.rows; ++row) {
      const double step = stepOf(edge, row);
      double change = 0.0;
      for (size_t col = 0; col < dense.cols; ++col) {
        const size_t at = row * size_t{dense.cols} + col;
        change +=
            dense.values[at] * edge.moments->trained[col] - q[at] * step * edge.moments->mean[col];
      }
      edge.real->bias[row] += change;
    }
  }

  void percentileRanges(uint32_t weightMax) {
    std::vector<std::vector<double>> steps(factor.size()); // |weight| in steps of absmax
    for (Edge &edge : edges)
      forEachStored(*edge.real, [&](float weight, uint32_t target, double) {
        steps[target / groupSize].push_back(std::abs(weight) / edge.step[target]);
      });
    for (size_t g = 0; g < factor.size(); ++g) {
      if (steps[g].empty())
        continue;
      const auto rank = static_cast<size_t>(std::ceil(kPercentile * double(steps[g].size()))) - 1;
      std::nth_element(steps[g].begin(), steps[g].begin() + static_cast<ptrdiff_t>(rank),
                       steps[g].end());
      if (steps[g][rank] > 0.0)
        factor[g] = std::min(1.0, steps[g][rank] / weightMax);
    }
  }

  // Loss of every group at the factors that are set.
  std::vector<double> losses(uint32_t weightMax) {
    std::vector<double> loss(factor.size(), 0.0);
    for (Edge &edge : edges) {
      if (edge.feedback) {
        const auto &dense = std::get<net::DenseWeights>(edge.real->weights);
        std::vector<int32_t> q(dense.cols);
        for (uint32_t row = 0; row < dense.rows; ++row)
          loss[row / groupSize] +=
              edge.feedback->round(rowOf(dense, row), stepOf(edge, row), weightMax, q);
        continue;
      }
      forEachStored(*edge.real, [&](float weight, uint32_t target, double uses) {
        const double step = stepOf(edge, target);
        const double error = weight - clipped(weight / step, weightMax) * step;
        loss[target / groupSize] += uses * error * error;
      });
    }
    return loss;
  }

  void leastLoss(uint32_t weightMax) {
    std::vector<double> best, chosen = factor;
    for (double each : rangeFactors()) {
      std::fill(factor.begin(), factor.end(), each);
      const std::vector<double> loss = losses(weightMax);
      for (size_t g = 0; g < loss.size(); ++g)
        if (best.size() < loss.size() || loss[g] < best[g])
          chosen[g] = each;
      if (best.empty())
        best = loss;
      for (size_t g = 0; g < loss.size(); ++g)
        best[g] = std::min(best[g], loss[g]);
    }
    factor = std::move(chosen);
  }

  uint32_t size, groupSize = 1;
  std::vector<double> factor; // per group
};

} // namespace

bool isObserved(const net::Projection &projection) {
  const auto *dense = std::get_if<net::DenseWeights>(&projection.weights);
  return dense != nullptr && projection.before.empty() && dense->cols <= kMostObserved;
}

bool canRound(const net::Net &net, uint32_t population) {
  return llvm::all_of(net.projections, [&](const net::Projection &projection) {
    if (projection.target != population)
      return true;
    const net::Weights &weights = projection.weights;
    const bool plain = std::holds_alternative<net::DenseWeights>(weights) ||
                       std::holds_alternative<net::SparseWeights>(weights);
    if (onHost(net, projection))
      return plain && projection.before.empty();
    return plain || std::holds_alternative<net::ConvWeights>(weights);
  });
}

RoundingLoss roundLayer(net::Net &net, uint32_t population, const net::QuantNet &quant,
                        llvm::ArrayRef<std::optional<SourceMoments>> moments, Quantizer quantizer,
                        uint32_t weightMax, uint32_t weightShift) {
  Layer layer(net, population, quant, weightShift);
  for (size_t e = 0; e < layer.edges.size(); ++e) {
    const size_t index = static_cast<size_t>(layer.edges[e].real - net.projections.data());
    if (index < moments.size() && moments[index])
      layer.observe(e, *moments[index]);
  }
  layer.chooseRanges(quantizer, weightMax);
  return layer.round(weightMax);
}

} // namespace snnc::compiler::quantize
