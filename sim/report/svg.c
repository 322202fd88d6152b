/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/report/svg.h"
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "sim/report/html.h"
#include "sim/system/memory.h"

const char *svg_colour(size_t i)
{
    static const char *const colour[] = {"#D55E00", "#E69F00", "#F0E442", "#56B4E9",
                                         "#0072B2", "#009E73", "#CC79A7", "#999999"};

    return colour[i % (sizeof colour / sizeof *colour)];
}

enum { LINE_COLOURS = 7 };

const char *svg_line_colour(size_t i)
{
    static const size_t seen[LINE_COLOURS] = {4, 0, 5, 6, 7, 1, 3};

    return svg_colour(seen[i % LINE_COLOURS]);
}

/* Fowler, Noll & Vo's hash. */
static size_t wish(const char *name)
{
    uint32_t hash = 2166136261u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash % LINE_COLOURS;
}

void svg_assign(size_t *colour, const char *const *name, const unsigned *wished, size_t n)
{
    bool *done = memory_new(n, sizeof *done);
    unsigned taken = 0;

    for (size_t i = 0; i < n; i++) {
        size_t next = n;

        for (size_t k = 0; k < n; k++)
            if (!done[k] && (next == n || (wished[k] > 0) > (wished[next] > 0) ||
                             ((wished[k] > 0) == (wished[next] > 0) && strcmp(name[k], name[next]) < 0)))
                next = k;
        done[next] = true;
        colour[next] = wished[next] ? (wished[next] - 1) % LINE_COLOURS : wish(name[next]);
        while (taken + 1 < 1u << LINE_COLOURS && taken >> colour[next] & 1)
            colour[next] = (colour[next] + 1) % LINE_COLOURS;
        taken |= 1u << colour[next];
    }
    free(done);
}

double svg_x(const struct svg *svg, double x)
{
    return svg->left + (x - svg->x0) / (svg->x1 - svg->x0) * svg->width;
}

double svg_y(const struct svg *svg, double y)
{
    return svg->top + (svg->y1 - y) / (svg->y1 - svg->y0) * svg->height;
}

void svg_begin(struct svg *svg, FILE *out, const char *title, double whole_width, double whole_height, double left,
               double right, double top, double bottom)
{
    *svg = (struct svg){.out = out,
                        .left = left,
                        .top = top,
                        .width = whole_width - left - right,
                        .height = whole_height - top - bottom,
                        .x1 = 1.0,
                        .y1 = 1.0};
    fprintf(out, "<figure><svg viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" role=\"img\" aria-label=\"",
            whole_width, whole_height, whole_width, whole_height);
    html_text(out, title);
    fputs("\"><title>", out);
    html_text(out, title);
    fputs("</title>\n", out);
}

void svg_axes(struct svg *svg, double x0, double x1, double y0, double y1)
{
    svg->x0 = x0;
    svg->x1 = x1 > x0 ? x1 : x0 + 1.0;
    svg->y0 = y0;
    svg->y1 = y1 > y0 ? y1 : y0 + 1.0;
    fprintf(svg->out, "<path d=\"M%.1f %.1fv%.1fh%.1f\" fill=\"none\" stroke=\"#1a1a1a\"/>\n", svg->left, svg->top,
            svg->height, svg->width);
}

void svg_ticks_x(const struct svg *svg, double step, const char *unit)
{
    const long last = lrint(floor(svg->x1 / step + 1e-9));
    for (long i = lrint(ceil(svg->x0 / step - 1e-9)); i <= last; i++) {
        const double x = (double)i * step;
        fprintf(svg->out, "<path d=\"M%.1f %.1fv4\" stroke=\"#1a1a1a\"/>", svg_x(svg, x), svg->top + svg->height);
        fprintf(svg->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.6g</text>\n", svg_x(svg, x),
                svg->top + svg->height + 17.0, x);
    }
    svg_label(svg, svg->left + svg->width, svg->top + svg->height + 32.0, "end", unit);
}

void svg_ticks_y(const struct svg *svg, double step, double scale, const char *unit)
{
    const long last = lrint(floor(svg->y1 / step + 1e-9));
    for (long i = lrint(ceil(svg->y0 / step - 1e-9)); i <= last; i++) {
        const double y = (double)i * step;
        fprintf(svg->out, "<path d=\"M%.1f %.1fh%.1f\" stroke=\"#ddd\"/>", svg->left, svg_y(svg, y), svg->width);
        fprintf(svg->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%.6g</text>\n", svg->left - 6.0,
                svg_y(svg, y) + 4.0, scale * y);
    }
    svg_label(svg, svg->left - 6.0, svg->top - 8.0, "end", unit);
}

void svg_end(struct svg *svg, const char *caption)
{
    fputs("</svg><figcaption>", svg->out);
    html_text(svg->out, caption);
    fputs("</figcaption></figure>\n", svg->out);
}

