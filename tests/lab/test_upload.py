from d2l_style.lab.upload import Upload


def test_a_file_that_is_sent_is_its_value():
    button = Upload('Upload', 'a picture', 'image/*', 1000)
    seen = []
    button.observe(lambda change: seen.append(change['new']), 'value')
    button._sent(button, {'name': 'a.png', 'size': 3}, [memoryview(b'abc')])
    assert seen == [({'name': 'a.png', 'size': 3, 'content': b'abc'},)]
