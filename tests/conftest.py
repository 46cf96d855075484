"""One small network, one small pair of pictures, for all tests."""
import gc
import shutil
from pathlib import Path

from . import homes

PERSONS_HOME = Path.home()
BEFORE = homes.left_in(PERSONS_HOME)
HOME = homes.move_in()  # before Matplotlib, Jupyter and Dask ask where they may write

from d2l_style import FeatureNet, get_contents, get_styles  # before MXNet, as its threads are set there
from d2l_style.backbones import vgg_features
from d2l_style.layers import head

import mxnet as mx
import numpy as np
import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir
from mxnet import nd

SHAPE = (48, 32)  # width, height
NOWHERE = 'http://127.0.0.1:9'  # nobody answers there

set_hypothesis_home_dir(HOME)
settings.register_profile('here', database=None, deadline=None)  # a busy machine is no failure
settings.load_profile('here')


def pytest_collection_finish():
    """What is loaded by now stays. The garbage collector looks at it no more: unit tests take 0.6 of the time."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session):
    """Nothing is left in the home of the person who runs the tests."""
    shutil.rmtree(HOME, ignore_errors=True)
    left = homes.left_in(PERSONS_HOME) - BEFORE
    if left:
        print(f'\nTests left in {PERSONS_HOME}: {", ".join(sorted(left))}')
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _own_home(monkeypatch):
    """An empty home for each test; what several tests share is in that of the process."""
    with homes.empty() as home:
        monkeypatch.setenv('HOME', home)
        monkeypatch.setenv('USERPROFILE', home)
        yield


@pytest.fixture(autouse=True)
def _no_files_and_no_internet(tmp_path, monkeypatch):
    """Folders of the test's own, no profile of the user's, and no way out."""
    monkeypatch.setenv('D2L_STYLE_CACHE', str(tmp_path / 'cache'))
    monkeypatch.setenv('MXNET_HOME', str(tmp_path / 'mxnet'))
    monkeypatch.setenv('MXNET_GLUON_REPO', NOWHERE)
    monkeypatch.setenv('HF_ENDPOINT', NOWHERE)
    for name in ('D2L_STYLE_WEIGHTS', 'D2L_STYLE_PROFILE', 'HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def pretrained_net():
    """VGG-19 topology with 4 to 8 channels and the same random weights in every test, frozen."""
    mx.random.seed(1)
    features = vgg_features((4, 4, 8, 8, 8))
    features.initialize(mx.init.MSRAPrelu(slope=0))
    features(nd.zeros((1, 3, 32, 48)))
    features.collect_params().setattr('grad_req', 'null')
    return features


@pytest.fixture
def net(pretrained_net):
    return FeatureNet(pretrained_net)


@pytest.fixture
def net_with_heads(pretrained_net):
    """The same with a head, a 1×1 convolution, at each style layer; the upper two look at it after its ReLU."""
    mx.random.seed(4)
    pretrained_net.heads = {i: head(c, c, after_relu=i > 10) for i, c in zip((0, 5, 10, 19, 28), (4, 4, 8, 8, 8))}
    for block in pretrained_net.heads.values():
        block.initialize(mx.init.Normal(0.3))
        block.collect_params().setattr('grad_req', 'null')
    return FeatureNet(pretrained_net)


@pytest.fixture
def content_img():
    """A smooth ramp of colours with a bright square, `uint8` (60, 90, 3)."""
    picture = np.zeros((60, 90, 3), 'uint8')
    picture[..., 0] = np.linspace(20, 220, 90)
    picture[..., 1] = np.linspace(200, 40, 60)[:, None]
    picture[20:40, 30:60] = 230
    return nd.array(picture, dtype='uint8')


@pytest.fixture
def style_img():
    """Coloured stripes with grain, `uint8` (64, 64, 3)."""
    rng = np.random.RandomState(0)
    stripes = np.sin(np.arange(64) / 3)[:, None, None] * [90, 60, -80] + 128
    return nd.array(np.clip(stripes + rng.normal(0, 12, (64, 64, 3)), 0, 255), dtype='uint8')


@pytest.fixture
def job(net, content_img, style_img):
    """The first four arguments of `train`: start, content targets, style targets, network."""
    X, contents_Y = get_contents(content_img, SHAPE, net)
    _, styles_Y = get_styles(style_img, SHAPE, net)
    return X, contents_Y, styles_Y, net
