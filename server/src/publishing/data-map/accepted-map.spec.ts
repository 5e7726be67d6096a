import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataFlow, WorkflowDocument, WorkflowVersion } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import type { AnyJson } from '../../testing/any-json.js';
import { createFakeCollections } from '../../testing/fake-collections.js';
import { echoDocument } from '../../testing/echo-document.js';
import { startTestServer, type TestServer } from '../../testing/test-server.js';
import { acceptanceOf } from './accepted-map.js';

const flow = (kind: DataFlow['kind'], isLocal: boolean, destination = 'x'): DataFlow => ({
  node: 'n',
  destination,
  kind,
  isLocal,
  level: 'internal',
  marks: [],
  declassifiedBy: [],
});
const reply = flow('reply', false);
const out = flow('model', false);

function ask(dataMap: readonly DataFlow[], maps: readonly (readonly DataFlow[])[], live?: number) {
  const versions = maps.map((map, index) => ({ version: index + 1, dataMap: map }) as unknown as WorkflowVersion);
  return acceptanceOf(dataMap, 'w', {
    list: async () => versions,
    live: async () => (live === undefined ? undefined : { version: live }),
  });
}

describe('the acceptance of a data map', () => {
  it.each([
    ['a first version that only replies', [reply], [], undefined, true],
    ['a first version with local models', [reply, flow('model', true), flow('collection', true)], [], undefined, true],
    ['a first version without any flow', [], [], undefined, true],
    ['a first version that calls a remote model', [reply, out], [], undefined, false],
    ['a first version that calls an address', [flow('network', false)], [], undefined, false],
    ['a first version that posts its reply to a webhook', [flow('webhook', false)], [], undefined, false],
    ['the same data map as the live version', [out], [[out]], 1, true],
    ['the same as the last version, which is not live', [out], [[reply], [out]], 1, true],
    ['the same as the live version, which is not the last', [out], [[out], [reply]], 1, true],
    ['the same as the last version where none is live', [out], [[out]], undefined, true],
    ['the same as only an old version', [out], [[out], [reply]], 2, false],
    ['another destination', [flow('model', false, 'y')], [[out]], 1, false],
    ['a changed data map of this machine', [flow('model', true)], [[reply]], 1, false],
  ])('%s', async (_what, dataMap, maps, live, isAccepted) => {
    expect((await ask(dataMap, maps, live)).isAccepted).toBe(isAccepted);
  });

  it('names the version with the same data map', async () => {
    expect((await ask([out], [[out], [reply]], 1)).acceptedWith).toBe(1);
    expect((await ask([reply], [])).acceptedWith).toBeUndefined();
  });
});

describe('publishing a workflow that sends data out', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      withStoredJournal: true,
      withStandardNodes: true,
      collections: createFakeCollections(),
      engine: { startRun, resumeRun },
    });
  });
  afterAll(() => server.close());

  const calling = (url: string, prefix = ''): WorkflowDocument => {
    const { nodes, edges, ...rest } = echoDocument(prefix);
    return {
      ...rest,
      nodes: { ...nodes, call: { type: 'http', version: 1, config: { url } } },
      edges: [...edges, { from: 'say.text', to: 'call.value' }],
    };
  };

  it('requires acceptance at first, not for the same data map, and again for another destination; each event names the data map', async () => {
    await server.call('POST', '/api/workflows', { document: calling('https://one.example/{{ value }}'), slug: 'out' });
    const publish = (body: object) => server.call('POST', '/api/workflows/out/publish', body);
    const check = async (): Promise<AnyJson> =>
      (await server.call('POST', '/api/workflows/out/publish/check', { tests: false })).body;
    const save = (document: WorkflowDocument) =>
      server.call('PUT', '/api/workflows/out', { document }, { 'if-match': '*' });
    expect((await publish({})).body.error.code).toBe('data_map_unaccepted');
    const first = await check();
    expect([first.isDataMapAccepted, first.dataMapVersion]).toEqual([false, undefined]);
    expect((await publish({ acceptDataMap: first.dataMapHash })).status).toBe(201);

    expect((await save(calling('https://one.example/{{ value }}', 'Hi '))).status).toBe(200);
    expect(await check()).toMatchObject({ isDataMapAccepted: true, dataMapVersion: 1 });
    expect((await publish({})).status).toBe(201);

    await save(calling('https://two.example/{{ value }}'));
    expect((await check()).isDataMapAccepted).toBe(false);
    expect((await publish({})).body.error.code).toBe('data_map_unaccepted');
    expect((await publish({ acceptDataMap: first.dataMapHash })).body.error.code).toBe('data_map_unaccepted');

    const { body: audit } = await server.call('GET', '/api/audit?act=publish');
    const maps = (audit.records as { readonly details: { readonly dataMap: string } }[]).map(
      ({ details }) => details.dataMap,
    );
    expect(maps).toEqual([first.dataMapHash, first.dataMapHash]);
  });
});
