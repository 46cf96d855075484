// An extension of JupyterLab, as it is loaded: what happens when a notebook is opened.
//
// Widgets live in the kernel. A notebook that was saved with some names them, and once that kernel is gone JupyterLab
// shows "Error displaying widget: model not found", although a still picture of the same output lies beside it.
// And JupyterLab notes in a notebook which Python it runs in: who only opens it would change the file.
// A picture's description is in the metadata of its output, which JupyterLab does not read.
// And an explorer's table is in its output: it needs no widget, no kernel, and nobody's trust.
const EXPLORER = 'application/vnd.d2l-style.explorer', EXPLORER_MODULE = new URL('explorer.js', document.currentScript.src);
const VIEW = 'application/vnd.jupyter.widget-view+json';

async function widgetsOf(sessionContext) {
  const kernel = sessionContext.session?.kernel;
  if (!kernel || kernel.status === 'dead') return {};
  return (await kernel.requestCommInfo({ target_name: 'jupyter.widget' })).content.comms ?? {};
}

function* outputsOf(model) {
  for (const cell of model.cells) {
    for (let i = 0; i < (cell.outputs?.length ?? 0); i++) yield cell.outputs.get(i);
  }
}

async function showStills(panel) {
  const views = () => [...outputsOf(panel.content.model)].filter(output => output.data[VIEW]);
  if (!views().length) return;
  const alive = await widgetsOf(panel.sessionContext);
  for (const output of views()) {
    const { [VIEW]: view, ...rest } = output.data;
    if (!(view.model_id in alive) && Object.keys(rest).length) {
      output.setData({ data: rest, metadata: output.metadata });
    }
  }
}

function staysAsItIs(model) {
  const keys = ['kernelspec', 'language_info'];
  const own = Object.fromEntries(keys.map(key => [key, model.getMetadata(key)]));
  let changes = 0, clean = false;  // the keys change one after the other, and each makes the notebook dirty
  model.metadataChanged.connect((_, { key }) => {
    const before = own[key], now = model.getMetadata(key);
    if (!before || before.name !== now?.name || JSON.stringify(before) === JSON.stringify(now)) return;
    if (!changes++) clean = !model.dirty;  // which this change makes it as soon as all have heard of it
    setTimeout(() => {
      model.setMetadata(key, before);
      if (!--changes && clean) model.dirty = false;
    });
  });
}

function saysWhatItShows(rendermime) {
  for (const mimeType of ['image/png', 'image/jpeg']) {
    const factory = rendermime.getFactory(mimeType), rank = rendermime.getRank(mimeType);
    if (!factory) continue;
    const createRenderer = options => {
      const renderer = factory.createRenderer(options);
      const render = renderer.renderModel.bind(renderer);
      renderer.renderModel = async model => {
        await render(model);
        if (model.metadata.alt) renderer.node.querySelector('img')?.setAttribute('alt', model.metadata.alt);
      };
      return renderer;
    };
    rendermime.addFactory({ ...factory, mimeTypes: [mimeType], createRenderer }, rank);
  }
}

function showsExplorers(rendermime) {
  const factory = rendermime.getFactory('text/plain');
  const createRenderer = options => {
    const renderer = factory.createRenderer(options);
    renderer.renderModel = async model => {
      const { mount } = await import(EXPLORER_MODULE);
      renderer.node.replaceChildren();
      mount(renderer.node, model.data[EXPLORER]);
    };
    return renderer;
  };
  rendermime.addFactory({ safe: true, mimeTypes: [EXPLORER], createRenderer }, -100);  // before a widget's view
}

async function opened(panel) {
  showsExplorers(panel.content.rendermime);
  saysWhatItShows(panel.content.rendermime);
  await panel.context.ready;
  staysAsItIs(panel.content.model);
  await panel.sessionContext.ready;
  await showStills(panel);
}

const plugin = {
  id: 'd2l-style:opened',
  autoStart: true,
  activate: app => app.docRegistry.addWidgetExtension('Notebook', { createNew: panel => { opened(panel); } }),
};

(window._JUPYTERLAB ??= {})['d2l-style'] = {
  init: () => {},
  get: async () => () => ({ __esModule: true, default: plugin }),
};
