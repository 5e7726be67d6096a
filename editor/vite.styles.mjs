const scoped = (file, name) => `${/\/features\/([\w-]+)\//.exec(file)?.[1] ?? 'ui'}_${name}`;

/**
 * Class modules: `.row` of features/people/people.module.css is `people_row` in the page. A name that the sheet does not define, such as keyframes of the
 * kit, stays as it is.
 */
export const styles = {
  modules: {
    generateScopedName(name, file, css) {
      const isOwn = new RegExp(`(?:\\.|@keyframes\\s+)${name}(?![\\w-])`).test(css);
      return isOwn ? scoped(file, name) : name;
    },
  },
};

const moduleImport = /^import (\w+) from ('[^']+\.module\.css');$/gm;
/** The names at the beginning of a call of clsx that nothing decides, up to its end or its next argument. */
const constantNames = /\bclsx\(\s*('[^']*'(?:,\s*'[^']*')*)(?:,?\s*(\))|,\s*(?=[^\s)]))/g;

/**
 * Puts the name itself where a component says `styles['row']`: a bundle then has the names that its components use, and no table of names for each sheet.
 * That is 4 kB of the first load of a workflow. `tools/check-styles.mjs` refuses a name without a rule.
 */
export const namesInPlace = () => [
  {
    name: 'names-in-place',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: /\/src\/features\/.*\.tsx?$/, code: '.module.css' },
      handler(code, file) {
        const names = [...code.matchAll(moduleImport)].map(([, name]) => name);
        const asked = new RegExp(`\\b(?:${names.join('|')})\\['([\\w-]+)'\\]`, 'g');
        return code
          .replace(moduleImport, 'import $2;')
          .replace(asked, (_, name) => `'${scoped(file, name)}'`)
          .replace(constantNames, (_, list, end) => {
            const text = `'${list
              .slice(1, -1)
              .split(/',\s*'/)
              .join(' ')}'`;
            return end === undefined ? `clsx(${text}, ` : text;
          });
      },
    },
  },
  {
    // Vite leaves out a class module that nothing asks for a name.
    name: 'sheets-without-names',
    apply: 'build',
    enforce: 'post',
    transform: {
      filter: { id: /\.module\.css$/ },
      handler: () => ({ code: '', map: { mappings: '' }, moduleSideEffects: 'no-treeshake' }),
    },
  },
];

/**
 * Links the sheet of the kit before those of features, in the page as it is built: a feature's rule then wins over one of the kit that is as specific. Sheets
 * of chunks that load later come later by themselves.
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
