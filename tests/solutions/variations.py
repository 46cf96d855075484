"""Solutions of the variations, which have points: right ones in three ways, and usual mistakes."""
from .edit import instead

WAYS = {
    'mean_content_loss': ('''
        def mean_content_loss(Ys_hat, Ys):
            losses = [(Y_hat - Y).square().mean() for Y_hat, Y in zip(Ys_hat, Ys)]
            return nd.add_n(*losses) / len(losses)
        ''', '''
        def mean_content_loss(Ys_hat, Ys):
            total = 0
            for k in range(len(Ys)):
                total = total + nd.mean((Ys_hat[k] - Ys[k]) ** 2)
            return total / len(Ys)
        ''', '''
        def mean_content_loss(Ys_hat, Ys):
            return nd.stack(*map(content_loss, Ys_hat, Ys)).mean()
        '''),
    'gradient_by_differences': ('''
        def gradient_by_differences(loss, X, eps):
            slopes = nd.zeros_like(X)
            for place in np.ndindex(X.shape):
                ahead, behind = X.copy(), X.copy()
                ahead[place] += eps
                behind[place] -= eps
                slopes[place] = (loss(ahead) - loss(behind)).asscalar() / (2 * eps)
            return slopes
        ''', '''
        def gradient_by_differences(loss, X, eps):
            flat = X.reshape((-1,)).asnumpy()
            slopes = []
            for i in range(len(flat)):
                losses = []
                for step in (eps, -eps):
                    moved = flat.copy()
                    moved[i] += step
                    losses.append(loss(nd.array(moved.reshape(X.shape))).asscalar())
                slopes.append((losses[0] - losses[1]) / 2 / eps)
            return np.array(slopes).reshape(X.shape)
        ''', '''
        def gradient_by_differences(loss, X, eps):
            moves = eps * nd.one_hot(nd.arange(X.size), X.size)
            slopes = [(loss(X + move.reshape(X.shape)) - loss(X - move.reshape(X.shape))) / (2 * eps) for move in moves]
            return nd.stack(*slopes).reshape(X.shape)
        '''),
    'centred_gram': ('''
        def centred_gram(gram_X, means):
            products = nd.dot(means.expand_dims(1), means.expand_dims(0))
            return gram_X - products / len(means)
        ''', '''
        def centred_gram(gram_X, means):
            c = means.shape[0]
            return gram_X - means.reshape((c, 1)) * means.reshape((1, c)) / c
        ''', '''
        def centred_gram(gram_X, means):
            column = means.reshape((-1, 1))
            return gram_X - nd.linalg.gemm2(column, column, transpose_b=True, alpha=1 / column.size)
        '''),
    'batch_gram': ('''
        def batch_gram(X):
            n, c, h, w = X.shape
            rows = X.reshape((n, c, h * w))
            return nd.batch_dot(rows, rows, transpose_b=True) / (c * h * w)
        ''', '''
        def batch_gram(X):
            return nd.stack(*[gram(X[i:i + 1]) for i in range(X.shape[0])])
        ''', '''
        def batch_gram(X):
            n, c = X.shape[:2]
            rows = X.reshape((0, 0, -1))
            return (rows.expand_dims(2) * rows.expand_dims(1)).mean(axis=3) / c
        '''),
    'weighted_style_loss': ('''
        def weighted_style_loss(Ys_hat, grams_Y, weights):
            total = 0
            for Y_hat, gram_Y, weight in zip(Ys_hat, grams_Y, weights):
                total = total + weight * style_loss(Y_hat, gram_Y)
            return total / sum(weights)
        ''', '''
        def weighted_style_loss(Ys_hat, grams_Y, weights):
            losses = nd.stack(*[nd.mean((gram(Y_hat) - G) ** 2) for Y_hat, G in zip(Ys_hat, grams_Y)])
            shares = nd.array(weights) / sum(weights)
            return nd.dot(losses.reshape((-1,)), shares)
        ''', '''
        def weighted_style_loss(Ys_hat, grams_Y, weights):
            return sum(w / sum(weights) * style_loss(Y_hat, G) for w, Y_hat, G in zip(weights, Ys_hat, grams_Y))
        '''),
    'masked_tv_loss': ('''
        def masked_tv_loss(X, mask):
            down = (X[:, :, 1:, :] - X[:, :, :-1, :]).square()
            across = (X[:, :, :, 1:] - X[:, :, :, :-1]).square()
            both_down = mask[:, :, 1:, :] * mask[:, :, :-1, :]
            both_across = mask[:, :, :, 1:] * mask[:, :, :, :-1]
            return ((down * both_down).sum() / (3 * both_down.sum()) +
                    (across * both_across).sum() / (3 * both_across.sum()))
        ''', '''
        def masked_tv_loss(X, mask):
            def direction(axis):
                first, second = (nd.slice_axis(A, axis, 0, -1) for A in (X, mask))
                next_first, next_second = (nd.slice_axis(A, axis, 1, None) for A in (X, mask))
                counts = nd.broadcast_like(second * next_second, first)
                return nd.sum(counts * (first - next_first) ** 2) / nd.sum(counts)
            return direction(2) + direction(3)
        ''', '''
        def masked_tv_loss(X, mask):
            loss = 0
            for A, m in ((X, mask), (X.transpose((0, 1, 3, 2)), mask.transpose((0, 1, 3, 2)))):
                pairs = nd.concat(*[m[:, :, 1:] * m[:, :, :-1]] * 3, dim=1)
                loss = loss + (nd.where(pairs, A[:, :, 1:] - A[:, :, :-1], pairs * 0) ** 2).sum() / pairs.sum()
            return loss
        '''),
    'train_until_still': ('''
        def train_until_still(X, contents_Y, styles_Y, net, lr, lr_decay, max_epochs, still):
            X, styles_Y_gram, trainer = get_inits(X, net.ctx, lr, styles_Y)
            for epoch in range(max_epochs):
                before = X.copy()
                with autograd.record():
                    contents_Y_hat, styles_Y_hat = extract_features(X, net)
                    l = compute_loss(X, contents_Y_hat, styles_Y_hat, contents_Y, styles_Y_gram)[-1]
                l.backward()
                trainer.step(1)
                if (X - before).abs().mean().asscalar() < still:
                    return X, epoch + 1
                trainer.set_learning_rate(trainer.learning_rate * lr_decay)
            return X, max_epochs
        ''', '''
        def train_until_still(X, contents_Y, styles_Y, net, lr, lr_decay, max_epochs, still):
            X, grams, trainer = get_inits(X, net.ctx, lr, styles_Y)
            change, epochs = still + 1, 0
            while change >= still and epochs < max_epochs:
                old = X.asnumpy()
                trainer.set_learning_rate(lr * lr_decay ** epochs)
                with autograd.record():
                    *_, l = compute_loss(X, *extract_features(X, net), contents_Y, grams)
                l.backward()
                trainer.step(1)
                epochs += 1
                change = abs(X.asnumpy() - old).mean()
            return X, epochs
        ''', '''
        def train_until_still(X, contents_Y, styles_Y, net, lr, lr_decay, max_epochs, still):
            X, grams, trainer = get_inits(X, net.ctx, lr, styles_Y)
            done = 0
            while True:
                before = nd.array(X.asnumpy())
                with autograd.record():
                    l = compute_loss(X, *extract_features(X, net), contents_Y, grams)[3]
                autograd.backward(l)
                trainer.step(batch_size=1)
                lr *= lr_decay
                trainer.set_learning_rate(lr)
                done += 1
                if done == max_epochs or nd.mean(nd.abs(X - before)) < still:
                    break
            return [X, done]
        '''),
}


