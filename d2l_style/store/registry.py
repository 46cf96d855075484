"""Registry: what has been published where, how large it is, how it is recognised, under which licence."""
from dataclasses import dataclass
from pathlib import Path

from .licences import APACHE, BSD, CC_BY, CC_BY_SA, MIT


@dataclass(frozen=True)
class PublishedWeights:
    """Published weights of one backbone. `size`: bytes of the published file.

    Either `embedded` in the package, or in Gluon's model zoo (`zoo`, the model's name there, and
    `sha1` of its `.params` file), or on the Hugging Face Hub (`hub`: repository and file).
    """

    about: str
    licence: str
    size: int
    zoo: str = ''
    sha1: str = ''
    hub: tuple[str, ...] = ()
    embedded: Path | None = None

    @property
    def file(self) -> str:
        """The name that Gluon gives the file, with the first eight digits of its hash."""
        return f'{self.zoo}-{self.sha1[:8]}.params'

    @property
    def source(self) -> str:
        """Where it comes from, in a few words."""
        if self.embedded:
            return 'in the package'
        return f"Gluon's model zoo, {self.file}" if self.zoo else f'Hugging Face Hub, {self.hub[0]}'


WEIGHTS = {
    'vgg19_slim': PublishedWeights(
        'VGG-19 with a quarter of the channels, distilled from the real one and from a quarter network of H. Wang and '
        'others, CVPR 2020 (embedded)', f'{CC_BY}\n\n{MIT}', 1_700_000,
        embedded=Path(__file__).parent.parent / 'pretrained' / 'vgg19_slim.params'),
    'vgg19': PublishedWeights(
        "the chapter's VGG-19 with ImageNet weights, from Gluon's model zoo, edition before July 2018 "
        '(converted from torchvision, says the documentation of that time)', f'{APACHE}\n\n{BSD}', 574_670_000,
        zoo='vgg19', sha1='f713436691eee9a20d70a145ce0d53ed24bf7399'),
    'vgg19_2018': PublishedWeights(
        "VGG-19 trained anew for the zoo with GluonCV: what MXNet 1.9.1's own vgg19(pretrained=True) takes; "
        'other weights, other losses', APACHE, 574_670_000,
        zoo='vgg19', sha1='ad2f660d101905472b83590b59708b71ea22b2e5'),
    'vgg19_torchvision': PublishedWeights(
        "torchvision's VGG-19; other weights than the zoo's, so other loss values than the chapter's", BSD, 574_700_000,
        hub=('timm/vgg19.tv_in1k', 'model.safetensors')),
    'vgg16': PublishedWeights(
        'VGG-16 with ImageNet weights: three convolutions less', APACHE, 553_430_000,
        zoo='vgg16', sha1='e660d4569ccb679ec68f1fd3cce07a387252a90a'),
    'squeezenet1_1': PublishedWeights(
        'SqueezeNet 1.1 with ImageNet weights: small, of another kind', APACHE, 4_950_000,
        zoo='squeezenet1.1', sha1='33ba0f93753c83d86e1eb397f38a667eaf2e9376'),
}


@dataclass(frozen=True)
class PublishedPicture:
    """A published picture. `size`: bytes."""

    url: str
    sha256: str
    size: int
    attribution: str


_D2L = 'https://github.com/d2l-ai/d2l-en/raw/23d7a5ae/img/'
_BY = f'from Dive into Deep Learning, A. Zhang, Z. C. Lipton, M. Li, A. J. Smola, https://d2l.ai, {CC_BY_SA}'

PICTURES = {
    'rainier': PublishedPicture(
        f'{_D2L}rainier.jpg', '014381e94081625e5e5279fd81f50d01b75ebf10f1e85189d66e2fc93adbc768', 578_469,
        f'photograph of Mount Rainier, {_BY}'),
    'autumn_oak': PublishedPicture(
        f'{_D2L}autumn-oak.jpg', 'a277e6926333bcb06f8fa7e68d24e4d3027ecb87802227ed4b514ab1906af557', 2_850_502,
        f'oil painting of oaks in autumn, {_BY}'),
}
