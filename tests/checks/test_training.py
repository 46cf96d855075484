from d2l_style import Weights, losses, train, train_fast, train_steps

import pytest

LATE = 3


@pytest.mark.parametrize(('change', 'sentence'), [
    ({9: 0.1}, r'changes\[9\] is 0.1: give \(lr, Weights'),
    ({9: (0, Weights())}, r'the learning rate of changes\[9\] is 0: give'),
    ({9: ('0.1', Weights())}, r'the learning rate of changes\[9\]'),
    ({'9': (0.1, Weights())}, "changes has the key '9'"),
    ({-1: (0.1, Weights())}, 'changes has the key -1: give the number of an epoch')])
def test_changes_are_checked_also_those_that_come_while_training_runs(job, change, sentence):
    with pytest.raises(ValueError, match=sentence):
        train_steps(*job, max_epochs=10, changes=change)
    changes, done = {}, []
    with pytest.raises(ValueError, match=sentence):  # noqa: PT012
        for step in train_steps(*job, max_epochs=10, changes=changes):
            done.append(step.epoch)
            if step.epoch == 2:
                changes.update(change)
    assert done == [0, 1, 2]


@pytest.mark.parametrize(('given', 'sentence'), [
    ({'changes': {1: (0.1, Weights())}}, r'changes\[1\] is .*: give Weights.*no learning rate'),
    ({'changes': [1]}, r'changes is a list: give \{epoch: Weights'), ({'changes': {'1': Weights()}}, 'has the key'),
    ({'weights': {'tv': 0}}, r'weights is .*: give \(content, style, tv\)'),
    ({'weights': (1, 2)}, r'weights is \(1, 2\): give \(content, style, tv\)')])
def test_fast_mode_names_what_it_cannot_take(net, content_img, style_img, given, sentence):
    with pytest.raises(ValueError, match=sentence):
        train_fast(content_img, style_img, (48, 32), net, 5, progress=False, **given)


def test_an_error_in_a_late_epoch_keeps_the_picture_so_far(job, capsys):
    def compute_loss(*given):
        calls.append(given)
        if len(calls) > LATE:
            return {}['weight']
        return losses.compute_loss(*given)

    calls = []
    with pytest.raises(KeyError, match='weight') as error:
        train(*job, max_epochs=10, compute_loss=compute_loss, progress=False)
    expected = train(*job, max_epochs=LATE, progress=False)
    assert (error.value.image == expected).asnumpy().all()
    assert 'after epoch 2: the picture so far is its attribute "image"' in capsys.readouterr().out


def test_an_error_in_the_first_epoch_is_no_more_than_that(job, capsys):
    with pytest.raises(ValueError, match='compute_loss returned'):
        train(*job, max_epochs=10, compute_loss=lambda *_: None, progress=False)
    assert capsys.readouterr().out == ''


def test_fast_mode_keeps_the_picture_so_far_as_well(net, content_img, style_img, capsys):
    changes = {}

    class Adding(list):
        def append(self, step):
            super().append(step)
            if len(self) == LATE:
                changes[LATE] = 5

    history = Adding()
    with pytest.raises(ValueError, match=r'changes\[3\] is 5') as error:
        train_fast(content_img, style_img, (48, 32), net, 10, changes=changes, history=history, progress=False)
    assert error.value.image.shape == (1, 3, 32, 48)
    assert 'the picture so far is its attribute "image"' in capsys.readouterr().out
