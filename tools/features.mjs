// Checks the declared dependencies between the features of the server (`server/features.json`) and of the editor (`editor/features.json`).
// The fixtures each break a rule and must be refused. Type imports count; specs and test folders do not.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap/repository.mjs';
import { readImports } from './source/read-imports.mjs';
import { parse } from './source/read-sources.mjs';

const tests = /(?:^|\/)(?:testing|security)\/|\.spec\.tsx?$/;

/**
 * Gives the feature of a file: its folder in `server/src`. Nest modules and files outside of folders put features together and belong to
 * `app`.
 *
 * @example serverFeature('runs/run.service.ts') // 'runs'
 */
const serverFeature = (path) => (path.endsWith('.module.ts') || !path.includes('/') ? 'app' : path.split('/', 1)[0]);

/**
 * Gives the feature of a file: its folder in `editor/src/features`, or `ui` or `data`. Files outside of folders belong to `app`.
 *
 * @example editorFeature('features/runs/RunsPage.tsx') // 'runs'
 */
const editorFeature = (path) => (path.includes('/') ? path.replace(/^features\//, '').split('/', 1)[0] : 'app');

/** Lists the imports between features: `{ from, to, path, target }`. */
function readArrows(folder, featureOf) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path) && !tests.test(path))
    .flatMap((path) =>
      readImports(parse({ path }, readFileSync(join(folder, path), 'utf8')))
        .map(({ path: target }) => target)
        .filter((target) => target !== undefined && !target.startsWith('..') && !tests.test(target))
        .map((target) => ({ from: featureOf(path), to: featureOf(target), path, target })),
    )
    .filter(({ from, to }) => from !== to);
}

/**
 * Lists the problems of dependencies: not declared, declared but unused, in a cycle, or past the index of a feature. Every feature may
 * import those in `everywhere` without a declaration; other features may only be imported through their index.
 */
function judgeArrows(arrows, { composition, everywhere, features }, file) {
  const problems = [];
  for (const { from, to, path, target } of arrows) {
    if (everywhere?.includes(to) === false && !composition.includes(to) && target !== `features/${to}/index.ts`)
      problems.push(`inside: ${path} imports ${target}; only features/${to}/index.ts may be imported`);
    if (composition.includes(from)) continue;
    if (features[from]?.includes(to) || (everywhere?.includes(to) && !everywhere.includes(from))) continue;
    problems.push(`undeclared: ${path} imports ${target}, and ${file} has no arrow from ${from} to ${to}`);
  }
  for (const [from, targets] of Object.entries(features))
    for (const to of targets) {
      if (composition.includes(to))
        problems.push(`composition: ${from} must not depend on ${to}, which puts features together`);
      if (!arrows.some((arrow) => arrow.from === from && arrow.to === to))
        problems.push(`unused: nothing in ${from} imports ${to}; take the arrow out of ${file}`);
    }
  const cycle = findCycle(features);
  if (cycle !== undefined) problems.push(`cycle: ${cycle.join(' -> ')}`);
  return problems;
}

/** Finds a cycle of declared dependencies; undefined if there is none. */
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

/** Lists the problems of a folder that has `src` and `features.json`. */
function judge(folder, featureOf) {
  const declaration = JSON.parse(readFileSync(join(root, folder, 'features.json'), 'utf8'));
  return judgeArrows(readArrows(join(root, folder, 'src'), featureOf), declaration, `${folder}/features.json`);
}

function fail(lines) {
  for (const line of lines) process.stderr.write(`${line}\n`);
  if (lines.length > 0) process.exit(1);
}

const rules = ['undeclared', 'composition', 'unused', 'cycle'];
const fixtures = 'tools/fixtures/features';
for (const { folder, featureOf, refused } of [
  { folder: 'server', featureOf: serverFeature, refused: rules },
  { folder: 'editor', featureOf: editorFeature, refused: [...rules, 'inside'] },
]) {
  fail(judge(folder, featureOf));
  fail(judge(`${fixtures}/${folder}/good`, featureOf));
  const found = judge(`${fixtures}/${folder}/bad`, featureOf);
  fail(
    refused
      .filter((rule) => !found.some((problem) => problem.startsWith(`${rule}:`)))
      .map((rule) => `The check of features does not refuse its fixture of the ${folder} (missing: ${rule}).`),
  );
}
process.stdout.write('features: the arrows are declared and have no cycle; the fixtures that break them are refused\n');
