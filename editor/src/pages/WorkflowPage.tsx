import { ReactFlowProvider } from '@xyflow/react';
import { useContext, useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { Canvas } from '../canvas/Canvas.js';
import { useShortcuts } from '../commands/use-shortcuts.js';
import { RunDrawer } from '../drawer/RunDrawer.js';
import { focusAwaitedCanvas } from '../frame/move-focus.js';
import { issuePopover } from '../frame/IssueList.js';
import { Notice } from '../frame/Notice.js';
import { preloadInspector } from '../inspector/LazyInspector.js';
import { TopBar } from '../frame/TopBar.js';
import { usePrefetch } from '../frame/use-prefetch.js';
import { LateRunActions, LateRunResult } from '../panel/late-parts.js';
import { SidePanel } from '../panel/SidePanel.js';
import { loadOverlays, Overlays } from '../palette/Overlays.js';
import { liveMenu } from '../publish/LiveBadge.js';
import { InsideBar } from '../run/InsideBar.js';
import { InsideContext } from '../run/inside-context.js';
import { InsideStage } from '../run/InsideStage.js';
import { LateAnswerForm } from '../run/late-answer-form.js';
import { NestedBar } from '../run/NestedBar.js';
import { PlaybackBar } from '../run/PlaybackBar.js';
import { RunStage } from '../run/RunStage.js';
import { ScopeContext } from '../run/use-run.js';
import { useDocument, useSession } from '../session.js';
import { NotOpened } from './NotOpened.js';

/** Further parts of the page, loaded in the order in which they are likely to be used. */
const lateParts = [
  LateRunResult.load,
  LateRunActions.load,
  liveMenu.load,
  issuePopover.load,
  LateAnswerForm.load,
  ...loadOverlays,
];

/** A workflow on its canvas, with the run in view where there is one. `open` loads the workflow and keeps a failure in the store. */
export function WorkflowPage({
  open,
  inside,
}: {
  readonly open: (signal: AbortSignal) => Promise<void>;
  /** The inner workflow whose draft is shown. */
  readonly inside?: string | undefined;
}): ReactElement {
  const { documents, live } = useSession();
  const loadError = useDocument((state) => state.loadError);
  const compileError = useDocument((state) => state.compileError);
  const id = useDocument((state) => state.id);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    void open(controller.signal);
    return () => controller.abort();
  }, [open, attempt]);
  useEffect(() => {
    if (id !== undefined) focusAwaitedCanvas();
  }, [id]);
  // After a reconnect, loads again what is missing.
  useEffect(
    () =>
      live.onConnection((isConnected) => {
        const { loadError: failure, compileError: problem } = documents.getState();
        if (isConnected && (failure !== undefined || problem !== undefined)) setAttempt((before) => before + 1);
      }),
    [live, documents],
  );
  usePrefetch(lateParts);
  const again = { name: 'Retry', run: () => setAttempt((before) => before + 1) };
  if (loadError !== undefined) return <NotOpened error={loadError} again={again.run} />;
  return (
    <RunStage>
      <InsideStage inside={inside}>
        <main className="workflow">
          <Shortcuts />
          <TopBar />
          <div
            className="workflow-canvas"
            onPointerEnter={preloadInspector}
            tabIndex={0}
            role="application"
            aria-label="Canvas: arrows move along the graph, Tab adds a node, Enter goes to its settings, F6 to the panel, ? lists the keys"
          >
            <ReactFlowProvider>
              <ScopedCanvas id={id} inside={inside} />
            </ReactFlowProvider>
            <NestedBar />
            <InsideBar />
            <PlaybackBar />
            {compileError === undefined ? null : (
              <div className="workflow-toast">
                <Notice error={compileError} action={again} />
              </div>
            )}
          </div>
          <RunDrawer />
          <SidePanel />
          <Overlays />
        </main>
      </InsideStage>
    </RunStage>
  );
}

/** A separate canvas for each nested run. */
function ScopedCanvas({
  id,
  inside,
}: {
  readonly id: string | undefined;
  readonly inside: string | undefined;
}): ReactNode {
  const scope = useContext(ScopeContext);
  if (useContext(InsideContext) !== undefined) return <Canvas key={`${id ?? ''} inside ${inside ?? ''}`} />;
  return <Canvas key={`${id ?? ''} ${scope.replace(/#[^/]*/g, '#')}`} />;
}

/** Shortcuts act on the canvas that is shown, also in a nested run. */
function Shortcuts(): ReactNode {
  useShortcuts();
  return null;
}
