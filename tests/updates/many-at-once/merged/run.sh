#!/bin/sh
mine
line 2 of 10
line 3 of 10
line 4 of 10
line 5 of 10
line 6 of 10
line 7 of 10
line 8 of 10
theirs
line 10 of 10
line 11 of 10
line 12 of 10
