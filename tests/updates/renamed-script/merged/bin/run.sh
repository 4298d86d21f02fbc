#!/bin/sh
line 1 of a
line 2 of a
changed by the template
line 4 of a
line 5 of a
line 6 of a
line 7 of a
line 8 of a
line 9 of a
edited by the user
line 11 of a
line 12 of a
