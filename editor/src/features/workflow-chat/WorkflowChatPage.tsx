import clsx from 'clsx';
import type { CompileReply } from '@heddle/core';
import { MessageSquareText, Workflow } from 'lucide-react';
import { Suspense, useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import { useDraftRuns } from '../../data/access/draft-runs.js';
import { useKillSwitchReason } from '../../data/queries/kill-switches-store.js';
import { lazyPart } from '../../ui/navigation/lazy-page.js';
import { Link } from '../../ui/navigation/Link.js';
import { chatPath, workflowPath } from '../../ui/navigation/route.js';
import { useTitle } from '../../ui/navigation/use-title.js';
import { NotOpened } from '../../ui/states/NotOpened.js';
import { Notice } from '../../ui/states/Notice.js';
import { LazyChatPanel, useChatPorts } from '../run-panel/index.js';
import { RunContext } from '../run/index.js';
import { openWorkflow, useDocument, useRunSession, useSession } from '../session/index.js';
import styles from './workflow-chat.module.css';

/** Loads late, because the first question does not need it. */
const LazyDocuments = lazyPart(() =>
  import('./SearchedDocuments.js').then(({ SearchedDocuments }) => SearchedDocuments),
);

/** A conversation with a workflow on a page of its own. */
export function WorkflowChatPage({
  workflow,
  runId,
}: {
  readonly workflow: string;
  readonly runId: string | undefined;
}): ReactElement {
  const session = useSession();
  const loadError = useDocument((state) => state.loadError);
  const name = useDocument((state) => state.document?.name);
  const slug = useDocument((state) => state.slug);
  const run = useRunSession((state) => state.run);
  const [attempt, setAttempt] = useState(0);
  const again = useCallback(() => setAttempt((before) => before + 1), []);
  useEffect(() => (runId === undefined ? session.runs.leave() : session.runs.open(runId)), [session, runId]);
  useEffect(() => {
    const controller = new AbortController();
    void openWorkflow(session, workflow, controller.signal);
    return () => controller.abort();
  }, [session, workflow, attempt]);
  useTitle([name ?? workflow, 'Chat']);
  if (loadError !== undefined) return <NotOpened error={loadError} again={again} />;
  return (
    <main className="workflow-page">
      <header className="topbar aligned">
        <MessageSquareText size={16} aria-hidden />
        <h1 className="topbar-name truncate">{name ?? ''}</h1>
        <span className="topbar-space" />
        <Link href={workflowPath(slug ?? workflow, runId)} className="button button-small">
          <Workflow size={14} aria-hidden /> Open canvas
        </Link>
      </header>
      <div className={clsx(styles['chat-page'], 'stack gap-12')}>
        <RunContext value={run}>
          <Conversation again={again} />
        </RunContext>
      </div>
    </main>
  );
}

function Conversation({ again }: { readonly again: () => void }): ReactElement {
  const id = useDocument((state) => state.id);
  const compiled = useDocument((state) => state.compiled);
  const compileError = useDocument((state) => state.compileError);
  const ports = useChatPorts();
  const examples = useMemo(
    () => examplesOf(compiled?.interface.inputs.find(({ name }) => name === ports?.input)),
    [compiled, ports],
  );
  const obstacle = useObstacle();
  if (compileError !== undefined) return <Notice error={compileError} action={{ name: 'Retry', run: again }} />;
  if (id === undefined || compiled === undefined) return <p className="quiet">Opening the chat…</p>;
  if (ports === undefined)
    return (
      <p className="quiet">
        This workflow cannot be used as a chat. A chat needs one input of type Text or Messages, and an output of type
        Text. Open the canvas to run it with a form.
      </p>
    );
  return (
    <>
      <Suspense fallback={null}>
        <LazyDocuments />
      </Suspense>
      <Suspense fallback={<p className="quiet">Opening the chat…</p>}>
        <LazyChatPanel
          key={id}
          ports={ports}
          pathOf={chatPath}
          isFirst
          obstacle={obstacle === undefined ? undefined : <p className="quiet">{obstacle}</p>}
          invitation={(send) => (
            <div className={clsx(styles['chat-invitation'], 'stack gap-10')}>
              <p className="quiet">Ask a question. The answer shows where it comes from.</p>
              {obstacle !== undefined
                ? null
                : examples.map((example) => (
                    <button
                      key={example}
                      type="button"
                      className={clsx('button', styles['chat-example'])}
                      onClick={() => send(example)}
                    >
                      {example}
                    </button>
                  ))}
            </div>
          )}
        />
      </Suspense>
    </>
  );
}

type Port = CompileReply['interface']['inputs'][number];

/** The default of an input serves as an example question. */
const examplesOf = (port: Port | undefined): readonly string[] =>
  typeof port?.default === 'string' && port.default.trim() !== '' ? [port.default] : [];

/** Why the user cannot send a message: a missing permission, a kill switch, or an error in the workflow. */
function useObstacle(): string | undefined {
  const id = useDocument((state) => state.id);
  const first = useDocument((state) => state.compiled?.issues.find(({ severity }) => severity === 'error'));
  const { may, reason } = useDraftRuns();
  const stop = useKillSwitchReason(id);
  if (may === false) return `${reason}.`;
  return (
    stop ?? (first === undefined ? undefined : `The workflow has an error: ${first.message} Open the canvas to fix it.`)
  );
}
