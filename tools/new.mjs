// `npm run new -- node|store|page|channel NAME`: makes the files of a new part, with its spec and its entry in the docs. They compile, lint and pass: change them into what
// you need.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './bootstrap/repository.mjs';
import { newChannel } from './new/new-channel.mjs';
import { newNode } from './new/new-node.mjs';
import { newPage } from './new/new-page.mjs';
import { newStore } from './new/new-store.mjs';
import { readArguments } from './read-arguments.mjs';

const makers = {
  node: { title: 'a node of the library: nodes/src/CATEGORY/NAME.node.ts', make: newNode },
  store: { title: 'a table in heddle.db: adapters/src/stores/NAME-store.ts', make: newStore },
  page: { title: 'a page of the editor, at /NAME', make: newPage },
  channel: { title: 'a channel for callers of published workflows, at /api/NAME', make: newChannel },
};
const usage = `Usage: npm run new -- ${Object.keys(makers).join('|')} NAME\nThe name is in lower case with hyphens, such as reading-time.`;

const cases = () => Object.entries(makers).map(([name, { title }]) => ({ name, title }));
const { names } = await readArguments(process.argv.slice(2), { usage, options: {}, cases });
const [kind, name, ...more] = names;
const make = makers[kind]?.make;
if (make === undefined || name === undefined || more.length > 0 || !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
} else {
  try {
    const paths = make(root, name);
    const sources = paths.filter((path) => /\.(?:tsx?|json)$|README\.md$/.test(path));
    execFileSync(process.execPath, [join(root, 'node_modules/prettier/bin/prettier.cjs'), '--write', ...sources], {
      cwd: root,
    });
    process.stdout.write(`${paths.join('\n')}\n`);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    process.stderr.write(`${error.path} is there already: choose another name.\n`);
    process.exitCode = 1;
  }
}
