import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type FetchContext } from './fetch-context.js';
import { fetchSource } from './fetch-source.js';

const content = Buffer.alloc(50_000, 'weights ');
const sha256 = createHash('sha256').update(content).digest('hex');

const changed = new Map<string, string | undefined>();
function setEnvironment(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!changed.has(name)) changed.set(name, process.env[name]);
    process.env[name] = value;
  }
}
afterEach(() => {
  for (const [name, value] of changed) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  changed.clear();
});

function context(): FetchContext {
  const scratch = mkdtempSync(path.join(tmpdir(), 'heddle-registry-'));
  return {
    part: path.join(scratch, 'file.part'),
    scratch,
    size: content.length,
    signal: undefined,
    hub: { endpoint: 'http://127.0.0.1:1', token: undefined, answerMs: 300, idleMs: 300 },
    progress: () => undefined,
    needSpace: () => Promise.resolve(),
  };
}

// Reason of the skip: this source is the user's own pip, and this machine has none.
const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;

(hasPip ? describe : describe.skip)('a file inside a wheel, through pip', () => {
  const wheels = mkdtempSync(path.join(tmpdir(), 'heddle-wheels-'));
  beforeAll(() => {
    mkdirSync(path.join(wheels, 'tiny_model'));
    mkdirSync(path.join(wheels, 'tiny_model-1.0.dist-info'));
    writeFileSync(path.join(wheels, 'tiny_model', 'm.bin'), content);
    writeFileSync(
      path.join(wheels, 'tiny_model-1.0.dist-info', 'METADATA'),
      'Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n',
    );
    writeFileSync(
      path.join(wheels, 'tiny_model-1.0.dist-info', 'WHEEL'),
      'Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    );
    writeFileSync(path.join(wheels, 'tiny_model-1.0.dist-info', 'RECORD'), '');
    const parts = ['tiny_model', 'tiny_model-1.0.dist-info'];
    execFileSync('python3', ['-m', 'zipfile', '-c', 'tiny_model-1.0-py3-none-any.whl', ...parts], { cwd: wheels });
  });

  it('is extracted and hashed', async () => {
    setEnvironment({ PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels });
    const target = context();
    expect(await fetchSource('pip:tiny-model==1.0/tiny_model/m.bin', target)).toEqual({ sha256, size: content.length });
    expect(readFileSync(target.part).equals(content)).toBe(true);
  }, 90_000);

  it('is reported as missing by name, and so is a missing version', async () => {
    setEnvironment({ PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels });
    await expect(fetchSource('pip:tiny-model==1.0/tiny_model/other.bin', context())).rejects.toMatchObject({
      code: 'file_not_found',
    });
    await expect(fetchSource('pip:tiny-model==9.9/tiny_model/m.bin', context())).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringMatching(/tiny-model==9\.9/) as unknown,
    });
  }, 90_000);

  it('is unreachable when the registry does not answer', async () => {
    setEnvironment({ PIP_INDEX_URL: 'http://127.0.0.1:1/simple', PIP_CONFIG_FILE: '/dev/null' });
    await expect(fetchSource('pip:tiny-model==1.0/tiny_model/m.bin', context())).rejects.toMatchObject({
      code: 'source_unreachable',
    });
  }, 90_000);
});

