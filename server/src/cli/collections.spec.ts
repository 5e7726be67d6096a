import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createEmbeddedStore } from '@heddle/adapters/vectors';
import { defaultLabel } from '@heddle/core';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureOutput } from '../testing/capture-output.js';
import { runCommandLine } from './run-command-line.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-'));
  mkdirSync(join(folder, 'data'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const heddle = (...args: readonly string[]) =>
  captureOutput(() => runCommandLine(['--data', join(folder, 'data'), 'collections', ...args]));

it('lists collections with their titles, and changes a title', async () => {
  expect((await heddle()).stdout).toContain('There are no collections');
  const store = createEmbeddedStore({ file: join(folder, 'data', 'collections.db') });
  const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20 } as const;
  await store.create({ name: 'orbit', embedding: 'mini', dimensions: 3, splitter, label: defaultLabel });
  await store.close();
  expect((await heddle('list')).stdout).toMatch(/name +title.*\norbit +orbit +0/);
  expect((await heddle('title', 'orbit', 'My Orbit docs')).stdout).toContain('orbit has the title My Orbit docs.');
  expect(JSON.parse((await heddle('--json')).stdout)).toMatchObject([{ name: 'orbit', title: 'My Orbit docs' }]);
  expect((await heddle('title', 'orbit', 'x'.repeat(101))).stderr).toContain('At most 100 characters');
  expect((await heddle('title', 'none', 'Title')).stderr).toContain("'none'");
});

it('prints the location of a passage: its title once, its headings and its page', async () => {
  await heddle();
  const store = createEmbeddedStore({ file: join(folder, 'data', 'collections.db') });
  const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20 } as const;
  const orbit = await store.create({ name: 'orbit', embedding: 'mini', dimensions: 3, splitter, label: defaultLabel });
  const about = { id: 'moons.pdf', title: 'Moons', mediaType: 'application/pdf', hash: 'h', size: 1, updatedAt: 1 };
  const at = { headings: ['Moons', 'Titan'], page: 7 };
  const text = 'Titan has lakes of methane.';
  const vector = new Float32Array([1, 0, 0]);
  await orbit.put([{ document: about, passages: [{ id: 'moons.pdf#1', text, context: 'Moons', vector, place: at }] }]);
  await store.close();
  const search = ['--data', join(folder, 'data'), 'search', 'orbit', 'lakes', '--mode', 'lexical'];
  const { stdout, stderr } = await captureOutput(() => runCommandLine(search));
  expect(stderr).toBe('');
  expect(stdout).toContain('1. Moons › Titan  [moons.pdf, page 7]  ');
});
