"""The picture that a link to the site shows where it is pasted, and the one in a browser's tab.

Both out of the pictures of the README's diagram.
"""
import base64
import io
import re
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

DIAGRAM = Path(__file__).resolve().parents[2] / 'img' / 'style-transfer.svg'
SIZE, INK, PAPER = (1200, 630), '#222222', '#ffffff'  # what is asked for everywhere


def draw_preview(folder):
    """Write content, style and composite image under the title, `preview.jpg` of 1200×630, and `favicon.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    content, style, composite = (Image.open(io.BytesIO(base64.b64decode(part))).convert('RGB') for part in
                                 re.findall(r'data:image/jpeg;base64,([^"]+)', DIAGRAM.read_text(encoding='utf-8')))
    picture = Image.new('RGB', SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    draw.text((60, 40), 'Neural style transfer', INK, ImageFont.load_default(64))
    draw.text((60, 122), 'eight notebooks, and sliders that answer at once', INK, ImageFont.load_default(32))
    for part, box in ((content, (60, 200, 330, 180)), (style, (60, 400, 330, 180)), (composite, (430, 200, 710, 380))):
        picture.paste(ImageOps.fit(part, box[2:], Image.Resampling.LANCZOS), box[:2])
    picture.save(folder / 'preview.jpg', quality=88)
    ImageOps.fit(style, (64, 64), Image.Resampling.LANCZOS, centering=(0.8, 0.4)).save(folder / 'favicon.png')
