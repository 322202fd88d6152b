/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot.h - what a figure draws, said once: a kind, a dataset, columns by NAME, axes and their titles.
 *
 * No plot holds a number of the result: gnuplot's scripts and Vega-Lite's specs name columns of the CSV file beside them, the
 * page's drawing reads the same columns of the dataset. Rows are chosen by `filter` and, one drawing each, by `facet`. Only ids and
 * our own words are named in scripts. */
#ifndef FOOTHOLD_PLOT_H
#define FOOTHOLD_PLOT_H
#include "sim/report/dataset.h"
#include "sim/report/output.h"

enum plot_kind {
    PLOT_STACK,     /* series stacked upon each other over x; the first at the bottom */
    PLOT_LINES,     /* a line for each series over x; shaded from low to high, or else to two standard errors */
    PLOT_INTERVALS, /* a line of names down the side: in each a dot at x for every series, and a bar from low to high */
    PLOT_STEPS,     /* the same, each bar a step from low to high; a dot where it is none. In pages only */
    PLOT_HISTOGRAM, /* how often a column takes a value: a series is a column of its own */
    PLOT_MAP,       /* a cell at x and y, its colour by value */
    PLOT_POINTS,    /* a dot at x and y, larger by value, and the diagonal on which both are equal */
    PLOT_TIMELINE /* a line of names down the side: in each a bar from low to high for every row, in its series' colour,
                       with the series' label, or where that is "" thin and with a dot where it begins. In pages only */
};

struct plot_name {
    const char *id; /* a value of the column, or a histogram's column */
    const char *label;
    const char *colour; /* "#RRGGBB" */
};

struct plot_axis {
    const char *title; /* of intervals' y axis NULL: rows have names */
    double from, to;   /* NAN: as the data are */
};

struct plot {
    enum plot_kind kind;
    const char *name;  /* of its files; with facets NAME-FACET.gp */
    const char *title; /* what it shows, for those who cannot see it; "%s" of a facet precedes it */
    const char *caption;
    const struct dataset *dataset;
    const char *x, *y, *error, *low, *high;                /* columns; NULL: unused (a line has no band then) */
    const char *value;                                     /* of a map; of points: a count */
    const char *series_column, *facet_column, *row_column; /* row: of intervals */
    const char *filter_column, *filter;
    const struct plot_name *series, *facet, *row;
    size_t n_series, n_facets, n_rows; /* intervals without series: one dot a row; no facets: one drawing of all */
    struct plot_axis x_axis, y_axis, value_axis; /* value: of a map's colours, both ends given */
    double bin;                                  /* a histogram's width of a bin */
    bool is_step;                                /* lines: a value holds until the next */
    const struct plot *over; /* of intervals: diamonds at x of another dataset's series, in the same rows; NULL: none */
    double rule;             /* a timeline's upright line; NAN: none */
};

/* NAME.gp, or NAME-FACET.gp for each facet: `gnuplot NAME.gp` in the folder makes NAME.svg and NAME.png. */
void plot_gnuplot(struct output *output, const struct plot *plot);

/* NAME.vl.json, for any Vega-Lite viewer; facets are rows of one picture. */
void plot_vega(struct output *output, const struct plot *plot);

/* Drawings within a page. */
void plot_svg(FILE *out, const struct plot *plot);

/* Half the smallest step between the values of a map's column: so wide is half a cell. */
double plot_half_step(const struct plot *plot, const char *column);

/* The rows of one facet, series and row (NULL: all): x[], and y[] of a column. Both have room for all rows; returns how
 * many. */
size_t plot_read(const struct plot *plot, const char *facet, const char *series, const char *row, const char *column,
                 double *x, double *y);
#endif
