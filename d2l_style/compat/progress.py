"""Progress: tqdm's bar for a terminal or a notebook, which a saved notebook shows as it was at the end."""
from tqdm import auto

IN_NOTEBOOK = auto.tqdm is not auto.asyncio_tqdm  # by what it has found


class tqdm(auto.tqdm):
    """tqdm's own stays in the notebook's file as it was first shown: a finished bar would read 0/40 there."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options, **({'display': False} if IN_NOTEBOOK else {}))
        self.shown = None
        if IN_NOTEBOOK and not self.disable:
            from IPython.display import display
            self.shown, self.displayed = display(self.container, display_id=True), True

    def close(self):
        """End it, and show it as it is now; one that is not to stay is taken away."""
        super().close()
        shown, self.shown = getattr(self, 'shown', None), None
        if shown and self.leave:
            shown.update(self.container)
        elif shown:
            shown.update({'text/plain': ''}, raw=True)
