#!/bin/sh
# Base rates of the shipped reference class against what two independent programs computed from the full data (Python with scipy, R with
# survival 3.5-3), and of tables of every shape that is read against each other. Prints TAP.
: "${FOOTHOLD:=build/foothold}"
. tests/tap.sh
export LC_ALL=C
presence=scenarios/reference/presence.csv
others=tests/cases/cli/files/presence-others.csv
exits=scenarios/reference/exits.csv

# estimate ARGUMENTS...: into $temp/out
estimate() {
    "$FOOTHOLD" baserate --seed 1 --bootstrap "${replicates:-2}" --out "$temp/out" --quiet "$@" >"$temp/text"
}

# column FILE COLUMN CONDITION: of the first row that meets an awk condition on its fields f["name"]
column() {
    awk -F, -v want="$2" 'NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; next }
        { for (i = 1; i <= NF; i++) f[name[i]] = $i }
        '"$3"' { print f[want]; exit }' "$temp/out/$1"
}

# near GOT EXPECTED WITHIN
near() {
    awk -v a="$1" -v b="$2" -v e="$3" 'BEGIN { d = a - b; if (a == "" || a == "NA" || d > e || -d > e) { print "got " a ", not " b; exit 1 } }'
}

# rate EVENTS EXPOSURE RATE LOW HIGH ARGUMENTS...: all causes, all time
rate() {
    want="$1 $2 $3 $4 $5"
    shift 5
    estimate "$@" || return 1
    set -- $want
    all='f["group"] == "all" && f["cause"] == "all" && f["to"] == "Inf" && f["from"] == 0'
    near "$(column baserate.csv events "$all")" "$1" 0 && near "$(column baserate.csv exposure "$all")" "$2" 1e-9 &&
        near "$(column baserate.csv rate "$all")" "$3" 6e-6 && near "$(column baserate.csv ci_low "$all")" "$4" 6e-6 &&
        near "$(column baserate.csv ci_high "$all")" "$5" 6e-6
}

counts() { # THRESHOLD RULE TABLE EVENTS EXPOSURE RATE LOW HIGH
    check "rate, $1 $2" rate "$4" "$5" "$6" "$7" "$8" "$3" --where "threshold == $1 && rule == $2" --columns exposure=counts
}
counts 300 rel "$presence" 13 1280 0.01016 0.00541 0.01737
counts 300 abs "$others" 10 1375 0.00727 0.00349 0.01337
counts 500 rel "$others" 14 1244 0.01125 0.00615 0.01888
counts 500 abs "$others" 11 1339 0.00822 0.00410 0.01470
counts 1000 rel "$presence" 13 1088 0.01195 0.00636 0.02043
counts 1000 abs "$others" 12 1138 0.01054 0.00545 0.01842

# cause EVENTS RATE LOW HIGH NAME: after an estimate of 300 rel
cause() {
    here="f[\"cause\"] == \"$5\" && f[\"to\"] == \"Inf\" && f[\"from\"] == 0"
    near "$(column baserate.csv events "$here")" "$1" 0 && near "$(column baserate.csv rate "$here")" "$2" 6e-6 &&
        near "$(column baserate.csv ci_low "$here")" "$3" 6e-6 && near "$(column baserate.csv ci_high "$here")" "$4" 6e-6
}
replicates=4000
check "300 rel with hosts resampled" estimate "$presence" --where 'threshold == 300' --columns exposure=counts
check "by cause: host" cause 8 0.00625 0.00270 0.01231 host
check "by cause: treaty" cause 2 0.00156 0.00019 0.00564 treaty
check "by cause: guest" cause 3 0.00234 0.00048 0.00685 guest
# percentiles of 4,000 draws of ours against 4,000 of theirs: six standard errors of the difference
all='f["group"] == "all" && f["cause"] == "all" && f["from"] == 0 && f["to"] == "Inf"'
check "bootstrap of hosts, low" near "$(column baserate.csv boot_low "$all")" 0.00515 0.0008
check "bootstrap of hosts, high" near "$(column baserate.csv boot_high "$all")" 0.01709 0.0015
replicates=2

