"""Measures the program through HTTP on loopback, beside the floor: ``make bench``, or ``QUICK=1
make bench``.
"""
