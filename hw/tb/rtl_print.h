// Included before everything in a model's build (-include): Verilator's messages go to the wrapper,
// which keeps them for error(), and not to the terminal.
#ifndef SNNC_HW_TB_RTL_PRINT_H
#define SNNC_HW_TB_RTL_PRINT_H
int snncRtlPrint(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define VL_PRINTF snncRtlPrint
#endif