# hazard TABLE THRESHOLD RULE FROM TO EVENTS MONTHS RATE LOW HIGH P05 P50 P95: a month, on the clock since the last exit. The table keeps
# whole days, so that exposures are right to a day or two a row.
hazard() {
    clock=$4
    estimate "$1" --where "threshold == $2 && rule == $3 && since == $( [ "$4" = none ] && echo none || echo exit)" || return 1
    [ "$4" = none ] && clock=0
    here="f[\"group\"] == \"all\" && f[\"cause\"] == \"all\" && f[\"from\"] == $clock && f[\"to\"] == \"$5\""
    near "$(column baserate.csv events "$here")" "$6" 0 || return 1
    near "$(column baserate.csv exposure "$here" | awk '{ print 12 * $1 }')" "$7" 0.5 || return 1
    shift 7
    for part in rate ci_low ci_high p05 p50 p95; do
        near "$(column baserate.csv $part "$here" | awk '{ print $1 / 12 }')" "$1" "$(awk -v x="$1" 'BEGIN { print 0.002 * x + 6e-7 }')" ||
            return 1
        shift
    done
}
hazards() {
    check "hazard, $2 $3 from $4" hazard "$@"
}
hazards "$presence" 300 rel 0 12 3 288.6 0.010395 0.002144 0.030380 0.003755 0.010995 0.024372
hazards "$presence" 300 rel 12 24 1 244.6 0.004089 0.000104 0.022783 0.000719 0.004837 0.015978
hazards "$presence" 300 rel 24 60 2 731.1 0.002736 0.000331 0.009882 0.000783 0.002976 0.007572
hazards "$presence" 300 rel 60 Inf 3 4042.9 0.000742 0.000153 0.002169 0.000268 0.000785 0.001740
hazards "$presence" 300 rel none Inf 4 10042.1 0.000398 0.000109 0.001020 0.000166 0.000415 0.000842
hazards "$presence" 1000 rel 0 12 3 283.3 0.010589 0.002184 0.030945 0.003825 0.011199 0.024825
hazards "$presence" 1000 rel 12 24 1 244.5 0.004090 0.000104 0.022788 0.000720 0.004839 0.015981
hazards "$presence" 1000 rel 24 60 2 615.5 0.003249 0.000393 0.011737 0.000930 0.003535 0.008993
hazards "$presence" 1000 rel 60 Inf 3 3704.8 0.000810 0.000167 0.002366 0.000293 0.000856 0.001899
hazards "$presence" 1000 rel none Inf 4 8185.0 0.000489 0.000133 0.001251 0.000203 0.000510 0.001034

# kept N HOSTS P12 LOW HIGH ROBUST-LOW ROBUST-HIGH, the same at 24 and 60, ARGUMENTS: the presence after an irregular exit
kept() {
    want="$1 $2 $3 $4 $5 $6 $7 $8 $9"
    shift 9
    want="$want $1 $2 $3 $4 $5 $6 $7 $8"
    shift 8
    estimate "$exits" --unit months "$@" || return 1
    set -- $want
    near "$(column baserate.csv rows 1)" "$1" 0 && near "$(column baserate.csv hosts 1)" "$2" 0 || return 1
    shift 2
    for month in 12 24 60; do
        at_month="f[\"kind\"] == \"survival\" && f[\"month\"] == $month"
        near "$(column survival_at.csv value "$at_month")" "$1" 6e-5 || return 1
        for limit in ci_low ci_high robust_low robust_high; do
            shift
            near "$(column survival_at.csv $limit "$at_month")" "$1" 6e-4 || return 1
        done
        shift
    done
}
months=exposure=months
old=exposure=months_100,event=event_100
panel='troops >= 300 && use == 1'
check "kept, 300" kept 26 14 0.9231 0.726 0.980 0.704 0.982 0.8846 0.684 0.961 0.653 0.965 0.7692 0.557 0.889 0.509 0.903 \
    --columns $months --where "$panel"
check "kept, 500" kept 24 13 0.9167 0.706 0.978 0.680 0.981 0.8750 0.661 0.958 0.625 0.963 0.7500 0.526 0.879 0.457 0.900 \
    --columns $months --where "$panel && troops >= 500"
check "kept, 1000" kept 22 11 0.9545 0.719 0.993 0.698 0.994 0.9091 0.683 0.976 0.650 0.979 0.8182 0.585 0.928 0.526 0.939 \
    --columns $months --where "$panel && troops >= 1000"
