"""Help: one sentence for each control, tied to the chapter's formula, and the guided experiments."""
from dataclasses import dataclass, replace

from ..losses import Weights
from .recipe import Settings, chapters

HELP = {
    'content': 'Factor of the content loss, the mean of (Ŷ − Y)² at the content layers. More: the scene stays as it is',
    'style': 'Factor of the style loss, the mean of (Gram(Ŷ) − Gram(Y))² at each style layer. More: more of the '
             'painting',
    'tv': 'Factor of the total variation loss, the mean of |x(i,j) − x(i+1,j)| and |x(i,j) − x(i,j+1)|. More: smoother',
    'style_scale': 'Size of the style picture relative to the content picture, which sets how large the strokes are. '
                   'The chapter: 1',
    'layers': 'Content layers compare features place by place, style layers compare Gram matrices. The number '
              'multiplies the style weight for that layer. Deep layers see large parts, early ones details.',
    'backbone': 'The pretrained network whose features the losses compare. All but vgg19_slim have to be fetched '
                'first: <code>python -m d2l_style weights list</code>.',
    'pictures': 'Whose features are the targets Y: above for the content loss, below for the style loss.',
    'upload': 'A picture of your own (JPEG, PNG and others), for the side chosen here: up to 10 MB (90 MB with '
              '“make lab”) and 64 megapixels.',
    'size': 'Width × height in pixels. The chapter trains at 225 × 150, then at 450 × 300; four times the pixels '
            'take three to four times as long.',
    'proportions': 'Fit the content image into that size; the chapter stretches it.',
    'lr': 'Learning rate: how far Adam moves a pixel in an epoch. The chapter takes 0.01; 0.1 shows something at once.',
    'decay': 'The learning rate is divided by ten every so many epochs (0: never). The chapter: 200.',
    'optimiser': 'Adam is the chapter\'s. L-BFGS, as in Gatys et al. 2016, learns how the loss curves: fewer epochs, '
                 'no learning rate, but it starts anew when a weight changes.',
    'start': 'The picture that “Start over” begins with. “current” keeps the composite image as it is.',
    'stop': 'Epochs after which a run ends. The chapter: 500.',
}
# a line each, under the sliders that are seen all the time; the sentences are in their tooltips
BRIEFLY = {
    'content': 'of the mean of (Ŷ − Y)². More: the scene stays',
    'style': 'of (Gram(Ŷ) − Gram(Y))². More: the painting',
    'tv': 'of neighbours’ differences. More: smoother',
    'style_scale': 'of the style picture. More: larger strokes',
}


@dataclass(frozen=True)
class Experiment:
    """Something to try: what it sets, what to do, a question to answer before, and what will be seen."""

    title: str
    settings: Settings
    stop_after: int
    do: str
    question: str
    guesses: tuple
    watch: str


# What to watch was watched with the embedded backbone and the two pictures that the lab begins with.
EXPERIMENTS = (
    Experiment(
        'Turn the TV weight to 0', replace(chapters(Settings()), lr=0.1, lr_decay_epoch=0), 1000,
        'Press <b>Run</b> and wait for about 100 epochs. Then drag <b>TV weight</b> to the far left, which is 0; '
        'and 50 epochs later to 200.',
        'At 0: what happens to the TV loss before weighting, and to the picture?',
        ('it falls, the picture is smoother', 'it stays', 'it rises, the picture is grainier'),
        'At 0, the TV loss <i>before weighting</i> (tab Losses by layer) rises, because nobody asks for a low one '
        'any more, and grain comes into the picture. At 200 it turns into smooth patches, and the style loss pays for '
        'it: about one and a half times as much as before.'),
    Experiment(
        'One style layer alone', Settings(style_layers=('conv1_1',)), 1000,
        'Press <b>Run</b> for about 100 epochs. Then, under <b>Layers</b>, tick <b>conv4_1</b> as a style layer and '
        'untick <b>conv1_1</b>. At the end, tick the first layer of every block.',
        'What does conv1_1 alone bring over from the painting?',
        ('its colours', 'its strokes', 'its houses and trees'),
        'With conv1_1 alone the lake takes on blues and greens of the painting and keeps its own shapes. '
        'With conv4_1 specks and small strokes in other colours come in. All five together bring stronger colours '
        '<i>and</i> long strokes, swirls, round trees. That is why the chapter takes five.'),
    Experiment(
        'Begin with noise', Settings(start='noise', weights=Weights(content=0)), 2000,
        'The content weight is 0. Press <b>Run</b> for about 100 epochs. Then press <b>default</b> beside '
        '<b>content weight</b>. After another 100, under <b>Layers</b>, tick <b>conv3_1</b> as content layer and '
        'untick <b>conv4_4</b>.',
        'What shows before there is a content loss?',
        ('noise', 'strokes without a lake', 'the painting itself'),
        'Without the content loss there are strokes and trees, but no lake: a Gram matrix does not know where things '
        'are. conv4_4 brings back a hint of the mountain: much of where things are is lost on the way there. conv3_1 '
        'holds more of it: mountain and shore come out of the strokes.'),
)
