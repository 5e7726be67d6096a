import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const script = join(import.meta.dirname, '..', 'audit.mjs');
const patient = 60_000;

/** Runs the real npm against a test registry with one package. */
describe('npm run audit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-audit-'));
  let registry: Server;
  let address: string;
  let advisories: unknown = {};
  let status = 200;
  let asked = '';
  beforeAll(async () => {
    registry = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const isBulk = request.url?.endsWith('/advisories/bulk') === true;
        const body = Buffer.concat(parts);
        if (isBulk) asked = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
        response.writeHead(isBulk ? status : 404, { 'content-type': 'application/json' });
        response.end(JSON.stringify(isBulk ? advisories : {}));
      });
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    const bound = registry.address();
    address = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}/`;
    const name = { name: 'some-package', version: '1.0.0' };
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ ...name, dependencies: { 'some-package': '1.2.3' }, devDependencies: { 'some-tool': '1.0.0' } }),
    );
    const at = (file: string): string => `${address}${file}/-/${file}-1.tgz`;
    writeFileSync(
      join(folder, 'package-lock.json'),
      JSON.stringify({
        ...name,
        lockfileVersion: 3,
        packages: {
          '': { ...name, dependencies: { 'some-package': '1.2.3' }, devDependencies: { 'some-tool': '1.0.0' } },
          'node_modules/some-package': { version: '1.2.3', resolved: at('some-package') },
          'node_modules/some-tool': { version: '1.0.0', resolved: at('some-tool'), dev: true },
        },
      }),
    );
  });
  afterAll(() => {
    registry.close();
    registry.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  function audit(explained: readonly object[] = []): Promise<{ readonly code: number | null; readonly said: string }> {
    const file = join(folder, 'explained.json');
    writeFileSync(file, JSON.stringify(explained));
    const { npm_execpath: _npm, ...env } = process.env;
    const child = spawn(process.execPath, [script, '--folder', folder, '--explained', file], {
      env: {
        ...env,
        npm_config_registry: address,
        npm_config_cache: join(folder, 'cache'),
        npm_config_fetch_retries: '0',
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
  }
  const found = {
    'some-package': [
      {
        id: 1,
        url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
        title: 'It leaks',
        severity: 'high',
        vulnerable_versions: '<2.0.0',
        cwe: [],
        cvss: { score: 7, vectorString: null },
      },
    ],
  };
  const explanation = {
    advisory: 'GHSA-aaaa-bbbb-cccc',
    package: 'some-package',
    until: '2999-01-01',
    why: 'The part that leaks is not loaded here.',
  };

  it(
    'passes if the registry has no advisory, and asks only about production packages',
    async () => {
      [status, advisories] = [200, {}];
      expect(await audit()).toEqual({ code: 0, said: '0 findings, 0 not explained\n' });
      expect(asked).toContain('some-package');
      expect(asked).not.toContain('some-tool');
    },
    patient,
  );

  it(
    'fails if an advisory is not explained, or no longer, and passes if it is explained',
    async () => {
      [status, advisories] = [200, found];
      expect(await audit()).toMatchObject({ code: 1, said: expect.stringContaining('some-package (high) It leaks') });
      expect((await audit([explanation])).code).toBe(0);
      expect((await audit([{ ...explanation, until: '2020-01-01' }])).said).toContain('check again');
      expect((await audit([{ ...explanation, why: 'Fine.' }])).code).toBe(1);
      expect((await audit([{ ...explanation, package: 'another' }])).code).toBe(1);
    },
    patient,
  );

  it(
    'fails with the message that nothing is known if the registry offers no advisories',
    async () => {
      [status, advisories] = [405, {}];
      const { code, said } = await audit();
      expect(code).toBe(2);
      expect(said).toMatch(/nothing is known of them: .*405/);
    },
    patient,
  );

  it(
    'lists explanations that are no longer needed',
    async () => {
      [status, advisories] = [200, {}];
      expect((await audit([explanation])).said).toContain('no longer reported: GHSA-aaaa-bbbb-cccc');
    },
    patient,
  );
});
