# draws curves.csv; run in its folder: gnuplot occupancy-airfield.gp
set datafile separator ','
set datafile missing NaN
set terminal svg size 900,540 enhanced background 'white' font 'Arial,14'
set output 'occupancy-airfield.svg'
set border 3
set tics nomirror out
set grid y lc rgb '#dddddd'
set xlabel 'months'
set ylabel 'probability'
set xrange [0:24]
set yrange [0:1]
set key outside right top noenhanced
set title 'airfield' noenhanced
array rest[26]
begin(n) = sum [i=1:n] (rest[i] = 1, 0)
down(month, v) = (k = int(ceil(month)) + 1, h = rest[k], rest[k] = h - v, h)
is(state) = strcol(2) eq 'airfield' && strcol(3) eq 'occupancy' && strcol(4) eq state
draw = "plot 'curves.csv' using (is('DEAL') ? $5 : NaN):(is('DEAL') ? down($5, $6) : NaN) with filledcurves y1=0 lc rgb '#F0E442' title 'DEAL', 'curves.csv' using (is('LIMBO') ? $5 : NaN):(is('LIMBO') ? down($5, $6) : NaN) with filledcurves y1=0 lc rgb '#E69F00' title 'LIMBO', 'curves.csv' using (is('LOST') ? $5 : NaN):(is('LOST') ? down($5, $6) : NaN) with filledcurves y1=0 lc rgb '#D55E00' title 'LOST'"
begun = begin(26)
eval draw
set terminal pngcairo size 1350,810 noenhanced background 'white' font 'Arial,18'
set output 'occupancy-airfield.png'
begun = begin(26)
eval draw
set output
