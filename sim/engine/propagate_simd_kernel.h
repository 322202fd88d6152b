/* SPDX-License-Identifier: GPL-3.0-or-later */
/* propagate_simd_kernel.h - included by propagate_simd.c once for each width: WIDTH floats a vector, TARGET the instructions, NAME(x) x's
 * name in this version. */
enum { NAME(VECTORS) = RATE_PATH_LANES / WIDTH };
#define N NAME(VECTORS)
#define V NAME(vector)
typedef float V __attribute__((vector_size(4 * WIDTH)));
typedef int32_t NAME(bits) __attribute__((vector_size(4 * WIDTH)));

/* rate = hazard x couplings of each label; the exit rate of a node is the sum of the rates out of it, the fastest bounds |Q| / 2. */
TARGET static void NAME(set_rates)(const struct chain *chain, const struct chain_group *group, const float *factor_row,
                                   const float *speed_row, float *rate_row, float *exit_rate_row, float *fastest_row)
{
    const V *restrict factor = (const void *)factor_row, *restrict speed = (const void *)speed_row;
    V *restrict rate = (void *)rate_row, *restrict exit_rate = (void *)exit_rate_row;
    V fastest[N] = {{0.0f}};

    for (uint32_t r = group->rates.first; r < group->rates.first + group->rates.n; r++)
        for (size_t i = 0; i < N; i++)
            rate[r * N + i] = speed[chain->rate[r].marginalised * N + i] * factor[r * N + i];
    for (uint32_t n = 0; n < group->n_nodes; n++) {
        const uint32_t *out = group->out_rate + group->out[n].first, *end = out + group->out[n].n;
        V sum[N] = {{0.0f}};

        for (; out < end; out++)
            for (size_t i = 0; i < N; i++)
                sum[i] += rate[*out * N + i];
        for (size_t i = 0; i < N; i++) {
            const NAME(bits) faster = sum[i] > fastest[i];

            exit_rate[n * N + i] = sum[i];
            fastest[i] = (V)(((NAME(bits))sum[i] & faster) | ((NAME(bits))fastest[i] & ~faster));
        }
    }
    memcpy(fastest_row, fastest, sizeof fastest);
}

/* The series of propagate.h. term and next change places after each k, so that a term is made from the one before; two sums run side by
 * side to hide the latency of additions; the mean row is there or NULL where this is inlined. */
TARGET static inline __attribute__((always_inline)) void NAME(sum_series)(
    const struct chain_group *group, const float *length_row, const float *fastest, const float *rate_row,
    const float *exit_rate_row, float *p_row, float *term_row, float *next_row, float *sojourn_row, float *mean_row)
{
    const V *restrict rate = (const void *)rate_row, *restrict exit_rate = (const void *)exit_rate_row;
    V *restrict p = (void *)p_row, *restrict sojourn = (void *)sojourn_row, *restrict mean = (void *)mean_row,
                *term = (void *)term_row, *next = (void *)next_row;
    V h[N], size[N];
    float h_row[RATE_PATH_LANES], size_row[RATE_PATH_LANES];

    memcpy(h_row, length_row, sizeof h_row);
    memcpy(h, h_row, sizeof h);
    for (uint32_t n = 0; n < group->n_nodes; n++)
        for (size_t i = 0; i < N; i++) {
            term[n * N + i] = p[n * N + i];
            sojourn[n * N + i] = p[n * N + i] * h[i];
            if (mean)
                mean[n * N + i] = p[n * N + i] * (h[i] * 0.5f);
        }
    for (uint32_t k = 1;; k++) {
        const float part = 1.0f / (float)k, part_of_sojourn = 1.0f / (float)(k + 1),
                    part_of_mean = 1.0f / (float)((k + 1) * (k + 2));
        V *const swap = term;
        V step[N], long_step[N], mean_step[N];

        for (size_t i = 0; i < N; i++) {
            step[i] = h[i] * part;
            long_step[i] = h[i] * part_of_sojourn;
            mean_step[i] = h[i] * part_of_mean;
            size[i] = step[i] * 0.0f;
        }
        for (uint32_t n = 0; n < group->n_nodes; n++) {
            const struct chain_edge *edge = group->edge + group->in[n].first, *end = edge + group->in[n].n;
            V sum[N], other[N] = {{0.0f}};

            for (size_t i = 0; i < N; i++)
                sum[i] = -exit_rate[n * N + i] * term[n * N + i];
            for (; edge + 1 < end; edge += 2)
                for (size_t i = 0; i < N; i++) {
                    sum[i] += rate[edge[0].rate * N + i] * term[edge[0].from * N + i];
                    other[i] += rate[edge[1].rate * N + i] * term[edge[1].from * N + i];
                }
            for (; edge < end; edge++)
                for (size_t i = 0; i < N; i++)
                    sum[i] += rate[edge->rate * N + i] * term[edge->from * N + i];
            for (size_t i = 0; i < N; i++) {
                const V t = (sum[i] + other[i]) * step[i];

                next[n * N + i] = t;
                p[n * N + i] += t;
                sojourn[n * N + i] += t * long_step[i];
                if (mean)
                    mean[n * N + i] += t * mean_step[i];
                size[i] += (V)((NAME(bits))t & 0x7fffffff);
            }
        }
        term = next;
        next = swap;
        memcpy(size_row, size, sizeof size);
        if (!close_lanes(h_row, size_row, length_row, fastest, k))
            return;
        memcpy(h, h_row, sizeof h);
    }
}

