/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseDocument, type DocumentEdge } from '@heddle/core';
import { act } from 'react';
import { all, buttonNamed, choose, one, pageText, pressButton, type } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { createCatalogStore } from '../document/catalog-store.js';
import { createDocumentStore, showWorkflow } from '../document/document-store.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { createViewStore, select } from '../view/view-store.js';
import { EdgeInspector } from './EdgeInspector.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const back: DocumentEdge = { from: 'check.again', to: 'write.prompt', loop: { max: 10, atLimit: 'fail' } };
const onward: DocumentEdge = { from: 'write.text', to: 'check.value' };
const node = (title: string) => ({ type: 'x', version: 1, title });

let page: FakePage;
let session: Session;
beforeEach(() => {
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());

async function show(edge: string, isReadOnly = false): Promise<void> {
  const documents = createDocumentStore();
  const document = parseDocument({
    heddle: 2,
    name: 'Test',
    nodes: { write: node('Write'), check: node('Check') },
    edges: [onward, back],
  });
  showWorkflow(documents, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document }, isReadOnly);
  session = { documents, catalog: createCatalogStore(), view: createViewStore() } as unknown as Session;
  select(session.view, { edges: [edge] });
  await act(async () =>
    page.root.render(
      <SessionProvider value={session}>
        <EdgeInspector edge={edge} />
      </SessionProvider>,
    ),
  );
}
const edges = (): readonly DocumentEdge[] => session.documents.getState().document?.edges ?? [];

describe('the panel of an edge', () => {
  it('changes the maximum of a loop, and what happens when it is reached', async () => {
    await show('check.again->write.prompt');
    expect(pageText()).toContain('Check · again → Write · prompt');
    expect(one<HTMLInputElement>('input').value).toBe('10');
    await type(one('input'), '3');
    await choose(one('select'), 'leave');
    expect(edges()[1]?.loop).toEqual({ max: 3, atLimit: 'leave' });
  });

  it.each(['0', '1.5', '100001'])('keeps %s out of the document and says what is allowed', async (text) => {
    await show('check.again->write.prompt');
    await type(one('input'), text);
    expect(edges()[1]?.loop?.max).toBe(10);
    expect(one('.field-error').textContent).toContain('from 1 to 100000');
    await type(one('input'), '');
    expect([all('.field-error').length, edges()[1]?.loop?.max]).toEqual([0, 10]);
  });

  it('deletes the edge and clears the selection', async () => {
    await show('write.text->check.value');
    expect(all('input')).toEqual([]);
    await pressButton('Delete edge');
    expect(edges()).toEqual([back]);
    expect(session.view.getState().selectedEdges).toEqual([]);
  });

  it('cannot change a read-only workflow', async () => {
    await show('check.again->write.prompt', true);
    expect([one<HTMLInputElement>('input').readOnly, buttonNamed('Delete edge')]).toEqual([true, undefined]);
  });
});
