import { Suspense, type ReactElement } from 'react';
import { lazyPage } from '../pages/lazy-page.js';

const load = () => import('./NodeInspector.js').then(({ NodeInspector }) => NodeInspector);
const Inspector = lazyPage(load);

/** Fetches the inspector before it is needed, as when the pointer comes near the nodes. */
export function preloadInspector(): void {
  load().catch(() => undefined); // Asked again when a node is chosen, which says what is wrong.
}

/** What is known of one node. It is no part of what comes before anything can be done. */
export function LazyInspector({ nodeId }: { readonly nodeId: string }): ReactElement {
  return (
    <Suspense fallback={<p className="panel-body quiet">Opening the node…</p>}>
      <Inspector nodeId={nodeId} />
    </Suspense>
  );
}
