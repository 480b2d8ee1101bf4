// Latency histogram: 32 steps per power of two, so that a percentile is at most 3 % too low. No allocation.
#include "load.h"
#include <string.h>

enum { STEP_BITS = 5, STEPS = 1 << STEP_BITS, BUCKETS = (64 - STEP_BITS) * STEPS };
static uint64_t counts[BUCKETS];
static uint64_t total;

static int bucketOf(uint64_t us) {
  if (us < STEPS) return (int)us;
  int shift = 63 - __builtin_clzll(us) - STEP_BITS;
  return (shift + 1) * STEPS + (int)((us >> shift) - STEPS);
}

static uint64_t floorOf(int bucket) {
  if (bucket < STEPS) return (uint64_t)bucket;
  int shift = bucket / STEPS - 1;
  return ((uint64_t)(bucket % STEPS) + STEPS) << shift;
}

void histogramAdd(uint64_t us) {
  counts[bucketOf(us)]++;
  total++;
}

void histogramReset(void) {
  memset(counts, 0, sizeof counts);
  total = 0;
}

uint64_t histogramAt(double share) {
  uint64_t wanted = (uint64_t)(share * (double)total + 0.5), seen = 0;
  if (wanted == 0) wanted = 1;
  for (int i = 0; i < BUCKETS; i++) {
    seen += counts[i];
    if (seen >= wanted) return floorOf(i);
  }
  return 0;
}
