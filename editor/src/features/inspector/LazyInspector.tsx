import { Suspense, type ReactElement } from 'react';
import { lazyPage } from '../../ui/navigation/lazy-page.js';

const load = () => import('./NodeInspector.js').then(({ NodeInspector }) => NodeInspector);
const Inspector = lazyPage(load);

/** Loads the inspector early, as when the pointer comes near the nodes. */
export function preloadInspector(): void {
  load().catch(() => undefined); // Loaded again when a node is selected, which shows the error.
}

/** The inspector of one node, loaded after the first paint. */
export function LazyInspector({ nodeId }: { readonly nodeId: string }): ReactElement {
  return (
    <Suspense fallback={<p className="panel-body quiet">Opening node…</p>}>
      <Inspector nodeId={nodeId} />
    </Suspense>
  );
}
