"""Solutions of the warm-up: the chapter's functions."""
from .edit import instead

RIGHT = {
    'postprocess': '''
        def postprocess(img):
            img = img[0].transpose((1, 2, 0))
            return (img * rgb_std + rgb_mean).clip(0, 1)
        ''',
    'content_loss': '''
        def content_loss(Y_hat, Y):
            return ((Y_hat - Y) ** 2).mean()
        ''',
    'gram': '''
        def gram(X):
            _, c, h, w = X.shape
            rows = X.reshape((c, h * w))
            return nd.linalg.syrk(rows) / (c * h * w)
        ''',
    'style_loss': '''
        def style_loss(Y_hat, gram_Y):
            return nd.mean(nd.square(gram(Y_hat) - gram_Y))
        ''',
    'tv_loss': '''
        def tv_loss(Y_hat):
            down = nd.abs(Y_hat[:, :, :-1, :] - Y_hat[:, :, 1:, :]).mean()
            across = nd.abs(Y_hat[:, :, :, :-1] - Y_hat[:, :, :, 1:]).mean()
            return (down + across) / 2
        ''',
    'trim': '''
        def trim(pretrained_net, content_layers, style_layers):
            net = nn.Sequential()
            for i in range(max(content_layers + style_layers) + 1):
                net.add(pretrained_net[i])
            return net
        ''',
    'train': '''
        def train(X, contents_Y, styles_Y, net, lr, max_epochs, lr_decay_epoch):
            X, styles_Y_gram, trainer = get_inits(X, net.ctx, lr, styles_Y)
            for epoch in range(max_epochs):
                with autograd.record():
                    contents_Y_hat, styles_Y_hat = extract_features(X, net)
                    l = compute_loss(X, contents_Y_hat, styles_Y_hat, contents_Y, styles_Y_gram)[-1]
                l.backward()
                trainer.step(1)
                nd.waitall()
                if epoch > 0 and epoch % lr_decay_epoch == 0:
                    trainer.set_learning_rate(trainer.learning_rate * 0.1)
            return X
        ''',
}


def _instead(name, *changes):
    return instead(RIGHT[name], *changes)


TRAINS_THE_NETWORK = '''
    def train(X, contents_Y, styles_Y, net, lr, max_epochs, lr_decay_epoch):
        _, styles_Y_gram, _ = get_inits(X, net.ctx, lr, styles_Y)
        trainer = gluon.Trainer(net.collect_params(), 'adam', {'learning_rate': lr})
        for epoch in range(max_epochs):
            with autograd.record():
                contents_Y_hat, styles_Y_hat = extract_features(X, net)
                l = compute_loss(X, contents_Y_hat, styles_Y_hat, contents_Y, styles_Y_gram)[-1]
            l.backward()
            trainer.step(1, ignore_stale_grad=True)
            nd.waitall()
        return X
    '''

