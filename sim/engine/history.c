/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/engine/history.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void history_init(struct history *history, const struct plan *plan)
{
    *history = (struct history){.first = memory_new(plan->n_clocks, sizeof *history->first),
                                .on = memory_new(plan->n_factors, sizeof *history->on),
                                .state = memory_new(plan->n_bases, sizeof *history->state),
                                .move = memory_new(HISTORY_MAX, sizeof *history->move)};
}

void history_free(struct history *history)
{
    free(history->first);
    free(history->on);
    free(history->state);
    free(history->move);
    free(history->event);
}

void history_begin(struct history *history, const struct plan *plan)
{
    for (size_t c = 0; c < plan->n_clocks; c++)
        history->first[c] = INFINITY;
    for (size_t f = 0; f < plan->n_factors; f++)
        history->on[f] = false;
    for (size_t b = 0; b < plan->n_bases; b++)
        history->state[b] = plan->base[b].initial;
    history->n_moves = 0;
    history->n_events = 0;
    history->overflow = false;
}

void history_keep(struct history *history, struct event event)
{
    history->event = memory_grow(history->event, history->n_events, &history->capacity, sizeof *history->event);
    history->event[history->n_events++] = event;
}

void history_move(struct history *history, double month, uint32_t base, uint32_t to, uint32_t clock)
{
    bool first = false;

    if (history->n_moves == HISTORY_MAX) {
        history->overflow = true;
        return;
    }
    if (clock != HISTORY_NO_CLOCK && history->first[clock] == INFINITY) {
        history->first[clock] = month;
        first = true;
    }
    history->move[history->n_moves++] = (struct move){month, base, history->state[base], to, clock, first};
    history_record(history, (struct event){month, EVENT_MOVES, base, history->state[base], to, clock});
    history->state[base] = to;
}

/* Insertion keeps equal months in the order they came; histories are short and mostly sorted. */
void history_end(struct history *history)
{
    for (uint32_t i = 1; i < history->n_moves; i++) {
        const struct move move = history->move[i];
        uint32_t j = i;

        for (; j && history->move[j - 1].month > move.month; j--)
            history->move[j] = history->move[j - 1];
        history->move[j] = move;
    }
    for (size_t i = 1; i < history->n_events; i++) {
        const struct event event = history->event[i];
        size_t j = i;

        for (; j && history->event[j - 1].month > event.month; j--)
            history->event[j] = history->event[j - 1];
        history->event[j] = event;
    }
}

uint32_t history_state(const struct history *history, const struct plan *plan, uint32_t base, double month)
{
    uint32_t state = plan->base[base].initial;

    for (uint32_t i = 0; i < history->n_moves && history->move[i].month <= month; i++)
        if (history->move[i].base == base)
            state = history->move[i].to;
    return state;
}
