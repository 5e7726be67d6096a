import { afterAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(import.meta.dirname, '..', 'licences.mjs');
const folder = mkdtempSync(join(tmpdir(), 'heddle-licences-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Checks a lockfile with one package that has this entry. */
function check(
  entry: Record<string, unknown>,
  name = 'some-package',
): { readonly status: number | null; readonly said: string } {
  const lock = join(folder, 'package-lock.json');
  writeFileSync(
    lock,
    JSON.stringify({ packages: { '': {}, [`node_modules/${name}`]: { version: '1.2.3', ...entry } } }),
  );
  const { status, stderr } = spawnSync(process.execPath, [script, '--check', '--lock', lock], { encoding: 'utf8' });
  return { status, said: stderr };
}

describe('npm run licences -- --check', () => {
  it('accepts every package of this repository', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(Number.parseInt(stdout, 10)).toBeGreaterThan(100);
  });

  it.each(['MIT', '(MIT OR GPL-3.0-or-later)', '(MIT AND Zlib)', 'Apache-2.0 AND MIT'])('accepts %s', (license) => {
    expect(check({ license }).status).toBe(0);
  });

  it.each([
    'GPL-3.0-only',
    'AGPL-3.0',
    'LGPL-3.0',
    'MIT AND GPL-2.0',
    '(MIT OR (GPL-2.0))',
    'SEE LICENSE IN x',
    'MPL-2.0',
    '',
  ])('refuses %j and names the package', (license) => {
    expect(check({ license })).toMatchObject({ status: 1, said: expect.stringContaining('some-package@1.2.3') });
  });

  it('refuses a package that names no licence', () => {
    expect(check({})).toMatchObject({ status: 1, said: expect.stringContaining('names no licence') });
  });

  it('excepts a package only under the licence that was reviewed', () => {
    expect(check({ license: 'MPL-2.0' }, 'axe-core').status).toBe(0);
    expect(check({ license: 'GPL-3.0' }, 'axe-core').status).toBe(1);
  });

  it('ignores development packages', () => {
    expect(check({ license: 'GPL-3.0', dev: true }).status).toBe(0);
  });
});
