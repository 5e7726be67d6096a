import type { WorkflowReply, WorkflowTest } from '@heddle/core';
import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { useDraftRuns } from '../../data/access/draft-runs.js';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { Notice } from '../../ui/states/Notice.js';
import { useVersionsRead, useWorkflow, WorkflowHeader } from '../publishing/index.js';
import { useLoaded } from '../../data/queries/use-loaded.js';
import { leaveThrough } from '../../ui/navigation/leave-guard.js';
import { navigate, testsPath } from '../../ui/navigation/route.js';
import { useAction } from '../../data/queries/use-action.js';
import { NotThere } from '../../ui/states/NotThere.js';
import { FromRun, readTestOfRun } from './FromRun.js';
import { RecordFixtures } from './RecordFixtures.js';
import { freeName } from './test-lines.js';
import { TestEditor } from './TestEditor.js';
import { TestList } from './TestList.js';
import { useTests } from './use-tests.js';
import styles from './workflow-tests.module.css';

/** The tests of a workflow. A version can be published only if all of them pass. */
export function TestsPage({
  workflow,
  fromRun,
}: {
  readonly workflow: string;
  readonly fromRun: string | undefined;
}): ReactElement {
  const { value, error, again } = useWorkflow(workflow);
  useVersionsRead(value?.id);
  if (value === undefined) return <NotThere error={error} again={again} what="Loading tests…" />;
  return <Tests workflow={value} address={workflow} fromRun={fromRun} />;
}

const emptyTest: WorkflowTest = { name: '', inputs: {}, expect: { outputs: {} } };

/** The test that is being edited: one of the file, named by its index, or a new one. */
interface Edited {
  readonly at: number | undefined;
  readonly test: WorkflowTest;
  /** Changes each time a test is opened. */
  readonly key: number;
}

/** A test whose node with effects gets a recorded result. */
interface Recording {
  readonly at: number;
  readonly test: WorkflowTest;
  readonly node: string;
  /** Whether a new run with real effects makes the result, instead of an earlier run. */
  readonly isNow: boolean;
}

/** The edited test after a test was removed, which may be the edited one or one before it. */
function withoutTest(edited: Edited | undefined, at: number): Edited | undefined {
  if (edited?.at === undefined || edited.at < at) return edited;
  return edited.at === at ? undefined : { ...edited, at: edited.at - 1 };
}

