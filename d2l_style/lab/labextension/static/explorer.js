// The explorer: sliders over pictures and losses that were computed before. One ES module, without dependencies.
//
// anywidget calls `render({ model, el })`. Where there is no kernel, `mount(el, table)` does, with a model of its own.
// `table` is the text that explorer.py describes; `cell` says which value of each setting is chosen.

const LOG = Math.log10, COLOURS = ['content', 'style', 'tv'], DASHES = ['', '6 3', '2 2'];

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in made && typeof value !== 'string') made[name] = value; else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function drawn(tag, attributes = {}, text = '') {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

/* A number with three digits, as digits.py writes them. */
function short(number) {
  if (number === 0) return '0';
  const [digits, exponent] = number.toExponential(2).split('e');
  if (exponent < -3 || exponent > 5) return `${+digits}e${+exponent}`;
  if (Math.abs(number) < 1000) return `${+number.toPrecision(3)}`;
  const whole = String(Math.round(number));
  return whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, '\u202f') : whole;
}

/* The decades that the numbers above 0 lie in, the highest of them if they are many: a scale that stays. */
function decades(numbers, most = 6) {
  let low = Infinity, high = -Infinity;
  for (const number of numbers) if (number > 0) { low = Math.min(low, number); high = Math.max(high, number); }
  if (!(low <= high)) return [0, 1];
  low = Math.max(Math.floor(LOG(low)), Math.ceil(LOG(high)) - most);
  return [low, Math.max(low + 1, Math.ceil(LOG(high)))];
}

/* Where a number lies on them, 0 to 1. */
function place(number, [low, high]) {
  return number > 0 ? Math.min(1, Math.max(0, (LOG(number) - low) / (high - low))) : 0;
}

let made = 0;

/* A slider for values with an order: an index underneath, the value in words above. */
function slider(setting, choose) {
  const last = Math.max(1, setting.values.length - 1), id = `d2l-explorer-${made++}`;
  const input = element('input', { type: 'range', id, min: '0', max: String(setting.values.length - 1), step: '1' });
  const value = element('output', { for: id });
  const ticks = element('div', { class: last > 9 ? 'ticks many' : 'ticks', 'aria-hidden': 'true' });
  setting.values.forEach((text, i) => {
    const tick = element('span', { style: `--at: ${i / last}`, class: i === setting.chapter ? 'chapter' : '' }, text);
    tick.addEventListener('click', () => choose(i));
    ticks.append(tick);
  });
  input.addEventListener('input', () => choose(+input.value));
  return {
    view: element('div', { class: 'setting', 'data-name': setting.name },
      element('label', { for: id }, setting.label), value, input, ticks),
    show(i) {
      const chapters = i === setting.chapter ? ', the chapter’s value' : '';
      input.value = i;
      input.setAttribute('aria-valuetext', setting.values[i] + chapters);
      value.textContent = setting.values[i] + chapters;
      input.style.setProperty('--at', i / last);
    },
  };
}

/* Values without an order, one of which is chosen. */
function choice(setting, choose) {
  const name = `d2l-explorer-${made++}`, inputs = [];
  const view = element('fieldset', { class: 'setting', 'data-name': setting.name }, element('legend', {}, setting.label));
  const options = element('div', { class: 'options' });
  setting.values.forEach((text, i) => {
    const input = element('input', { type: 'radio', name });
    input.addEventListener('change', () => choose(i));
    inputs.push(input);
    options.append(element('label', {}, input,
      element('span', {}, text, i === setting.chapter ? ' (the chapter’s)' : '')));
  });
  view.append(options);
  return { view, show(i) { inputs[i].checked = true; } };
}

