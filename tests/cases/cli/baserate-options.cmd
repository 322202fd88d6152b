baserate scenarios/reference/presence.csv --columns cuase=cause,exposure=count,event --by sinc,host --grid 0,24,12,x --until soon --where 'threshhold == 300' --censor 'cause = guest'
