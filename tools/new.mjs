// `npm run new -- node|store|source|page|channel NAME`: creates the files of a new part, with its spec and its entry in the docs. They
// compile, lint and pass the tests: change them into what you need.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap/repository.mjs';
import { newChannel } from './new/new-channel.mjs';
import { newNode } from './new/new-node.mjs';
import { newPage } from './new/new-page.mjs';
import { newSource } from './new/new-source.mjs';
import { newStore } from './new/new-store.mjs';
import { readArguments } from './read-arguments.mjs';

const makers = {
  node: {
    title: 'a node of the library: nodes/src/CATEGORY/NAME.node.ts',
    make: newNode,
    next: [
      'An icon that editor/src/ui/icons/NodeIcon.tsx does not have: add it there.',
      'Another category than data: move both files to the folder of the category and set `category`.',
      'After a change of its texts or ports: npm run docs',
      'Check: npm test -- nodes/src/standard-nodes nodes/src/data/NAME',
    ],
  },
  store: {
    title: 'a table in both databases and its store: adapters/src/stores/NAME-store.ts',
    make: newStore,
    next: [
      'Declare it in server/src/heddle/parts.ts, and open it in open-heddle.ts beside it and in server/src/testing/test-heddle.ts.',
      'Pass it to the feature that needs it, in server/src/heddle/create-services.ts.',
      'If it holds what people write: erase it in server/src/forget/forget.service.ts.',
      'Check: npm test -- adapters/src/stores/NAME',
    ],
  },
  source: {
    title: 'a kind of source that keeps a collection in sync: adapters/src/sources/NAME',
    make: newSource,
    next: [
      'Its row in the table of docs/sources.md: what becomes a document, and on what it was tried.',
      'Faults that its source can have: name them in its spec.',
      'Check: npm test -- adapters/src/sources/NAME',
    ],
  },
  page: {
    title: 'a page of the editor, at /NAME',
    make: newPage,
    next: [
      'A link to it: an entry in editor/src/features/shell/Rail.tsx, or in the page that leads to it.',
      'Another feature that it imports: declare it in editor/features.json, and import its index.ts.',
      'Check: npm test -- editor/src/features/NAME && npm run check -w tools',
    ],
  },
  channel: {
    title: 'a channel for callers of published workflows, at /api/NAME',
    make: newChannel,
    next: [
      'Its label check: a row in server/src/channels/label-channels.spec.ts.',
      'Its way to a run of another project: a row in server/src/testing/reach/channels.ts.',
      'The types of the API: npm run build && npm run generate',
      'Check: npm test -- server/src/channels/NAME server/src/channels/label-channels routes-audit route-sweep documented-routes',
    ],
  },
};
const usage = `Usage: npm run new -- ${Object.keys(makers).join('|')} NAME\nThe name is in lower case with hyphens, such as reading-time.`;

const cases = () => Object.entries(makers).map(([name, { title }]) => ({ name, title }));
const { names } = await readArguments(process.argv.slice(2), { usage, options: {}, cases });
const [kind, name, ...more] = names;
const maker = makers[kind];
const prettier = join(root, 'node_modules/prettier/bin/prettier.cjs');
if (maker === undefined || name === undefined || more.length > 0 || !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
} else if (!existsSync(prettier)) {
  process.stderr.write('The packages are not installed: run npm start or npm test once.\n');
  process.exitCode = 1;
} else {
  try {
    const paths = maker.make(root, name);
    const sources = paths.filter((path) => /\.(?:tsx?|json|md)$/.test(path));
    execFileSync(process.execPath, [prettier, '--write', ...sources], { cwd: root });
    const next = maker.next.map((step) => `- ${step.replaceAll('NAME', name)}`);
    process.stdout.write(`${paths.join('\n')}\n\nNext:\n${next.join('\n')}\n`);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    process.stderr.write(`${error.path} is there already: choose another name.\n`);
    process.exitCode = 1;
  }
}
