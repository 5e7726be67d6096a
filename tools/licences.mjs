// `npm run licences`: writes docs/licences.md. `npm run licences -- --check` writes nothing and fails if a production package has a licence
// that is not allowed; `--lock FILE` reads another lockfile.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './bootstrap/repository.mjs';
import { exceptions, problemOf } from './licences/judge-licence.mjs';
import { productionPackages } from './licences/production-packages.mjs';

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    lock: { type: 'string', default: join(root, 'package-lock.json') },
  },
});
const packages = productionPackages(values.lock);
const problems = packages.flatMap((each) => {
  const problem = problemOf(each);
  return problem === undefined ? [] : [`${each.name}@${each.version} ${problem}`];
});

if (problems.length > 0) {
  process.stderr.write(
    `${problems.join('\n')}\nUse another package, or add it to tools/licences/judge-licence.mjs with a reason.\n`,
  );
  process.exitCode = 1;
} else {
  const file = join(root, 'docs', 'licences.md');
  const text = page(packages);
  if (!values.check) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text)
    process.stderr.write('docs/licences.md is not of this lockfile: run npm run licences.\n');
  process.stdout.write(`${packages.length} packages, every licence allowed\n`);
}

function page(list) {
  const counts = new Map();
  for (const { licence } of list) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  const excepted = list.filter(({ name }) => exceptions.has(name));
  return [
    '# Licences of what Heddle is built on',
    '',
    'Made by `npm run licences` from the lockfile: every package that is installed for production, on any platform. CI fails where one has a licence that is not on the list.',
    '',
    [...counts]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .map(([licence, count]) => `${count} ${licence}`)
      .join(', '),
    '',
    '## Looked at one by one',
    '',
    ...excepted.map(({ name, licence }) => `- \`${name}\` (${licence}): ${exceptions.get(name).why}.`),
    '',
    '## All',
    '',
    '| package | version | licence |',
    '|---|---|---|',
    ...list.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`),
    '',
  ].join('\n');
}
