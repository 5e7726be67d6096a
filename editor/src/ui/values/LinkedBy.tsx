import type { ReactElement } from 'react';
import { visibleText } from '../markdown/visible-text.js';

/** The entities of a knowledge graph that led a search to a passage. */
export function LinkedBy({ names = [] }: { readonly names?: readonly string[] | undefined }): ReactElement | null {
  return names.length === 0 ? null : <span className="small-quiet">Found through {visibleText(names.join(', '))}</span>;
}
