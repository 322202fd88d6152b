/* SPDX-License-Identifier: GPL-3.0-or-later */
/* svg.h - small drawings inside a page: axes, areas, lines, intervals, bars.
 *
 * Colours are Okabe & Ito's, which the colour-blind tell apart; what a colour says is also said in words beside it. */
#ifndef FOOTHOLD_SVG_H
#define FOOTHOLD_SVG_H
#include <stddef.h>
#include <stdio.h>

struct svg {
    FILE *out;
    double left, top, width, height; /* of the plot, in pixels */
    double x0, x1, y0, y1;           /* of its axes */
};

const char *svg_colour(size_t i);      /* "#0072B2" ... the same thing keeps its number in all drawings */
const char *svg_line_colour(size_t i); /* of these, those that are seen in a thin line */

/* Numbers of line colours for n names, as wished (1 to 7) or, where nothing is wished (0), each name's own: the same in all drawings
 * where no name before it in the alphabet wants that too. Of different names they differ as far as there are colours. */
void svg_assign(size_t *colour, const char *const *name, const unsigned *wished, size_t n);

/* A drawing of a whole width and height with margins for its labels; title: what it shows, for those who cannot see it. Ends
 * with svg_end, which closes the figure with a caption. */
void svg_begin(struct svg *svg, FILE *out, const char *title, double whole_width, double whole_height, double left,
               double right, double top, double bottom);
void svg_axes(struct svg *svg, double x0, double x1, double y0, double y1);
void svg_ticks_x(const struct svg *svg, double step, const char *unit); /* numbers below, and what they are */
void svg_ticks_y(const struct svg *svg, double step, double scale,
                 const char *unit); /* shown times scale, with grid lines */
void svg_end(struct svg *svg, const char *caption);

/* Between two curves over n places x; along one. */
void svg_area(const struct svg *svg, const double *x, const double *low, const double *high, size_t n,
              const char *colour, double opacity);
void svg_line(const struct svg *svg, const double *x, const double *y, size_t n, const char *colour, int dash);

/* In the plot's pixels, row by row: a bar from a to b of the x axis; a dot; text before (anchor "end"), at or after a place. */
void svg_bar(const struct svg *svg, double a, double b, double y, double thickness, const char *colour, double opacity);
void svg_dot(const struct svg *svg, double x, double y, const char *colour);
void svg_diamond(const struct svg *svg, double x, double y, const char *colour);
void svg_label(const struct svg *svg, double x, double y, const char *anchor, const char *text);
void svg_rule(const struct svg *svg, double x); /* an upright line */

/* A cell of a map, from a to b of the x axis, the darker the nearer its share is to 1, with a text in it that can be read. */
void svg_cell(const struct svg *svg, double a, double b, double y, double thickness, double share, const char *text);

/* A round step that divides a range into some n. */
double svg_step(double range, int n);

/* The same for months: years, halves and quarters of them. */
double svg_months(double horizon);

/* Names beside the right edge, each at its height on the y axis but moved apart so that all can be read. */
void svg_names(const struct svg *svg, const double *y, const char *const *name, size_t n);

/* Where a value of the x and y axes lies, in pixels. */
double svg_x(const struct svg *svg, double x);
double svg_y(const struct svg *svg, double y);
#endif
