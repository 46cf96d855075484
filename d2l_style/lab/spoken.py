"""Spoken: the page says to a screen reader what a slider, a box or a picture is, which its widget does not."""
import anywidget

# A control's name is its description, or its tooltip; a picture's is the text beside it. All of it stands in the page
# already. A slider counts its places, so what it says is the number in the box beside it.
SCRIPT = """
const text = element => element?.textContent.replace(/[\\s\u200b]+/g, ' ').trim() ?? '';
const set = (element, name, value) => element.getAttribute(name) === value || element.setAttribute(name, value);

function name(control) {
  const label = control.closest('.jupyter-widgets').querySelector('label');
  return text(control.closest('label')) || text(label) || label?.title || control.title;
}

function speak(panel) {
  for (const control of panel.querySelectorAll('input, select, textarea')) set(control, 'aria-label', name(control));
  for (const handle of panel.querySelectorAll('[role=slider]')) {
    const box = handle.closest('.d2l-slider')?.querySelector('input');
    set(handle, 'aria-label', name(handle));
    set(handle, 'aria-valuetext', `${name(handle)} ${box ? box.value : handle.getAttribute('aria-valuenow')}`);
  }
  for (const image of panel.querySelectorAll('img'))
    set(image, 'alt', text(image.closest('.d2l-view, .d2l-card').querySelector('.widget-html')));
}

export default {
  render({ el }) {
    el.style.display = 'none';
    const timer = setInterval(() => { const panel = el.closest('.d2l-panel'); if (panel) speak(panel); }, 200);
    return () => clearInterval(timer);
  },
};
"""


class Spoken(anywidget.AnyWidget):
    """Gives names to all that is in the panel that it belongs to, and to what comes later."""

    _esm = SCRIPT
