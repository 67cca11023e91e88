#include "runtime/report/format.h"
#include "runtime/report/lif_report.h"

#include <cmath>
#include <cstdio>

namespace snnc::runtime::report {
namespace {

constexpr double kPico = 1e-12;

std::string fixed(double value, const char *format = "%.1f") {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}
std::string signedText(double value) {
  return fixed(value, "%+.2f");
}
std::string yesNo(bool yes) {
  return yes ? "yes" : "no";
}

std::string neuronText(const lif::Neuron &neuron) {
  return "C_m " + siText(neuron.capacitance, "F") + ", g_L " + siText(neuron.leak, "S") + ", E_L " +
         siText(neuron.rest, "V") + ", V_th " + siText(neuron.threshold, "V") + ", V_reset " +
         siText(neuron.reset, "V") + ", t_ref " + siText(neuron.refractory, "s");
}

void printNeuron(const LifReport &report, llvm::raw_ostream &os) {
  const lif::Neuron &neuron = report.neuron;
  const lif::Protocol &protocol = report.protocol;
  os << "neuron: " << neuronText(neuron) << "\n  tau_m " << siText(neuron.tau(), "s")
     << ", rheobase " << siText(neuron.rheobase(), "A") << ", saturation "
     << (neuron.refractory > 0 ? siText(1 / neuron.refractory, "Hz") : std::string("none"))
     << "\n\nover " << siText(protocol.window, "s") << ", " << withCommas(protocol.steps())
     << " steps of " << siText(protocol.dt, "s") << ", "
     << (protocol.integrator == lif::Integrator::Euler
             ? "forward Euler, " + std::to_string(lif::kFlopsPerStep) + " FLOPs a step"
             : std::string("exact between spikes"))
     << ":\n";
}

void printRates(const LifReport &report, llvm::raw_ostream &os) {
  std::vector<std::string> header = {"current", "spikes", "spikes/window", "closed form"};
  if (report.chip)
    header.push_back("spikes on the chip");
  Table table(header);
  for (const LifRate &rate : report.rates) {
    std::vector<std::string> cells = {siText(rate.current, "A"),
                                      std::to_string(rate.run.spikeTimes.size()),
                                      fixed(lif::countRate(rate.run, report.protocol)) + " Hz",
                                      fixed(lif::rate(report.neuron, rate.current)) + " Hz"};
    if (rate.chipSpikes)
      cells.push_back(std::to_string(*rate.chipSpikes));
    table.row(cells);
  }
  table.print(os);
}

void printCollapse(const LifReport &report, llvm::raw_ostream &os) {
  const lif::Dimensionless form = lif::dimensionless(report.neuron);
  os << "\ndimensionless: dv/dt = -v + i; scales " << siText(form.voltage, "V") << ", "
     << siText(form.time, "s") << ", " << siText(form.current, "A") << "; v_th 1, v_reset "
     << fixed(form.reset, "%.4g") << ", t_ref " << fixed(form.refractory, "%.4g")
     << "\nspikes of this and other neurons of that form, under equal i:\n";
  std::vector<std::string> header = {"i"};
  for (const lif::Neuron &neuron : report.collapse.neurons)
    header.push_back(siText(neuron.tau(), "s") + ", " + siText(neuron.rheobase(), "A"));
  Table table(header);
  for (const LifCollapse::Row &row : report.collapse.rows) {
    std::vector<std::string> cells = {fixed(row.i, "%.4g")};
    for (uint64_t spikes : row.spikes)
      cells.push_back(std::to_string(spikes));
    table.row(cells);
  }
  table.print(os);
  os << "  every spike in the same step: " << yesNo(report.collapse.identical) << '\n';
}

void printFits(const LifReport &report, llvm::raw_ostream &os) {
  os << "\nfits to the closed form, " << report.curve.size() << " points, "
     << siText(report.curve.front().current, "A") << " to "
     << siText(report.curve.back().current, "A") << ":\n";
  Table table({"", "<", "R2"});
  table.row({"ReLU",
             "a max(0, x-b): a " + fixed(report.relu.a, "%.4g") + " Hz/pA, b " +
                 fixed(report.relu.b, "%.4g") + " pA",
             fixed(report.relu.r2, "%.4f")});
  table.row({"sigmoid",
             "L/(1+exp(-k(x-x0))): L " + fixed(report.sigmoid.L, "%.4g") + " Hz, k " +
                 fixed(report.sigmoid.k, "%.4g") + " /pA, x0 " + fixed(report.sigmoid.x0, "%.4g") +
                 " pA",
             fixed(report.sigmoid.r2, "%.4f")});
  table.print(os);
  os << "  ReLU has a threshold, the sigmoid a saturation; neither has both\n";
}

void printChip(const LifReport &report, llvm::raw_ostream &os) {
  const LifChip &chip = *report.chip;
  std::string engines;
  for (const std::string &engine : chip.engines)
    engines += (engines.empty() ? "" : " == ") + engine;
  os << "\non the chip: " << chip.target << ", " << engines
     << (chip.engines.size() > 1 ? chip.agree ? ", every spike equal" : ": SPIKES DIFFER" : "")
     << "\n  decay " << chip.decay << "/4096 a step for "
     << fixed(4096 * report.protocol.dt / report.neuron.tau(), "%.4g") << "/4096: tau_m "
     << siText(chip.neuron.tau(), "s") << ", rheobase " << siText(chip.neuron.rheobase(), "A")
     << "\n  rates [Hz] of the distance between spikes, where there are any; error and its "
        "causes\n";
  Table table({"current", "ODE", "chip", "error", "= dt", "+ 12-bit decay", "+ integers"});
  for (const LifPoint &point : report.curve)
    if (point.closed > 0 || *point.chip > 0)
      table.row({fixed(point.current / kPico) + " pA", fixed(point.closed), fixed(*point.chip),
                 signedText(point.error()), signedText(point.euler - point.closed),
                 signedText(point.decayed - point.euler), signedText(*point.chip - point.decayed)});
  table.print(os);
  os << "  largest error " << fixed(chip.maxError, "%.2f") << " Hz at "
     << siText(chip.atCurrent, "A") << '\n';
}

double roundedTo(double value, double unit) {
  return std::round(value / unit) * unit;
}

} // namespace

void printText(const LifReport &report, llvm::raw_ostream &os) {
  printNeuron(report, os);
  printRates(report, os);
  printCollapse(report, os);
  printFits(report, os);
  if (report.chip)
    printChip(report, os);
}

void printCsv(const LifReport &report, llvm::raw_ostream &os) {
  os << "current_pa,closed_hz,counted_hz,relu_hz,sigmoid_hz";
  os << (report.chip ? ",euler_hz,decay_hz,chip_hz,error_hz\n" : "\n");
  for (const LifPoint &point : report.curve) {
    const double pa = point.current / kPico;
    std::vector<double> values = {pa, point.closed, point.counted, report.relu.at(pa),
                                  report.sigmoid.at(pa)};
    if (point.chip)
      values.insert(values.end(), {point.euler, point.decayed, *point.chip, point.error()});
    for (size_t i = 0; i < values.size(); ++i)
      os << (i == 0 ? "" : ",") << fixed(values[i], "%.6g");
    os << '\n';
  }
}

static Json curveJson(const LifReport &report) {
  Json curve = Json::array();
  for (const LifPoint &point : report.curve) {
    Json row = {{"current_pa", roundedTo(point.current / kPico, 1e-6)},
                {"closed_hz", point.closed},
                {"counted_hz", point.counted}};
    if (point.chip) {
      row["euler_hz"] = point.euler;
      row["decay_hz"] = point.decayed;
      row["chip_hz"] = *point.chip;
      row["error_hz"] = point.error();
    }
    curve.push_back(row);
  }
  return curve;
}

static Json chipJson(const LifChip &chip) {
  return {{"target", chip.target},
          {"max_error_hz", chip.maxError},
          {"at_current_pa", roundedTo(chip.atCurrent / kPico, 1e-6)},
          {"engines", chip.engines},
          {"engines_agree", chip.agree},
          {"decay_register", chip.decay},
          {"tau_m_ms", chip.neuron.tau() * 1e3},
          {"rheobase_pa", roundedTo(chip.neuron.rheobase() / kPico, 1e-6)}};
}

Json toJson(const LifReport &report) {
  Json rates = Json::object(), chipSpikes = Json::object();
  for (const LifRate &rate : report.rates) {
    const std::string name = fixed(roundedTo(rate.current / kPico, 1e-6), "%.10g");
    rates[name] = roundedTo(lif::countRate(rate.run, report.protocol) * 10, 1) / 10;
    chipSpikes[name] = rate.chipSpikes ? Json(*rate.chipSpikes) : Json(nullptr);
  }
  const lif::Dimensionless form = lif::dimensionless(report.neuron);
  Json object = {{"schema", "snnc-lif/1"},
                 {"window_ms", roundedTo(report.protocol.window * 1e3, 1e-9)},
                 {"rates_hz", rates},
                 {"rheobase_pa", roundedTo(report.neuron.rheobase() / kPico, 1e-6)}};
  object["fits"] = {{"relu", {{"a", report.relu.a}, {"b", report.relu.b}, {"r2", report.relu.r2}}},
                    {"sigmoid",
                     {{"L", report.sigmoid.L},
                      {"k", report.sigmoid.k},
                      {"x0", report.sigmoid.x0},
                      {"r2", report.sigmoid.r2}}}};
  object["chip"] = report.chip ? chipJson(*report.chip) : Json(nullptr);
  object["integrator"] = lif::nameOf(report.protocol.integrator);
  object["dt_ms"] = roundedTo(report.protocol.dt * 1e3, 1e-9);
  object["steps"] = report.protocol.steps();
  object["flops_per_step"] = report.protocol.integrator == lif::Integrator::Euler
                                 ? Json(lif::kFlopsPerStep)
                                 : Json(nullptr);
  object["dimensionless"] = {{"voltage_mv", roundedTo(form.voltage * 1e3, 1e-9)},
                             {"time_ms", roundedTo(form.time * 1e3, 1e-9)},
                             {"current_pa", roundedTo(form.current / kPico, 1e-6)},
                             {"v_th", 1},
                             {"v_reset", form.reset},
                             {"t_ref", roundedTo(form.refractory, 1e-12)},
                             {"identical", report.collapse.identical}};
  object["chip_spikes"] = chipSpikes;
  object["curve"] = curveJson(report);
  return object;
}

} // namespace snnc::runtime::report
