// What a command works on: MODEL (.json, .nir, .snn) compiled for a target, or a finished IMAGE.
#pragma once

#include "common/data/data.h"
#include "common/image/image.h"
#include "common/net/net.h"
#include "common/net/quant_net.h"
#include "common/target/target.h"
#include "compiler/pipeline/compile.h"
#include "tools/snnc/console.h"
#include "tools/snnc/flags.h"

#include <map>
#include <optional>
#include <string>

namespace snnc::cli {

// How the spikes of a layer changed on calibration samples.
struct LayerDrift {
  std::string name;
  uint64_t samples = 0, floatSpikes = 0, quantSpikes = 0;
  struct Place {
    uint32_t step = 0, sample = 0, neuron = 0;
  };
  std::optional<Place> first; // the earliest step at which a spike differs, of all samples
};

// The fewest bits that keep an accuracy.
struct BitSearch {
  std::map<std::string, uint32_t> bits; // by layer
  uint64_t samples = 0, correctFloat = 0, correct = 0;
  double budget = 0.0; // points
  uint32_t tried = 0;  // compilations
};

struct Subject {
  std::string path;
  std::optional<net::Net> net;          // as trained; empty for an image or an integer .snn
  std::optional<net::Net> lowered;      // `net` as `quantize` read it, if it was compiled
  std::optional<net::QuantNet> quant;   // integers: compiled, read, or decoded from the image
  std::optional<image::Image> image;    // compiled or read
  std::optional<target::Target> target; // of the flag, or the one inside the image
  bool fromImage = false;               // `quant` was decoded: there is nothing to compare it with
  compiler::CompileReport report;       // of the compilation, if there was one
  std::string ir;                       // text IR after the last pass run
  bool measuredRates = false;           // with --calibrate: traffic is of its spikes
  std::vector<LayerDrift> drift;        // with --calibrate: as report.layers
  std::optional<BitSearch> bitSearch;   // with --weight-bits auto

  // What is run: the image's or the network's options with the flags over them.
  net::RunOptions run;
  std::vector<uint32_t> inputShape() const; // of one step's data
  uint32_t output() const;                  // population that predictions come from
};

enum class Need {
  Text,     // any model or image, nothing compiled, not to be run
  Integers, // `quant`: of an image, as read, or of a model and a target to quantise it for
  Model,    // a float network; an image or an integer network is refused
  Image,    // an image, or a model and a target to compile it for
};
struct LoadOptions {
  ModelFlags model;
  compiler::CompileOptions compile;
};
// Reads, overrides, and compiles as far as needed. Fails with the diagnostics of what it calls,
// with SNN1206 where flags and file do not go together, and SNN1214 where a readout counts the
// spikes of an output that has none. Warnings go to the console.
llvm::Expected<Subject> loadSubject(Args &args, Console &console, const LoadOptions &options,
                                    Need need);

// SNN1206 if --skip or --bisect left no image, or no integers, to work on.
llvm::Error needImage(const Subject &subject);
llvm::Error needIntegers(const Subject &subject);

// SNN1214 if predictions count the spikes of an output that has none.
llvm::Error checkReadout(const Subject &subject);

// SNN1206 if there is only an image or a network of integers.
llvm::Error needFloat(const Subject &subject);

// True if the file starts with an image's magic, or is named like one.
llvm::Expected<bool> isImageFile(llvm::StringRef path);

// The samples that a command runs.
struct Samples {
  data::Dataset dataset;
  uint64_t first = 0, count = 0;
};
// Loads --data for the subject's input; SNN1209 if it lacks samples that --samples asks for. Clears
// subject.run.steps if the data have a time axis and --steps is not given: the model's or the
// image's steps are for data without one.
llvm::Expected<Samples> loadSamples(const Args &args, const SampleRange &range, Subject &subject);

} // namespace snnc::cli
