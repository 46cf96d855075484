"""Explorer table: what an explorer shows, as one text, made of a sweep; and a still picture of it.

A table is JSON: {'format': 1, 'title', 'about': what is said above and below, 'size': [width, height], 'media':
'image/webp', 'settings': [{'name', 'label', 'kind': 'slider' or 'choice', 'values': [as they are written, …],
'chapter': index of the chapter's value or null, 'start': index}, …], 'losses': ['content', 'style', 'TV'], 'cells':
[…], 'pictures': [base64, …], 'curves': [[epochs, content, style, TV], …]}. A cell for each combination, the last
setting fastest: {'picture': index, 'losses', 'weights', 'weighted': of each loss, 'curves': index, where kept}, or
{'error': why there is none}, or null.
"""
import base64
import io
import itertools
import json

from PIL import Image, ImageDraw, ImageFont

from .digits import written

MOST = 20_000_000  # bytes of a table: what a page and a notebook can carry
LOSSES = ['content', 'style', 'TV']
CHAPTER = {'content_layers': ['conv4_4'], 'style_layers': [f'conv{block}_1' for block in range(1, 6)],
           'content_weight': 1, 'style_weight': 1000, 'tv_weight': 10, 'style_scale': 1, 'start': 'content',
           'lr': 0.01, 'epochs': 500}
LABELS = {'tv_weight': 'TV weight', 'lr': 'learning rate', 'epochs': 'epoch', 'style_scale': 'size of the style'}
SENTENCE = 'Still picture: run this notebook in JupyterLab, and it has a control for each setting.'


def as_table(swept, *, title='', start=None, quality=75):
    """The text of a `Swept`, see `explore`."""
    table, pictures, curves = swept.table, swept.pictures(), swept.curves()
    names = swept.varied or ('tv_weight',)  # one cell: a slider that stands
    values = {name: _distinct(table[name]) for name in names}
    rows = {tuple(_key(table[name][row]) for name in names): row for row in table.index}
    packed, curved, cells = [], {}, []
    for choice in itertools.product(*([_key(value) for value in values[name]] for name in names)):
        row = rows.get(choice)
        cells.append(None if row is None else _cell(table.loc[row]))
        if row in pictures:
            cells[-1]['picture'] = len(packed)
            packed.append(_webp(pictures[row], quality))
        if row in curves:
            found = [[_digits(number) for number in curves[row][name]] for name in ('epochs', *LOSSES)]
            cells[-1]['curves'] = curved.setdefault(json.dumps(found), len(curved))
    height, width = next(iter(pictures.values())).shape[:2] if pictures else (150, 225)
    text = json.dumps({
        'format': 1, 'title': title or 'What does each setting do?', 'about': _about(table, names),
        'size': [width, height], 'media': 'image/webp',
        'settings': [_setting(name, values[name], (start or {}).get(name)) for name in names], 'losses': LOSSES,
        'cells': cells, 'pictures': packed, 'curves': [json.loads(curve) for curve in curved]}, separators=(',', ':'))
    if len(text) > MOST:
        most = max(names, key=lambda name: len(values[name]))
        raise ValueError(f'the explorer would be {len(text) / 1e6:.0f} MB, and a page carries 20: leave out values (of '
                         f'{most} there are {len(values[most])}), or sweep with a smaller image_shape')
    return text