describe('a file of a package, through npm', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-npm-'));
  let server: Server;
  let registry = '';
  beforeAll(async () => {
    mkdirSync(path.join(folder, 'package', 'assets'), { recursive: true });
    writeFileSync(path.join(folder, 'package', 'package.json'), '{"name":"tiny-model","version":"1.0.0"}');
    writeFileSync(path.join(folder, 'package', 'assets', 'm.bin'), content);
    execFileSync('tar', ['-C', folder, '-czf', path.join(folder, 'tiny.tgz'), 'package']);
    const archive = readFileSync(path.join(folder, 'tiny.tgz'));
    server = createServer((request, response) => {
      if (request.url === '/tiny.tgz') return void response.end(archive);
      if (request.url !== '/tiny-model') return void response.writeHead(404).end('{}');
      const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
      const version = { name: 'tiny-model', version: '1.0.0', dist: { tarball: `${registry}/tiny.tgz`, integrity } };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ name: 'tiny-model', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': version } }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const npmAt = (address: string): Readonly<Record<string, string>> => ({
    npm_config_registry: address,
    npm_config_cache: path.join(folder, 'cache'),
  });

  it('is extracted and hashed', async () => {
    setEnvironment(npmAt(registry));
    const target = context();
    expect(await fetchSource('npm:tiny-model@1.0.0/assets/m.bin', target)).toEqual({ sha256, size: content.length });
    expect(readFileSync(target.part).equals(content)).toBe(true);
  }, 90_000);

  it('is reported as missing by name, and so is a missing package', async () => {
    setEnvironment(npmAt(registry));
    await expect(fetchSource('npm:tiny-model@1.0.0/assets/other.bin', context())).rejects.toMatchObject({
      code: 'file_not_found',
    });
    await expect(fetchSource('npm:no-model@1.0.0/m.bin', context())).rejects.toMatchObject({ code: 'download_failed' });
  }, 90_000);

  it('is unreachable when the registry does not answer', async () => {
    setEnvironment(npmAt('http://127.0.0.1:1'));
    await expect(fetchSource('npm:other-model@1.0.0/m.bin', context())).rejects.toMatchObject({
      code: 'source_unreachable',
    });
  }, 90_000);
});

// Maven itself needs plugins from a registry, so a command with the same arguments replaces it.
describe('a file inside a jar, through Maven', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-maven-'));
  const standIn = (script: string): Readonly<Record<string, string>> => {
    const commands = mkdtempSync(path.join(folder, 'bin-'));
    writeFileSync(path.join(commands, 'mvn'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { PATH: `${commands}${path.delimiter}${process.env['PATH'] ?? ''}`, JARS: folder };
  };
  const copies =
    'for one in "$@"; do case "$one" in -DoutputDirectory=*) cp "$JARS/tiny.jar" "${one#*=}/";; esac; done';
  beforeAll(() => {
    writeFileSync(path.join(folder, 'm.bin'), content);
    execFileSync('python3', ['-m', 'zipfile', '-c', 'tiny.jar', 'm.bin'], { cwd: folder });
  });

  it('is extracted and hashed', async () => {
    setEnvironment(standIn(`echo "$@" > "$JARS/args"; ${copies}`));
    const target = context();
    expect(await fetchSource('maven:org.tiny:model:1.0/m.bin', target)).toEqual({ sha256, size: content.length });
    expect(readFileSync(target.part).equals(content)).toBe(true);
    expect(readFileSync(path.join(folder, 'args'), 'utf8')).toContain('dependency:copy -Dartifact=org.tiny:model:1.0 ');
  });

  it('is reported as missing by name, and so is a missing artifact', async () => {
    setEnvironment(standIn(copies));
    await expect(fetchSource('maven:org.tiny:model:1.0/other.bin', context())).rejects.toMatchObject({
      code: 'file_not_found',
    });
    setEnvironment(
      standIn('echo "[ERROR] Unable to find artifact. Could not find artifact org.tiny:no:jar:1.0 in central"; exit 1'),
    );
    await expect(fetchSource('maven:org.tiny:no:1.0/m.bin', context())).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringMatching(/org\.tiny:no:1\.0: Unable to find artifact/) as unknown,
    });
  });

  it.each([
    ['source_unreachable', 'Could not transfer artifact: Connection refused'],
    ['storage_full', 'No space left on device'],
  ])('is %s when Maven reports that error', async (code, output) => {
    setEnvironment(standIn(`echo "[ERROR] ${output}"; exit 1`));
    await expect(fetchSource('maven:org.tiny:model:1.0/m.bin', context())).rejects.toMatchObject({ code });
  });

  it('is unreachable without Maven', async () => {
    setEnvironment({ PATH: mkdtempSync(path.join(folder, 'empty-')) });
    await expect(fetchSource('maven:org.tiny:model:1.0/m.bin', context())).rejects.toMatchObject({
      code: 'source_unreachable',
      message: expect.stringMatching(/no Maven on this machine/) as unknown,
    });
  });
});
