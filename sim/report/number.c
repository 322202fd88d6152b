#include "sim/report/number.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *number_print(char text[NUMBER_SIZE], double x)
{
    if (isnan(x))
        return "NA";
    if (isinf(x))
        return x > 0.0 ? "Inf" : "-Inf";
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, NUMBER_SIZE, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
    return text;
}
