"""Network: who asks, and what this machine says about the way to the internet: proxies, certificates, passwords."""
import os
from importlib import metadata
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies, select_proxy

from .errors import brief, shown

CERTIFICATES = 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'  # those that requests reads, the first one first
ABOUT = 'https://d2l.ai/chapter_computer-vision/neural-style.html'
NO_PROXY = 'or empty where none is needed'


def user_agent() -> str:
    """Who asks, as Wikimedia's policy wants it: name and version, a page about it, and the library."""
    try:
        version = metadata.version('d2l-style')
    except metadata.PackageNotFoundError:  # a copy of the folder that nobody installed
        version = '0'
    return f'd2l-style/{version} (companion to {ABOUT}) python-requests/{requests.__version__}'


def host_of(url: str) -> str:
    """The server of an address, without the password that may stand before it."""
    try:
        return brief(urlsplit(url).netloc.rpartition('@')[2] or url)
    except ValueError:
        return brief(url)


def proxy_setting(url: str) -> str:
    """'HTTPS_PROXY=http://***@proxy:3128', the variable that sends `url` over a proxy; '' where none does.

    After a redirection the other scheme counts, so its variable is named where that of `url` is not set.
    """
    scheme, _, rest = url.partition('://')
    for each in (scheme.lower(), 'https' if scheme.lower() == 'http' else 'http'):
        try:
            proxy = select_proxy(f'{each}://{rest}', get_environ_proxies(f'{each}://{rest}'))
        except ValueError:  # an address that cannot be read
            return ''
        if proxy:
            names = [name for key in (f'{each}_proxy', 'all_proxy') for name, value in os.environ.items()
                     if name.lower() == key and value == proxy]
            return f'{names[0] if names else "the proxy of the system"}={_without_password(proxy)}'
    return ''


def certificate_setting() -> str:
    """'REQUESTS_CA_BUNDLE=/etc/own.pem', the variable that names the certificates to trust; '' for none."""
    return next((f'{name}={brief(os.environ[name])}' for name in CERTIFICATES if os.environ.get(name)), '')


def what_is_wrong(url: str, error: Exception) -> str:
    """Why `url` could not even be asked for, as a sentence that names what has to be changed."""
    proxy, certificates = proxy_setting(url), certificate_setting()
    if isinstance(error, UnicodeDecodeError):  # of `netrc`, which requests looks into
        return (f'{os.environ.get("NETRC", "the file .netrc")} in your home folder, with names and passwords for '
                'servers, cannot be read as text: mend it or move it away')
    if certificates and 'certificate' in str(error):
        return f'{certificates} in the environment names no file with certificates: mend it, or unset it'
    if not proxy or isinstance(error, requests.exceptions.MissingSchema) or 'connection adapters' in str(error):
        return f'{shown(url)} cannot be fetched ({brief(error)}): only http and https addresses can'
    if 'SOCKS' in str(error):
        return (f'the proxy on the way to {host_of(url)}, {proxy}, is of the kind SOCKS: set the variable to an '
                f'http:// proxy, {NO_PROXY}, or install PySocks (pip install pysocks)')
    return (f'the proxy on the way to {host_of(url)}, {proxy}, cannot be used ({brief(_reason(error))}): set the '
            f'variable to http://SERVER:PORT, {NO_PROXY}')


def _reason(error):
    return str(error).removeprefix('Failed to parse: ')


def _without_password(proxy):
    before, at, server = proxy.rpartition('@')
    scheme, slashes, _ = before.partition('://')
    return brief(f'{scheme}{slashes}***@{server}' if slashes else f'***@{server}') if at else brief(proxy)
