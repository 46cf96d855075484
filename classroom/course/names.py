"""Names of students: what of a label is one, how it may be spelled, and what a folder can be called."""
import re
import unicodedata
import zlib

COPY = re.compile(r'(\s*\(\d+\)|-Copy\d+|-checkpoint|[ _-]+copy|\s*[-–]\s*(Kopie|Copie|Copia)|\s*\.)+$',
                  re.IGNORECASE)  # what programs put after a name
COPY_OF = re.compile(r'^((copy of|kopie von|kopie van|copie de|copia di|copia de|cópia de)\s+)+', re.IGNORECASE)


def key(name):
    """A name without what people write in different ways: capitals, spaces, signs."""
    return ''.join(letter for letter in unicodedata.normalize('NFC', name).casefold() if letter.isalnum())


def spellings(name, numbered=False):
    """Keys of a name: with its accents and without; if it may be `numbered`, also without the number of Moodle."""
    plain = unicodedata.normalize('NFC', name).casefold()
    found = set()
    for one in {plain, re.sub(r'_\d{3,}$', '', plain) if numbered else plain}:
        german = one.translate({ord('ä'): 'ae', ord('ö'): 'oe', ord('ü'): 'ue'})
        found |= {key(one), key(german), key(unicodedata.normalize('NFKD', one).encode('ascii', 'ignore').decode())}
    return found - {''}


def clean(name):
    """A student's name without what programs put before and after it, as a folder can be called."""
    name = COPY_OF.sub('', text_of(COPY.sub('', name))).strip() or text_of(name)
    if len(name.encode()) > 200:  # a disk takes 255
        return name.encode()[:180].decode(errors='ignore') + f'~{zlib.crc32(name.encode()):08x}'
    return '_' * len(name) if name in ('.', '..') else name


def text_of(name):
    """A name from a disk as letters, each written in one way only."""
    letters = name.encode(errors='surrogateescape')
    try:
        return unicodedata.normalize('NFC', letters.decode())
    except UnicodeDecodeError:  # from before UTF-8
        return letters.decode('cp1252', errors='replace')


def folder_name(student):
    """A name that any file system, web address and pattern takes, from which the student's can still be read."""
    safe = ''.join(one if one.isalnum() or one in ' _.@()' + "'-" else ''.join(
        f'~{byte:02x}' for byte in one.encode()) for one in student)
    safe = re.sub(r'^[ .-]|[ .]$', lambda one: f'~{ord(one[0]):02x}', safe)
    if len(safe.encode()) > 120:
        safe = safe.encode()[:100].decode(errors='ignore') + f'~{zlib.crc32(student.encode()):08x}'
    return safe
