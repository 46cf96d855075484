"""The chapter's training loop as it is printed, for comparison: every gradient, layer by layer.

Has nothing of `d2l_style`, but for MXNet being importable. Only the globals became parameters, and the
epochs are handed out one by one.
"""
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import nn


def extract_features(X, net, content_layers, style_layers):
    contents = []
    styles = []
    for i in range(len(net)):
        X = net[i](X)
        if i in style_layers:
            styles.append(X)
        if i in content_layers:
            contents.append(X)
    return contents, styles


def content_loss(Y_hat, Y):
    return (Y_hat - Y).square().mean()


def gram(X):
    num_channels, n = X.shape[1], X.size // X.shape[1]
    X = X.reshape((num_channels, n))
    return nd.dot(X, X.T) / (num_channels * n)


def style_loss(Y_hat, gram_Y):
    return (gram(Y_hat) - gram_Y).square().mean()


def tv_loss(Y_hat):
    return 0.5 * ((Y_hat[:, :, 1:, :] - Y_hat[:, :, :-1, :]).abs().mean() +
                  (Y_hat[:, :, :, 1:] - Y_hat[:, :, :, :-1]).abs().mean())


def compute_loss(X, contents_Y_hat, styles_Y_hat, contents_Y, styles_Y_gram):
    contents_l = [content_loss(Y_hat, Y) * 1 for Y_hat, Y in zip(contents_Y_hat, contents_Y)]
    styles_l = [style_loss(Y_hat, Y) * 1e3 for Y_hat, Y in zip(styles_Y_hat, styles_Y_gram)]
    tv_l = tv_loss(X) * 10
    l = nd.add_n(*styles_l) + nd.add_n(*contents_l) + tv_l
    return contents_l, styles_l, tv_l, l


class GeneratedImage(nn.Block):
    def __init__(self, img_shape, **kwargs):
        super().__init__(**kwargs)
        self.weight = self.params.get('weight', shape=img_shape)

    def forward(self):
        return self.weight.data()


def epochs(content_X, style_X, net, content_layers, style_layers, lr=0.01, lr_decay_epoch=200):
    """Yields the content, style, TV and total loss of every epoch, (1,) each, without end."""
    contents_Y, _ = extract_features(content_X, net, content_layers, style_layers)
    _, styles_Y = extract_features(style_X, net, content_layers, style_layers)
    gen_img = GeneratedImage(content_X.shape)
    gen_img.initialize(init.Constant(content_X), force_reinit=True)
    trainer = gluon.Trainer(gen_img.collect_params(), 'adam', {'learning_rate': lr})
    styles_Y_gram = [gram(Y) for Y in styles_Y]
    X, i = gen_img(), 0
    while True:
        with autograd.record():
            contents_Y_hat, styles_Y_hat = extract_features(X, net, content_layers, style_layers)
            contents_l, styles_l, tv_l, l = compute_loss(X, contents_Y_hat, styles_Y_hat, contents_Y, styles_Y_gram)
        l.backward()
        trainer.step(1)
        nd.waitall()
        yield nd.add_n(*contents_l), nd.add_n(*styles_l), tv_l, l
        if i % lr_decay_epoch == 0 and i != 0:
            trainer.set_learning_rate(trainer.learning_rate * 0.1)
        i += 1
