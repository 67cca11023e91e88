#include "tools/snnc/args.h"

#include "common/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <cmath>

namespace snnc::cli {

using support::Diag;
using support::DiagCode;

std::string suggestion(llvm::StringRef word, llvm::ArrayRef<std::string> names) {
  const std::string nearest = support::nearest(word, names);
  return nearest.empty() ? std::string() : "did you mean '" + nearest + "'?";
}

static const FlagSpec *findFlag(const VerbSpec &verb, llvm::StringRef word) {
  for (const FlagGroup *group : verb.groups)
    for (const FlagSpec &flag : group->flags)
      if (word == flag.name || (flag.alias != nullptr && word == flag.alias))
        return &flag;
  return nullptr;
}

static llvm::Error unknownFlag(const VerbSpec &verb, llvm::StringRef word) {
  std::vector<std::string> names;
  for (const FlagGroup *group : verb.groups)
    for (const FlagSpec &flag : group->flags)
      names.push_back(flag.name);
  std::string help = suggestion(word, names);
  if (help.empty())
    help = std::string("'snnc ") + verb.name + " --help' lists the flags";
  return Diag(DiagCode::UnknownFlag, {},
              llvm::formatv("'snnc {0}' has no flag '{1}'", verb.name, word).str())
      .help(help)
      .take();
}

static llvm::Error checkArgumentCount(const VerbSpec &verb, size_t given) {
  size_t needed = 0;
  std::string usage = std::string("usage: snnc ") + verb.name;
  for (const char *argument : verb.arguments) {
    needed += argument[0] != '[';
    usage += std::string(" ") + argument;
  }
  if (given >= needed && given <= verb.arguments.size())
    return llvm::Error::success();
  const std::string wanted = needed == verb.arguments.size()
                                 ? std::to_string(needed)
                                 : llvm::formatv("{0} to {1}", needed, verb.arguments.size()).str();
  return Diag(DiagCode::ArgumentCount, {},
              llvm::formatv("'snnc {0}' takes {1} argument{2}, but {3} {4} given", verb.name,
                            wanted, wanted == "1" ? "" : "s", given, given == 1 ? "is" : "are")
                  .str())
      .help(usage + " [flags]")
      .take();
}

llvm::Expected<Args> Args::parse(const VerbSpec &verb, llvm::ArrayRef<const char *> words) {
  Args args;
  args.spec = &verb;
  bool unknown = false; // then the next word may have been its value: arguments are not counted
  llvm::Error errors = llvm::Error::success();
  const auto wrong = [&](llvm::Error error) {
    errors = llvm::joinErrors(std::move(errors), std::move(error));
  };
  for (size_t i = 0; i < words.size(); ++i) {
    const llvm::StringRef word(words[i]);
    if (word.size() < 2 || word[0] != '-') {
      args.positionals.push_back(word.str());
      continue;
    }
    const auto [name, inlineValue] = word.split('=');
    const FlagSpec *flag = findFlag(verb, name);
    if (flag == nullptr) {
      wrong(unknownFlag(verb, name));
      unknown = true;
      continue;
    }
    std::string value = inlineValue.str();
    const bool hasInline = name.size() != word.size();
    if (flag->value == nullptr && hasInline) {
      args.bad(DiagCode::FlagValue, llvm::Twine(flag->name) + " takes no value", "");
    } else if (flag->value != nullptr && !hasInline) {
      const bool missing =
          i + 1 == words.size() || llvm::StringRef(words[i + 1]).take_front(2) == "--";
      if (!missing)
        value = words[++i];
    }
    if (flag->value != nullptr && value.empty())
      args.bad(DiagCode::FlagValue, llvm::Twine(flag->name) + " needs a value",
               llvm::Twine(flag->name) + " " + flag->value + ": " + flag->help);
    if (!args.values.emplace(flag->name, value).second)
      args.bad(DiagCode::FlagTwice, llvm::Twine(flag->name) + " is given twice", "");
  }
  if (!args.has("--help") && !unknown)
    wrong(checkArgumentCount(verb, args.positionals.size()));
  wrong(args.finish());
  if (errors)
    return errors;
  return args;
}

std::optional<std::string> Args::text(llvm::StringRef flag) const {
  const auto found = values.find(flag.str());
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

std::string Args::textOr(llvm::StringRef flag, llvm::StringRef fallback) const {
  return text(flag).value_or(fallback.str());
}

std::string Args::needed(llvm::StringRef flag, llvm::StringRef help) {
  if (!has(flag))
    bad(DiagCode::FlagMissing, llvm::Twine("'snnc ") + spec->name + "' needs " + flag, help);
  return textOr(flag, "");
}

std::optional<uint64_t> Args::number(llvm::StringRef flag, uint64_t lo, uint64_t hi) {
  const std::optional<std::string> word = text(flag);
  if (!word)
    return std::nullopt;
  uint64_t value = 0;
  const bool hex = word->size() > 2 && (*word)[0] == '0' && (*word)[1] == 'x';
  const llvm::StringRef digits = llvm::StringRef(*word).drop_front(hex ? 2 : 0);
  if (digits.getAsInteger(hex ? 16 : 10, value) || value < lo || value > hi) {
    badValue(flag, hi == UINT64_MAX
                       ? llvm::formatv("a whole number of at least {0}", lo).str()
                       : llvm::formatv("a whole number from {0} to {1}", lo, hi).str());
    return std::nullopt;
  }
  return value;
}

std::optional<double> Args::positive(llvm::StringRef flag) {
  const std::optional<std::string> word = text(flag);
  if (!word)
    return std::nullopt;
  double value = 0;
  if (llvm::StringRef(*word).getAsDouble(value) || !std::isfinite(value) || value <= 0) {
    badValue(flag, "a number above 0");
    return std::nullopt;
  }
  return value;
}

static std::string namesText(llvm::ArrayRef<const char *> names) {
  return support::joinNames(std::vector<std::string>(names.begin(), names.end()));
}

std::optional<std::string> Args::choice(llvm::StringRef flag, llvm::ArrayRef<const char *> names) {
  const std::optional<std::string> word = text(flag);
  if (!word)
    return std::nullopt;
  for (const char *name : names)
    if (*word == name)
      return word;
  badValue(flag, "one of: " + namesText(names));
  return std::nullopt;
}

std::vector<std::string> Args::list(llvm::StringRef flag, llvm::ArrayRef<const char *> names) {
  std::vector<std::string> found;
  llvm::SmallVector<llvm::StringRef, 8> words;
  const std::string value = textOr(flag, "");
  llvm::StringRef(value).split(words, ',', -1, !value.empty());
  for (llvm::StringRef word : words) {
    const bool known =
        std::any_of(names.begin(), names.end(), [&](const char *name) { return word == name; });
    const bool twice = std::find(found.begin(), found.end(), word) != found.end();
    if (word.empty() || twice || (!names.empty() && !known)) {
      badValue(flag, names.empty() ? "a comma-separated list"
                                   : "a comma-separated list, each once, of: " + namesText(names));
      return {};
    }
    found.push_back(word.str());
  }
  return found;
}

void Args::bad(DiagCode code, const llvm::Twine &message, const llvm::Twine &help) {
  mistakes.push_back(Diag(code, {}, message).help(help).data());
}

void Args::badValue(llvm::StringRef flag, llvm::StringRef wanted) {
  bad(DiagCode::FlagValue, llvm::formatv("{0} '{1}' is not valid", flag, textOr(flag, "")).str(),
      llvm::formatv("{0} takes {1}", flag, wanted).str());
}

llvm::Error Args::finish() {
  llvm::Error errors = llvm::Error::success();
  for (support::Diagnostic &mistake : mistakes)
    errors = llvm::joinErrors(std::move(errors),
                              llvm::make_error<support::DiagError>(std::move(mistake)));
  mistakes.clear();
  return errors;
}

void printVerbHelp(const VerbSpec &verb, llvm::raw_ostream &os) {
  os << "usage: snnc " << verb.name;
  for (const char *argument : verb.arguments)
    os << ' ' << argument;
  os << " [flags]\n\n" << verb.summary << '\n';
  for (const FlagGroup *group : verb.groups) {
    os << '\n' << group->title << ":\n";
    for (const FlagSpec &flag : group->flags) {
      std::string left =
          flag.alias != nullptr ? std::string(flag.alias) + ", " + flag.name : flag.name;
      if (flag.value != nullptr)
        left += std::string(" ") + flag.value;
      os << "  " << llvm::left_justify(left, 28);
      os << (left.size() > 27 ? "\n                              " : "") << flag.help << '\n';
    }
  }
  os << '\n' << verb.details << "\nexample:\n  " << verb.example << '\n';
}

} // namespace snnc::cli
