from d2l_style.lab.digits import shares, short, written

import pytest
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(('number', 'text'), [
    (0, '0'), (0.05, '0.05'), (12.5, '12.5'), (1000, '1000'), (9999, '9999'), (10_000, '10 000'),
    (123_456.75, '123 456.75'), (1e6, '1e6'), (1_234_567, '1.234567e6'), (0.001, '0.001'), (1e-6, '1e-6')])
def test_numbers_are_written_in_one_way(number, text):
    assert written(number).replace('\u202f', ' ') == text


@given(st.floats(0, 1e12))
def test_what_is_written_is_the_number_to_its_last_digit(number):
    assert float(written(number).replace('\u202f', '')) == number


@pytest.mark.parametrize(('number', 'text'), [(0.123456, '0.123'), (123.456, '123'), (1234.5, '1234'),
                                              (54_321.9, '54 322'), (1.23456e7, '1.23e7'), (0, '0')])
def test_what_was_measured_has_three_digits(number, text):
    assert short(number).replace('\u202f', ' ') == text


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=7))
def test_shares_are_a_hundred_percent_in_all(parts):
    found = shares(parts)
    assert sum(found) == (100 if sum(parts) else 0)
    for share, part in zip(found, parts):
        assert abs(share - 100 * part / (sum(parts) or 1)) <= 1
