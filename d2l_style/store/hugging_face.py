"""Hugging Face: from a safetensors file on the Hugging Face Hub, only the tensors that are used.

Such a file begins with a header that says where each tensor lies: first the header is fetched,
then ranges of bytes; for VGG-19 up to conv5_1 that is 52 MB of 575.
"""
import os
import struct
from pathlib import Path

import requests
from huggingface_hub import get_token, hf_hub_url

from .download import download, progress, receive
from .errors import DownloadError
from .formats import HEADER_LIMIT, Shapes, part_of_safetensors
from .registry import PublishedWeights

FIRST = 1 << 15  # bytes: more than the header of a VGG has


def fetch_hub(weights: PublishedWeights, shapes: Shapes, file: Path, describe: str) -> tuple[Path, str]:
    """Fetch the tensors `shapes`, {name: shape}, of `weights.hub` as the safetensors file `file`; (its path, revision).

    `HF_ENDPOINT`, `HF_TOKEN` and the proxies of the environment are honoured. Raises `DownloadError`.
    """
    ranges = Ranges(shapes, describe)
    if file.exists():  # of a fetch that was broken off later: which revision it is, is not known any more
        file.unlink()
    url = hf_hub_url(*weights.hub, endpoint=os.environ.get('HF_ENDPOINT'))
    return download(url, file, limit=0, describe=describe, downloader=ranges), ranges.revision


class Ranges:
    """Downloader for pooch that makes a safetensors file with some tensors out of parts of a larger one."""

    def __init__(self, shapes: Shapes, describe: str):
        self.shapes, self.describe, self.revision = shapes, describe, ''

    def __call__(self, url, output_file, store):  # noqa: ARG002  pooch gives `store`
        """Called by pooch: fetch `url` to `output_file`."""
        token = get_token()  # a public file needs none, a mirror may
        headers = {'Authorization': f'Bearer {token}'} if token else {}
        head, start, tag = self._head(url, Path(output_file), headers)
        new, ranges = part_of_safetensors(head, self.shapes)
        total = sum(last - first for first, last in ranges)
        part = Path(output_file).with_name(f'{tag}.part')  # another version never goes on from this one
        with open(part, 'ab') as file, progress(self.describe, file.tell(), total) as bar:
            have = file.tell()
            for first, last in ranges:
                done = min(have, last - first)
                have -= done
                if first + done < last:
                    receive(url, file, start=start + first + done, stop=start + last, limit=0, headers=headers, bar=bar)
        if part.stat().st_size != total:
            part.unlink()
            raise requests.ConnectionError('broken off')
        with open(output_file, 'wb') as whole, open(part, 'rb') as data:
            whole.write(new)
            whole.write(data.read())
        part.unlink()

    def _head(self, url, near, headers):
        """The header, where the data begins, and a name for this version of the file."""
        with open(near.with_name('head.part'), 'w+b') as file, progress(self.describe) as bar:
            answer = receive(url, file, start=0, stop=FIRST, limit=0, headers=headers, bar=bar)
            file.seek(0)
            (size,) = struct.unpack('<Q', file.read(8).ljust(8, b'\0'))
            if not 2 <= size <= HEADER_LIMIT:
                raise DownloadError(f'{url} is no safetensors file (its header would have {size} bytes): '
                                    'it is not what was published')
            if 8 + size > FIRST:
                receive(url, file, start=FIRST, stop=8 + size, limit=0, headers=headers, bar=bar)
            file.seek(8)
            head = file.read(size)
        Path(file.name).unlink()
        answer = {key.lower(): value for key, value in answer.items()}
        self.revision = answer.get('x-repo-commit', '')
        tag = answer.get('x-linked-etag') or answer.get('etag') or self.revision or 'data'
        return head, 8 + size, ''.join(letter for letter in tag if letter.isalnum())[:64]
