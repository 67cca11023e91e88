#include "common/support/diag.h"

#include <gtest/gtest.h>

#include <set>

using namespace snnc::support;

static std::string printed(const Diagnostic &diagnostic) {
  std::string text;
  llvm::raw_string_ostream os(text);
  diagnostic.print(os);
  return os.str();
}

TEST(Diag, PrintsPlaceNotesAndHelp) {
  const Diagnostic diagnostic =
      Diag(DiagCode::JsonRange, {"mlp.json", 41, "/layers/2"}, "width is 0")
          .note({"mlp.json", 18, ""}, "declared here")
          .help("write 1")
          .data();
  EXPECT_EQ(printed(diagnostic), "mlp.json:41: error: width is 0 [SNN1007]\n"
                                 "  at /layers/2\n"
                                 "mlp.json:18: note: declared here\n"
                                 "  help: write 1\n");
}

TEST(Diag, LeavesOutWhatItDoesNotKnow) {
  EXPECT_EQ(printed(Diag(DiagCode::JsonRange, {}, "x").data()), "error: x [SNN1007]\n");
  EXPECT_EQ(printed(Diag(DiagCode::JsonRange, {"f", 0, ""}, "x").data()),
            "f: error: x [SNN1007]\n");
}

TEST(Diag, ExitCodeIsTheWorst) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::Error both = llvm::joinErrors(Diag(DiagCode::JsonRange, {}, "first").take(),
                                      Diag(DiagCode::JsonType, {}, "second").take());
  EXPECT_EQ(printErrors(std::move(both), os), 2);
  EXPECT_EQ(os.str(), "error: first [SNN1007]\nerror: second [SNN1004]\n");
  EXPECT_EQ(printErrors(llvm::Error::success(), os), 0);
}

TEST(Diag, NumbersAndNamesAreUnique) {
  std::set<unsigned> numbers;
  std::set<std::string> names;
  for (const DiagCodeInfo &entry : allDiagCodes()) {
    EXPECT_TRUE(numbers.insert(static_cast<unsigned>(entry.code)).second) << entry.name;
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_TRUE(entry.exitCode >= 0 && entry.exitCode <= 2) << entry.name;
  }
}
