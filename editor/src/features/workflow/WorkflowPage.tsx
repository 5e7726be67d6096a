import { ReactFlowProvider } from '@xyflow/react';
import { Suspense, useContext, useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { Canvas } from '../canvas/index.js';
import { useShortcuts } from '../commands/index.js';
import { RunDrawer } from '../run-drawer/index.js';
import { focusAwaitedCanvas } from '../../ui/keyboard/move-focus.js';
import { issuePopover } from './IssueList.js';
import { Notice } from '../../ui/states/Notice.js';
import { preloadInspector } from '../inspector/index.js';
import { TopBar } from './TopBar.js';
import { lazyPage } from '../../ui/navigation/lazy-page.js';
import { usePrefetch } from '../../ui/navigation/use-prefetch.js';
import { LazyChatPanel, LazyRunActions, LazyRunResult, SidePanel } from '../run-panel/index.js';
import { loadOverlays, Overlays } from '../palette/index.js';
import { liveMenu } from '../publishing/index.js';
import { InsideBar, InsideContext, InsideStage, NestedBar } from '../nested-runs/index.js';
import { LazyAnswerForm } from '../human-input/index.js';
import { RunStage } from './RunStage.js';
import { ScopeContext } from '../run/index.js';
import { useDocument, useSession } from '../session/index.js';
import { NotOpened } from '../../ui/states/NotOpened.js';
import styles from './workflow.module.css';

const PlaybackBar = lazyPage(() => import('./PlaybackBar.js').then(({ PlaybackBar: bar }) => bar));

/** Parts of the page that load later, in the order in which they are likely to be used. */
const lateParts = [
  LazyRunResult.load,
  LazyRunActions.load,
  LazyChatPanel.load,
  liveMenu.load,
  issuePopover.load,
  LazyAnswerForm.load,
  ...loadOverlays,
];

/** A workflow on its canvas, with the run that is shown, if there is one. `open` loads the workflow and stores an error. */
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
  // Loads again after a reconnect if loading or compiling failed before.
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
        <main className={styles['workflow']}>
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
            <Suspense fallback={null}>
              <PlaybackBar />
            </Suspense>
            {compileError === undefined ? null : (
              <div className={styles['workflow-toast']}>
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

/** Creates a separate canvas for each nested run. */
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

/** A component of its own, so that the shortcuts use the session of the canvas that is shown, even for a nested run. */
function Shortcuts(): ReactNode {
  useShortcuts();
  return null;
}
