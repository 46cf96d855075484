"""A cell's code tells whether it is Python and what it defines, and is never run."""
from cell_code import calls, compiles, defined, definitions, taken_from


def test_code_is_understood_without_running_it():
    assert defined('def f(): x = 1\ny, z = 1, 2\nif y:\n    w = 3\nimport os') == {'f', 'y', 'z', 'w'}
    assert defined('%%time\ndef f(): pass') == {'f'} and defined('def f(:\nx = 1') == {'f', 'x'}
    assert compiles('%matplotlib inline\n!ls\nawait x')
    assert not compiles('return 1') and not compiles('Three sentences.')
    assert definitions('a = 1\n@mark\ndef f():\n    return 1\n\nb = 2', {'f', 'b'}) == (
        '@mark\ndef f():\n    return 1\nb = 2')


def test_what_a_cell_calls_and_takes_is_known():
    assert calls('@a.b\ndef f(): input()\nx.y(z)') == {'.b', 'input', '.y'} and calls('no Python') == set()
    assert taken_from('import p.q as m\nfrom p import g as h, k\nm.v\nk.w\no.u', 'p') == {'g', 'k', 'v', 'w'}
