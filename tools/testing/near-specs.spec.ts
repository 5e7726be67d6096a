import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { changedSpecs } from './near-specs.mjs';

describe('changedSpecs', () => {
  let folder = '';
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const record = () => join(folder, 'passed.json');
  const changed = () => changedSpecs(folder, record()).specs.sort();
  const passAll = () => {
    const { specs, remember } = changedSpecs(folder, record());
    remember(specs);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-near-'));
    execFileSync('git', ['init', '-q'], { cwd: folder });
    for (const name of ['package-lock.json', 'tsconfig.base.json', 'jest.preset.mjs', 'jest.resolver.cjs'])
      write(name, '');
    write('core/src/ids/ids.ts', 'export const ids = 1;');
    write('core/src/ids/ids.spec.ts', "import { ids } from './ids.js';");
    write('core/src/plan/plan.ts', 'export const plan = 1;');
    write('core/src/plan/plan.spec.ts', "import { plan } from './plan.js';\nimport { ids } from '../ids/ids.js';");
    write('editor/src/Button.tsx', 'export const Button = 1;');
    write('editor/src/specs/Button.spec.tsx', "const { Button } = await import('../Button.js');");
    passAll();
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is empty while nothing changes', () => {
    expect(changed()).toEqual([]);
  });

  it('includes the specs of the folder, and those that import the file', () => {
    write('core/src/ids/ids.ts', 'export const ids = 2;');
    expect(changed()).toEqual(['core/src/ids/ids.spec.ts', 'core/src/plan/plan.spec.ts']);
    write('core/src/ids/ids.ts', 'export const ids = 1;');
    write('core/src/plan/new.ts', '');
    expect(changed()).toEqual(['core/src/plan/plan.spec.ts']);
  });

  it('includes a spec that is new, that changed, or that loads a component', () => {
    write('core/src/new.spec.ts', '');
    write('core/src/ids/ids.spec.ts', '// changed');
    write('editor/src/Button.tsx', 'export const Button = 2;');
    expect(changed()).toEqual(['core/src/ids/ids.spec.ts', 'core/src/new.spec.ts', 'editor/src/specs/Button.spec.tsx']);
  });

  it('includes a spec until it passes', () => {
    write('core/src/ids/ids.ts', 'export const ids = 2;');
    changedSpecs(folder, record()).remember(['core/src/plan/plan.spec.ts']);
    expect(changed()).toEqual(['core/src/ids/ids.spec.ts']);
  });

  it('includes all specs if a package changes or the record is damaged', () => {
    write('package-lock.json', '{}');
    expect(changed()).toHaveLength(3);
    passAll();
    writeFileSync(record(), '{');
    expect(changed()).toHaveLength(3);
  });

  it('includes each spec of the tools, which read the whole repository, and none that starts processes', () => {
    write('tools/source/words.spec.ts', '');
    write('core/src/start.process.spec.ts', '');
    write('server/src/cli/runs.spec.ts', '');
    passAll();
    expect(changed()).toEqual(['tools/source/words.spec.ts']);
  });
});