# what is wrong: (exercise, source, words of the first hint)
WRONG = {
    'postprocess without clip': ('postprocess', _instead('postprocess', ('.clip(0, 1)', '')), 'below 0 or above 1'),
    'postprocess in the wrong order': ('postprocess', _instead(
        'postprocess', ('img * rgb_std + rgb_mean', '(img + rgb_mean) * rgb_std')), 'wrong order'),
    'postprocess up to 255': ('postprocess', _instead('postprocess', ('.clip(0, 1)', '.clip(0, 1) * 255')), '255'),
    'postprocess clips the normalised values': ('postprocess', '''
        def postprocess(img):
            return img[0].transpose((1, 2, 0)).clip(0, 1) * rgb_std + rgb_mean
        ''', 'too early'),
    'postprocess on its side': ('postprocess', _instead('postprocess', ('(1, 2, 0)', '(2, 1, 0)')), 'side'),
    'postprocess keeps the batch': ('postprocess', _instead(
        'postprocess', ('img[0].transpose((1, 2, 0))', 'img.transpose((0, 2, 3, 1))')), 'leading axis'),
    'content loss summed': ('content_loss', _instead('content_loss', ('.mean()', '.sum()')), 'size of the picture'),
    'content loss halved': ('content_loss', _instead('content_loss', ('.mean()', '.mean() / 2')), 'constant factor'),
    'content loss absolute': ('content_loss', '''
        def content_loss(Y_hat, Y):
            return (Y_hat - Y).abs().mean()
        ''', 'wrong proportion'),
    'content loss cancels': ('content_loss', _instead('content_loss', (' ** 2', '')), 'cancel'),
    'content loss for each element': ('content_loss', _instead('content_loss', ('.mean()', '')), 'each element'),
    'content loss of Gram matrices': ('content_loss', '''
        def content_loss(Y_hat, Y):
            return (package_gram(Y_hat) - package_gram(Y)).square().mean()
        '''.replace('package_gram', '__import__("d2l_style").gram'), 'where'),
    'content loss without gradient': ('content_loss', '''
        def content_loss(Y_hat, Y):
            return float(((Y_hat - Y) ** 2).mean().asscalar())
        ''', 'no gradient'),
    'Gram matrix not divided': ('gram', _instead('gram', (' / (c * h * w)', '')), 'too large'),
    'Gram matrix divided by c only': ('gram', _instead('gram', ('(c * h * w)', 'c')), 'too large'),
    'Gram matrix divided by h w only': ('gram', _instead('gram', ('(c * h * w)', '(h * w)')), 'too large'),
    'Gram matrix mixes channels and pixels': ('gram', '''
        def gram(X):
            _, c, h, w = X.shape
            columns = X.reshape((h * w, c))
            return nd.dot(columns.T, columns) / (c * h * w)
        ''', 'does not belong to one channel'),
    'Gram matrix of transposed features': ('gram', _instead(
        'gram', ('X.reshape((c, h * w))', 'X.transpose((0, 2, 3, 1)).reshape((c, h * w))')), 'does not belong'),
    'Gram matrix of places': ('gram', _instead('gram', ('nd.linalg.syrk(rows)', 'nd.dot(rows.T, rows)')), 'places'),
    'Gram matrix centred': ('gram', _instead(
        'gram', ('X.reshape((c, h * w))', '(X - X.mean(axis=(2, 3), keepdims=True)).reshape((c, h * w))')),
        'mean of each'),
    'style loss on features': ('style_loss', '''
        def style_loss(Y_hat, gram_Y):
            return (Y_hat - gram_Y).square().mean()
        ''', 'compares features'),
    'style loss summed': ('style_loss', _instead('style_loss', ('nd.mean', 'nd.sum')), 'size of the picture'),
    'style loss with the Gram matrix of the target': ('style_loss', '''
        def style_loss(Y_hat, gram_Y):
            return (gram(Y_hat) - gram(gram_Y.expand_dims(0).expand_dims(3))).square().mean()
        ''', 'second time'),
    'style loss of the paper': ('style_loss', _instead(
        'style_loss', ('gram_Y))', 'gram_Y)) / 4')), 'constant factor'),
    'TV over one direction': ('tv_loss', _instead('tv_loss', ('(down + across) / 2', 'down')), 'one direction'),
    'TV over one direction, halved': ('tv_loss', _instead(
        'tv_loss', ('(down + across) / 2', 'across / 2')), 'one direction'),
    'TV with squares': ('tv_loss', _instead('tv_loss', ('nd.abs', 'nd.square')), 'wrong proportion'),
    'TV summed': ('tv_loss', _instead('tv_loss', ('.mean()', '.sum()')), 'size of the picture'),
    'TV not halved': ('tv_loss', _instead('tv_loss', (' / 2', '')), 'constant factor'),
    'TV cancels': ('tv_loss', _instead('tv_loss', ('nd.abs', '')), 'cancel'),
    'TV over colours': ('tv_loss', _instead(
        'tv_loss', ('Y_hat[:, :, :, :-1] - Y_hat[:, :, :, 1:]', 'Y_hat[:, :-1] - Y_hat[:, 1:]')), 'red is compared'),
    'network without its last layer': ('trim', _instead('trim', (' + 1)', ')')), 'last layer is missing'),
    'network one layer too long': ('trim', _instead('trim', ('+ 1)', '+ 2)')), 'one layer too many'),
    'network not cut': ('trim', '''
        def trim(pretrained_net, content_layers, style_layers):
            return pretrained_net
        ''', 'nothing is cut off'),
    'network up to the content layer': ('trim', _instead(
        'trim', ('content_layers + style_layers', 'content_layers')), 'one kind of layers'),
    'network of the chosen layers only': ('trim', _instead(
        'trim', ('range(max(content_layers + style_layers) + 1)', 'sorted(content_layers + style_layers)')),
        'none between them'),
    'network as a list': ('trim', '''
        def trim(pretrained_net, content_layers, style_layers):
            return [pretrained_net[i] for i in range(max(content_layers + style_layers) + 1)]
        ''', 'returns list'),
    'network with new weights': ('trim', '''
        def trim(pretrained_net, content_layers, style_layers):
            from d2l_style.backbones import vgg_features
            net = vgg_features((4, 4, 8, 8, 8))[:max(content_layers + style_layers) + 1]
            net.initialize()
            return net
        ''', 'something else than the pretrained'),
    'weights trained instead of the picture': ('train', TRAINS_THE_NETWORK, 'network has changed'),
    'no step': ('train', _instead('train', ('trainer.step(1)', 'pass')), 'picture has not changed'),
    'forgotten waitall': ('train', _instead('train', ('nd.waitall()', 'pass')), 'nothing waits'),
    'learning rate never changes': ('train', _instead('train', ('* 0.1', '')), 'stays as it is'),
    'learning rate changes in epoch 0': ('train', _instead('train', ('epoch > 0 and ', '')), 'too early'),
    'one epoch too few': ('train', _instead('train', ('range(max_epochs)', 'range(1, max_epochs)')), 'another place'),
    'loss goes up': ('train', _instead('train', ('[-1]', '[-1] * -1')), 'another place'),
    'not recorded': ('train', _instead('train', ('with autograd.record():', 'if True:')), 'stopped'),
}
