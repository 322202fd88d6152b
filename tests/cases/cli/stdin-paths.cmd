paths - --numbers <scenarios/first.cfg | head -3
