import type { RunFixturesReply, WorkflowTest } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { ApiError } from '../../data/http/http.js';
import { useAction } from '../../data/queries/use-action.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { Notice } from '../../ui/states/Notice.js';
import { RunChoices } from './RunChoices.js';
import type { Tests } from './use-tests.js';
import { hasSameInputs, recordedIn, withFixtures } from './with-fixtures.js';

/** The results that a run recorded, before they are stored in the test. */
interface Found extends RunFixturesReply {
  readonly runId: string;
  readonly isSameInput: boolean;
}

/**
 * Gives a test recorded results of its nodes with effects. They come from an earlier run, or from a new run with real effects, which needs
 * a confirmation. The results are shown before they are stored, because everyone who may read the workflow can read its tests.
 */
export function RecordFixtures({
  workflow,
  test,
  node,
  isNow,
  at,
  tests: { lines = [], saving, save, run },
  onSaved,
  onClose,
}: {
  readonly workflow: string;
  readonly test: WorkflowTest;
  /** The line of the test in the file. */
  readonly at: number;
  /** The node that has no recorded result. */
  readonly node: string;
  readonly isNow: boolean;
  readonly tests: Tests;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const [found, setFound] = useState<Found>();
  const action = useAction();
  const readFrom = (runId: string): void => action.run(async () => setFound(await readFixtures(runId, test, node)));
  const runNow = (): void =>
    action.run(async () => setFound(await readFixtures(await runOnce(workflow, test), test, node)));
  const storeFixtures = (fixtures: RunFixturesReply['fixtures']): void => {
    const kept = { kind: 'test', test: withFixtures(test, fixtures) } as const;
    save(
      lines.map((line, index) => (index === at ? kept : line)),
      () => {
        onSaved();
        run([test.name]);
      },
    );
  };
  const error = action.error ?? saving.error;
  return (
    <Dialog title={isNow ? 'Record now' : 'Record from a run'} onClose={onClose}>
      <div className="dialog-form">
        {error === undefined ? null : <Notice error={error} />}
        {found !== undefined ? (
          <RecordedFixtures
            found={found}
            isBusy={saving.isBusy}
            onSave={() => storeFixtures(found.fixtures)}
            onClose={onClose}
          />
        ) : isNow ? (
          <>
            <p>
              The draft runs once with the inputs of “<span dir="auto">{test.name}</span>” and with all of its effects:
              “<span dir="auto">{node}</span>” and others make real calls and changes.
            </p>
            <p className="quiet">The results are kept in the test, which has no effects from then on.</p>
            <div className="dialog-actions">
              <button type="button" className="button" onClick={onClose}>
                Cancel
              </button>
              <button type="button" className="button button-primary" disabled={action.isBusy} onClick={runNow}>
                {action.isBusy ? 'Running…' : 'Run with effects'}
              </button>
            </div>
          </>
        ) : (
          <>
            <p className="quiet">
              Choose a run in which “<span dir="auto">{node}</span>” had its effect. Nothing is sent.
            </p>
            <RunChoices workflow={workflow} isBusy={action.isBusy} onChoose={readFrom} />
          </>
        )}
      </div>
    </Dialog>
  );
}

function RecordedFixtures({
  found: { fixtures, label, runId, isSameInput },
  isBusy,
  onSave,
  onClose,
}: {
  readonly found: Found;
  readonly isBusy: boolean;
  readonly onSave: () => void;
  readonly onClose: () => void;
}): ReactElement {
  return (
    <>
      <p>
        Run <span className="mono">{runId.slice(0, 8)}</span> has results of {Object.keys(fixtures).join(', ')}.
      </p>
      {isSameInput ? null : <p>Its inputs differ from those of the test.</p>}
      {label === 'public' || label === 'internal' ? null : (
        <p className="field-error">The results are {label}. Everyone who may read the workflow can read its tests.</p>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="button button-primary" disabled={isBusy} onClick={onSave}>
          Keep in test
        </button>
      </div>
    </>
  );
}

/** Reads the recorded results of a run. Rejects with an ApiError, also if the run has no result of the node. */
async function readFixtures(runId: string, test: WorkflowTest, node: string): Promise<Found> {
  const params = { path: { id: runId } };
  const [reply, { inputs }] = await Promise.all([
    client.GET('/api/runs/{id}/fixtures', { params }),
    client.GET('/api/runs/{id}/document', { params }),
  ]);
  if (!recordedIn(reply.fixtures, node))
    throw new ApiError('conflict', `Run ${runId.slice(0, 8)} has no result of '${node}': choose another one.`, 0);
  return { ...reply, runId, isSameInput: hasSameInputs(test, inputs) };
}

/** Runs the draft once with real effects and waits for its end. Rejects with an ApiError. */
async function runOnce(workflow: string, { inputs }: WorkflowTest): Promise<string> {
  const params = { path: { id: workflow }, query: { wait: '1', trigger: 'editor' } as const };
  const { runId } = await client.POST('/api/workflows/{id}/runs', { params, body: { inputs } });
  return runId;
}
