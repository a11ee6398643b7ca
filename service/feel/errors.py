"""What can be wrong with an expression. Sentences are Chinese: a process owner reads them."""


class FeelError(Exception):
    """An expression could not be evaluated.

    FEEL itself answers null where a type does not fit; this error stands for what null must not
    hide: a budget that is used up, a function nobody registered. ``line`` and ``column`` count from
    1; 0 means the place is not known.
    """

    def __init__(self, sentence: str, line: int = 0, column: int = 0) -> None:
        super().__init__(f"第 {line} 行第 {column} 列：{sentence}" if line else sentence)
        self.sentence = sentence
        self.line = line
        self.column = column


class FeelSyntaxError(FeelError):
    """A text is not a FEEL expression."""
