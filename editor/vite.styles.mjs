const scoped = (file, name) => `${/\/features\/([\w-]+)\//.exec(file)?.[1] ?? 'ui'}_${name}`;

/**
 * CSS modules: `.row` in features/people/people.module.css becomes `people_row` in the page. A name that the sheet does not define, such as
 * keyframes of the kit, stays as it is.
 */
export const styles = {
  modules: {
    generateScopedName(name, file, css) {
      const isOwn = new RegExp(`(?:\\.|@keyframes\\s+)${name}(?![\\w-])`).test(css);
      return isOwn ? scoped(file, name) : name;
    },
  },
};

/**
 * Links the style sheet of the kit before those of the features in the built page, so that a feature's rule wins over a kit rule of the
 * same specificity. Sheets of chunks that load later come after them anyway.
 */
export const kitFirst = () => ({
  name: 'kit-first',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(html) {
      const links = html.match(/^ *<link rel="stylesheet"[^>]*>\n/gm) ?? [];
      const [first = ''] = links;
      const kit = links.find((link) => link.includes('/assets/index-')) ?? first;
      return kit === first ? html : html.replace(kit, '').replace(first, () => kit + first);
    },
  },
});
