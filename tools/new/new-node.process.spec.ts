import { describeNode, type NodeDefinition } from '@heddle/core';
import { checkNode } from '@heddle/core/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../e2e/built-program.js';
import { nodeRow, nodeSection } from '../docs/nodes-page.mjs';
import { compileNew, inheritOptions } from './compile-new.js';
import { newNode } from './new-node.mjs';

// Inside the repository, so that the copy finds the packages.
const folder = join(root, '.nx');
let copy: string;

// The compiler runs in a process.
jest.setTimeout(120_000);

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  copy = mkdtempSync(join(folder, 'new-'));
  for (const path of ['nodes/src', 'nodes/package.json', 'nodes/tsconfig.json', 'docs/nodes.md'])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  inheritOptions(copy);
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('npm run new -- node', () => {
  const read = (path: string) => readFileSync(join(copy, path), 'utf8');

  it('makes a node, its spec and its section, which compile and pass the checks of nodes', async () => {
    const paths = newNode(copy, 'reading-time');
    expect(paths).toEqual([
      'nodes/src/data/reading-time.node.ts',
      'nodes/src/data/reading-time.node.spec.ts',
      'nodes/src/index.ts',
      'docs/nodes.md',
    ]);
    compileNew('node', copy, paths, '-p', join(copy, 'nodes'), '--customConditions', 'built');
    execFileSync(join(root, 'node_modules/.bin/prettier'), ['--check', ...paths.slice(0, 3)], { cwd: copy });
    const { readingTime } = (await import(pathToFileURL(join(copy, 'nodes/src/data/reading-time.node.ts')).href)) as {
      readingTime: NodeDefinition;
    };
    expect(await checkNode(readingTime)).toEqual([]);
    expect(read('docs/nodes.md')).toContain(`\n\n${nodeSection(describeNode(readingTime))}\n## People and time`);
    expect(read('docs/nodes.md')).toContain(` |\n${nodeRow(describeNode(readingTime))}| People and time | `);
    expect(read('nodes/src/index.ts').match(/readingTime/g)).toHaveLength(3);
  });

  it('replaces a reserved word with another name', () => {
    newNode(copy, 'delete');
    expect(read('nodes/src/index.ts')).toContain("import { deleteNode } from './data/delete.node.js';");
  });

  it('changes nothing if the node exists already', () => {
    const before = read('nodes/src/index.ts');
    expect(() => newNode(copy, 'set')).toThrow(/EEXIST/);
    expect(read('nodes/src/index.ts')).toBe(before);
  });
});
