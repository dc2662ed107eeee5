/* Valgrind's client requests as functions that ctypes can call. Outside valgrind they do nothing. */
#include <valgrind/callgrind.h>

int running_on_valgrind(void) { return RUNNING_ON_VALGRIND != 0; }

void start_counting(void) {
  CALLGRIND_START_INSTRUMENTATION;
  CALLGRIND_ZERO_STATS;
}

/* Writes the counts since start_counting() to a dump whose trigger is this text. */
void stop_counting(const char* label) {
  CALLGRIND_DUMP_STATS_AT(label);
  CALLGRIND_STOP_INSTRUMENTATION;
}
