/** @jest-environment jsdom */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { ApiError } from '../../data/http/http.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { createCatalogStore } from '../document/catalog-store.js';
import { createDocumentStore, edit, showWorkflow } from '../document/document-store.js';
import { createRunSession, type StartRequest } from '../run/run-session.js';
import type { CommandContext } from '../session/session.js';
import { createViewStore } from '../view/view-store.js';
import { retryDraft } from './retry-draft.js';

const node = (type: string) => ({ type, version: 1 });
const document = parseDocument({
  heddle: 2,
  name: 'One',
  nodes: { ask: node('input'), first: node('prompt'), second: node('prompt') },
  edges: [],
});

let asked: StartRequest[];
/** The error with which the server refuses a request, if it does. */
let refusal: (request: StartRequest) => ApiError | undefined;
beforeEach(() => {
  asked = [];
  refusal = () => undefined;
});

function setup(save: () => void = () => undefined): CommandContext {
  const documents = createDocumentStore();
  showWorkflow(documents, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document });
  const startRun = async (_id: string, request: StartRequest) => {
    asked.push(request);
    const error = refusal(request);
    if (error !== undefined) throw error;
    return { runId: 'next' };
  };
  const runs = createRunSession(
    { startRun, cancelRun: async () => undefined },
    createLiveClient(createFakeSocket()),
    (callback) => callback(),
  );
  runs.open('failed');
  return {
    documents,
    runs,
    catalog: createCatalogStore(),
    view: createViewStore(),
    saveNow: save,
    clipboard: { readText: async () => '', writeText: async () => undefined },
  };
}
const mismatch = (...nodes: readonly string[]) =>
  new ApiError('reused_result_mismatch', 'They changed.', 409, { nodes });

describe('a retry with the draft', () => {
  it('takes the inputs and the results of the run in view', async () => {
    await retryDraft(setup());
    expect(asked).toMatchObject([{ inputs: {}, reuseFrom: 'failed' }]);
    expect(asked[0]).not.toHaveProperty('from');
    expect(location.pathname + location.search).toBe('/workflows/w?run=next');
  });

  it('starts at the first finished node that changed, or at the input when that is refused too', async () => {
    refusal = ({ from }) => (from === undefined ? mismatch('first', 'second') : undefined);
    await retryDraft(setup());
    expect(asked.map(({ from }) => from)).toEqual([undefined, 'first']);
    asked = [];
    refusal = ({ from }) => (from === 'ask' ? undefined : mismatch('first', 'second'));
    await retryDraft(setup());
    expect(asked.map(({ from }) => from)).toEqual([undefined, 'first', 'ask']);
  });

  it('says why it was refused, and makes no other attempt', async () => {
    refusal = () => new ApiError('busy', 'Too many runs.', 429);
    const context = setup();
    await retryDraft(context);
    expect(asked).toHaveLength(1);
    expect(context.view.getState().toast).toEqual({ text: 'Too many runs.', isRefusal: true });
  });

  it('starts no run when the draft could not be saved', async () => {
    const context = setup();
    edit(context.documents, (before) => ({ ...before, name: 'Two' }));
    await retryDraft(context);
    expect(asked).toEqual([]);
    expect(context.view.getState().toast?.text).toContain('could not be saved');
  });
});