/* A bar for each loss before and after weighting, and their sum; the scale is that of the whole grid. */
function lossBars(table, scale) {
  const body = element('tbody'), rows = [];
  const step = Math.ceil((scale[1] - scale[0]) / 6);
  const row = (head, kind, group = '') => {
    const bar = element('i', { class: `bar ${kind}` }), number = element('td', { class: 'number' });
    const name = element('th', { scope: 'row' }, head);
    const track = element('td', { class: 'track', style: `--lines: ${(scale[1] - scale[0]) / step}` }, bar);
    body.append(element('tr', { class: group }, name, track, number));
    return { name, show(loss) {
      bar.style.width = `${100 * place(loss, scale)}%`;
      number.textContent = loss === null ? '–' : short(loss);
    } };
  };
  table.losses.forEach((loss, i) => rows.push(
    [row(`${loss} loss`, `plain ${COLOURS[i]}`, 'first'), row('', COLOURS[i], 'weighted')]));
  const sum = row('sum', 'all', 'first sum');
  const axis = element('td', { class: 'axis' });
  for (let decade = scale[0]; decade <= scale[1]; decade += step) {
    const at = (decade - scale[0]) / (scale[1] - scale[0]);
    axis.append(element('span', { style: `--at: ${at}` }, short(10 ** decade)));
  }
  body.append(element('tr', { 'aria-hidden': 'true' }, element('td'), axis, element('td')));
  const caption = element('caption', {}, 'Losses of this picture, below each of them times its weight; training makes their '
    + 'sum small. On this scale, which stays, equal steps multiply.');
  return {
    view: element('table', {}, caption, body),
    show(cell) {
      rows.forEach(([plain, weighted], i) => {
        plain.show(cell?.losses?.[i] ?? null);
        weighted.name.textContent = `× ${cell?.weights?.[i] ?? 'weight'}`;
        weighted.name.setAttribute('aria-label', `${table.losses[i]} loss × ${cell?.weights?.[i] ?? 'weight'}`);
        weighted.show(cell?.weighted?.[i] ?? null);
      });
      sum.show(cell?.weighted ? cell.weighted.reduce((a, b) => a + b) : null);
    },
  };
}

/* The weighted losses of the run over its epochs, where they were kept; a line stands at the epoch that is shown. */
function lossCurves(table) {
  const width = 450, height = 150, left = 56, bottom = 26, right = 62, top = 8;
  const svg = drawn('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', class: 'curves' });
  const all = table.curves.flatMap(curves => curves.slice(1).flat());
  const least = 1e-6 * all.reduce((a, b) => Math.max(a, b), 0);  // below it a loss is 0, but for rounding: left out
  const scale = decades(all.filter(loss => loss > least));
  const last = Math.max(1, ...table.curves.map(curves => curves[0].at(-1)));
  const x = epoch => left + (width - left - right) * epoch / last;
  const y = loss => height - bottom - (height - bottom - top) * place(loss, scale);
  for (let decade = scale[0]; decade <= scale[1]; decade += Math.ceil((scale[1] - scale[0]) / 4)) {
    svg.append(drawn('line', { x1: left, x2: width - right, y1: y(10 ** decade), y2: y(10 ** decade), class: 'grid' }),
      drawn('text', { x: left - 5, y: y(10 ** decade) + 4, 'text-anchor': 'end' }, short(10 ** decade)));
  }
  svg.append(drawn('text', { x: left, y: height - 8, 'text-anchor': 'middle' }, '0'),
    drawn('text', { x: width - right, y: height - 8, 'text-anchor': 'middle' }, `${last}`),
    drawn('text', { x: (left + width - right) / 2, y: height - 8, 'text-anchor': 'middle' }, 'epoch (weighted losses)'));
  const lines = table.losses.map((_, i) => svg.appendChild(
    drawn('polyline', { class: `line ${COLOURS[i]}`, 'stroke-dasharray': DASHES[i] })));
  const names = table.losses.map((loss, i) => svg.appendChild(
    drawn('text', { class: COLOURS[i], x: width - right + 5 }, loss)));
  const now = svg.appendChild(drawn('line', { class: 'now', y1: top, y2: height - bottom }));
  return {
    view: svg,
    show(cell, epoch) {
      const curves = table.curves[cell?.curves];
      svg.style.visibility = curves ? '' : 'hidden';
      if (!curves) return;
      const [epochs, ...losses] = curves;
      lines.forEach((line, i) => line.setAttribute('points', epochs.flatMap((e, k) =>
        losses[i][k] > least ? `${x(e)},${y(losses[i][k])}` : []).join(' ')));
      const ends = losses.map((loss, i) => [y(loss.at(-1)) + 4, i]).sort((a, b) => a[0] - b[0]);
      ends.forEach((end, k) => { if (k) end[0] = Math.max(end[0], ends[k - 1][0] + 14); });
      const over = Math.max(0, ends.at(-1)[0] - (height - bottom + 4));
      for (const [at, i] of ends) names[i].setAttribute('y', at - over);
      now.style.display = epoch === undefined ? 'none' : '';
      if (epoch !== undefined) for (const end of ['x1', 'x2']) now.setAttribute(end, x(epoch));
      svg.setAttribute('aria-label', `Curves of the weighted losses over ${last} epochs; at the end `
        + losses.map((loss, i) => `${table.losses[i]} ${short(loss.at(-1))}`).join(', '));
    },
  };
}

