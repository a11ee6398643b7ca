"""FEEL as the browser reads it (浏览器中的表达式): what the engine below form-js makes of a text.

Decided: the same grammar as everywhere, with a reading of its own, for the expressions of forms
only. Because what a page hides the server must hide too, and that engine counts in binary
fractions, compares unlike things as JavaScript does, and knows other functions. Instead of hoping
that both mean the same. What cannot be the same in both, a form may not use: those texts are
refused when a form is deployed. A test plays the real engine against this one.
"""
