"The checks that tools/check.py runs."