check "kept, 2000" kept 19 9 0.9474 0.681 0.992 0.653 0.993 0.9474 0.681 0.992 0.653 0.993 0.8421 0.587 0.946 0.523 0.956 \
    --columns $months --where "$panel && troops >= 2000"
check "kept, floor 100" kept 26 14 0.9231 0.726 0.980 0.704 0.982 0.8846 0.684 0.961 0.653 0.965 0.8077 0.598 0.915 0.549 0.927 \
    --columns $old --where "$panel"
check "kept, floor 100, 1000" kept 22 11 0.9545 0.719 0.993 0.698 0.994 0.9091 0.683 0.976 0.650 0.979 0.8636 0.634 0.954 0.589 0.960 \
    --columns $old --where "$panel && troops >= 1000"
check "kept, recalled months" kept 26 14 0.8846 0.684 0.961 0.653 0.965 0.8846 0.684 0.961 0.653 0.965 0.7692 0.557 0.889 0.509 0.903 \
    --columns exposure=months_recalled --where "$panel"
check "kept, first of a run" kept 22 14 0.9091 0.683 0.976 0.665 0.978 0.8636 0.634 0.954 0.609 0.958 0.7273 0.491 0.867 0.457 0.878 \
    --columns $months --where "$panel && repeat == 0"
check "kept, no prior decision" kept 25 13 0.9200 0.716 0.979 0.692 0.981 0.9200 0.716 0.979 0.692 0.981 0.8000 0.584 0.911 0.542 0.922 \
    --columns $months --where "$panel && decided == 0"
check "kept, no Guantanamo" kept 24 13 0.9167 0.706 0.978 0.680 0.981 0.8750 0.661 0.958 0.625 0.963 0.7500 0.526 0.879 0.470 0.896 \
    --columns $months --where "$panel && host != Cuba"
check "kept, with Vietnam, foreign" kept 35 17 0.9143 0.757 0.972 0.733 0.974 0.8857 0.724 0.955 0.692 0.961 0.8000 0.626 0.899 0.577 0.913 \
    --columns $months --where "troops >= 300 && source == archigos && mode != assassin"
check "kept, other guests" kept 39 22 0.7949 0.631 0.892 0.606 0.900 0.6400 0.469 0.769 0.414 0.798 0.4533 0.293 0.601 0.242 0.643 \
    --columns $months --where 'use == 1 && guest != USA'
check "kept, Archigos exits" kept 32 20 0.8125 0.629 0.911 0.617 0.914 0.7188 0.529 0.843 0.488 0.859 0.5000 0.319 0.657 0.270 0.693 \
    --columns $months --where 'use == 1 && guest != USA && source == archigos'
check "kept, sure, first" kept 26 17 0.7692 0.557 0.889 0.544 0.893 0.7308 0.517 0.862 0.476 0.876 0.5769 0.368 0.739 0.342 0.754 \
    --columns $months --where 'use == 1 && guest != USA && source == archigos && sure != doubtful && repeat == 0'
check "kept, RUS" kept 9 5 0.8889 0.433 0.984 0.385 0.986 0.8889 0.433 0.984 0.385 0.986 0.6667 0.282 0.878 0.305 0.871 \
    --columns $months --where 'use == 1 && guest == RUS'
check "kept, FRA" kept 26 13 0.8077 0.598 0.915 0.560 0.924 0.5744 0.364 0.738 0.289 0.781 0.4103 0.221 0.591 0.146 0.662 \
    --columns $months --where 'use == 1 && guest == FRA'
check "kept, GBR" kept 4 4 0.5000 0.058 0.845 0.058 0.845 0.5000 0.058 0.845 0.058 0.845 0.2500 0.009 0.665 0.009 0.665 \
    --columns $months --where 'use == 1 && guest == GBR'

