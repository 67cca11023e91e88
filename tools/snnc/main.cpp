// snnc: finds the verb, parses its flags, runs it, prints what went wrong, and turns that into the
// exit code.
#include "tools/snnc/console.h"
#include "tools/snnc/last_words.h"
#include "tools/snnc/listings.h"
#include "tools/snnc/outputs.h"
#include "tools/snnc/verbs.h"
#include "tools/snnc/version.h"

#include <new>
#include <stdexcept>

namespace snnc::cli {

static const VerbSpec *const kVerbs[] = {&kCompileVerb, &kRunVerb,  &kVerifyVerb, &kEvalVerb,
                                         &kDumpVerb,    &kDiffVerb, &kExportVerb, &kTargetsVerb,
                                         &kSynthVerb,   &kRtlVerb,  &kLifVerb};
static constexpr const char *kLater[] = {"report"};

static void printHelp(llvm::raw_ostream &os) {
  os << "snnc: from a trained spiking network to a verified image for a neuromorphic chip\n\n"
        "usage: snnc VERB [arguments] [flags]\n\nverbs:\n";
  for (const VerbSpec *verb : kVerbs)
    os << "  " << llvm::left_justify(verb->name, 10) << verb->summary << '\n';
  os << "\nnot in this version yet: report\n\n"
        "'snnc VERB --help' explains a verb, 'snnc --version' prints the version,\n"
        "'snnc --list passes' and 'snnc --list diagnostics' print the tables of the reference.\n"
        "exit codes: 0 done, 1 the check failed (mismatch, does not fit), 2 bad usage or bad "
        "input\n\n"
        "example:\n  snnc compile model.json --target loihi-like -o model.snnimg\n";
}

static llvm::Error unknownVerb(llvm::StringRef word) {
  for (const char *later : kLater)
    if (word == later)
      return support::Diag(support::DiagCode::NotThereYet, {},
                           "unsupported: '" + word + "' is not in this version yet")
          .help("'snnc --help' lists the verbs there are")
          .take();
  std::vector<std::string> names;
  for (const VerbSpec *verb : kVerbs)
    names.push_back(verb->name);
  std::string help = suggestion(word, names);
  if (help.empty())
    help = "'snnc --help' lists the verbs";
  return support::Diag(support::DiagCode::UnknownVerb, {}, "'" + word + "' is not a verb of snnc")
      .help(help)
      .take();
}

static int runVerb(const VerbSpec &verb, llvm::ArrayRef<const char *> words) {
  llvm::Expected<Args> args = Args::parse(verb, words);
  if (!args)
    return support::printErrors(args.takeError(), llvm::errs());
  if (args->has("--help")) {
    printVerbHelp(verb, llvm::outs());
    return kExitDone;
  }
  if (llvm::Error error = checkOutputs(*args))
    return support::printErrors(std::move(error), llvm::errs());
  Console console(*args);
  llvm::Expected<int> code = verb.run(*args, console);
  if (!code)
    return support::printErrors(code.takeError(), llvm::errs());
  return *code;
}

static int runList(llvm::ArrayRef<const char *> words) {
  if (words.size() == 1 && printListing(words[0], llvm::outs()))
    return kExitDone;
  return support::printErrors(support::Diag(support::DiagCode::FlagValue, {},
                                            llvm::Twine("--list: ") +
                                                (words.empty() ? "nothing" : words[0]) +
                                                " is not a table of the reference")
                                  .help("passes or diagnostics")
                                  .take(),
                              llvm::errs());
}

static int run(llvm::ArrayRef<const char *> words) {
  if (words.empty()) {
    printHelp(llvm::errs());
    return kExitBadInput;
  }
  const llvm::StringRef word(words[0]);
  if (word == "--help" || word == "-h" || word == "help") {
    printHelp(llvm::outs());
    return kExitDone;
  }
  if (word == "--version") {
    llvm::outs() << "snnc " << kVersion << '\n';
    return kExitDone;
  }
  if (word == "--list")
    return runList(words.drop_front());
  for (const VerbSpec *verb : kVerbs)
    if (word == verb->name)
      return runVerb(*verb, words.drop_front());
  return support::printErrors(unknownVerb(word), llvm::errs());
}

} // namespace snnc::cli

int main(int argc, char **argv) {
  const std::vector<const char *> words(argv + 1, argv + argc);
  snnc::cli::installLastWords();
  int code = 0;
  try {
    code = snnc::cli::run(words);
  } catch (const std::bad_alloc &) { // an array of an impossible length asks no handler
    snnc::cli::outOfMemory();
  } catch (const std::length_error &) {
    snnc::cli::outOfMemory();
  }
  llvm::outs().flush();
  if (llvm::outs().has_error()) {
    llvm::errs() << "error: stdout: " << llvm::outs().error().message() << '\n';
    llvm::outs().clear_error();
    return snnc::cli::kExitBadInput;
  }
  return code;
}
