// Checks the arrows between the features of the server (`server/features.json`), and that the check itself works: fixtures that break
// each rule must be refused. A feature is a folder of `server/src`. Type imports count. Specs and the folders of tests do not.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folders of tests. */
const tests = /(?:^|\/)(?:testing|security)\/|\.spec\.ts$/;

/**
 * The feature of a file: its folder. A module of Nest puts features together, and so do the files outside of folders: they belong to `app`.
 *
 * @example featureOf('runs/run.service.ts') // 'runs'
 */
export function featureOf(path) {
  return path.endsWith('.module.ts') || !path.includes('/') ? 'app' : path.split('/', 1)[0];
}

/** The imports that lead from one feature to another: `{ from, to, path, target }`. */
export function readArrows(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !tests.test(path))
    .flatMap((path) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(folder, path), 'utf8'));
      return importedFiles
        .filter(({ fileName }) => fileName.startsWith('.'))
        .map(({ fileName }) => posix.join(posix.dirname(path), fileName).replace(/\.js$/, '.ts'))
        .filter((target) => !target.startsWith('..') && !tests.test(target))
        .map((target) => ({ from: featureOf(path), to: featureOf(target), path, target }));
    })
    .filter(({ from, to }) => from !== to);
}

/** What is wrong with the arrows: not declared, declared and unused, or in a cycle. */
export function judgeArrows(arrows, { composition, features }) {
  const problems = [];
  for (const { from, to, path, target } of arrows) {
    if (composition.includes(from)) continue;
    if (features[from]?.includes(to)) continue;
    problems.push(`undeclared: ${path} imports ${target}, and server/features.json has no arrow from ${from} to ${to}`);
  }
  for (const [from, targets] of Object.entries(features))
    for (const to of targets) {
      if (composition.includes(to))
        problems.push(`composition: ${from} must not depend on ${to}, which puts features together`);
      if (!arrows.some((arrow) => arrow.from === from && arrow.to === to))
        problems.push(`unused: nothing in ${from} imports ${to}; take the arrow out of server/features.json`);
    }
  const cycle = findCycle(features);
  if (cycle !== undefined) problems.push(`cycle: ${cycle.join(' -> ')}`);
  return problems;
}

/** A path of declared arrows that comes back to where it begins; undefined where there is none. */
function findCycle(features) {
  const done = new Set();
  const visit = (feature, path) => {
    if (path.includes(feature)) return [...path.slice(path.indexOf(feature)), feature];
    if (done.has(feature)) return undefined;
    for (const next of features[feature] ?? []) {
      const found = visit(next, [...path, feature]);
      if (found !== undefined) return found;
    }
    done.add(feature);
    return undefined;
  };
  for (const feature of Object.keys(features)) {
    const found = visit(feature, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

function judge(folder, declaration) {
  return judgeArrows(readArrows(folder), JSON.parse(readFileSync(declaration, 'utf8')));
}

const problems = judge(join(repository, 'server', 'src'), join(repository, 'server', 'features.json'));
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exit(1);

const fixture = join(repository, 'tools', 'fixtures', 'features');
const refused = judge(join(fixture, 'src'), join(fixture, 'features.json'));
const missed = ['undeclared', 'composition', 'unused', 'cycle'].filter(
  (rule) => !refused.some((problem) => problem.startsWith(`${rule}:`)),
);
if (missed.length > 0) {
  process.stderr.write(`The check of features does not refuse its fixture (missing: ${missed.join(', ')}).\n`);
  process.exit(1);
}
process.stdout.write(
  'features: the arrows of the server are declared and have no cycle; the fixture that breaks them is refused\n',
);