def _instead(name, *changes):
    return instead(WAYS[name][0], *changes)


def _plain_gram(name, divisor='(c * h * w)'):
    return _instead(name, ('(c * h * w)', divisor))


OVER_THE_NETWORK = ("get_inits(X, net.ctx, lr, styles_Y)\n", """get_inits(X, net.ctx, lr, styles_Y)
            trainer = gluon.Trainer(net.collect_params(), 'adam', {'learning_rate': lr})
""")
ON_ONE_COPY = '''
        def gradient_by_differences(loss, X, eps):
            slopes, X = nd.zeros_like(X), X.copy()
            for place in np.ndindex(X.shape):
                X[place] += eps
                ahead = loss(X).asscalar()
                X[place] -= 2 * eps
                slopes[place] = (ahead - loss(X).asscalar()) / (2 * eps)
            return slopes
        '''
WRONG = {
    'content losses added up': ('mean_content_loss', _instead('mean_content_loss', (' / len(losses)', '')), 'added up'),
    'content losses of all elements': ('mean_content_loss', '''
        def mean_content_loss(Ys_hat, Ys):
            squares = [(Y_hat - Y).square().reshape((-1,)) for Y_hat, Y in zip(Ys_hat, Ys)]
            return nd.concat(*squares, dim=0).mean()
        ''', 'large layer counts more'),
    'content loss of the first layer': ('mean_content_loss', '''
        def mean_content_loss(Ys_hat, Ys):
            for Y_hat, Y in zip(Ys_hat, Ys):
                return (Y_hat - Y).square().mean()
        ''', 'only one of the layers'),
    'content loss of the last layer': ('mean_content_loss', '''
        def mean_content_loss(Ys_hat, Ys):
            for Y_hat, Y in zip(Ys_hat, Ys):
                l = (Y_hat - Y).square().mean()
            return l / len(Ys)
        ''', 'only one of the layers'),
    'content losses of two layers': ('mean_content_loss', '''
        def mean_content_loss(Ys_hat, Ys):
            return (content_loss(Ys_hat[0], Ys[0]) + content_loss(Ys_hat[1], Ys[1])) / 2
        ''', 'two layers, however many'),
    'content losses divided by two': ('mean_content_loss', _instead('mean_content_loss', ('len(losses)', '2')),
                                      'divides by two'),
    'content losses summed': ('mean_content_loss', _instead('mean_content_loss', ('.mean()', '.sum()')),
                              'size of the picture'),
    'content losses absolute': ('mean_content_loss', _instead('mean_content_loss', ('.square()', '.abs()')),
                                'wrong proportion'),
    'content losses cancel': ('mean_content_loss', _instead('mean_content_loss', ('.square()', '')), 'cancel'),
    'content losses as a list': ('mean_content_loss', _instead(
        'mean_content_loss', ('nd.add_n(*losses) / len(losses)', 'losses')), 'returns list'),
    'content losses without gradient': ('mean_content_loss', _instead(
        'mean_content_loss', ('.mean()', '.mean().asnumpy()'), ('nd.add_n(*losses)', 'sum(losses)')), 'no gradient'),
    'slopes ahead only': ('gradient_by_differences', _instead(
        'gradient_by_differences', ('loss(behind)', 'loss(X)'), ('(2 * eps)', 'eps')), 'one side only'),
    'slopes of one distance': ('gradient_by_differences', _instead(
        'gradient_by_differences', ('(2 * eps)', 'eps')), 'twice as large'),
    'slopes not divided': ('gradient_by_differences', _instead(
        'gradient_by_differences', (' / (2 * eps)', '')), 'not divided'),
    'slopes multiplied': ('gradient_by_differences', _instead(
        'gradient_by_differences', ('(2 * eps)', '2 * eps')), 'not divided by the distance'),
    'slopes downwards': ('gradient_by_differences', _instead(
        'gradient_by_differences', ('loss(ahead) - loss(behind)', 'loss(behind) - loss(ahead)')), 'wrong sign'),
    'slopes of elements that stay moved': ('gradient_by_differences', ON_ONE_COPY, 'not put back'),
    'slopes that move the picture': ('gradient_by_differences', instead(ON_ONE_COPY, (', X.copy()', ', X')),
                                     'changes its argument'),
    'slopes of all at once': ('gradient_by_differences', '''
        def gradient_by_differences(loss, X, eps):
            return (loss(X + eps) - loss(X - eps)) / (2 * eps)
        ''', 'moved at once'),
    'slopes by autograd': ('gradient_by_differences', '''
        def gradient_by_differences(loss, X, eps):
            X = X.copy()
            X.attach_grad()
            with autograd.record():
                l = loss(X)
            l.backward()
            return X.grad
        ''', 'slope itself'),
    'slopes with an own distance': ('gradient_by_differences', _instead(
        'gradient_by_differences', ('slopes = nd', 'eps = 1e-3\n            slopes = nd')), 'slope itself'),
    'slopes of a second name': ('gradient_by_differences', _instead(
        'gradient_by_differences', ('ahead, behind = X.copy(), X.copy()', 'ahead = behind = X'), (
            'behind[place] -= eps', ''), ('(loss(ahead)', 'l = loss(ahead)\n                behind[place] -= eps'
                                          '\n                slopes[place] = (l'), ('slopes[place] = l', 'l')),
        'only one `eps` apart'),
    'slopes of single elements': ('gradient_by_differences', '''
        def gradient_by_differences(loss, X, eps):
            return nd.stack(*[(loss(x + eps) - loss(x - eps)) / (2 * eps) for x in X.reshape((-1,))]).reshape(X.shape)
        ''', 'of the whole array'),
    'slopes of the first element': ('gradient_by_differences', _instead(
        'gradient_by_differences', ('            return', '                return'), ('return slopes',
                                                                                    'return slopes[place]')),
        'only the first element'),
    'slopes in a row': ('gradient_by_differences', _instead(
        'gradient_by_differences', ('return slopes', 'return slopes.reshape((-1,))')), 'numbers are right'),
    'means not divided': ('centred_gram', _instead('centred_gram', (' / len(means)', '')), 'too large'),
    'means divided twice': ('centred_gram', _instead('centred_gram', ('len(means)', 'len(means) ** 2')), 'too small'),
    'means of rows': ('centred_gram', '''
        def centred_gram(gram_X, means):
            return gram_X - means
        ''', 'taken from its products'),
    'means on the diagonal': ('centred_gram', '''
        def centred_gram(gram_X, means):
            return gram_X - nd.diag(means ** 2) / len(means)
        ''', 'only the diagonal'),
    'means as one number': ('centred_gram', _instead(
        'centred_gram', ('nd.dot(means.expand_dims(1), means.expand_dims(0))', 'nd.dot(means, means)')), 'same number'),
    'means added': ('centred_gram', _instead('centred_gram', ('gram_X -', 'gram_X +')), 'are added'),
    'means twice': ('centred_gram', _instead('centred_gram', ('gram_X -', 'gram_X - 2 *')), 'twice'),
    'mean of the Gram matrix': ('centred_gram', '''
        def centred_gram(gram_X, means):
            return gram_X - gram_X.mean()
        ''', 'mean of the Gram matrix'),
    'batch: the function of the chapter': ('batch_gram', '''
        def batch_gram(X):
            num_channels, n = X.shape[1], X.size // X.shape[1]
            X = X.reshape((num_channels, n))
            return nd.dot(X, X.T) / (num_channels * n)
        ''', 'are mixed'),
    'batch: divided by its size': ('batch_gram', _plain_gram('batch_gram', 'X.size'), 'number of pictures'),
    'batch: not divided': ('batch_gram', _instead('batch_gram', (' / (c * h * w)', '')), 'too large'),
    'batch: divided by the channels only': ('batch_gram', _plain_gram('batch_gram', 'c'), 'too large'),
    'batch: divided by the places only': ('batch_gram', _plain_gram('batch_gram', '(h * w)'), 'too large'),
    'batch: mixes channels and pixels': ('batch_gram', _instead(
        'batch_gram', ('(n, c, h * w)', '(n, h * w, c)'), ('transpose_b', 'transpose_a')), 'does not belong'),
    'batch: of places': ('batch_gram', _instead('batch_gram', ('transpose_b', 'transpose_a')), 'places with places'),
    'batch: pictures and channels exchanged': ('batch_gram', _instead(
        'batch_gram', ('rows = X', 'rows = X.transpose((1, 0, 2, 3))'), ('(n, c, h * w)', '(c, n, h * w)')),
        'pictures with pictures'),
    'batch: added up': ('batch_gram', '''
        def batch_gram(X):
            return sum(gram(X[i:i + 1]) for i in range(len(X)))
        ''', 'added up'),
    'batch: the first picture': ('batch_gram', '''
        def batch_gram(X):
            for x in X:
                return gram(x.expand_dims(0))
        ''', 'only the first'),
    'batch: pictures without their axis': ('batch_gram', '''
        def batch_gram(X):
            return nd.stack(*[gram(x) for x in X])
        ''', 'height is taken for'),
    'batch: written in place': ('batch_gram', '''
        def batch_gram(X):
            grams = nd.zeros((X.shape[0], X.shape[1], X.shape[1]))
            for i in range(len(X)):
                grams[i] = gram(X[i:i + 1])
            return grams
        ''', 'while autograd records'),
    'batch: a list': ('batch_gram', '''
        def batch_gram(X):
            return [gram(x.expand_dims(0)) for x in X]
        ''', 'returns list'),
    'batch: without means': ('batch_gram', _instead(
        'batch_gram', ('rows = X.', 'rows = (X - X.mean(axis=(2, 3), keepdims=True)).')), 'is subtracted'),
    'style weights not divided': ('weighted_style_loss', _instead('weighted_style_loss', (' / sum(weights)', '')),
                                  'added up, and that is all'),
    'style weights divided by the layers': ('weighted_style_loss', _instead(
        'weighted_style_loss', ('sum(weights)', 'len(weights)')), 'number of layers'),
    'style weights divided twice': ('weighted_style_loss', _instead(
        'weighted_style_loss', ('sum(weights)', 'sum(weights) / len(weights)')), 'number of layers, too'),
    'style weights on features': ('weighted_style_loss', _instead(
        'weighted_style_loss', ('weight * style_loss(Y_hat', 'style_loss(weight * Y_hat')), 'the features that'),
    'style weights that do not count': ('weighted_style_loss', _instead(
        'weighted_style_loss', ('weight * ', ''), ('sum(weights)', 'len(weights)')), 'do not count'),
    'style weights inside the square': ('weighted_style_loss', _instead(
        'weighted_style_loss', ('weight * style_loss(Y_hat, gram_Y)',
                                '((gram(Y_hat) - gram_Y) * weight).square().mean()')), 'squared, too'),
    'style of the last layer': ('weighted_style_loss', _instead(
        'weighted_style_loss', ('total = total + weight', 'total = weight')), 'only one of the layers'),
    'style of the first layer': ('weighted_style_loss', _instead(
        'weighted_style_loss', ('    return total', '        return total')), 'only one of the layers'),
    'style weights of others': ('weighted_style_loss', _instead(
        'weighted_style_loss', ('zip(Ys_hat, grams_Y, weights)', 'zip(Ys_hat, grams_Y, weights[::-1])')),
        'another layer'),
    'style weights: Gram matrix of the target': ('weighted_style_loss', _instead(
        'weighted_style_loss', ('(Y_hat, gram_Y)', '(Y_hat, gram(gram_Y.expand_dims(0).expand_dims(3)))')),
        'second time'),
    'style weights: features': ('weighted_style_loss', _instead(
        'weighted_style_loss', ('style_loss(Y_hat, gram_Y)', '(Y_hat - gram_Y).square().mean()')), 'compares features'),
    'style weights: absolute': ('weighted_style_loss', _instead(
        'weighted_style_loss', ('style_loss(Y_hat, gram_Y)', '(gram(Y_hat) - gram_Y).abs().mean()')),
        'wrong proportion'),
    'style weights changed in place': ('weighted_style_loss', '''
        def weighted_style_loss(Ys_hat, grams_Y, weights):
            total = sum(weights)
            for k in range(len(weights)):
                weights[k] /= total
            return sum(w * style_loss(Y_hat, G) for w, Y_hat, G in zip(weights, Ys_hat, grams_Y))
        ''', 'changes its argument'),
    'mask that does not count': ('masked_tv_loss', '''
        def masked_tv_loss(X, mask):
            down, across = X[:, :, 1:, :] - X[:, :, :-1, :], X[:, :, :, 1:] - X[:, :, :, :-1]
            return down.square().mean() + across.square().mean()
        ''', 'mask does not count'),
    'mask: divided by all': ('masked_tv_loss', '''
        def masked_tv_loss(X, mask):
            down, across = X[:, :, 1:, :] - X[:, :, :-1, :], X[:, :, :, 1:] - X[:, :, :, :-1]
            down = down * mask[:, :, 1:, :] * mask[:, :, :-1, :]
            across = across * mask[:, :, :, 1:] * mask[:, :, :, :-1]
            return down.square().mean() + across.square().mean()
        ''', 'counts as a difference of 0'),
    'mask of one pixel': ('masked_tv_loss', _instead(
        'masked_tv_loss', (' * mask[:, :, :-1, :]', ''), (' * mask[:, :, :, :-1]', '')), 'one of its two pixels'),
    'mask of the other pixel': ('masked_tv_loss', _instead(
        'masked_tv_loss', ('mask[:, :, 1:, :] * ', ''), ('mask[:, :, :, 1:] * ', '')), 'one of its two pixels'),
    'mask of either pixel': ('masked_tv_loss', _instead(
        'masked_tv_loss', (
            'mask[:, :, 1:, :] * mask[:, :, :-1, :]', 'nd.maximum(mask[:, :, 1:, :], mask[:, :, :-1, :])'),
        ('mask[:, :, :, 1:] * mask[:, :, :, :-1]', 'nd.maximum(mask[:, :, :, 1:], mask[:, :, :, :-1])')),
        'one of its two pixels'),
    'mask on the picture': ('masked_tv_loss', '''
        def masked_tv_loss(X, mask):
            X = X * mask
            down, across = X[:, :, 1:, :] - X[:, :, :-1, :], X[:, :, :, 1:] - X[:, :, :, :-1]
            return down.square().mean() + across.square().mean()
        ''', 'become an edge'),
    'mask: colours not counted': ('masked_tv_loss', _instead('masked_tv_loss', ('3 * ', '')), 'three times'),
    'mask: absolute': ('masked_tv_loss', _instead('masked_tv_loss', ('.square()', '.abs()')), 'wrong proportion'),
    'mask: one direction': ('masked_tv_loss', _instead('masked_tv_loss', (' +\n', '\n                    + 0 *')),
                            'one direction'),
    'mask: halved': ('masked_tv_loss', _instead('masked_tv_loss', ('return (', 'return 0.5 * (')), 'half of what'),
    'mask: divided by pixels': ('masked_tv_loss', _instead(
        'masked_tv_loss', ('both_down.sum()', 'mask.sum()'), ('both_across.sum()', 'mask.sum()')), 'number of pixels'),
    'mask: one mean': ('masked_tv_loss', _instead(
        'masked_tv_loss', (' / (3 * both_down.sum())', ''), ('(across * both_across).sum() / (3 * both_across.sum())',
                                                             '(across * both_across).sum()'),
        ('return (', 'return 1 / 3 / (both_down.sum() + both_across.sum()) * (')), 'share one mean'),
    'mask: summed': ('masked_tv_loss', _instead(
        'masked_tv_loss', (' / (3 * both_down.sum())', ''), (' / (3 * both_across.sum())', '')), 'size of the picture'),
    'mask: cancels': ('masked_tv_loss', _instead('masked_tv_loss', ('.square()', '')), 'cancel'),
    'still: weights trained': ('train_until_still', instead(
        _instead('train_until_still', OVER_THE_NETWORK), ('step(1)', 'step(1, ignore_stale_grad=True)')),
        'network has changed'),
    'still: no copy': ('train_until_still', _instead('train_until_still', ('X.copy()', 'X')), 'after the first epoch'),
    'still: never ends': ('train_until_still', _instead('train_until_still', ('< still', '> still + 1e9')),
                          'when the picture is still'),
    'still: ends while it moves': ('train_until_still', _instead('train_until_still', ('< still', '> still')),
                                   'another epoch'),
    'still: the largest change': ('train_until_still', _instead('train_until_still', ('.abs().mean()', '.abs().max()')),
                                  'largest change'),
    'still: summed': ('train_until_still', _instead('train_until_still', ('.abs().mean()', '.abs().sum()')),
                      'the larger a picture'),
    'still: cancels': ('train_until_still', _instead('train_until_still', ('.abs().mean()', '.mean().abs()')),
                       'cancel'),
    'still: squares': ('train_until_still', _instead('train_until_still', ('.abs()', '.square()')), 'a square'),
    'still: since the start': ('train_until_still', _instead(
        'train_until_still', ('                before = X.copy()\n', ''),
        ('for epoch', 'before = X.copy()\n            for epoch')), 'since the start'),
    'still: learning rate falls once': ('train_until_still', _instead(
        'train_until_still', ('(trainer.learning_rate * lr_decay)', '(lr * lr_decay)')), 'once only'),
    'still: nothing in the end': ('train_until_still', _instead(
        'train_until_still', ('            return X, max_epochs\n', '')), 'returns nothing where'),
    'still: one epoch less': ('train_until_still', _instead(
        'train_until_still', ('range(max_epochs)', 'range(max_epochs - 1)')), 'not do `max_epochs`'),
    'still: counts from 0': ('train_until_still', _instead('train_until_still', ('epoch + 1', 'epoch')),
                             'number of epochs'),
    'still: picture before the last step': ('train_until_still', _instead(
        'train_until_still', ('return X, epoch + 1', 'return before, epoch + 1')), 'too early'),
    'still: only the picture': ('train_until_still', _instead(
        'train_until_still', ('return X, epoch + 1', 'return X'), ('return X, max_epochs', 'return X')),
        'number of epochs are wanted'),
    'still: learning rate stays': ('train_until_still', _instead('train_until_still', (' * lr_decay', '')),
                                   'stays as it is'),
    'still: learning rate too early': ('train_until_still', _instead(
        'train_until_still', ('get_inits(X, net.ctx, lr, ', 'get_inits(X, net.ctx, lr * lr_decay, ')), 'too early'),
    'still: learning rate of the chapter': ('train_until_still', _instead(
        'train_until_still', ('                trainer.set_learning_rate',
                              '                if epoch:\n                    trainer.set_learning_rate')), 'too late'),
    'still: no end': ('train_until_still', _instead(
        'train_until_still', ('for epoch in range(max_epochs)', 'for epoch in __import__("itertools").count()')),
        'goes on after'),
    'still: no step': ('train_until_still', _instead('train_until_still', ('trainer.step(1)', 'pass')), 'not changed'),
    'still: loss goes up': ('train_until_still', _instead('train_until_still', ('[-1]', '[-1] * -1')), 'another place'),
    'still: not recorded': ('train_until_still', _instead(
        'train_until_still', ('with autograd.record():', 'if True:')), 'stopped'),
}
