import type { NodeDescription, PortDescription } from '@heddle/core';
import { useMemo, type CSSProperties, type ReactElement } from 'react';
import { NodeIcon } from '../../ui/icons/NodeIcon.js';
import { typeColour } from '../../ui/icons/type-colour.js';
import { freePosition, type CatalogState } from '../document/index.js';
import { useCatalog, useSession } from '../session/index.js';
import { setOverlay, type Overlay } from '../view/index.js';
import { Picker, type PickerItem } from '../../ui/dialogs/Picker.js';
import { navigate, triggersPath } from '../../ui/navigation/route.js';
import { insertBeside } from './insert-beside.js';
import { insertNode, insertNodeOnEdge, requirementOfLooseEdge, requirementOfEdge } from './insert-node.js';
import type { Stores } from './add-step.js';
import { lastResorts, rankNodes, type FoundNode, type PortRequirement } from './rank-nodes.js';
import { triggerNode } from './trigger-node.js';

type Item = NodeDescription & PickerItem & { readonly note?: string | undefined };

const groupNames: Readonly<Record<string, string>> = {
  'input-output': 'Inputs and outputs',
  model: 'Models',
  documents: 'Documents',
  retrieval: 'Retrieval',
  logic: 'Logic',
  data: 'Data',
  people: 'People',
  tools: 'Tools',
  network: 'Network',
  safety: 'Safety',
};
const groupOrder = Object.keys(groupNames);

/** The palette of node types. After an edge was dropped on the canvas, it shows only matching types. */
export function NodePalette({ overlay }: { readonly overlay: Extract<Overlay, { kind: 'palette' }> }): ReactElement {
  const { documents, view } = useSession();
  const byType = useCatalog((state) => state.byType);
  const wanted = useMemo(
    () =>
      requirementOfLooseEdge(documents.getState(), byType, overlay.loose) ??
      requirementOfEdge(documents.getState(), byType, overlay.edge),
    [documents, byType, overlay.loose, overlay.edge],
  );
  const all = useMemo(() => {
    const rank = (category: string): number =>
      groupOrder.includes(category) ? groupOrder.indexOf(category) : groupOrder.length;
    return [...byType.values()].sort((a, b) => rank(a.category) - rank(b.category));
  }, [byType]);
  const itemsFor = (query: string): readonly Item[] => {
    const searched = wanted === undefined && query.trim() !== '' ? [...all, triggerNode] : all;
    const found = rankNodes(searched, query, wanted);
    if (found.length > 0) return found.map((each) => itemOf(each, wanted));
    return lastResorts(searched, wanted).map((each, index) => ({
      ...itemOf(each, wanted),
      heading: index === 0 ? 'No match. These nodes do what has no node of its own:' : undefined,
    }));
  };
  const close = (): void => setOverlay(view, undefined);
  return (
    <Picker<Item>
      title="Add node"
      placeholder={wanted === undefined ? 'Search nodes' : placeholderFor(wanted)}
      itemsFor={itemsFor}
      empty={wanted === undefined ? 'No node has this name.' : 'No node with this name matches the edge.'}
      draw={(item) => (
        <>
          <NodeIcon icon={item.icon} category={item.category} />
          <span className="picker-name">{item.title}</span>
          <span className="quiet picker-note">{item.note ?? item.summary}</span>
        </>
      )}
      detail={(item) => <NodeDetail node={item} note={item.note} />}
      onPick={(item) => {
        close();
        const { slug, id } = documents.getState();
        if (item.type === triggerNode.type) navigate(triggersPath(slug ?? id ?? ''));
        else addPicked({ documents, view }, byType, item, overlay);
      }}
      onClose={close}
    />
  );
}

/** Adds the chosen node on an edge, at a loose end, beside the selected node, or where the palette was opened. */
function addPicked(
  stores: Stores,
  byType: CatalogState['byType'],
  node: NodeDescription,
  { at, loose, edge, isPlaced }: Extract<Overlay, { kind: 'palette' }>,
): void {
  const { document } = stores.documents.getState();
  const { canvas, selectedNodes } = stores.view.getState();
  const [chosen, ...others] = selectedNodes;
  if (edge !== undefined) insertNodeOnEdge(stores, byType, node, at, edge);
  else if (loose === undefined && isPlaced !== true && chosen !== undefined && others.length === 0)
    insertBeside(stores, byType, node, chosen);
  else {
    const free = document === undefined ? at : freePosition(document, at, (id) => canvas?.boxOf(id));
    insertNode(stores, byType, node, free, loose);
  }
}

function placeholderFor({ side, type, then }: PortRequirement): string {
  if (then !== undefined) return `Search nodes from ${type} to ${then}`;
  return `Search nodes with ${type} as ${side === 'output' ? 'input' : 'output'}`;
}

function itemOf({ node, note }: FoundNode, wanted: PortRequirement | undefined): Item {
  return { ...node, id: node.type, note, group: wanted === undefined ? (groupNames[node.category] ?? 'More') : '' };
}

function NodeDetail({
  node,
  note,
}: {
  readonly node: NodeDescription;
  readonly note: string | undefined;
}): ReactElement {
  return (
    <>
      <h3>{node.title}</h3>
      {note === undefined ? null : <p>{note}</p>}
      <p>{node.summary}</p>
      <PortList title="Inputs" ports={node.inputs} />
      <PortList title="Outputs" ports={node.outputs} />
      {node.hasDynamicPorts ? <p className="quiet">Its settings add more ports.</p> : null}
    </>
  );
}

function PortList({
  title,
  ports,
}: {
  readonly title: string;
  readonly ports: readonly PortDescription[];
}): ReactElement | null {
  if (ports.length === 0) return null;
  return (
    <div>
      <h4 className="quiet">{title}</h4>
      <ul>
        {ports.map((port) => (
          // The dot has the colour of the port's type.
          <li key={port.name} style={{ '--type': typeColour(port.type) } as CSSProperties}>
            <span className="type-dot" aria-hidden /> {port.name}{' '}
            <span className="quiet">
              {port.type}
              {port.isOptional ? ', optional' : ''}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
