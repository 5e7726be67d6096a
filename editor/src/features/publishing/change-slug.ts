import type { DocumentStore } from '../document/index.js';
import { workflowPath } from '../../ui/navigation/route.js';

/** Changes the slug of the open workflow in the browser's address without a reload. */
export function changeSlug(documents: DocumentStore, slug: string): void {
  const before = documents.getState().slug;
  documents.setState({ slug });
  const { pathname, search } = window.location;
  if (before !== undefined && pathname === workflowPath(before))
    window.history.replaceState(null, '', `${workflowPath(slug)}${search}`);
}