TARGET static void NAME(take_step)(const struct chain_group *group, const float *length, const float *fastest,
                                   const float *rate, const float *exit_rate, float *p, float *term, float *next,
                                   float *sojourn, float *mean)
{
    if (mean)
        NAME(sum_series)(group, length, fastest, rate, exit_rate, p, term, next, sojourn, mean);
    else
        NAME(sum_series)(group, length, fastest, rate, exit_rate, p, term, next, sojourn, NULL);
}

/* For n counting processes from `first` on: the flow along their edges for each of `values` sets of node values; sets are added
 * side by side, since finding the nodes takes longer than adding. */
TARGET static inline __attribute__((always_inline)) void NAME(add_counts_of)(
    const struct chain_group *group, uint32_t first, uint32_t n, const float *rate_row, const float *const *value_row,
    float *const *count_row, const size_t values)
{
    const V *restrict rate = (const void *)rate_row;

    for (uint32_t c = first; c < first + n; c++) {
        const struct chain_run *run = group->run + group->counting[c].runs.first;
        V sum[PROPAGATE_SIMD_VALUES][N] = {{{0.0f}}};

        for (const struct chain_run *end = run + group->counting[c].runs.n; run < end; run++) {
            size_t from = run->from * N;
            V all[PROPAGATE_SIMD_VALUES][N] = {{{0.0f}}};

            for (uint32_t left = run->n; left; left--, from += run->stride * N)
                for (size_t v = 0; v < values; v++)
                    for (size_t i = 0; i < N; i++)
                        all[v][i] += ((const V *)(const void *)value_row[v])[from + i];
            for (size_t v = 0; v < values; v++)
                for (size_t i = 0; i < N; i++)
                    sum[v][i] += rate[run->rate * N + i] * all[v][i];
        }
        for (size_t v = 0; v < values; v++)
            for (size_t i = 0; i < N; i++)
                ((V *)(void *)count_row[v])[(c - first) * N + i] += sum[v][i];
    }
}

TARGET static void NAME(add_counts)(const struct chain_group *group, uint32_t first, uint32_t n, const float *rate,
                                    const float *value, float *count)
{
    NAME(add_counts_of)(group, first, n, rate, &value, &count, 1);
}

TARGET static void NAME(add_counts_together)(const struct chain_group *group, uint32_t n, const float *rate,
                                             const float *const value[PROPAGATE_SIMD_VALUES],
                                             float *const count[PROPAGATE_SIMD_VALUES])
{
    NAME(add_counts_of)(group, 0, n, rate, value, count, PROPAGATE_SIMD_VALUES);
}

/* Sum nodes by the state of each base. */
TARGET static void NAME(show)(const struct chain_group *group, size_t n_states, const float *p_row, float *shown_row)
{
    const V *restrict p = (const void *)p_row;
    V *restrict shown = (void *)shown_row;

    memset(shown_row, 0, group->n_bases * n_states * RATE_PATH_LANES * sizeof *shown_row);
    for (uint32_t n = 0; n < group->n_nodes; n++)
        for (uint32_t b = 0; b < group->n_bases; b++)
            for (size_t i = 0; i < N; i++)
                shown[(b * n_states + group->state[n * group->n_bases + b]) * N + i] += p[n * N + i];
}

static const struct propagate_simd NAME(propagate_simd) = {NAME(set_rates), NAME(take_step), NAME(add_counts),
                                                           NAME(add_counts_together), NAME(show)};

#undef N
#undef V
#undef WIDTH
#undef TARGET
#undef NAME
