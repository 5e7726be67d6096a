import type { PortTypeName, WorkflowDocument } from '@heddle/core';
import type { Box } from '../document/index.js';
import { createStore, type StoreApi } from 'zustand/vanilla';

/** The connected end of an edge that was dropped on the empty canvas. */
export interface LooseEdge {
  /** The end as `node.port`. */
  readonly end: string;
  readonly side: 'output' | 'input';
}

/** What is shown over the canvas; only one overlay is open at a time. */
export type Overlay =
  | {
      readonly kind: 'palette';
      readonly at: readonly [number, number];
      /** A loose end to which the new node is connected. */
      readonly loose?: LooseEdge;
      /** An edge on which the new node is inserted. */
      readonly edge?: string;
      /** Whether the pointer chose the position, so that the new node is not placed beside the selected one. */
      readonly isPlaced?: boolean;
    }
  | { readonly kind: 'commands' }
  | { readonly kind: 'shortcuts' }
  /** The legend of the signs on the canvas. */
  | { readonly kind: 'legend' }
  | { readonly kind: 'find' }
  /** Which labels can reach which destinations. */
  | { readonly kind: 'data-map' }
  /** The menu of the selected nodes; `at` is a position in the window. */
  | { readonly kind: 'node-menu'; readonly at: readonly [number, number] }
  /** Edits the outputs of a node, to continue a run from them or pin them. */
  | { readonly kind: 'edit-output'; readonly node: string }
  /** Connects ports by name: the user chooses the first end, then one that fits it. */
  | { readonly kind: 'connect'; readonly edge?: LooseEdge }
  /** The edges of the selected nodes, to choose one. */
  | { readonly kind: 'edges' }
  /** A workflow file that was dropped on the canvas. */
  | {
      readonly kind: 'import';
      readonly file: string;
      readonly document: WorkflowDocument;
      readonly at: readonly [number, number];
    };

/** The element whose title or text is edited on the canvas. */
export interface Editing {
  readonly kind: 'node' | 'group' | 'note';
  readonly id: string;
}

export interface Selection {
  readonly nodes?: readonly string[];
  readonly edges?: readonly string[];
  readonly notes?: readonly string[];
  readonly groups?: readonly string[];
}

/** Functions of the canvas that commands use. The canvas registers them here. */
export interface CanvasHandle {
  fit(nodeIds?: readonly string[]): void;
  /** The centre of the view, in the document's coordinates. */
  centre(): readonly [number, number];
  /** The last pointer position over the canvas, in the document's coordinates. */
  pointer(): readonly [number, number];
  zoomBy(factor: number): void;
  /** Whether a part of the workflow is out of view. */
  isPartHidden(): boolean;
  focus(nodeId: string): void;
  /** Moves the view as little as possible to make a new element fully visible. `id` is the element's canvas id. */
  bringIn(id: string): void;
  /** The position and size of a card; undefined if it has not been drawn yet. */
  boxOf(nodeId: string): Box | undefined;
}

/** The state of the view, which is not stored. */
export interface ViewState {
  readonly selectedNodes: readonly string[];
  readonly selectedEdges: readonly string[];
  readonly selectedNotes: readonly string[];
  readonly selectedGroups: readonly string[];
  readonly editing: Editing | undefined;
  /** The edge under a dragged node. Dropping the node inserts it there. */
  readonly dropEdge: string | undefined;
  /** Whether cards are being dragged. Buttons and texts beside them are hidden meanwhile, because they could not follow. */
  readonly isDragging: boolean;
  /** Increases when a command selects something, so that the canvas applies the selection. */
  readonly selectionAsked: number;
  /** The edge that is being drawn, with the type at its end. Ports that do not match are dimmed. */
  readonly drawing: (LooseEdge & { readonly type: PortTypeName }) | undefined;
  /** The card under the pointer while an edge is drawn. It shows its folded ports that match. */
  readonly drawnOver: string | undefined;
  /** The nodes whose cards also show unused ports. */
  readonly unfolded: readonly string[];
  readonly overlay: Overlay | undefined;
  readonly panel: 'run' | 'node' | 'edge';
  /** The field to focus: a path with dots, `run.…`, or `port:name`. */
  readonly requestedField: { readonly node: string; readonly field: string } | undefined;
  readonly isDrawerOpen: boolean;
  readonly canvas: CanvasHandle | undefined;
  /** A short message about the last action or its error. */
  readonly toast: { readonly text: string; readonly isRefusal: boolean } | undefined;
}

export type ViewStore = StoreApi<ViewState>;

export function createViewStore(): ViewStore {
  return createStore<ViewState>(() => ({
    selectedNodes: [],
    selectedEdges: [],
    selectedNotes: [],
    selectedGroups: [],
    editing: undefined,
    dropEdge: undefined,
    isDragging: false,
    selectionAsked: 0,
    drawing: undefined,
    drawnOver: undefined,
    unfolded: [],
    overlay: undefined,
    panel: 'run',
    requestedField: undefined,
    isDrawerOpen: false,
    canvas: undefined,
    toast: undefined,
  }));
}

/** Selects the given nodes and nothing else. */
export function selectNodes(view: ViewStore, ids: readonly string[]): void {
  select(view, { nodes: ids });
}

/** Selects the given elements and nothing else. */
export function select(view: ViewStore, { nodes = [], edges = [], notes = [], groups = [] }: Selection): void {
  view.setState(({ selectionAsked }) => ({
    selectedNodes: nodes,
    selectedEdges: edges,
    selectedNotes: notes,
    selectedGroups: groups,
    selectionAsked: selectionAsked + 1,
    panel: panelOf(nodes, edges),
  }));
}

/** The panel for a selection: that of the node or edge if only one is selected, otherwise that of the run. */
export function panelOf(nodes: readonly string[], edges: readonly string[]): ViewState['panel'] {
  if (nodes.length === 1) return 'node';
  return nodes.length === 0 && edges.length === 1 ? 'edge' : 'run';
}

/** Shows the unused ports on the cards of nodes, or hides them if all of these cards already show them. */
export function toggleUnfolded(view: ViewStore, ids: readonly string[]): void {
  view.setState(({ unfolded }) => {
    const others = unfolded.filter((id) => !ids.includes(id));
    return { unfolded: ids.every((id) => unfolded.includes(id)) ? others : [...others, ...ids] };
  });
}

/** Starts or ends editing on the canvas. */
export function setEditing(view: ViewStore, editing: Editing | undefined): void {
  view.setState({ editing });
}

export function setOverlay(view: ViewStore, overlay: Overlay | undefined): void {
  view.setState({ overlay });
}

/** Shows a message for a moment. */
export function showToast(view: ViewStore, text: string, isRefusal = false): void {
  view.setState({ toast: { text, isRefusal } });
}