function Tests({
  workflow: { id, slug, document },
  address,
  fromRun,
}: {
  readonly workflow: WorkflowReply;
  /** The id or slug of the workflow in the address. */
  readonly address: string;
  readonly fromRun: string | undefined;
}): ReactElement {
  const mayEdit = useMay('workflow:write');
  const { reason } = useDraftRuns();
  const tests = useTests(id);
  const { lines, saving, testing, running, results, save, run } = tests;
  const compiled = useLoaded(
    useCallback((signal: AbortSignal) => client.POST('/api/compile', { body: { document }, signal }), [document]),
  );
  const [edited, setEdited] = useState<Edited>();
  const opened = useRef(0);
  const open = useCallback((at: number | undefined, test: WorkflowTest): void => {
    opened.current += 1;
    setEdited({ at, test, key: opened.current });
  }, []);
  const [isChoosing, setChoosing] = useState(false);
  const [recording, setRecording] = useState<Recording>();
  const making = useAction();
  const { run: make } = making;
  useEffect(() => {
    if (fromRun === undefined) return;
    make(async () => {
      const test = await readTestOfRun(fromRun);
      open(undefined, test);
      // Keeps the workflow's id or slug as it is in the address. Another form of it would open another page and lose the test.
      navigate(testsPath(address));
    });
  }, [fromRun, address, make, open]);
  const keep = (test: WorkflowTest): void => {
    if (lines === undefined || edited === undefined) return;
    const others = lines.filter((_line, index) => index !== edited.at);
    const named = { kind: 'test', test: { ...test, name: freeName(test.name, others) } } as const;
    const at = edited.at ?? lines.length;
    save([...lines.slice(0, at), named, ...lines.slice(at + 1)], () => {
      // The form stays mounted, unless the test was saved under another name than the user entered.
      if (named.test.name === test.name) setEdited({ at, test: named.test, key: edited.key });
      else open(at, named.test);
    });
  };
  const remove = (at: number): void => {
    if (lines === undefined) return;
    save(
      lines.filter((_line, index) => index !== at),
      () => setEdited((before) => withoutTest(before, at)),
    );
  };
  const failed = [...results.values()].filter(({ status }) => status === 'failed').length;
  const planInterface = compiled.value?.interface;
  const errors = [saving.error, testing.error, making.error, tests.loaded.error, compiled.error];
  return (
    <main className="workflow-page">
      <WorkflowHeader name={document.name} id={id} slug={slug} part="tests">
        {mayEdit ? (
          <>
            <button
              type="button"
              className="button button-small"
              disabled={lines === undefined}
              onClick={() => setChoosing(true)}
            >
              Create from run
            </button>
            <button
              type="button"
              className="button button-small"
              disabled={lines === undefined}
              onClick={() => leaveThrough(() => open(undefined, emptyTest))}
            >
              New test
            </button>
          </>
        ) : null}
        <button
          type="button"
          className="button button-small button-primary"
          data-tip={reason}
          disabled={reason !== undefined || lines === undefined || lines.length === 0 || testing.isBusy}
          onClick={() => run()}
        >
          {testing.isBusy ? 'Running' : 'Run all'}
        </button>
      </WorkflowHeader>
      <div className={styles['tests']} data-open={edited !== undefined || undefined}>
        <section className={styles['tests-list']} aria-label="Tests">
          {errors.map((error, index) => (error === undefined ? null : <Notice key={index} error={error} />))}
          <p className="quiet" role="status">
            {lines === undefined
              ? 'Loading tests…'
              : testing.isBusy
                ? 'Tests run one after the other.'
                : results.size === 0
                  ? lines.length === 0
                    ? 'No tests yet. A test runs the draft with inputs and checks the outputs. A version is published only when all tests pass. Create the first one from a successful run.'
                    : `${lines.length === 1 ? '1 test' : `${lines.length} tests`}. A version is published only when all of them pass.`
                  : failed === 0
                    ? `${results.size} passed`
                    : `${failed} of ${results.size} failed`}
          </p>
          {reason === undefined ? null : <p className="quiet">{reason}.</p>}
          {lines === undefined || lines.length === 0 ? null : (
            <TestList
              lines={lines}
              results={results}
              running={running}
              chosen={edited?.at}
              mayEdit={mayEdit}
              mayRun={reason === undefined}
              onChoose={(at) => {
                const line = lines[at];
                if (line?.kind === 'test' && at !== edited?.at) leaveThrough(() => open(at, line.test));
              }}
              onRun={(name) => run([name])}
              onCopy={(at) => {
                const line = lines[at];
                if (line?.kind === 'test')
                  leaveThrough(() => open(undefined, { ...line.test, name: freeName(line.test.name, lines) }));
              }}
              onDelete={remove}
              onRecord={
                mayEdit
                  ? (at, node, isNow) => {
                      const line = lines[at];
                      if (line?.kind === 'test') leaveThrough(() => setRecording({ at, test: line.test, node, isNow }));
                    }
                  : undefined
              }
            />
          )}
        </section>
        {edited === undefined || planInterface === undefined ? null : (
          <TestEditor
            key={edited.key}
            test={edited.test}
            stored={edited.at === undefined ? emptyTest : edited.test}
            planInterface={planInterface}
            action={saving}
            isReadOnly={!mayEdit}
            isNew={edited.at === undefined}
            onSave={keep}
            onClose={() => leaveThrough(() => setEdited(undefined))}
          />
        )}
      </div>
      {recording === undefined ? null : (
        <RecordFixtures
          workflow={id}
          {...recording}
          tests={tests}
          onSaved={() => {
            setEdited(undefined);
            setRecording(undefined);
          }}
          onClose={() => setRecording(undefined)}
        />
      )}
      {isChoosing ? (
        <FromRun
          workflow={id}
          onMade={(test) => {
            setChoosing(false);
            leaveThrough(() => open(undefined, test));
          }}
          onClose={() => setChoosing(false)}
        />
      ) : null}
    </main>
  );
}
