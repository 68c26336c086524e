"""Check digits: numbers written by hand or printed on a card, told from any other run of digits."""


def luhn(digits: str) -> int:
    """The check digit after ``digits`` (ISO/IEC 7812-1, annex B): finds one wrong digit, and most that changed places."""
    told = (int(digit) * (2 - n % 2) for n, digit in enumerate(reversed(digits)))
    return -sum(value - 9 if value > 9 else value for value in told) % 10


def holds(digits: str) -> bool:
    """Is the last digit the check digit of those before it?"""
    return len(digits) > 1 and luhn(digits[:-1]) == int(digits[-1])
