import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../e2e/built-program.js';
import { compileNew, inheritOptions } from './compile-new.js';
import { newChannel } from './new-channel.mjs';

// Inside the repository, so that the copy finds the packages.
const copies = join(root, '.nx');
let copy: string;

// The compiler runs in a process.
jest.setTimeout(120_000);

beforeAll(() => {
  mkdirSync(copies, { recursive: true });
  copy = mkdtempSync(join(copies, 'new-'));
  for (const path of ['server/src', 'server/package.json', 'server/tsconfig.json', 'docs'])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  inheritOptions(copy);
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('npm run new -- channel', () => {
  const read = (path = '') => readFileSync(join(copy, path), 'utf8');

  it('makes a controller, a service, a module and a spec, which compile, and a section of the docs', () => {
    const paths = newChannel(copy, 'doorbell');
    const names = ['controller', 'service', 'module', 'spec'].map((kind) => `doorbell/doorbell.${kind}.ts`);
    expect(paths.slice(0, 4)).toEqual(names.map((name) => expect.stringContaining(name)));
    expect(paths.every((path) => existsSync(join(copy, path)))).toBe(true);
    const files = paths.filter((path) => path.endsWith('.ts')).map((path) => join(copy, path));
    const tsconfig = join(copy, 'server/new.json');
    writeFileSync(tsconfig, JSON.stringify({ extends: './tsconfig.json', include: [], files }));
    compileNew('channel', copy, paths, '-p', tsconfig);
    expect(read('server/src/heddle.module.ts').match(/DoorbellModule/g)).toHaveLength(2);
    expect(read('server/src/channels/README.md')).toContain(
      '\n| `doorbell/` | published workflows at `/api/doorbell` |\n',
    );
    expect(read(paths.at(-1))).toContain('\n## Doorbell\n\n`POST /api/doorbell/{workflow}`');
  });

  it('changes nothing if the channel exists already', () => {
    const before = read('server/src/heddle.module.ts');
    expect(() => newChannel(copy, 'doorbell')).toThrow(/EEXIST/);
    expect(read('server/src/heddle.module.ts')).toBe(before);
  });
});
