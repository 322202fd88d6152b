# draws curves.csv; run in its folder: gnuplot incidence-port.gp
set datafile separator ','
set datafile missing NaN
set terminal svg size 900,540 enhanced background 'white' font 'Arial,14'
set output 'incidence-port.svg'
set border 3
set tics nomirror out
set grid y lc rgb '#dddddd'
set key outside right top noenhanced
set xlabel 'months' noenhanced
set ylabel 'probability that it has happened' noenhanced
set title 'port' noenhanced
set xrange [0:24]
set yrange [0:*]
set style fill transparent solid 0.25 noborder
plot 'curves.csv' using (strcol('location') eq 'port' && strcol('kind') eq 'incidence' && strcol('name') eq 'exit' ? column('month') : NaN):(column('value') - 2 * column('se')):(column('value') + 2 * column('se')) with filledcurves lc rgb '#0072B2' notitle, '' using (strcol('location') eq 'port' && strcol('kind') eq 'incidence' && strcol('name') eq 'exit' ? column('month') : NaN):(column('value')) with lines lw 2 dt 1 lc rgb '#0072B2' title 'exit', 'curves.csv' using (strcol('location') eq 'port' && strcol('kind') eq 'incidence' && strcol('name') eq 'sign' ? column('month') : NaN):(column('value') - 2 * column('se')):(column('value') + 2 * column('se')) with filledcurves lc rgb '#D55E00' notitle, '' using (strcol('location') eq 'port' && strcol('kind') eq 'incidence' && strcol('name') eq 'sign' ? column('month') : NaN):(column('value')) with lines lw 2 dt 2 lc rgb '#D55E00' title 'sign'
set terminal pngcairo size 1350,810 noenhanced background 'white' font 'Arial,18'
set output 'incidence-port.png'
replot
set output
