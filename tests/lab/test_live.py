from d2l_style.lab import LiveView
from d2l_style.lab import live as module

from mxnet import nd


def test_it_draws_first_and_last_and_in_between_as_often_as_its_share_allows(monkeypatch):
    shown = []

    class Handle:
        def update(self, data, raw, metadata):
            shown.append({**data, 'metadata': metadata})

    monkeypatch.setattr(module, 'display', lambda data, raw, metadata, display_id:
                        Handle().update(data, raw, metadata) or Handle())
    monkeypatch.setattr(module, 'SHARE', 1e-6)  # the next one is due in a day
    view, X = LiveView(), nd.zeros((1, 3, 20, 30))
    for epoch in range(5):
        view(epoch, X, (epoch or 1e-12, 10 - epoch, 1), last=epoch == 4)
    assert len(shown) == 2 and shown[0] != shown[1]
    assert all(data['image/png'].startswith('iVBOR') for data in shown)
    assert 'Epoch 4: content 4, style 6, TV 1.' in shown[1]['text/plain']
    assert all(data['metadata']['alt'] == data['text/plain'] for data in shown)
    assert view.losses == {'content': [1e-12, 1, 2, 3, 4], 'style': [10, 9, 8, 7, 6], 'TV': [1] * 5}
    assert view.epochs == list(range(5))
    assert view.axes.get_ylim()[0] > 0.5  # the content loss of epoch 0 is all but 0, and stretches no axis
