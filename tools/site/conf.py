"""How Sphinx makes the site out of what gather.py has gathered."""
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # for mathml

project = 'Neural Style Transfer: the notebooks'
author = 'the authors of the notebooks'
extensions = ['myst_nb', 'sphinx.ext.autodoc', 'sphinx.ext.napoleon', 'sphinx.ext.viewcode', 'sphinx_copybutton',
              'sphinx_design']
nb_execution_mode = 'off'
nb_merge_streams = True
myst_enable_extensions = ['dollarmath', 'attrs_inline', 'colon_fence', 'attrs_block']
myst_heading_anchors = 4  # as GitHub makes them
copybutton_exclude = '.linenos, .gp, .go'

autodoc_member_order = 'bysource'
autodoc_typehints = 'signature'
autodoc_default_options = {'members': True}
napoleon_numpy_docstring = False
napoleon_use_rtype = False
python_use_unqualified_type_names = True
add_module_names = False
default_role = 'code'  # `X` in a docstring is a name, not a link
# types of other packages, whose documentation is elsewhere, and some of ours that nobody asks for by name
nitpick_ignore_regex = [('py:class', r'(?!d2l_style\.).*'),
                        ('py:class', r'd2l_style\.(store\.errors\._Missing|store\.find\.Found|lab\.panel\.Panel)')]

html_theme = 'pydata_sphinx_theme'
html_title = 'Neural Style Transfer'
html_static_path = [str(HERE / 'static')]
html_extra_path = [os.environ['SITE_EXTRA']]
html_css_files = ['site.css']
html_js_files = [('site.js', {'priority': 400})]  # after Sphinx's options
html_copy_source = False
html_domain_indices = False
html_show_sphinx = False
html_show_copyright = False
templates_path = [str(HERE / 'templates')]
html_baseurl = os.environ['SITE_ADDRESS']
html_context = {'address': html_baseurl, 'default_mode': 'auto'}
html_theme_options = {
    'logo': {'text': 'Neural Style Transfer'},
    'navbar_align': 'left',
    'footer_start': [], 'footer_end': [],
    'secondary_sidebar_items': ['page-toc'],
    'show_nav_level': 1,
}
html_sidebars = {'index': [], 'README': []}


def setup(app):
    from mathml import block, inline
    app.add_html_math_renderer('mathml', (inline, None), (block, None))
    return {'parallel_read_safe': True, 'parallel_write_safe': True}


html_math_renderer = 'mathml'
