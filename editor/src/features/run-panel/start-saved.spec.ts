import { describe, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { ApiError } from '../../data/http/http.js';
import { startAutosave } from '../document/autosave.js';
import { createDocumentStore, edit, showWorkflow } from '../document/document-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { createRunSession } from '../run/run-session.js';
import { createViewStore } from '../view/view-store.js';
import { startSaved } from './start-saved.js';

const document = parseDocument({ heddle: 2, name: 'One', nodes: {}, edges: [] });

function setup(failure?: ApiError) {
  const log: string[] = [];
  const documents = createDocumentStore();
  const autosave = startAutosave(documents, {
    save: async (_id, saved, revision) => {
      log.push(`save ${saved.name}`);
      if (failure !== undefined) throw failure;
      return { revision: revision + 1 };
    },
    // The other user has also renamed the workflow.
    load: async () => ({ revision: 9, document: { ...document, name: 'Theirs' } }),
  });
  const startRun = async () => {
    log.push('run');
    return { runId: 'r' };
  };
  const runs = createRunSession(
    { startRun, cancelRun: async () => undefined },
    createLiveClient(createFakeSocket()),
    (callback) => callback(),
  );
  showWorkflow(documents, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document });
  edit(documents, (before) => ({ ...before, name: 'Two' }));
  return { log, session: { documents, autosave, runs, view: createViewStore() } };
}

describe('startSaved', () => {
  it('saves the draft before it runs', async () => {
    const { log, session } = setup();
    expect(await startSaved(session, 'w', {})).toBe('r');
    expect(log).toEqual(['save Two', 'run']);
    session.autosave.stop();
  });

  it('runs nothing when the draft cannot be saved, and says so', async () => {
    const { log, session } = setup(new ApiError('conflict', 'Somebody saved it meanwhile.', 409));
    expect(await startSaved(session, 'w', {})).toBeUndefined();
    expect(log).toEqual(['save Two']);
    expect(session.view.getState().toast?.text).toContain('changed elsewhere');
    session.autosave.stop();
  });
});
