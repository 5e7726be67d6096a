import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { connectionSecret, localPrincipal, ToolServer, type WorkflowDocument } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../channels/testing/open-published.js';
import { healthOf } from '../health/health.js';
import { openHeddle, type OpenedHeddle } from '../heddle/open-heddle.js';
import { silentLog } from '../common/log.js';
import { startReceiver, type Receiver } from '../security/testing/receiver.js';
import { readSettings } from '../settings/read-settings.js';

const canary = 'canary-of-before-63ac';

const calling = (url: string, secret: string, name = `Calls with ${secret}`): WorkflowDocument => ({
  heddle: 2,
  name,
  nodes: { call: { type: 'http', version: 1, config: { url, auth: { kind: 'bearer', secret }, onStatus: 'give' } } },
  edges: [],
});

describe('secrets of an older version', () => {
  let folder: string;
  let receiver: Receiver;
  const opened: OpenedHeddle[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-hosts-'));
    receiver = await startReceiver();
  });
  afterEach(async () => {
    for (const heddle of opened.splice(0)) await heddle.close().catch(() => undefined);
    receiver.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (): Promise<OpenedHeddle> => {
    const settings = readSettings({ HEDDLE_DATA: folder, HEDDLE_FETCH_ALLOW: '127.0.0.1', HEDDLE_STOP_MS: '0' });
    const environment = { HEDDLE_SECRET_FROM_OUTSIDE: canary, HEDDLE_SECRET_UNUSED: canary };
    const heddle = await openHeddle(settings, { kind: 'server', log: silentLog, environment });
    opened.push(heddle);
    return heddle;
  };
  /** Leaves the secrets as the migration does: they belong to the first project, name no host, and no host has been learned. */
  const asBefore = async (heddle: OpenedHeddle, names: readonly string[]): Promise<void> => {
    for (const name of names)
      await heddle.parts.secrets.store.save(
        { name, owner: 'default', hosts: [], uses: ['request'], source: { kind: 'stored' }, needsHost: true },
        canary,
      );
    await heddle.stop();
    await heddle.close();
    opened.splice(opened.indexOf(heddle), 1);
    const database = new Database(join(folder, 'heddle.db'));
    database.exec('DELETE FROM secret_hosts_learned');
    database.close();
  };
  const cards = async (heddle: OpenedHeddle) =>
    Object.fromEntries(
      [...(await heddle.secrets.list('default')), ...(await heddle.secrets.list('installation'))].map(
        ({ name, hosts, uses, needsHost }) => [name, { hosts, uses, needsHost }],
      ),
    );

  const reaches = (heddle: OpenedHeddle, runId: string, wanted: readonly string[]) =>
    until(async () => {
      const summary = await heddle.runs.summary(runId);
      return wanted.includes(summary.status) ? summary : undefined;
    });

  it('get the hosts to which drafts, live versions and tool servers of the first project send them, once', async () => {
    const before = await open();
    const { workflows, ownership, publishing } = before;
    const beta = (await before.parts.identity.projects.create('Beta')).id;
    await workflows.create(calling('https://api.example.com/{{ id }}', 'fixed'));
    await workflows.create(calling('http://crm.lan:8080/x', 'fixed', 'Again'));
    await workflows.create(calling('{{ url }}', 'expression'));
    await workflows.create(calling('https://out.example/', 'from-outside'));
    await workflows.create(calling('https://gone.example/', 'nobody-has-it'));
    const inner = calling('https://inner.example/', 'fixed');
    await workflows.create({
      heddle: 2,
      name: 'Outer',
      edges: [],
      workflows: { part: { nodes: inner.nodes, edges: [] } },
      nodes: { part: { type: 'workflow', version: 1, config: { workflow: '#part' } } },
    });
    // A workflow of another project says nothing about secrets that this project does not have.
    const foreign = await workflows.create(calling('https://evil.example/', 'fixed', 'Evil'));
    ownership.assign('workflow', foreign.id, beta);
    const live = await workflows.create(calling('https://live.example/', 'published', 'Live'));
    await publishing.versions.publish(live.id, { acceptDataMap: true }, localPrincipal);
    await workflows.save(live.id, calling('https://draft.example/', 'published', 'Live'), undefined);
    const transports = {
      http: { kind: 'http', url: 'https://mcp.example/mcp', headers: [{ name: 'authorization', secret: 'of-server' }] },
      command: { kind: 'stdio', command: 'x', environment: [{ name: 'TOKEN', secret: 'of-command' }] },
      oauth: { kind: 'http', url: 'https://a.example/mcp', oauth: { clientId: 'c', clientSecret: 'of-client' } },
    };
    for (const [id, transport] of Object.entries(transports))
      await before.parts.tools.registry.change(
        (_view, write) => write.save(ToolServer.parse({ id, transport })),
        (writes) => before.audit.commit([], writes),
      );
    await before.parts.connections.vault.set(connectionSecret('far'), canary);
    const names = ['fixed', 'expression', 'published', 'of-server', 'of-command', 'of-client', 'never-used'];
    await asBefore(before, names);

    const after = await open();
    const request = { uses: ['request'], needsHost: false };
    const learned = {
      fixed: { ...request, hosts: ['api.example.com', 'crm.lan:8080', 'inner.example'] },
      published: { ...request, hosts: ['draft.example', 'live.example'] },
      'from-outside': { ...request, hosts: ['out.example'] },
      'of-server': { ...request, hosts: ['mcp.example'] },
      'of-command': { hosts: [], uses: ['tool-environment'], needsHost: false },
      'of-client': { ...request, hosts: [], needsHost: true },
      expression: { ...request, hosts: [], needsHost: true },
      'never-used': { ...request, hosts: [], needsHost: true },
      unused: { ...request, hosts: [], needsHost: true },
    };
    expect(await cards(after)).toEqual(learned);
    expect(await after.parts.connections.vault.get(connectionSecret('far'))).toBe(canary);
    expect((await healthOf(after)).secretsWithoutHost).toEqual(
      ['expression', 'never-used', 'of-client'].map((name) => ({ name, owner: 'default' })),
    );
    const nobody = await healthOf(after, { showsRun: () => false, showsFaults: false });
    expect(nobody.secretsWithoutHost).toBeUndefined();
    expect(await after.audit.list({ kinds: ['secret'] })).toHaveLength(7);

    // Hosts are learned once: later workflows add none, and a change by an owner stays.
    await after.workflows.create(calling('https://later.example/', 'fixed', 'Later'));
    await after.secrets.set('default', 'expression', { hosts: ['chosen.example'] }, { who: 'local' });
    await after.close();
    opened.splice(0);
    const again = await open();
    expect(await cards(again)).toEqual({ ...learned, expression: { ...request, hosts: ['chosen.example'] } });
  });

  it('let a suspended run continue to its fixed host, and refuse a host that follows from an expression', async () => {
    const before = await open();
    const waiting = (url: string, secret: string): WorkflowDocument => {
      const document = calling(url, secret);
      return {
        ...document,
        nodes: {
          ...document.nodes,
          address: { type: 'input', version: 1, config: { fields: [{ name: 'url', type: 'Text' }] } },
          pause: { type: 'wait', version: 1, config: { amount: 2 } },
        },
        edges: [
          { from: 'address.url', to: 'pause.value' },
          { from: 'pause.value', to: 'call.url' },
        ],
      };
    };
    const begin = async (url: string, secret: string): Promise<string> => {
      const { runId } = await before.runs.start({
        document: waiting(url, secret),
        request: { inputs: { url: `${receiver.address}/by-input` } },
        trigger: 'editor',
      });
      return runId;
    };
    const fixed = await begin(`${receiver.address}/fixed?u={{ url }}`, 'fixed');
    const free = await begin('{{ url }}', 'expression');
    await reaches(before, fixed, ['suspended']);
    await reaches(before, free, ['suspended']);
    await asBefore(before, ['fixed', 'expression']);

    const after = await open();
    expect(await after.secrets.get('default', 'fixed')).toMatchObject({ hosts: [receiver.host], needsHost: false });
    await after.recover(true);
    const ended = (runId: string) => reaches(after, runId, ['done', 'failed']);
    expect(await ended(fixed)).toMatchObject({ status: 'done' });
    expect(receiver.hasSeen(`Bearer ${canary}`)).toBe(true);
    expect(await ended(free)).toMatchObject({
      status: 'failed',
      error: { code: 'secret_needs_host', message: expect.stringContaining(receiver.host) },
    });
    expect(receiver.received.some((request) => request.includes('by-input HTTP'))).toBe(false);
    await after.stop();
  });
});
