/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows_kernel.h - included by rows.c once for each width: WIDTH floats a vector, TARGET the instructions, NAME(x) x's
 * name in this version. */
enum { NAME(VECTORS) = COURSE_LANES / WIDTH };
#define N NAME(VECTORS)
#define V NAME(vector)
typedef float V __attribute__((vector_size(4 * WIDTH)));
typedef int32_t NAME(bits) __attribute__((vector_size(4 * WIDTH)));

TARGET static void NAME(set_rates)(const struct chain *chain, const struct chain_group *group, const float *factor_row,
                                   const float *speed_row, float *rate_row, float *gone_row, float *fastest_row)
{
    const V *restrict factor = (const void *)factor_row, *restrict speed = (const void *)speed_row;
    V *restrict rate = (void *)rate_row, *restrict gone = (void *)gone_row;
    V fastest[N] = {{0.0f}};

    for (uint32_t r = group->rates.first; r < group->rates.first + group->rates.n; r++)
        for (size_t i = 0; i < N; i++)
            rate[r * N + i] = speed[chain->rate[r].followed * N + i] * factor[r * N + i];
    for (uint32_t n = 0; n < group->n_nodes; n++) {
        const uint32_t *out = group->out_rate + group->out[n].first, *end = out + group->out[n].n;
        V sum[N] = {{0.0f}};

        for (; out < end; out++)
            for (size_t i = 0; i < N; i++)
                sum[i] += rate[*out * N + i];
        for (size_t i = 0; i < N; i++) {
            const NAME(bits) faster = sum[i] > fastest[i];

            gone[n * N + i] = sum[i];
            fastest[i] = (V)(((NAME(bits))sum[i] & faster) | ((NAME(bits))fastest[i] & ~faster));
        }
    }
    memcpy(fastest_row, fastest, sizeof fastest);
}

TARGET static inline __attribute__((always_inline)) void NAME(sum_series)(const struct chain_group *group,
                                                                          const float *length_row, const float *fastest,
                                                                          const float *rate_row, const float *gone_row,
                                                                          float *p_row, float *term_row,
                                                                          float *next_row, float *stay_row,
                                                                          float *mean_row, const bool means)
{
    const V *restrict rate = (const void *)rate_row, *restrict gone = (const void *)gone_row;
    V *restrict p = (void *)p_row, *restrict stay = (void *)stay_row, *restrict mean = (void *)mean_row,
                *term = (void *)term_row, *next = (void *)next_row;
    V h[N], size[N];
    float h_row[COURSE_LANES], size_row[COURSE_LANES];

    memcpy(h_row, length_row, sizeof h_row);
    memcpy(h, h_row, sizeof h);
    for (uint32_t n = 0; n < group->n_nodes; n++)
        for (size_t i = 0; i < N; i++) {
            term[n * N + i] = p[n * N + i];
            stay[n * N + i] = p[n * N + i] * h[i];
            if (means)
                mean[n * N + i] = p[n * N + i] * (h[i] * 0.5f);
        }
    for (uint32_t k = 1;; k++) {
        const float part = 1.0f / (float)k, part_of_stay = 1.0f / (float)(k + 1),
                    part_of_mean = 1.0f / (float)((k + 1) * (k + 2));
        V *const swap = term;
        V step[N], long_step[N], mean_step[N];

        for (size_t i = 0; i < N; i++) {
            step[i] = h[i] * part;
            long_step[i] = h[i] * part_of_stay;
            mean_step[i] = h[i] * part_of_mean;
            size[i] = step[i] * 0.0f;
        }
        for (uint32_t n = 0; n < group->n_nodes; n++) {
            const struct chain_flow *flow = group->flow + group->in[n].first, *end = flow + group->in[n].n;
            V sum[N], other[N] = {{0.0f}};

            for (size_t i = 0; i < N; i++)
                sum[i] = -gone[n * N + i] * term[n * N + i];
            for (; flow + 1 < end; flow += 2)
                for (size_t i = 0; i < N; i++) {
                    sum[i] += rate[flow[0].rate * N + i] * term[flow[0].from * N + i];
                    other[i] += rate[flow[1].rate * N + i] * term[flow[1].from * N + i];
                }
            for (; flow < end; flow++)
                for (size_t i = 0; i < N; i++)
                    sum[i] += rate[flow->rate * N + i] * term[flow->from * N + i];
            for (size_t i = 0; i < N; i++) {
                const V t = (sum[i] + other[i]) * step[i];

                next[n * N + i] = t;
                p[n * N + i] += t;
                stay[n * N + i] += t * long_step[i];
                if (means)
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
                                   const float *rate, const float *gone, float *p, float *term, float *next,
                                   float *stay, float *mean)
{
    if (mean)
        NAME(sum_series)(group, length, fastest, rate, gone, p, term, next, stay, mean, true);
    else
        NAME(sum_series)(group, length, fastest, rate, gone, p, term, next, stay, NULL, false);
}

/* For n counters from a first one on: what flows into them while nodes have each of the values, so many of them; side by side, since
 * finding the nodes takes longer than adding them up. */
TARGET static inline __attribute__((always_inline)) void NAME(flow)(const struct chain_group *group, uint32_t first,
                                                                    uint32_t n, const float *rate_row,
                                                                    const float *const *value_row,
                                                                    float *const *count_row, const size_t values)
{
    const V *restrict rate = (const void *)rate_row;

    for (uint32_t c = first; c < first + n; c++) {
        const struct chain_run *run = group->run + group->counter[c].runs.first;
        V sum[ROWS_VALUES][N] = {{{0.0f}}};

        for (const struct chain_run *end = run + group->counter[c].runs.n; run < end; run++) {
            size_t from = run->from * N;
            V all[ROWS_VALUES][N] = {{{0.0f}}};

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

TARGET static void NAME(flow_into)(const struct chain_group *group, uint32_t first, uint32_t n, const float *rate,
                                   const float *value, float *count)
{
    NAME(flow)(group, first, n, rate, &value, &count, 1);
}

TARGET static void NAME(flow_side_by_side)(const struct chain_group *group, uint32_t n, const float *rate,
                                           const float *const value[ROWS_VALUES], float *const count[ROWS_VALUES])
{
    NAME(flow)(group, 0, n, rate, value, count, ROWS_VALUES);
}

TARGET static void NAME(show)(const struct chain_group *group, size_t n_states, const float *p_row, float *shown_row)
{
    const V *restrict p = (const void *)p_row;
    V *restrict shown = (void *)shown_row;

    memset(shown_row, 0, group->n_bases * n_states * COURSE_LANES * sizeof *shown_row);
    for (uint32_t n = 0; n < group->n_nodes; n++)
        for (uint32_t b = 0; b < group->n_bases; b++)
            for (size_t i = 0; i < N; i++)
                shown[(b * n_states + group->state[n * group->n_bases + b]) * N + i] += p[n * N + i];
}

static const struct rows NAME(rows) = {NAME(set_rates), NAME(take_step), NAME(flow_into), NAME(flow_side_by_side),
                                       NAME(show)};

#undef N
#undef V
#undef WIDTH
#undef TARGET
#undef NAME