/* Show the table of `model` in `el`. What is chosen is the model's `cell`, so that a kernel, if there is one, hears it. */
function render({ model, el }) {
  const table = JSON.parse(model.get('table')), { settings } = table;
  const numberOf = chosen => settings.reduce((number, setting, k) => number * setting.values.length + chosen[k], 0);
  const words = chosen => settings.map((setting, k) => `${setting.label} ${setting.values[chosen[k]]}`).join(', ');
  const host = element('div', { class: 'd2l-explorer', 'data-lm-suppress-shortcuts': 'true' });
  const root = host.attachShadow({ mode: 'open' });  // no page's style comes in, and ours does not go out
  const images = new Map();  // {picture: its element}, those that one step leads to before it is taken
  const imageOf = number => {
    if (!images.has(number)) {
      const image = element('img', { decoding: 'sync', alt: '', width: String(table.size[0]), height: String(table.size[1]),
        src: `data:${table.media};base64,${table.pictures[number]}` });
      image.decode().catch(() => {});
      images.set(number, image);
    }
    return images.get(number);
  };
  let picture = element('img', { alt: '', hidden: true });
  const missing = element('p', { class: 'missing', hidden: true });
  const caption = element('figcaption');
  const said = element('p', { class: 'said', role: 'status' });
  const numbers = table.cells.flatMap(cell => cell?.losses ? [...cell.losses, ...cell.weighted] : []);
  const sums = table.cells.flatMap(cell => cell?.weighted ? [cell.weighted.reduce((a, b) => a + b)] : []);
  const bars = lossBars(table, decades([...numbers, ...sums], 8));
  const curves = table.curves.length ? lossCurves(table) : null;
  const time = settings.findIndex(setting => setting.name === 'epochs');
  const choose = (k, i) => {
    const chosen = [...model.get('cell')];
    chosen[k] = i;
    model.set('cell', chosen);
    model.save_changes();
  };
  const controls = settings.map((setting, k) =>
    (setting.kind === 'slider' ? slider : choice)(setting, i => choose(k, i)));

  function show() {
    const chosen = model.get('cell'), cell = table.cells[numberOf(chosen)], there = cell?.picture !== undefined;
    controls.forEach((control, k) => control.show(chosen[k]));
    missing.hidden = there;
    if (there) {
      const image = imageOf(cell.picture);
      if (image !== picture) picture.replaceWith(image);
      picture = image;
      picture.alt = `Composite image with ${words(chosen)}`;
    }
    picture.hidden = !there;
    settings.forEach((setting, k) => [chosen[k] - 1, chosen[k] + 1].forEach(i => {
      const next = table.cells[numberOf(chosen.map((value, n) => (n === k ? i : value)))];
      if (i >= 0 && i < setting.values.length && next?.picture !== undefined) imageOf(next.picture);
    }));
    missing.textContent = there ? '' : `No picture for ${words(chosen)}: ${cell?.error ?? 'it was not computed'}`;
    caption.textContent = words(chosen);
    bars.show(cell);
    curves?.show(cell, time < 0 ? undefined : +settings[time].values[chosen[time]].replace(/\s/g, ''));
    said.textContent = there ? table.losses.map((loss, i) => `${loss} loss ${short(cell.losses[i])}`).join(', ')
      : missing.textContent;
  }

  const back = element('button', { type: 'button' }, 'The chapter’s values');
  back.addEventListener('click', () => {
    model.set('cell', settings.map((setting, k) => setting.chapter ?? model.get('cell')[k]));
    model.save_changes();
  });
  const marked = settings.filter(setting => setting.chapter !== null).length;
  root.append(element('style', {}, STYLE), element('section', { 'aria-label': `Explorer: ${table.title}` },
    element('p', { class: 'title' }, table.title),
    element('figure', {}, element('div', { class: 'frame' }, picture, missing), caption), curves?.view ?? '',
    element('div', { class: 'controls' }, ...controls.map(control => control.view), marked ? back : '', bars.view),
    element('p', { class: 'about' }, table.about), said));
  el.append(host);
  model.on('change:cell', show);
  show();
  return () => { model.off('change:cell', show); host.remove(); };
}

