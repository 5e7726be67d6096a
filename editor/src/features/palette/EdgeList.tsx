import { edgeId, splitEnd } from '@heddle/core';
import type { ReactElement } from 'react';
import { titleOfNode } from '../document/index.js';
import { useCatalog, useDocument, useSession, useView } from '../session/index.js';
import { select, setOverlay } from '../view/index.js';
import { Picker } from '../../ui/dialogs/Picker.js';

/** Lists the edges of the selected nodes, or all edges. Choosing one selects it, so that it can be deleted or a node inserted on it. */
export function EdgeList(): ReactElement {
  const { view } = useSession();
  const document = useDocument((state) => state.document);
  const byType = useCatalog((state) => state.byType);
  const selected = useView((state) => state.selectedNodes);
  const isShown = (end: string): boolean => selected.length === 0 || selected.includes(splitEnd(end)?.node ?? '');
  const title = (end: string): string =>
    `${titleOfNode({ document }, byType, splitEnd(end)?.node ?? '')} · ${splitEnd(end)?.port ?? end}`;
  const all = (document?.edges ?? [])
    .filter(({ from, to }) => isShown(from) || isShown(to))
    .map((edge) => ({ id: edgeId(edge), from: title(edge.from), to: title(edge.to), isLoop: edge.loop !== undefined }));
  const close = (): void => setOverlay(view, undefined);
  return (
    <Picker
      title="Select edge"
      placeholder="Search edges"
      itemsFor={(query) =>
        all.filter((item) =>
          query
            .toLowerCase()
            .split(/\s+/)
            .every((word) => `${item.id} ${item.from} ${item.to}`.toLowerCase().includes(word)),
        )
      }
      empty="No edge matches."
      draw={(item) => (
        <>
          <span className="picker-name">{item.from}</span>
          <span className="picker-note">
            → {item.to}
            {item.isLoop ? ', loop' : ''}
          </span>
        </>
      )}
      onPick={(item) => {
        close();
        select(view, { edges: [item.id] });
      }}
      onClose={close}
    />
  );
}
