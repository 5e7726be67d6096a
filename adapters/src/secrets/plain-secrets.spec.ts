import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEnvironmentSecrets } from './environment-secrets.js';
import { createFolderSecrets } from './folder-secrets.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

describe('secrets of the environment', () => {
  it('are in a variable, or in a file that a variable names and that is read at each use', async () => {
    const file = put('crm', 'first\n');
    const secrets = createEnvironmentSecrets({
      HEDDLE_SECRET_API_KEY: 'value',
      HEDDLE_SECRET_CRM_FILE: file,
      HEDDLE_SECRET_EMPTY: '',
      OTHER: 'x',
    });
    expect([await secrets.read('api-key'), await secrets.read('api.key'), await secrets.read('crm')]).toEqual([
      ...['value', 'value', 'first'],
    ]);
    put('crm', 'second');
    expect(await secrets.read('crm')).toBe('second');
    expect([secrets.has('crm'), secrets.has('empty'), secrets.has('other'), secrets.has('crm-file')]).toEqual([
      ...[true, false, false, false],
    ]);
    expect(await secrets.read('crm-file')).toBeUndefined();
    expect(secrets.names()).toEqual(['api-key', 'crm']);
  });

  it('are reported as unreadable, without the path of their file', async () => {
    for (const file of [join(folder, 'gone'), put('empty', '\n'), put('large', 'x'.repeat(70_000)), folder]) {
      const read = createEnvironmentSecrets({ HEDDLE_SECRET_CRM_FILE: file }).read('crm');
      await expect(read).rejects.toMatchObject({
        code: 'secret_unreadable',
        message: expect.not.stringContaining(folder),
      });
    }
  });

  it('do not include the names that every object has', async () => {
    const secrets = createEnvironmentSecrets({});
    for (const name of ['toString', '__proto__', 'constructor']) expect(await secrets.read(name)).toBeUndefined();
  });
});

describe('secrets of a mounted folder', () => {
  it('are files by name, as Docker mounts them', async () => {
    put('crm-key', 'value\r\n');
    put('.hidden', 'x');
    mkdirSync(join(folder, 'inner'));
    const secrets = createFolderSecrets(folder);
    expect([secrets.names(), secrets.has('crm-key'), await secrets.read('crm-key')]).toEqual([
      ['crm-key'],
      true,
      'value',
    ]);
    for (const name of ['inner', 'gone', '..', '../crm-key', 'inner/../crm-key', '/etc/passwd', '.hidden'])
      expect([name, secrets.has(name), await secrets.read(name)]).toEqual([name, false, undefined]);
  });

  it('are read again when Kubernetes moves its link to another folder', async () => {
    const switchTo = (version: string): void => {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'crm-key'), version);
      symlinkSync(version, join(folder, '..next'));
      renameSync(join(folder, '..next'), join(folder, '..data'));
    };
    switchTo('v1');
    symlinkSync(join('..data', 'crm-key'), join(folder, 'crm-key'));
    const secrets = createFolderSecrets(folder);
    expect(await secrets.read('crm-key')).toBe('v1');
    switchTo('v2');
    expect([await secrets.read('crm-key'), secrets.names()]).toEqual(['v2', ['crm-key']]);
  });

  it('are empty when nothing is mounted', () => {
    expect(createFolderSecrets(join(folder, 'gone')).names()).toEqual([]);
  });
});
