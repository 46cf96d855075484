"""Digits: one way to write numbers wherever the lab shows some: 0.05, 1, 1000, 10 000, 1e6."""
from decimal import Decimal

GAP = '\u202f'  # narrow, and no line ends there


def written(number):
    """A number to its last digit: in groups of three from 10 000 on, with an exponent from 1e6 on and below 0.001."""
    exact = Decimal(repr(float(number))).normalize()
    if exact == 0:
        return '0'
    if not -3 <= exact.adjusted() < 6:
        digits, exponent = exact.scaleb(-exact.adjusted()), exact.adjusted()
        return f'{digits:f}e{exponent}'
    return f'{exact:,f}'.replace(',', GAP if abs(exact) >= 10_000 else '')


def short(number):
    """A measured number in a few characters: three digits, those before the point always."""
    return written(round(number) if 1e3 <= number < 1e6 else f'{number:.3g}')


def weights_text(weights):
    """The three weights of a `Weights`: content, style, TV."""
    return ' / '.join(written(weight) for weight in (weights.content, weights.style, weights.tv))


def shares(parts):
    """Each of some numbers, 0 or more, as whole percent of their sum: 100 in all, or 0 where there is nothing."""
    whole = sum(parts)
    if not whole:
        return [0] * len(parts)
    exact = [100 * part / whole for part in parts]
    found = [int(share) for share in exact]
    most_left = sorted(range(len(parts)), key=lambda i: found[i] - exact[i])
    for i in most_left[:100 - sum(found)]:
        found[i] += 1
    return found
