"""The errors of expressions. Their sentences are Chinese, because a process owner reads them."""


class FeelError(Exception):
    """An expression could not be evaluated.

    FEEL itself gives null where a type does not fit. This error is for faults that null must not
    hide: a budget that is used up, a function that nobody registered. ``line`` and ``column`` count
    from 1; 0 means that the place is not known.
    """

    def __init__(self, sentence: str, line: int = 0, column: int = 0) -> None:
        message = sentence
        if line:
            message = f"第 {line} 行第 {column} 列：{sentence}"
        super().__init__(message)
        self.sentence = sentence
        self.line = line
        self.column = column


class FeelSyntaxError(FeelError):
    """A text is not a FEEL expression."""
