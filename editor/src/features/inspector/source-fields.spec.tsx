/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NodeDescription, parseDocument, type DocumentEdge, type PortDescription } from '@heddle/core';
import { act } from 'react';
import { all, choose, one, texts } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { createCatalogStore, showCatalog } from '../document/catalog-store.js';
import { createDocumentStore, showWorkflow, undo } from '../document/document-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { SourceFields } from './SourceFields.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const port = (name: string, type: PortDescription['type'], more: Partial<PortDescription> = {}): PortDescription => ({
  name,
  type,
  mode: 'one',
  isOptional: false,
  ...more,
});
const about = (type: string, inputs: readonly PortDescription[], outputs: readonly PortDescription[]) =>
  NodeDescription.parse({
    type,
    version: 1,
    category: 'other',
    title: `The ${type}`,
    summary: '',
    role: 'step',
    effects: [],
    config: {},
    defaults: {},
    inputs,
    outputs,
    hasDynamicPorts: false,
  });

let page: FakePage;
let session: Session;
beforeEach(() => {
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());

async function show(
  inputs: readonly PortDescription[],
  { edges = [], isReadOnly = false }: { readonly edges?: readonly DocumentEdge[]; readonly isReadOnly?: boolean } = {},
): Promise<void> {
  const documents = createDocumentStore();
  const catalog = createCatalogStore();
  showCatalog(catalog, [
    about('ask', [], [port('text', 'Text'), port('number', 'Number')]),
    about('search', [], [port('passages', 'Passages')]),
    about('write', inputs, [port('text', 'Text')]),
  ]);
  const document = parseDocument({
    heddle: 2,
    name: 'Test',
    nodes: {
      ask: { type: 'ask', version: 1, title: 'Ask <b>' },
      search: { type: 'search', version: 1 },
      write: { type: 'write', version: 1 },
    },
    edges,
  });
  showWorkflow(documents, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document }, isReadOnly);
  session = { documents, catalog, live: createLiveClient(createFakeSocket()) } as unknown as Session;
  await act(async () =>
    page.root.render(
      <SessionProvider value={session}>
        <SourceFields nodeId="write" isReadOnly={isReadOnly} />
      </SessionProvider>,
    ),
  );
}
const edgesNow = (): readonly DocumentEdge[] => session.documents.getState().document?.edges ?? [];
const selects = (): HTMLSelectElement[] => all<HTMLSelectElement>('select');

describe('the sources of a node', () => {
  it('are hidden for a node without inputs', async () => {
    await show([]);
    expect(all('section')).toEqual([]);
  });

  it('are the outputs that fit, never its own, named by node and port', async () => {
    await show([port('prompt', 'Text', { title: 'Prompt' })]);
    expect(one('select').getAttribute('aria-label')).toBe('Source of Prompt');
    expect(texts('option')).toContain('Ask <b> › text');
    expect(texts('option')).not.toContain('The write › text');
    expect(texts('option')).not.toContain('The search › passages');
    expect(texts('option')[0]).toBe('None yet');
  });

  it('connect by a choice, in one step that can be undone', async () => {
    await show([port('prompt', 'Text')]);
    await choose(one('select'), 'ask.text');
    expect(edgesNow()).toEqual([{ from: 'ask.text', to: 'write.prompt' }]);
    expect(selects()[0]?.value).toBe('ask.text');
    act(() => undo(session.documents));
    expect([edgesNow(), selects()[0]?.value]).toEqual([[], '']);
  });

  it('replace the source of an input that takes one value, and remove it', async () => {
    await show([port('data', 'Json', { isOptional: true })], { edges: [{ from: 'ask.text', to: 'write.data' }] });
    expect(texts('option')[0]).toBe('None');
    await choose(one('select'), 'search.passages');
    expect(edgesNow()).toEqual([{ from: 'search.passages', to: 'write.data' }]);
    await choose(one('select'), '');
    expect(edgesNow()).toEqual([]);
  });

  it('list all sources of an input that takes many values, with a row for one more', async () => {
    await show([port('all', 'Json', { mode: 'many' })], { edges: [{ from: 'ask.text', to: 'write.all' }] });
    expect(selects().map(({ value }) => value)).toEqual(['ask.text', '']);
    await choose(selects()[1] as HTMLElement, 'search.passages');
    expect(edgesNow().map(({ from }) => from)).toEqual(['ask.text', 'search.passages']);
    await choose(selects()[0] as HTMLElement, '');
    expect(edgesNow().map(({ from }) => from)).toEqual(['search.passages']);
  });

  it('keep a missing output until it is changed', async () => {
    await show([port('prompt', 'Text')], { edges: [{ from: 'ask.old', to: 'write.prompt' }] });
    expect([selects()[0]?.value, texts('option')[1]]).toEqual(['ask.old', 'ask.old']);
  });

  it('cannot be changed when the workflow is read-only', async () => {
    await show([port('prompt', 'Text')], { isReadOnly: true });
    expect(selects()[0]?.disabled).toBe(true);
  });
});
