// From a folder (file://) a page may not read the others, which the search does to show their words: it shows titles.
if (location.protocol === 'file:') DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
