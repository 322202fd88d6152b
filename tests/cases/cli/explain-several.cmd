explain scenarios/first.cfg scenarios/syria/2024-12.cfg --run 1
