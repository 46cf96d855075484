"""Settings of the machine that stand in the way to the internet are named, the address is not blamed."""
from d2l_style import DownloadError, read_image

import pytest
import requests
from requests.exceptions import SSLError

from ..systems import as_kept

FETCHED = 'http://pictures.invalid/a.jpg'


@pytest.fixture(autouse=True)
def _bare(monkeypatch, tmp_path):
    for name in ('HTTP', 'HTTPS', 'ALL', 'NO'):
        for each in (f'{name}_PROXY', f'{name.lower()}_proxy'):
            monkeypatch.delenv(each, raising=False)
    for name in ('REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'SSL_CERT_FILE', 'REQUEST_METHOD', 'NETRC'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('HOME', str(tmp_path))


def message(address=FETCHED):
    with pytest.raises(DownloadError) as found:
        read_image(address)
    assert len(str(found.value)) < 600 and '\n' not in str(found.value)
    return str(found.value)


@pytest.mark.parametrize('name', ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'])
@pytest.mark.parametrize(('value', 'advice'), [
    ('socks5://127.0.0.1:9', 'SOCKS'), ('socks5h://127.0.0.1:9', 'SOCKS'), ('socks4://127.0.0.1:9', 'SOCKS'),
    ('127.0.0.1:9', 'does not work'), ('http://127.0.0.1:9', 'does not work'), (':::', 'http://SERVER:PORT'),
    ('http://', 'http://SERVER:PORT'), ('nonsense nonsense', 'http://SERVER:PORT'), ('http://[', 'http://SERVER:PORT'),
    ('foo://127.0.0.1:9', 'http://SERVER:PORT'), ('http://x:99999', 'http://SERVER:PORT')])
def test_a_proxy_that_is_no_use_is_named_by_its_variable(quick, monkeypatch, name, value, advice):
    if 'SOCKS' in advice:
        monkeypatch.setattr('requests.adapters.SOCKSProxyManager', no_socks)  # as where PySocks is not installed
    monkeypatch.setenv(name, value)
    told = message()
    assert f'{as_kept(name)}={value}' in told and advice in told
    assert 'only http and https' not in told and 'empty where none is needed' in told


def no_socks(*args, **kwargs):
    raise requests.exceptions.InvalidSchema('Missing dependencies for SOCKS support.')


@pytest.mark.parametrize('name', ['https_proxy', 'HTTPS_PROXY', 'all_proxy'])
def test_a_proxy_for_protected_addresses_is_named(quick, monkeypatch, name):
    monkeypatch.setenv(name, '127.0.0.1:9')
    assert f'{as_kept(name)}=127.0.0.1:9' in message('https://pictures.invalid/a.jpg')


@pytest.mark.parametrize('value', ['http://me:se%40cret@127.0.0.1:9', 'me:secret@127.0.0.1:9', 'socks5://me:se@cret@h:1',
                                   'http://me:sec/ret@127.0.0.1:9'])
def test_the_password_of_a_proxy_is_not_shown(quick, monkeypatch, value):
    monkeypatch.setenv('http_proxy', value)
    told = message()
    assert 'cret' not in told and 'se%40' not in told and '***@' in told


def test_a_proxy_that_wants_a_password_says_so(server, quick, monkeypatch):
    monkeypatch.setenv('http_proxy', server.url)
    server.files['/a.jpg'], server.faults[:] = b'', [407]
    told = message()
    assert 'NAME:PASSWORD' in told and f'{as_kept("http_proxy")}={server.url}' in told


def test_an_address_without_a_proxy_does_not_name_one(server, quick, monkeypatch):
    monkeypatch.setenv('http_proxy', 'socks5://127.0.0.1:9')
    monkeypatch.setenv('NO_PROXY', '127.0.0.1')
    assert 'is not there' in message(f'{server.url}/nothing.jpg')
    assert 'cannot be reached' in message('http://127.0.0.1:9/a.jpg')


def test_an_address_that_is_wrong_is_blamed_itself(quick, monkeypatch):
    monkeypatch.setenv('http_proxy', 'http://127.0.0.1:9')
    assert 'only http and https' in message('http:///a.jpg')


@pytest.mark.parametrize('name', ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'])
def test_certificates_that_are_missing_are_named(monkeypatch, name, tmp_path):
    monkeypatch.setenv(name, str(tmp_path / 'nothing.pem'))
    told = message('https://pictures.invalid/a.jpg')
    assert name in told and 'nothing.pem' in told and 'unset it' in told


def test_a_certificate_that_is_not_accepted_names_who_says_so(quick, monkeypatch):
    def refused(*args, **kwargs):
        raise SSLError('certificate verify failed')

    monkeypatch.setattr(requests.Session, 'get', refused)
    assert 'set REQUESTS_CA_BUNDLE to' in message('https://pictures.invalid/a.jpg')
    monkeypatch.setenv('CURL_CA_BUNDLE', 'own.pem')
    assert 'CURL_CA_BUNDLE=own.pem' in message('https://pictures.invalid/a.jpg')


@pytest.mark.parametrize('content', [b'\xff\xfe "', b'machine', b'nonsense "', b''])
def test_a_netrc_that_cannot_be_read_stands_in_nobodys_way_or_is_named(quick, tmp_path, content):
    (tmp_path / '.netrc').write_bytes(content)
    told = message('http://127.0.0.1:9/a.jpg')
    assert 'netrc' in told or 'cannot be reached' in told
    assert 'not what was published' not in told
