import { useContext, useEffect, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { compileOpen, SessionContext, useRunSession, useSession, type Session } from '../session/index.js';
import { createDocumentStore, showRunDocument } from '../document/index.js';
import { createViewStore, showToast } from '../view/index.js';
import { toApiError } from '../../data/http/http.js';
import { followQuestions } from '../human-input/index.js';
import {
  parentTitle,
  documentAt,
  laidOutRun,
  openScope,
  type RunView,
  ParentTitleContext,
  RunFocusContext,
  RunContext,
  ScopeContext,
} from '../run/index.js';
import { client } from '../../data/api/client.js';
import type { AcceptedRun } from '../../data/api/reply-parts.js';

/**
 * Provides the shown run, or its playback, to the children. For a nested run, the children get a session with the document and view of that
 * run, so that it behaves like any other run.
 */
export function RunStage({ children }: { readonly children: ReactNode }): ReactElement {
  const session = useSession();
  const { focus } = session.runs;
  const run = useRunSession((state) => state.run);
  const playback = useRunSession((state) => state.playback);
  const scope = useStore(focus, (state) => state.scope);
  const accepted = useAccepted(session, run?.runId, scope !== '');
  const inner = useInner(session, run, accepted, scope);
  const titleOf = useParentTitles(session, run, accepted);
  useLeftBehind(session, run);
  const isInside = scope !== '' && inner !== undefined;
  return (
    <RunFocusContext value={focus}>
      <Played playback={playback} run={run}>
        <ScopeContext value={isInside ? scope : ''}>
          <ParentTitleContext value={titleOf}>
            <SessionContext value={isInside ? inner : session}>{children}</SessionContext>
          </ParentTitleContext>
        </ScopeContext>
      </Played>
    </RunFocusContext>
  );
}

type PlaybackOf = ReturnType<Session['runs']['store']['getState']>['playback'];

function Played({
  playback,
  run,
  children,
}: {
  readonly playback: PlaybackOf;
  readonly run: RunView | undefined;
  readonly children: ReactNode;
}): ReactElement {
  return playback === undefined ? (
    <RunContext value={run}>{children}</RunContext>
  ) : (
    <PlayedRun playback={playback}>{children}</PlayedRun>
  );
}

function PlayedRun({
  playback,
  children,
}: {
  readonly playback: NonNullable<PlaybackOf>;
  readonly children: ReactNode;
}): ReactElement {
  const run = useStore(playback.store, (state) => state.run);
  return <RunContext value={run}>{children}</RunContext>;
}

/** Warns about unsent answers when the requests of the shown run close, because the answers can no longer be sent. */
function useLeftBehind(session: Session, run: RunView | undefined): void {
  useEffect(() => {
    if (run === undefined) return undefined;
    const follow = followQuestions(session);
    const focus = (): void =>
      follow(run.requests().map(({ requestId, question }) => ({ runId: run.runId, requestId, title: question.title })));
    focus();
    return run.subscribe('requests', focus);
  }, [session, run]);
}

/** The shown run with the documents with which it was accepted. They load only when a nested run is shown. */
function useAccepted(session: Session, runId: string | undefined, isNested: boolean): AcceptedRun | undefined {
  const [accepted, setAccepted] = useState<{ readonly runId: string; readonly value: AcceptedRun }>();
  const isNeeded = isNested && runId !== undefined && accepted?.runId !== runId;
  useEffect(() => {
    if (!isNeeded) return undefined;
    const controller = new AbortController();
    client
      .GET('/api/runs/{id}/document', { params: { path: { id: runId } }, signal: controller.signal })
      .then(laidOutRun)
      .then(
        (value) => setAccepted({ runId, value }),
        (error: unknown) => {
          if (controller.signal.aborted) return;
          showToast(session.view, toApiError(error).message, true);
          openScope(session.runs.focus, '');
        },
      );
    return () => controller.abort();
  }, [isNeeded, runId, session]);
  return accepted?.runId === runId ? accepted?.value : undefined;
}

/** Returns the title of the node that started a nested run. */
function useParentTitles(
  session: Session,
  run: RunView | undefined,
  accepted: AcceptedRun | undefined,
): (scope: string) => string {
  const unknown = useContext(ParentTitleContext);
  const byType = useStore(session.catalog, (state) => state.byType);
  return useMemo(
    () =>
      run === undefined || accepted === undefined ? unknown : (scope) => parentTitle(accepted, run, byType, scope),
    [unknown, run, accepted, byType],
  );
}

/** The session for a nested run; undefined until its workflow is loaded. */
function useInner(
  session: Session,
  run: RunView | undefined,
  accepted: AcceptedRun | undefined,
  scope: string,
): Session | undefined {
  const runId = run?.runId;
  const document = useMemo(
    () => (run === undefined || scope === '' || accepted === undefined ? undefined : documentAt(accepted, run, scope)),
    [accepted, run, scope],
  );
  const inner = useMemo(
    () => (document === undefined || runId === undefined ? undefined : sessionOf(session, runId, document)),
    [session, runId, document],
  );
  useEffect(() => {
    if (inner === undefined) return undefined;
    const controller = new AbortController();
    void compileOpen(inner, controller.signal);
    return () => controller.abort();
  }, [inner]);
  return inner;
}

function sessionOf(outer: Session, runId: string, document: AcceptedRun['document']): Session {
  const documents = createDocumentStore();
  const view = createViewStore();
  view.setState({ isDrawerOpen: outer.view.getState().isDrawerOpen });
  showRunDocument(documents, { runId, workflowId: undefined, document, inputs: {} });
  return { ...outer, documents, view, commands: { ...outer.commands, documents, view } };
}
