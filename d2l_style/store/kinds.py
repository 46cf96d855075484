"""Kinds: what a file is whose name says "picture", told by its first bytes, and its pixels without their metadata."""
import re

HEIC = {b'heic', b'heix', b'heim', b'heis', b'hevc', b'hevx', b'mif1', b'msf1'}  # brands, ISO/IEC 23008-12
TIFF = b'II*\0', b'MM\0*', b'II+\0', b'MM\0+'  # the first bytes of most raw files too
PNG, PNG_KEPT = b'\x89PNG\r\n\x1a\n', {b'IHDR', b'PLTE', b'tRNS', b'IDAT', b'IEND'}
JPEG, JPEG_LEFT_OUT = b'\xff\xd8', {*range(0xE1, 0xEE), 0xEF, 0xFE}  # all but JFIF and Adobe's, which names the colours
AVIF = rb'....ftypavi[fs]'
SAY = 'save or export it as JPEG or PNG'
KINDS = (  # the beginning of a file, what it is, what to do
    (rb'\s*$', 'is empty', 'copy or download it again'),
    (rb'(\xef\xbb\xbf)?\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body)', 'is a web page',
     'the server refuses programs, or it is the page around a picture: open the picture itself, save it in the '
     'browser and give the path'),
    (rb'version https://git-lfs', 'only points to a picture (Git LFS)', 'fetch it with: git lfs pull'),
    (rb'(\xef\xbb\xbf)?\s*(<\?xml.*?\?>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE svg.*?>\s*)?<svg', 'is a drawing (SVG)', SAY),
    (rb'\x1f\x8b', 'is packed (gzip)', f'unpack it; if it is a drawing (SVGZ), {SAY}'),
    (rb'%PDF', 'is a document (PDF)', SAY),
    (rb'%!PS|\xc5\xd0\xd3\xc6', 'is a drawing (PostScript)', SAY),
    (rb'PK\x03\x04', 'is a ZIP archive or an Office document', f'unpack it, or {SAY}'),
    (rb'\xff\x0a|\0\0\0\x0cJXL ', 'is a picture of the kind JPEG XL', SAY),
    (AVIF, 'is a picture of the kind AVIF, which the Pillow of this machine cannot read', SAY),
    (rb'....ftypcrx|FUJIFILMCCD-RAW|IIR[OS]|MMOR|IIU\0|\0MRM|FOVb|II\x1a\0\0\0HEAP', 'is a camera\'s raw file', SAY),
    (rb'....ftyp|\x1a\x45\xdf\xa3|RIFF....AVI ', 'is a film', 'take a picture of it (a screenshot)'),
    (rb'\s*[\[{]"|#!|import |from ', 'is a text', 'choose a picture'))


def is_heic(content: bytes) -> bool:
    """Whether bytes are a HEIC photograph, as iPhones take them, whatever the file is called."""
    return content[4:8] == b'ftyp' and content[8:12] in HEIC and content[16:64].find(b'avif') < 0


def is_avif(content: bytes) -> bool:
    """Whether bytes are a picture of the kind AVIF."""
    return bool(re.match(AVIF, content, re.DOTALL))


def other_kind(content: bytes) -> str:
    """What bytes are that are no picture, and what to do; '' where that is not known."""
    for beginning, kind, advice in KINDS:
        if re.match(beginning, content[:2000], re.IGNORECASE | re.DOTALL):
            return f'{kind}: {advice}'
    return ''


def without_metadata(content: bytes) -> bytes:
    """The bytes of a PNG or JPEG with nothing but what the pixels need; others as they are."""
    if content.startswith(PNG):
        return PNG + b''.join(chunk for kind, chunk in _chunks(content) if kind in PNG_KEPT)
    if content.startswith(JPEG):
        return JPEG + b''.join(segment for kind, segment in _segments(content) if kind not in JPEG_LEFT_OUT)
    return content


def _chunks(content):
    """The kind and the bytes of each chunk of a PNG."""
    at = len(PNG)
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at:at + 4], 'big')
        yield content[at + 4:at + 8], content[at:end]
        at = end


def _segments(content):
    """The marker and the bytes of each segment of a JPEG; the last one has all that comes after the header."""
    at = len(JPEG)
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:  # where the pixels begin
        end = at + 2 + int.from_bytes(content[at + 2:at + 4], 'big')
        yield content[at + 1], content[at:end]
        at = end
    yield 0xDA, content[at:]
