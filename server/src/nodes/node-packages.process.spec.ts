import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Role } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { createSqliteAudit } from '@heddle/adapters/audit';
import { openDatabase } from '@heddle/adapters/database';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  nodePackage,
  openNodeRegistry,
  saysHello,
  type NodeRegistry,
} from '../../../adapters/src/testing/node-registry.js';
import { runCommandLine } from '../cli/run-command-line.js';
import { realClock } from '../common/real-clock.js';
import { captureOutput } from '../testing/capture-output.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const name = '@acme/own-nodes';
const path = `/api/node-packages/${encodeURIComponent(name)}`;

describe('node packages', () => {
  let server: TestServer;
  let registry: NodeRegistry;
  beforeEach(async () => {
    server = await startTestServer({
      settings: { HEDDLE_SIGN_IN: 'required' },
      withStandardNodes: true,
      engine: { startRun, resumeRun },
    });
    const trace = join(server.heddle.settings.dataFolder, 'trace');
    registry = await openNodeRegistry({ [name]: nodePackage(name, 'acme/own', trace), 'says-hello': saysHello(trace) });
  });
  afterEach(async () => {
    registry.close();
    await server.close();
  });

  async function signedIn(role: Role): Promise<Readonly<Record<string, string>>> {
    const { users, projects, sessions } = server.heddle.parts.identity;
    const user = await users.create({ email: `${role}@example.org`, name: role });
    await projects.setRoles('default', `user:${user.id}`, [role]);
    const { token } = await sessions.begin(user.id, { isSecure: false, agent: '' });
    return { cookie: `heddle=${token}`, origin: server.address };
  }
  const typesFor = async (who: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const { nodes } = (await server.call('GET', '/api/nodes', undefined, who)).body as { nodes: { type: string }[] };
    return nodes.map(({ type }) => type);
  };

  it('are installed by an owner with a hash, work at once, are recorded, and are removed', async () => {
    const owner = await signedIn('owner');
    const request = { name, version: '1.0.0', integrity: registry.integrity(name) };
    const wrong = await server.call(
      'POST',
      '/api/node-packages',
      { ...request, integrity: `sha512-${'A'.repeat(86)}==` },
      owner,
    );
    expect([wrong.status, wrong.body.error.code]).toEqual([502, 'checksum_mismatch']);
    expect(await typesFor(owner)).not.toContain('acme/own');

    const document = {
      heddle: 2,
      name: 'Own',
      nodes: {
        own: { type: 'acme/own', version: 1, config: {} },
        reply: { type: 'output', version: 1, config: { fields: [{ name: 'text' }] } },
      },
      edges: [{ from: 'own.text', to: 'reply.text' }],
    };
    const stored = await server.heddle.compile.read(document);
    await expect(server.heddle.compile.plan(stored)).rejects.toMatchObject({ code: 'workflow_invalid' });

    const added = await server.call('POST', '/api/node-packages', request, owner);
    expect([added.status, added.body]).toEqual([
      201,
      { ...request, source: 'installed', types: ['acme/own'], state: 'ready' },
    ]);
    expect(await typesFor(owner)).toContain('acme/own');
    const { body } = await server.call('GET', '/api/node-packages', undefined, owner);
    expect(body).toMatchObject({ packages: [{ name }], confinement: expect.stringContaining('permission model') });
    const { runId } = await server.heddle.runs.start({ document: stored, request: { inputs: {} }, trigger: 'test' });
    expect(await server.heddle.runs.wait(runId)).toMatchObject({ status: 'done', outputs: { text: 'hello' } });

    expect((await server.call('DELETE', path, undefined, owner)).status).toBe(204);
    expect(await typesFor(owner)).not.toContain('acme/own');
    expect(existsSync(join(server.heddle.settings.dataFolder, 'nodes', '@acme+own-nodes'))).toBe(false);
    expect((await server.call('DELETE', path, undefined, owner)).body.error.code).toBe('node_package_not_found');
    const records = await server.heddle.audit.list({});
    const own = records.filter(({ subject, isAllowed }) => subject === `node-package:${name}` && isAllowed);
    expect(own.toReversed().map(({ details }) => [details['step'], details['version']])).toEqual([
      ['node package installed', '1.0.0'],
      ['node package removed', undefined],
    ]);
  }, 60_000);

  it.each(['editor', 'approver', 'runner', 'viewer', 'auditor'] as const)('cannot be managed by a %s', async (role) => {
    const who = await signedIn(role);
    const request = { name, version: '1.0.0', integrity: registry.integrity(name) };
    const calls = [
      await server.call('GET', '/api/node-packages', undefined, who),
      await server.call('POST', '/api/node-packages', request, who),
      await server.call('DELETE', path, undefined, who),
    ];
    expect(calls.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(existsSync(join(server.heddle.settings.dataFolder, 'nodes'))).toBe(false);
  });

  it.each([
    [{ name: '../../etc' }],
    [{ name: '--prefix' }],
    [{ version: 'latest' }],
    [{ version: '^1.0.0' }],
    [{ integrity: 'sha1-abc' }],
    [{ integrity: '' }],
  ])('are refused with an invalid name, version or hash: %j', async (change) => {
    const request = { name, version: '1.0.0', integrity: registry.integrity(name), ...change };
    expect((await server.call('POST', '/api/node-packages', request, await signedIn('owner'))).status).toBe(400);
  });
});

describe('heddle node', () => {
  it('adds, lists and removes a package in a folder without a server, and writes an audit event', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-node-'));
    const trace = join(folder, 'trace');
    const registry = await openNodeRegistry({
      [name]: nodePackage(name, 'acme/own', trace),
      'says-hello': saysHello(trace),
    });
    const heddle = async (...args: string[]): Promise<{ readonly code: number; readonly json: unknown }> => {
      const { result, stdout } = await captureOutput(() =>
        runCommandLine(['--data', join(folder, 'data'), ...args, '--json']),
      );
      return { code: result, json: JSON.parse(stdout) };
    };
    try {
      const wrong = await heddle('node', 'add', `${name}@1.0.0`, '--integrity', `sha512-${'A'.repeat(86)}==`);
      expect(wrong).toMatchObject({ code: 1, json: { error: { code: 'checksum_mismatch' } } });
      expect((await heddle('node', 'list')).json).toEqual([]);
      const integrity = registry.integrity(name);
      const added = await heddle('node', 'add', `${name}@1.0.0`, '--integrity', integrity);
      expect(added).toMatchObject({ code: 0, json: { name, version: '1.0.0', integrity, types: ['acme/own'] } });
      // Each command is another process, and finds the package.
      expect((await heddle('node', 'list')).json).toMatchObject([{ name, state: 'ready', types: ['acme/own'] }]);
      expect((await heddle('node', 'remove', name)).code).toBe(0);
      expect((await heddle('node', 'remove', name)).json).toMatchObject({ error: { code: 'node_package_not_found' } });
      expect((await heddle('node', 'add', name, '--integrity', integrity)).code).toBe(2);
      const database = openDatabase(join(folder, 'data', 'heddle.db'));
      const audit = createSqliteAudit(database, {
        clock: realClock,
        keyFile: join(folder, 'data', 'secret.key'),
        anchorFile: join(folder, 'data', 'audit.head'),
      });
      const steps = (await audit.list({})).filter(({ subject }) => subject === `node-package:${name}`);
      audit.close();
      database.close();
      expect(steps.map(({ details }) => details['step'])).toEqual(['node package removed', 'node package installed']);
    } finally {
      registry.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
