// `npm run docs`: writes the pages that are generated from the code. `npm run docs -- --check` fails if one of them is stale, if a link
// leads nowhere, or if no link leads to a page.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap/repository.mjs';
import { linkProblems, pagesOf } from './docs/check-links.mjs';
import { withClients } from './docs/clients-part.mjs';
import { withFormats } from './docs/formats-part.mjs';
import { keyboardPage } from './docs/keyboard-page.mjs';
import { nodesPage } from './docs/nodes-page.mjs';
import { settingsPage } from './docs/settings-page.mjs';
import { withStores } from './docs/stores-part.mjs';

const pages = {
  'nodes.md': await nodesPage(),
  'settings.md': await settingsPage(),
  'keyboard.md': await keyboardPage(),
  'clients.md': withClients(readFileSync(join(root, 'docs', 'clients.md'), 'utf8')),
  'documents.md': await withFormats(readFileSync(join(root, 'docs', 'documents.md'), 'utf8')),
  'stores.md': await withStores(readFileSync(join(root, 'docs', 'stores.md'), 'utf8')),
};
const isCheck = process.argv.includes('--check');
for (const [name, text] of Object.entries(pages)) {
  const file = join(root, 'docs', name);
  let current = '';
  try {
    current = readFileSync(file, 'utf8');
  } catch {
    // the page does not exist yet
  }
  if (current === text) continue;
  if (isCheck) {
    process.stderr.write(`docs/${name} is stale: run npm run docs.\n`);
    process.exitCode = 1;
  } else writeFileSync(file, text);
}
if (isCheck) {
  for (const problem of linkProblems(root, pagesOf(root))) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = 1;
  }
}