/* What a page without a kernel has in place of a widget's model. */
function staticModel(values) {
  const heard = {};
  return {
    get: name => values[name],
    set(name, value) {
      values[name] = value;
      for (const hear of heard[`change:${name}`] ?? []) hear();
    },
    on(event, hear) { (heard[event] ??= []).push(hear); },
    off(event, hear) { heard[event] = heard[event]?.filter(other => other !== hear); },
    save_changes() {},
  };
}

/* Show a table, as text, in an element of any page. */
function mount(el, table) {
  const cell = JSON.parse(table).settings.map(setting => setting.start);
  return render({ model: staticModel({ table, cell }), el });
}

// The colours follow JupyterLab's theme, the PyData theme of Sphinx, or else the page
const STYLE = `
:host { display: block; container-type: inline-size; font-family: var(--jp-ui-font-family, system-ui, sans-serif); }
section { --ink: var(--jp-ui-font-color1, var(--pst-color-text-base, CanvasText));
  --paper: var(--jp-layout-color1, var(--pst-color-background, Canvas));
  --line: #8a8a8a; --faint: #8a8a8a55;
  --accent: #0b6bcb; --content: #2f7fc1; --style: #c4650b; --tv: #2e8b57; --thumb: 20px; --tall: 30px;
  color: var(--ink); font-size: 14px; line-height: 1.35; padding: 4px; max-width: 1180px; box-sizing: border-box;
  display: grid; gap: 4px 28px; grid-template: 'title title' auto 'figure controls' auto 'curves controls' 1fr
  'about about' auto / minmax(0, 50fr) minmax(0, 50fr); }
p, figure { margin: 0; }
.title { grid-area: title; font-weight: 600; font-size: 16px; }
figure { grid-area: figure; min-width: 0; }
.controls { grid-area: controls; min-width: 0; display: flex; flex-direction: column; gap: 6px; }
.about { grid-area: about; font-size: 13px; max-width: 110ch; padding-top: 4px; }
.frame { position: relative; width: 100%; }
.frame img { display: block; width: 100%; height: auto; border-radius: 3px; }
.missing { box-sizing: border-box; width: 100%; aspect-ratio: 3 / 2; padding: 1.5em; display: grid; place-items: center;
  text-align: center; background: #767676; color: #fff; border-radius: 3px; }
[hidden] { display: none !important; }
figcaption { font-size: 13px; padding: 3px 0; }
.setting { border: 0; margin: 0; padding: 0; min-width: 0; display: grid; grid-template-columns: auto 1fr; gap: 0 10px; }
.setting label, legend { font-weight: 600; padding: 0; }
.setting output { text-align: right; font-variant-numeric: tabular-nums; }
input[type=range] { grid-column: 1 / 3; appearance: none; width: 100%; height: var(--tall); margin: 0;
  background: none; cursor: pointer; touch-action: pan-y; }
input[type=range]::-webkit-slider-runnable-track { height: 6px; border-radius: 3px; border: 1px solid var(--line);
  background: linear-gradient(var(--accent), var(--accent)) 0 / calc(var(--at, 0) * 100%) no-repeat; }
input[type=range]::-moz-range-track { height: 6px; border-radius: 3px; border: 1px solid var(--line); }
input[type=range]::-moz-range-progress { height: 6px; border-radius: 3px; background: var(--accent); }
input[type=range]::-webkit-slider-thumb { appearance: none; width: var(--thumb); height: var(--thumb); margin-top: -8px;
  border-radius: 50%; background: var(--accent); border: 2px solid var(--paper); box-shadow: 0 0 0 1px var(--accent); }
input[type=range]::-moz-range-thumb { box-sizing: border-box; width: var(--thumb); height: var(--thumb);
  border-radius: 50%; background: var(--accent); border: 2px solid var(--paper); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
input[type=range]:focus-visible { outline: none; }
input[type=range]:focus-visible::-webkit-slider-thumb { box-shadow: 0 0 0 4px var(--ink); }
input[type=range]:focus-visible::-moz-range-thumb { box-shadow: 0 0 0 4px var(--ink); }
.ticks { grid-column: 1 / 3; position: relative; height: 1.4em; font-size: 12px; margin: -4px calc(var(--thumb) / 2) 0; }
.ticks span { position: absolute; left: calc(var(--at) * 100%); transform: translateX(-50%); white-space: nowrap;
  cursor: pointer; font-variant-numeric: tabular-nums; }
.ticks span:first-child { transform: translateX(max(-50%, var(--thumb) / -2)); }
.ticks span:last-child { transform: translateX(min(-50%, var(--thumb) / 2 - 100%)); }
.ticks .chapter { font-weight: 700; text-decoration: underline; text-decoration-thickness: 2px; }
.options { grid-column: 1 / 3; display: flex; flex-wrap: wrap; gap: 4px; }
.options label { position: relative; font-weight: normal; display: flex; min-height: var(--tall); }
.options input { position: absolute; inset: 0; opacity: 0; margin: 0; width: 100%; height: 100%; cursor: pointer; }
.options span { padding: 4px 10px; border: 1px solid var(--line); border-radius: 5px; display: flex;
  align-items: center; }
.options :checked + span { background: var(--accent); border-color: var(--accent); color: #fff; }
.options :focus-visible + span { outline: 2px solid var(--accent); outline-offset: 2px; }
button { font: inherit; color: inherit; background: none; border: 1px solid var(--line); border-radius: 5px;
  padding: 2px 12px; min-height: var(--tall); cursor: pointer; align-self: start; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 13px; margin-top: 4px; }
caption { text-align: left; padding-bottom: 3px; }
th { text-align: left; font-weight: normal; padding: 0 8px 0 0; width: 6em; white-space: nowrap; }
.first > * { padding-top: 4px; } .weighted th { text-align: right; }
.sum th, .sum .number { font-weight: 700; }
.track { border-left: 1px solid var(--line); border-right: 1px solid var(--line); background: repeating-linear-gradient(
  to right, transparent 0 calc(100% / var(--lines) - 1px), var(--faint) calc(100% / var(--lines) - 1px)
  calc(100% / var(--lines))); }
.number { text-align: right; width: 4.4em; padding-left: 8px; white-space: nowrap; }
.bar { display: block; height: 12px; box-sizing: border-box; border-radius: 0 2px 2px 0; background: currentColor; }
.bar.plain { background: none; border: 2px solid currentColor; border-left: 0; }
.content { color: var(--content); } .style { color: var(--style); } .tv { color: var(--tv); }
.axis { position: relative; height: 1.5em; font-size: 12px; }
.axis span { position: absolute; left: calc(var(--at) * 100%); transform: translateX(-50%); white-space: nowrap; }
.curves { grid-area: curves; width: 100%; height: auto; font-size: 11px; }
.curves text { fill: currentColor; } .curves text.content, .curves text.style, .curves text.tv { fill: var(--ink); }
.line { fill: none; stroke: currentColor; stroke-width: 2; } .grid { stroke: var(--line); stroke-width: 0.5; }
.now { stroke: var(--ink); stroke-width: 1.5; }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@container (max-width: 620px) {
  section { grid-template: 'title' 'figure' 'controls' 'curves' 'about' / minmax(0, 1fr); --tall: 44px; }
  .curves { font-size: 14px; }
  .many span:nth-last-child(even) { visibility: hidden; }
  .ticks { font-size: 11px; letter-spacing: -0.03em; }
  figure { position: sticky; top: 0; z-index: 1; background: var(--paper); }  /* what a control does is in sight */
}
@media (pointer: coarse) { section { --tall: 44px; } }
`;

export { mount, render, staticModel };
export default { render };
