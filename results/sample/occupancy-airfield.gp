# draws curves.csv; run in its folder: gnuplot occupancy-airfield.gp
set datafile separator ','
set datafile missing NaN
set terminal svg size 900,540 enhanced background 'white' font 'Arial,14'
set output 'occupancy-airfield.svg'
set border 3
set tics nomirror out
set grid y lc rgb '#dddddd'
set key outside right top noenhanced
set xlabel 'months' noenhanced
set ylabel 'probability' noenhanced
set title 'airfield' noenhanced
set xrange [0:24]
set yrange [0:1]
array rest[25]
begin(n) = sum [i=1:n] (rest[i] = 1, 0)
down(x, v) = (k = int(ceil(x)) + 1, h = rest[k], rest[k] = h - v, h)
draw = "plot 'curves.csv' using (strcol('location') eq 'airfield' && strcol('kind') eq 'occupancy' && strcol('name') eq 'DEAL' ? column('month') : NaN):(strcol('location') eq 'airfield' && strcol('kind') eq 'occupancy' && strcol('name') eq 'DEAL' ? down(column('month'), column('value')) : NaN) with filledcurves y1=0 lc rgb '#F0E442' title 'DEAL', 'curves.csv' using (strcol('location') eq 'airfield' && strcol('kind') eq 'occupancy' && strcol('name') eq 'LIMBO' ? column('month') : NaN):(strcol('location') eq 'airfield' && strcol('kind') eq 'occupancy' && strcol('name') eq 'LIMBO' ? down(column('month'), column('value')) : NaN) with filledcurves y1=0 lc rgb '#E69F00' title 'LIMBO', 'curves.csv' using (strcol('location') eq 'airfield' && strcol('kind') eq 'occupancy' && strcol('name') eq 'LOST' ? column('month') : NaN):(strcol('location') eq 'airfield' && strcol('kind') eq 'occupancy' && strcol('name') eq 'LOST' ? down(column('month'), column('value')) : NaN) with filledcurves y1=0 lc rgb '#D55E00' title 'LOST'"
begun = begin(25)
eval draw
set terminal pngcairo size 1350,810 noenhanced background 'white' font 'Arial,18'
set output 'occupancy-airfield.png'
begun = begin(25)
eval draw
set output