# weibull SHAPE LOW HIGH ROBUST-LOW ROBUST-HIGH SCALE LOG-LIKELIHOOD ARGUMENTS...
weibull() {
    want="$1 $2 $3 $4 $5 $6 $7"
    shift 7
    estimate "$exits" --unit months --where "troops >= 300 && use == 1" "$@" || return 1
    set -- $want
    for part in shape shape_low shape_high shape_robust_low shape_robust_high; do
        near "$(column weibull.csv $part 1)" "$1" 6e-5 || return 1
        shift
    done
    near "$(column weibull.csv scale 1)" "$1" 6e-3 && near "$(column weibull.csv log_likelihood 1)" "$2" 6e-5
}
check "Weibull, full" weibull 0.4307 0.2429 0.7638 0.2926 0.6341 3210.37 -75.0062 --columns $months
check "Weibull, cut at 120" weibull 0.6143 0.3031 1.2447 0.4065 0.9282 761.57 -47.0439 --columns $months --follow 120
check "Weibull, recalled, cut at 120" weibull 0.5571 0.2740 1.1326 0.3308 0.9381 932.46 -46.5162 \
    --columns exposure=months_recalled --follow 120

# span FROM TO EVENTS MONTHS P05 P50 P95: a month, after an estimate
span() {
    here="f[\"group\"] == \"all\" && f[\"cause\"] == \"all\" && f[\"from\"] == $1 && f[\"to\"] == \"$2\""
    near "$(column baserate.csv events "$here")" "$3" 0 || return 1
    near "$(column baserate.csv exposure "$here" | awk '{ print 12 * $1 }')" "$4" 0.06 || return 1
    near "$(column baserate.csv p05 "$here" | awk '{ print $1 / 12 }')" "$5" 6e-7 || return 1
    near "$(column baserate.csv p50 "$here" | awk '{ print $1 / 12 }')" "$6" 6e-7 || return 1
    near "$(column baserate.csv p95 "$here" | awk '{ print $1 / 12 }')" "$7" 6e-7
}
check "all exits pooled" estimate "$exits" --unit months --columns exposure=months_recalled --where 'use == 1'
check "pooled, months 0 to 12" span 0 12 11 784.1 0.008347 0.014244 0.022429
check "pooled, months 12 to 24" span 12 24 7 651.4 0.005573 0.011006 0.019186
check "pooled, months 24 to 60" span 24 60 10 1630.3 0.003555 0.006237 0.010020

# ratio RATIO LOW HIGH
ratio() {
    near "$(column ratios.csv ratio 1)" "$1" 0.006 &&
        near "$(column ratios.csv ci_low 1)" "$2" 0.006 && near "$(column ratios.csv ci_high 1)" "$3" 0.006
}
{
    echo host,group,exposure,event
    for i in 1 2 3 4 5 6; do echo "a$i,a,20.1666666666666667,1"; done
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do echo "b$i,b,51.1333333333333333,1"; echo "c$i,b,51.1333333333333333,1"; done
} >"$temp/two.csv"
check "6 in 121 against 30 in 1,534" estimate "$temp/two.csv" --by group
check "ratio of two rates" ratio 2.54 0.86 6.19
check "36 in 1,655" rate 36 1655 0.021752 0.015235 0.030114 "$temp/two.csv"

# ten spells with two causes: R 4.2.2, survival 3.5-3
cat >"$temp/ten.csv" <<'END'
exposure,event,cause
1,1,deal
2,1,exit
2,0,
3,1,deal
4,1,deal
5,0,
5,1,exit
6,1,deal
8,1,exit
9,0,
END
at() { # MONTH SURVIVAL DEAL EXIT
    near "$(column survival.csv value 'f["kind"] == "survival" && f["month"] == '"$1")" "$2" 6e-8 &&
        near "$(column survival.csv value 'f["cause"] == "deal" && f["month"] == '"$1")" "$3" 6e-8 &&
        near "$(column survival.csv value 'f["cause"] == "exit" && f["month"] == '"$1")" "$4" 6e-8
}
check "ten spells" estimate "$temp/ten.csv" --unit months
check "month 1" at 1 0.9 0.1 0
check "month 2" at 2 0.8 0.1 0.1
check "month 3" at 3 0.6857143 0.2142857 0.1
check "month 4" at 4 0.5714286 0.3285714 0.1
check "month 5" at 5 0.4571429 0.3285714 0.2142857
check "month 6" at 6 0.3047619 0.4809524 0.2142857
check "month 8" at 8 0.1523810 0.4809524 0.3666667

