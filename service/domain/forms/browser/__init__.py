"""FEEL as the browser reads it (浏览器中的表达式): the meaning of a text in form-js's engine.

Decided: expressions of forms have the same grammar as all others, but a reading of their own.
Because the server must hide what a page hides, and the engine of the page differs: it counts in
binary fractions, compares unlike things as JavaScript does, and knows other functions. Instead of
hoping that both mean the same. If a text cannot mean the same in both, a form may not use it; it is
refused when the form is deployed. A test plays the real engine against this one.
"""