def still(table):
    """PNG bytes of a parsed table for what runs no scripts: some pictures along its first setting, and a sentence."""
    settings, (width, height), bar, line = table['settings'], table['size'], 34, 22
    first, last = settings[0], len(settings[0]['values']) - 1
    numbers = sorted({round(last * i / 5) for i in range(6)})
    rest = sum(setting['start'] * _step(settings, k) for k, setting in enumerate(settings) if k)
    columns = min(3, len(numbers))
    rows = -(-len(numbers) // columns)
    page = Image.new('RGB', (columns * width, bar + rows * (height + line)), '#fff3cd')
    draw = ImageDraw.Draw(page)
    draw.text((8, bar / 2), SENTENCE, fill='#533f03', anchor='lm', font=ImageFont.load_default(15))
    for place, i in enumerate(numbers):
        x, y = place % columns * width, bar + place // columns * (height + line)
        cell = table['cells'][i * _step(settings, 0) + rest]
        if cell and 'picture' in cell:
            page.paste(Image.open(io.BytesIO(base64.b64decode(table['pictures'][cell['picture']]))), (x, y + line))
        name = f'{first["label"]} {first["values"][i]}'
        draw.text((x + 8, y + line / 2), name, fill='#333333', anchor='lm', font=ImageFont.load_default(13))
    buffer = io.BytesIO()
    page.quantize(128).save(buffer, format='png', optimize=True)
    return buffer.getvalue()


def _step(settings, k):
    """How many cells lie between two values of a setting."""
    step = 1
    for setting in settings[k + 1:]:
        step *= len(setting['values'])
    return step


def _key(value):
    return json.dumps(value if isinstance(value, (str, list, tuple)) or value is None else float(value))


def _distinct(column):
    """Values of a column, which may be lists, in their order and each once."""
    return list({_key(value): value for value in column}.values())


def _setting(name, values, start):
    keys = [_key(value) for value in values]
    chapter = keys.index(_key(CHAPTER[name])) if name in CHAPTER and _key(CHAPTER[name]) in keys else None
    numbers = all(isinstance(value, (int, float)) or hasattr(value, 'dtype') for value in values)
    begin = keys.index(_key(start)) if start is not None else chapter if chapter is not None else len(keys) // 2
    return {'name': name, 'label': _label(name), 'kind': 'slider' if numbers else 'choice',
            'values': [_written(value) for value in values], 'chapter': chapter, 'start': begin}


def _label(name):
    return LABELS.get(name, name.replace('_', ' '))


def _written(value):
    if value is None:
        return 'those that suit the network'
    if isinstance(value, (list, tuple)):
        return ' × '.join(map(str, value)) if all(isinstance(v, int) for v in value) else ', '.join(map(str, value))
    return value.replace('_', ' ') if isinstance(value, str) else written(value)


def _cell(row):
    """What a row of a sweep's table says."""
    if row['error']:
        return {'error': row['error']}
    layers = [[row[name] for name in row.index if name.startswith(f'{loss} ')] for loss in LOSSES[:2]]
    losses = [*(sum(loss for loss in found if loss == loss) for found in layers), row['TV']]  # NaN: not its layer
    weights = [float(row[f'{loss.lower()}_weight']) for loss in LOSSES]
    return {'losses': [_digits(loss) for loss in losses], 'weights': [written(weight) for weight in weights],
            'weighted': [_digits(loss * weight) for loss, weight in zip(losses, weights)]}


def _digits(number):
    """Four of them. What is left of a difference of two equal pictures in float32 is 0."""
    return float(f'{number:.4g}') if abs(number) > 1e-9 else 0.0


def _webp(picture, quality):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format='webp', quality=quality, method=6)
    return base64.b64encode(buffer.getvalue()).decode()


def _about(table, names):
    """Which grid and which network, from the settings that are the same everywhere."""
    fixed = {name: table[name].iloc[0] for name in table.columns if name not in names and len(table)}
    many = ' × '.join(f'{len(_distinct(table[name]))} {_plural(_label(name))}' for name in names)
    rate = '' if 'lr' in fixed else 'learning rate '
    units = {'content': 'content image {}', 'style': 'style image {}', 'backbone': 'network {}',
             'image_shape': '{} pixels', 'style_scale': 'size of the style {}', 'epochs': '{} epochs',
             'lr': 'learning rate {}', 'lr_decay_epoch': f'{rate}divided by ten every {{}} epochs'}
    usual = {'style_scale': 1}
    if not (table['lr_decay_epoch'] < table['epochs']).any():  # it never fell
        usual['lr_decay_epoch'] = fixed.get('lr_decay_epoch')
    what = [units.get(name, f'{_label(name)} {{}}').format(fixed[name] if name == 'backbone' else _written(fixed[name]))
            for name in (*units, 'content_weight', 'style_weight', 'tv_weight')
            if name in fixed and fixed[name] != usual.get(name)]
    return (f'{len(table)} pictures, one for each combination ({many}), all computed beforehand; what would lie '
            f'between two of them was not computed. The same in all: {", ".join(what)}.')


def _plural(label):
    return label if label.endswith('s') else label.replace('size', 'sizes', 1) if 'size' in label else f'{label}s'
