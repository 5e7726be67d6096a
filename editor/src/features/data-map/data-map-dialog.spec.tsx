/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseDocument, type CompileReply, type Issue } from '@heddle/core';
import { act } from 'react';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { all, one, pageText, press, pressButton, texts } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { createCatalogStore } from '../document/catalog-store.js';
import { createDocumentStore, showWorkflow } from '../document/document-store.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { createViewStore } from '../view/view-store.js';
import { DataMap } from './DataMap.js';
import type { Flow } from './group-flows.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const flow = (node: string, more: Partial<Flow> = {}): Flow => ({
  node,
  destination: 'house/writer',
  kind: 'model',
  isLocal: false,
  level: 'internal',
  marks: [],
  declassifiedBy: [],
  ...more,
});
const exceeds: Issue = { code: 'label-exceeds', severity: 'warning', node: 'write', message: 'Too much.' };

let page: FakePage;
let session: Session;
beforeEach(() => {
  page = openFakePage(() => undefined);
  const documents = createDocumentStore();
  const document = parseDocument({
    heddle: 2,
    name: 'Letters',
    nodes: { write: { type: 'generate', version: 1, title: 'Write <b>it</b>' }, each: { type: 'each', version: 1 } },
    edges: [],
  });
  showWorkflow(documents, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document });
  const view = createViewStore();
  view.setState({ overlay: 'data' as never });
  session = { documents, view, catalog: createCatalogStore(), live: createLiveClient(createFakeSocket()) } as never;
});
afterEach(() => page.leave());

function show(flows: readonly Flow[] | undefined, issues: readonly Issue[] = []): Promise<void> {
  session.documents.setState({
    compiled: flows === undefined ? undefined : ({ dataMap: flows, issues, ports: {} } as unknown as CompileReply),
  });
  return act(async () =>
    page.root.render(
      <SessionProvider value={session}>
        <DataMap />
      </SessionProvider>,
    ),
  );
}

describe('the data map', () => {
  it('says when the workflow cannot be analysed', async () => {
    await show(undefined);
    expect(pageText()).toContain('The workflow cannot be analysed.');
  });

  it('says that no data leaves a workflow without a destination', async () => {
    await show([]);
    expect(pageText()).toContain('No data leaves this workflow');
    expect(all('.data-destination')).toEqual([]);
  });

  it.each([
    [{ kind: 'reply', destination: 'reply' }, 'Reply of the workflow', 'to the user who runs it'],
    [{ kind: 'model', destination: 'local', isLocal: true }, 'Local models', 'stays here'],
    [{ kind: 'model' }, 'house/writer', 'Model, leaves this machine'],
    [{ kind: 'model', isLocal: true }, 'house/writer', 'Model, stays here'],
    [{ kind: 'network', destination: 'example.org' }, 'example.org', 'Web address, leaves this machine'],
    [{ kind: 'download', destination: 'x' }, 'Downloads of batches', 'leaves this machine'],
    [{ kind: 'collection', destination: 'faq', isLocal: true }, 'faq', 'Collection, stays here'],
    [{ kind: 'network', destination: '<img src=x>' }, '<img src=x>', 'Web address, leaves this machine'],
  ] as const)('names a destination %o', async (more, title, text) => {
    await show([flow('write', more)]);
    expect(texts('.data-destination-head strong')).toEqual([title]);
    expect(texts('.data-destination-head > .quiet')).toEqual([text]);
    expect(all('img')).toEqual([]);
  });

  it.each([
    ['model', [exceeds], 'above the clearance: the run fails there', 'true'],
    ['model', [], 'skipped when the data is above its clearance', null],
    ['webhook', [], 'above the clearance: left out there', 'true'],
  ] as const)('says what a run does with data above the clearance of a %s', async (kind, issues, text, isRefused) => {
    await show([flow('write', { kind, level: 'restricted', clearance: 'internal' })], issues);
    expect(texts('.data-excess')).toEqual([text]);
    expect(one('.data-excess').getAttribute('data-refused')).toBe(isRefused);
  });

  it('gives no warning when the data is within the clearance', async () => {
    await show([flow('write', { level: 'public', clearance: 'public' })]);
    expect([all('.data-excess'), texts('.data-clearance').length]).toEqual([[], 1]);
  });

  it('names the nodes that declassify on the way', async () => {
    await show([flow('write', { declassifiedBy: ['mask', 'check'] })]);
    expect(pageText()).toContain('declassified on the way by mask, check');
  });

  it('focuses the node of a flow, or the node that contains it, and closes', async () => {
    const focused: string[] = [];
    session.view.setState({ canvas: { focus: (node: string) => void focused.push(node) } as never });
    await show([flow('write'), flow('each/inner')]);
    expect(texts('.data-way-node')).toEqual(['Write <b>it</b> write', 'each each/inner']);
    await press(all('.data-way')[1] as HTMLElement);
    expect(focused).toEqual(['each']);
    expect(session.view.getState().overlay).toBeUndefined();
    expect([...session.view.getState().selectedNodes]).toEqual(['each']);
  });

  it('closes without changing the selection', async () => {
    await show([flow('write')]);
    await pressButton('Close');
    expect(session.view.getState().overlay).toBeUndefined();
    expect([...session.view.getState().selectedNodes]).toEqual([]);
  });
});
