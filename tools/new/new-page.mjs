import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { editFile, insertAfterLast, insertBefore } from './edit-file.mjs';
import { toClassName, toTitle } from './names.mjs';

/**
 * Creates a page of the editor at `/NAME`: its folder with a component, a spec, an index and a README, its route, and the title of its tab.
 * Returns the paths of changed files. It adds no entry to the navigation, because not every page has one.
 */
export function newPage(root, name) {
  const files = readdirSync(join(root, 'editor/src'), { recursive: true }).map((path) => join('editor/src', path));
  const find = (file) => {
    const found = files.find((path) => basename(path) === file);
    if (found === undefined) throw new Error(`editor/src has no ${file}.`);
    return found;
  };
  const parent = existsSync(join(root, 'editor/src/features')) ? 'editor/src/features' : 'editor/src/pages';
  const folder = `${parent}/${name}`;
  const type = `${toClassName(name)}Page`;
  const [app, route, titles] = ['App.tsx', 'route.ts', 'page-title.ts'].map(find);
  const created = [
    [`${folder}/${type}.tsx`, pageText(name, type)],
    [`${folder}/${type}.spec.tsx`, specText(name, type)],
    [`${folder}/index.ts`, indexText(type, importPath(folder, find('lazy-page.ts')))],
    [`${folder}/README.md`, readmeText(name, type, folder)],
  ];
  mkdirSync(join(root, folder));
  for (const [path, text] of created) writeFileSync(join(root, path), text);
  const edited = {
    [app]: (text) => addToApp(text, name, type, importPath(dirname(app), `${folder}/index.ts`)),
    [route]: (text) => addRoute(text, name),
    [titles]: (text) => text.replace(/^ {2}missing: /m, `  ${keyOf(name)}: '${toTitle(name)}',\n$&`),
  };
  const features = 'editor/features.json';
  if (existsSync(join(root, features))) edited[features] = (text) => addFeature(text, name);
  for (const [path, edit] of Object.entries(edited)) editFile(join(root, path), edit);
  return [...created.map(([path]) => path), ...Object.keys(edited)];
}

const keyOf = (name) => (name.includes('-') ? `'${name}'` : name);

/** Writes the import path from a folder to a file. */
function importPath(folder, file) {
  const path = relative(folder, file).replace(/\.tsx?$/, '.js');
  return path.startsWith('.') ? path : `./${path}`;
}

function addToApp(text, name, type, from) {
  const imported = insertAfterLast(text, /^import .+;$/, `import { ${type} } from '${from}';`);
  return insertBefore(
    imported,
    'function Page(',
    "    case 'missing':",
    `    case '${name}':\n      return <${type} />;\n`,
  );
}

function addRoute(text, name) {
  const typed = insertBefore(
    text,
    'export type Route',
    "  | { readonly page: 'missing'",
    `  | { readonly page: '${name}' }\n`,
  );
  return insertBefore(
    typed,
    'export function parseRoute',
    "  if (first === 'runs'",
    `  if (first === '${name}' && second === undefined) return { page: '${name}' };\n`,
  );
}

function addFeature(text, name) {
  const declared = JSON.parse(text);
  const entries = Object.entries({ ...declared.features, [name]: [] });
  const features = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ ...declared, features }, undefined, 2)}\n`;
}

function pageText(name, type) {
  return `import type { ReactElement } from 'react';

/** The page at \`/${name}\`. */
export function ${type}(): ReactElement {
  return (
    <main className="home">
      <div className="home-body">
        <header className="home-head">
          <h1>${toTitle(name)}</h1>
        </header>
        <p>Nothing here yet.</p>
      </div>
    </main>
  );
}
`;
}

function specText(name, type) {
  return `import { expect, it } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import { ${type} } from './${type}.js';

it('shows its title', () => {
  expect(renderToStaticMarkup(<${type} />)).toContain('<h1>${toTitle(name)}</h1>');
});
`;
}

function indexText(type, lazyPage) {
  return `import { lazyPage } from '${lazyPage}';

export const ${type} = lazyPage(() => import('./${type}.js').then(({ ${type}: page }) => page));
`;
}

function readmeText(name, type, folder) {
  return `# ${name}

The page at \`/${name}\`.

| files         | contents |
| ------------- | -------- |
| \`${type}.tsx\` | the page |

**Test:** \`npm test -- --unit ${folder}\`.
`;
}
