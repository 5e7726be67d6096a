import type { ReactElement } from 'react';
import { NodeIcon } from '../../ui/icons/NodeIcon.js';
import { headlineOf } from '../document/index.js';
import { useCatalog, useDocument, useSession } from '../session/index.js';
import { selectNodes, setOverlay } from '../view/index.js';
import { Picker } from '../../ui/dialogs/Picker.js';

/** Finds nodes of the open workflow by their title, id, type and settings. */
export function FindNode(): ReactElement {
  const { view } = useSession();
  const nodes = useDocument((state) => state.document?.nodes) ?? {};
  const byType = useCatalog((state) => state.byType);
  const all = Object.entries(nodes).map(([id, node]) => {
    const description = byType.get(node.type);
    const headline = headlineOf(node, description);
    return {
      id,
      title: node.title ?? description?.title ?? node.type,
      note: headline?.value ?? '',
      icon: description?.icon,
      category: description?.category,
      text: `${id} ${node.title ?? ''} ${description?.title ?? ''} ${node.type} ${JSON.stringify(node.config)}`.toLowerCase(),
    };
  });
  const close = (): void => setOverlay(view, undefined);
  return (
    <Picker
      title="Find node"
      placeholder="Find by name, type or setting"
      itemsFor={(query) =>
        all.filter((item) =>
          query
            .toLowerCase()
            .split(/\s+/)
            .every((word) => item.text.includes(word)),
        )
      }
      empty="No node matches."
      draw={(item) => (
        <>
          <NodeIcon icon={item.icon} category={item.category} />
          <span className="picker-name">{item.title}</span>
          <span className="quiet picker-note">{item.note}</span>
        </>
      )}
      onPick={(item) => {
        close();
        selectNodes(view, [item.id]);
        view.getState().canvas?.focus(item.id);
      }}
      onClose={close}
    />
  );
}
