import type { DocumentStore } from '../document/document-store.js';
import { workflowPath } from '../pages/route.js';

/** The workflow that is open has another slug: its address in the browser follows, without leaving the page. */
export function takeSlug(documents: DocumentStore, slug: string): void {
  const before = documents.getState().slug;
  documents.setState({ slug });
  const { pathname, search } = window.location;
  if (before !== undefined && pathname === workflowPath(before))
    window.history.replaceState(null, '', `${workflowPath(slug)}${search}`);
}
