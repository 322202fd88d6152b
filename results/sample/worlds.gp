# draws worlds.csv; run in its folder: gnuplot worlds.gp
set datafile separator ','
set datafile missing NaN
set terminal svg size 900,540 enhanced background 'white' font 'Arial,14'
set output 'worlds.svg'
set border 3
set tics nomirror out
set grid y lc rgb '#dddddd'
set key outside right top noenhanced
set xlabel 'probability in a world' noenhanced
set ylabel 'share of worlds' noenhanced
set xrange [0:1]
set yrange [0:*]
stats 'worlds.csv' using (column('p.both_held')) nooutput
width = 0.02
bin(p) = width * (floor(p / width) + 0.5)
plot 'worlds.csv' using (bin(column('p.both_held'))):(1.0 / STATS_records) smooth frequency with histeps lw 2 dt 1 lc rgb '#0072B2' title 'both_held'
set terminal pngcairo size 1350,810 noenhanced background 'white' font 'Arial,18'
set output 'worlds.png'
replot
set output
