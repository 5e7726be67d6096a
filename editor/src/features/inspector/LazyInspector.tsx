import { Suspense, type ReactElement } from 'react';
import { lazyPage } from '../../ui/navigation/lazy-page.js';

const load = () => import('./NodeInspector.js').then(({ NodeInspector }) => NodeInspector);
const Inspector = lazyPage(load);
const EdgeInspector = lazyPage(() => import('./EdgeInspector.js').then(({ EdgeInspector: panel }) => panel));

/** Loads the inspector early, for example when the pointer comes near the nodes. */
export function preloadInspector(): void {
  load().catch(() => undefined); // The inspector loads again when a node is selected, and shows the error then.
}

/** The inspector of one node, loaded after the first paint. */
export function LazyInspector({ nodeId }: { readonly nodeId: string }): ReactElement {
  return (
    <Suspense fallback={<p className="panel-body quiet">Opening node…</p>}>
      <Inspector nodeId={nodeId} />
    </Suspense>
  );
}

/** The panel of one edge, loaded when an edge is selected. */
export function LazyEdgeInspector({ edge }: { readonly edge: string }): ReactElement {
  return (
    <Suspense fallback={<p className="panel-body quiet">Opening edge…</p>}>
      <EdgeInspector edge={edge} />
    </Suspense>
  );
}