void svg_area(const struct svg *svg, const double *x, const double *low, const double *high, size_t n,
              const char *colour, double opacity)
{
    fputs("<path d=\"", svg->out);
    for (size_t i = 0; i < n; i++)
        fprintf(svg->out, "%c%.1f %.1f", i ? 'L' : 'M', svg_x(svg, x[i]), svg_y(svg, high[i]));
    for (size_t i = n; i-- > 0;)
        fprintf(svg->out, "L%.1f %.1f", svg_x(svg, x[i]), svg_y(svg, low[i]));
    fprintf(svg->out, "Z\" fill=\"%s\" fill-opacity=\"%.2f\" stroke=\"#fff\" stroke-width=\"0.7\"/>\n", colour,
            opacity);
}

void svg_line(const struct svg *svg, const double *x, const double *y, size_t n, const char *colour, int dash)
{
    static const char *const pattern[] = {"", " stroke-dasharray=\"7 3\"", " stroke-dasharray=\"2 3\"",
                                          " stroke-dasharray=\"9 3 2 3\""};

    fputs("<path d=\"", svg->out);
    for (size_t i = 0; i < n; i++)
        fprintf(svg->out, "%c%.1f %.1f", i ? 'L' : 'M', svg_x(svg, x[i]), svg_y(svg, y[i]));
    fprintf(svg->out, "\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>\n", colour, pattern[dash % 4]);
}

void svg_bar(const struct svg *svg, double a, double b, double y, double thickness, const char *colour, double opacity)
{
    const double from = svg_x(svg, fmin(a, b)), to = svg_x(svg, fmax(a, b));

    fprintf(svg->out,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" fill-opacity=\"%.2f\"/>\n", from,
            y - 0.5 * thickness, fmax(0.5, to - from), thickness, colour, opacity);
}

void svg_cell(const struct svg *svg, double a, double b, double y, double thickness, double share, const char *text)
{
    share = share > 0.0 ? fmin(1.0, share) : 0.0; /* from white to #0072B2 */
    fprintf(svg->out,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"rgb(%.0f,%.0f,%.0f)\"/>"
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\"%s>",
            svg_x(svg, a), y - 0.5 * thickness, svg_x(svg, b) - svg_x(svg, a), thickness, 255.0 - 255.0 * share,
            255.0 - 141.0 * share, 255.0 - 77.0 * share, svg_x(svg, 0.5 * (a + b)), y + 4.0,
            share > 0.9 ? " style=\"fill:#fff\"" : "");
    html_text(svg->out, text);
    fputs("</text>\n", svg->out);
}

double svg_step(double range, int n)
{
    const double rough = range / n, power = pow(10.0, floor(log10(rough))), lead = rough / power;

    if (!(range > 0.0) || !isfinite(power))
        return 1.0;
    return power * (lead < 1.5 ? 1.0 : lead < 3.5 ? 2.0 : lead < 7.5 ? 5.0 : 10.0);
}

double svg_months(double horizon)
{
    return horizon > 480.0   ? 120.0
           : horizon > 180.0 ? 60.0
           : horizon > 60.0  ? 12.0
           : horizon > 24.0  ? 6.0
           : horizon > 8.0   ? 3.0
           : horizon > 2.0   ? 1.0
                             : horizon / 4.0;
}

void svg_dot(const struct svg *svg, double x, double y, const char *colour)
{
    fprintf(svg->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n", svg_x(svg, x), y, colour);
}

void svg_diamond(const struct svg *svg, double x, double y, const char *colour)
{
    fprintf(svg->out, "<path d=\"M%.1f %.1fl6 6l-6 6l-6 -6z\" fill=\"%s\"/>\n", svg_x(svg, x), y - 6.0, colour);
}

void svg_label(const struct svg *svg, double x, double y, const char *anchor, const char *text)
{
    fprintf(svg->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    html_text(svg->out, text);
    fputs("</text>\n", svg->out);
}

void svg_rule(const struct svg *svg, double x)
{
    fprintf(svg->out, "<path d=\"M%.1f %.1fv%.1f\" stroke=\"#1a1a1a\" stroke-dasharray=\"3 3\"/>\n", svg_x(svg, x),
            svg->top, svg->height);
}

void svg_names(const struct svg *svg, const double *y, const char *const *name, size_t n)
{
    const double gap = 14.0, lowest = svg->top + svg->height + 4.0;
    double last = lowest + gap;
    bool *put = memory_new(n, sizeof *put);

    for (size_t i = 0; i < n; i++) { /* from the lowest up */
        size_t next = n;

        for (size_t k = 0; k < n; k++)
            if (!put[k] && (next == n || y[k] < y[next]))
                next = k;
        put[next] = true;
        last = fmin(svg_y(svg, y[next]) + 4.0, last - gap);
        svg_label(svg, svg->left + svg->width + 8.0, last, "start", name[next]);
    }
    free(put);
}
