# draws curves.csv; run in its folder: gnuplot incidence-airfield.gp
set datafile separator ','
set datafile missing NaN
set terminal svg size 900,540 enhanced background 'white' font 'Arial,14'
set output 'incidence-airfield.svg'
set border 3
set tics nomirror out
set grid y lc rgb '#dddddd'
set xlabel 'months'
set ylabel 'probability that it has happened'
set xrange [0:24]
set yrange [0:*]
set key outside right top noenhanced
set title 'airfield' noenhanced
set style fill transparent solid 0.25 noborder
is(name) = strcol(2) eq 'airfield' && strcol(3) eq 'incidence' && strcol(4) eq name
plot 'curves.csv' using (is('exit') ? $5 : NaN):($6 - 2 * $7):($6 + 2 * $7) with filledcurves lc rgb '#0072B2' notitle, '' using (is('exit') ? $5 : NaN):6 with lines lw 2 dt 1 lc rgb '#0072B2' title 'exit', 'curves.csv' using (is('sign') ? $5 : NaN):($6 - 2 * $7):($6 + 2 * $7) with filledcurves lc rgb '#D55E00' notitle, '' using (is('sign') ? $5 : NaN):6 with lines lw 2 dt 2 lc rgb '#D55E00' title 'sign'
set terminal pngcairo size 1350,810 noenhanced background 'white' font 'Arial,18'
set output 'incidence-airfield.png'
replot
set output
