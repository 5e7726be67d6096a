import { memo, useMemo, type ReactElement } from 'react';
import { stateText } from '../document/index.js';
import { useCatalog, useDocument, useView } from '../session/index.js';

/** Announces the selection to screen readers, because the focus stays on the canvas while arrow keys move along the graph. */
export const SpokenSelection = memo(function SpokenSelection(): ReactElement {
  const document = useDocument((state) => state.document);
  const byType = useCatalog((state) => state.byType);
  const nodes = useView((state) => state.selectedNodes);
  const edges = useView((state) => state.selectedEdges);
  const notes = useView((state) => state.selectedNotes);
  const groups = useView((state) => state.selectedGroups);
  const text = useMemo(
    () => (document === undefined ? '' : stateText(document, byType, { nodes, edges, notes, groups })),
    [document, byType, nodes, edges, notes, groups],
  );
  return (
    <p className="visually-hidden" role="status">
      {text}
    </p>
  );
});
