/* pool.h - pooled answers written down. */
#ifndef FOOTHOLD_REPORT_POOL_H
#define FOOTHOLD_REPORT_POOL_H
#include "sim/analysis/pooling.h"
#include "sim/report/report.h"

void text_pool(FILE *out, const struct pooling *pooling, const struct provenance *provenance, bool colour, int width);
void csv_pool(FILE *out, const struct pooling *pooling); /* a question or a base's state, a method */
void json_pool(FILE *out, const struct pooling *pooling);

extern const char *const pool_method_name[]; /* by enum pooling_method */
#endif