# the same spells said in every way there is give the same numbers
cat >"$temp/dates.csv" <<'END'
host,start,end,event,cause
a,1950,1953,1,x
a,1960,1970,0,
b,1955,1956,1,y
c,1951,1990,0,
END
cat >"$temp/months.csv" <<'END'
"the host",from,till,over,why
a,1950-01,1953-01,yes,x
a,1960-01,1970-01,no,
b,1955-06,1956-06,yes,y
c,1951-03,1990-03,no,
END
{
    echo host,year,event,cause
    for year in 1950 1951; do echo "a,$year,0,"; done
    echo a,1952,1,x
    year=1960
    while [ $year -lt 1970 ]; do echo "a,$year,0,"; year=$((year + 1)); done
    echo b,1955,1,y
    year=1951
    while [ $year -lt 1990 ]; do echo "c,$year,0,"; year=$((year + 1)); done
} >"$temp/years.csv"
sed '1!G;h;$!d' "$temp/dates.csv" | sed '$d' >"$temp/body"
{ sed -n 1p "$temp/dates.csv"; cat "$temp/body"; } >"$temp/turned.csv"
# gives NAME ARGUMENTS...: what is printed as CSV, but for the numbers of rows
gives() {
    name=$1
    shift
    "$FOOTHOLD" baserate --seed 1 --bootstrap 50 --out "$temp/out" --quiet --format csv "$@" >"$temp/whole" || return 1
    cut -d, -f1-14,16 "$temp/whole" >"$temp/$name"
}
check "from years" gives dates "$temp/dates.csv"
check "from months and names of their own" gives months "$temp/months.csv" \
    --columns 'host=the host,start=from,end=till,event=over,cause=why'
check "are the same" cmp "$temp/dates" "$temp/months"
check "from host-years" gives years "$temp/years.csv"
check "are the same" cmp "$temp/dates" "$temp/years"
check "from rows in another order" gives turned "$temp/turned.csv"
check "are the same" cmp "$temp/dates" "$temp/turned"

# what is cut
check "until a year, ten years of each" rate 1 23 0.043478 0.001101 0.242245 "$temp/dates.csv" --until 1970 --where 'host != b' --follow 120
check "events that do not count" rate 0 23 0 0 0.160386 "$temp/dates.csv" --until 1970 --where 'host != b' --follow 120 \
    --censor 'cause == x'

# the fragment is a frame that a scenario extends
check "pooled, as a fragment" estimate "$exits" --unit months --columns exposure=months_recalled --where 'use == 1' --by guest
cat >"$temp/out/a.cfg" <<'END'
extends = "baserate.cfg"; title = "a"; as_of = "2025-01-01"; horizon = 24.0;
bases = { port = {}; };
states = { LOST = { held = false; final = true; }; LIMBO = { held = true; initial = true; }; };
transitions = { exit = { from = "LIMBO"; to = "LOST"; per_month = ( (0.0, "end_0_12"), (12.0, "guest_FRA_end_12_24") ); }; };
END
checks_clean() {
    "$FOOTHOLD" check "$@" >"$temp/said" 2>&1 && cat "$temp/said" && [ "$(wc -l <"$temp/said")" -eq 1 ]
}
check "is accepted, without a word" checks_clean "$temp/out/baserate.cfg"
check "and so is a scenario that extends it" checks_clean "$temp/out/a.cfg"
check "which plays" "$FOOTHOLD" run "$temp/out/a.cfg" --worlds 16 --runs 4 --seed 1 --out "$temp/out/run" --quiet
check "all its files are JSON and CSV that are whole" sh -c 'cd "$1" && for file in baserate.csv survival.csv survival_at.csv ratios.csv weibull.csv; do
    awk -F, "NR == 1 { n = NF } NF != n { print FILENAME \": \" \$0; exit 1 }" $file || exit 1; done' - "$temp/out"

# names from a table stay names
printf 'host,exposure,event,cause\n"a""\n}; x = 1; {",10,1,=1+2\nb\\,20,0,\nc,5,1,"# ""x"""\n' >"$temp/hostile.csv"
check "hostile names" estimate "$temp/hostile.csv" --by host
check "are no formula" grep -q "'=1+2" "$temp/out/baserate.csv"
check "and no part of a scenario" checks_clean "$temp/out/baserate.cfg"
end_checks
