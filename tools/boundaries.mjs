// Checks the arrows between the packages, and that the check itself works: a fixture that breaks them must be refused.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap/repository.mjs';

const cruise = (folders, env = {}) =>
  spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err',
      ...folders,
    ],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    },
  );

const real = cruise(
  ['core', 'engine', 'nodes', 'adapters', 'server', 'editor', 'workflows'].map((name) =>
    existsSync(join(root, name, 'src')) ? `${name}/src` : name,
  ),
);
process.stdout.write(real.stdout + real.stderr);
if (real.status !== 0) process.exit(1);

const fixture = cruise(['tools/fixtures/boundaries'], { HEDDLE_BOUNDARIES_FIXTURE: '1' });
const expected = ['engine-reaches-too-far', 'core-is-browser-safe', 'no-cycles', 'no-cycles-of-types'];
const missed = expected.filter((rule) => !fixture.stdout.includes(rule));
if (fixture.status === 0 || missed.length > 0) {
  process.stderr.write(
    `The boundary check does not refuse its fixture (missing: ${missed.join(', ')}).\n${fixture.stdout}${fixture.stderr}\n`,
  );
  process.exit(1);
}
process.stdout.write('boundaries: the fixture that breaks them is refused\n');

// The arrows between the features of the server.
await import('./features.mjs');
