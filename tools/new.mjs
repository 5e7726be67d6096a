// `npm run new -- node NAME`: makes the files of a new part, with its spec and its entry in the docs. They compile, lint and pass at once: change them into what
// you need.
import { root } from './bootstrap/repository.mjs';
import { newNode } from './new/new-node.mjs';
import { readArguments } from './read-arguments.mjs';

const makers = { node: { title: 'a node of the library: nodes/src/NAME.node.ts', make: newNode } };
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
    for (const path of make(root, name)) process.stdout.write(`${path}\n`);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    process.stderr.write(`${error.path} is there already: choose another name.\n`);
    process.exitCode = 1;
  }
}
