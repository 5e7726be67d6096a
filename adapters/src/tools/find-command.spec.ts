import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { isCommandHere } from './find-command.js';

describe('the command of a tool server', () => {
  const temporary = temporaryFolder();
  const { folder } = temporary;
  beforeAll(() => {
    for (const name of ['first', 'second', join('first', 'folder')]) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'second', 'serve'), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(join(folder, 'first', 'text'), 'no program', { mode: 0o644 });
  });
  afterAll(() => temporary.remove());
  const path = { PATH: [join(folder, 'none'), join(folder, 'first'), '', join(folder, 'second')].join(delimiter) };
  const isHere = (command: string, more: { folder?: string; environment?: { name: string; value: string }[] } = {}) =>
    isCommandHere({ command, folder: more.folder, environment: more.environment ?? [] }, path);

  it('is found in the folders of PATH, and the PATH of the server replaces that of Heddle', () => {
    expect(isHere('serve')).toBe(true);
    expect(isHere('serve', { environment: [{ name: 'PATH', value: join(folder, 'first') }] })).toBe(false);
    expect(isHere('nothing')).toBe(false);
  });

  it('is found by its path, relative to its folder', () => {
    expect(isHere(join(folder, 'second', 'serve'))).toBe(true);
    expect(isHere('./serve', { folder: join(folder, 'second') })).toBe(true);
    expect(isHere('./serve', { folder: join(folder, 'first') })).toBe(false);
  });

  it('is not found when it is a folder, cannot be run, or its working folder is missing', () => {
    expect([isHere('folder'), isHere('text'), isHere('serve', { folder: join(folder, 'none') })]).toEqual([
      ...[false, process.platform === 'win32', false],
    ]);
  });
});
