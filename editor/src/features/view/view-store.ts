import type { PortTypeName, WorkflowDocument } from '@heddle/core';
import type { Box } from '../document/index.js';
import { createStore, type StoreApi } from 'zustand/vanilla';

/** The source of an edge that was dropped on the empty canvas. */
export interface LooseEdge {
  /** `node.port`. */
  readonly end: string;
  readonly side: 'output' | 'input';
}

/** The overlay over the canvas, one at a time. */
export type Overlay =
  | {
      readonly kind: 'palette';
      readonly at: readonly [number, number];
      /** A loose end, which the new node takes. */
      readonly loose?: LooseEdge;
      /** An edge, on which the new node is placed. */
      readonly edge?: string;
      /** Whether the pointer chose the position, so that the new node does not go beside the selected one. */
      readonly isPlaced?: boolean;
    }
  | { readonly kind: 'commands' }
  | { readonly kind: 'shortcuts' }
  /** What the signs on the canvas mean. */
  | { readonly kind: 'legend' }
  | { readonly kind: 'find' }
  /** Which labels can reach which destinations. */
  | { readonly kind: 'data-map' }
  /** What can be done with the selected nodes; `at` is in the window. */
  | { readonly kind: 'node-menu'; readonly at: readonly [number, number] }
  /** The outputs of a node, to change them and go on. */
  | { readonly kind: 'edit-output'; readonly node: string }
  /** Choosing ports by name: the first end, then one that fits it. */
  | { readonly kind: 'connect'; readonly edge?: LooseEdge }
  /** The edges of the selected node, to choose one. */
  | { readonly kind: 'edges' }
  /** A workflow file that was dropped on the canvas. */
  | {
      readonly kind: 'import';
      readonly file: string;
      readonly document: WorkflowDocument;
      readonly at: readonly [number, number];
    };

/** What is being edited on the canvas: a title or a note. */
export interface Editing {
  readonly kind: 'node' | 'group' | 'note';
  readonly id: string;
}

/** The selection. */
export interface Selection {
  readonly nodes?: readonly string[];
  readonly edges?: readonly string[];
  readonly notes?: readonly string[];
  readonly groups?: readonly string[];
}

/** The canvas functions for commands; the canvas registers them here. */
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
  /** Moves the view as little as possible to make a new element fully visible, by its canvas id. */
  bringIn(id: string): void;
  /** The position and size of a card; undefined while it has not been drawn. */
  boxOf(nodeId: string): Box | undefined;
}

/** The view state; it is not stored. */
export interface ViewState {
  readonly selectedNodes: readonly string[];
  readonly selectedEdges: readonly string[];
  readonly selectedNotes: readonly string[];
  readonly selectedGroups: readonly string[];
  readonly editing: Editing | undefined;
  /** The edge under a dragged node: dropping it inserts the node there. */
  readonly dropEdge: string | undefined;
  /** Whether cards are being dragged: buttons and texts beside them are hidden meanwhile, as they would not keep up. */
  readonly isDragging: boolean;
  /** Increases when commands select something, so that the canvas applies it. */
  readonly selectionAsked: number;
  /** The edge that is being drawn, and the type at its end: ports that do not match are dimmed. */
  readonly drawing: (LooseEdge & { readonly type: PortTypeName }) | undefined;
  /** The card under the pointer while an edge is drawn: it shows its folded ports that fit. */
  readonly drawnOver: string | undefined;
  /** The nodes whose cards show also the ports that nothing uses. */
  readonly unfolded: readonly string[];
  readonly overlay: Overlay | undefined;
  readonly panel: 'run' | 'node' | 'edge';
  /** The field to focus: a dotted path, `run.…`, or `port:name`. */
  readonly askedField: { readonly node: string; readonly field: string } | undefined;
  readonly isDrawerOpen: boolean;
  readonly canvas: CanvasHandle | undefined;
  /** A short message about the last action or its error. */
  readonly toast: { readonly text: string; readonly isRefusal: boolean } | undefined;
}

export type ViewStore = StoreApi<ViewState>;

/** An initial view. */
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
    askedField: undefined,
    isDrawerOpen: false,
    canvas: undefined,
    toast: undefined,
  }));
}

/** Selects nodes only. */
export function selectNodes(view: ViewStore, ids: readonly string[]): void {
  select(view, { nodes: ids });
}

/** Selects the named elements only. */
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

/** The panel of a selection: that of its only node or edge, otherwise the run. */
export function panelOf(nodes: readonly string[], edges: readonly string[]): ViewState['panel'] {
  if (nodes.length === 1) return 'node';
  return nodes.length === 0 && edges.length === 1 ? 'edge' : 'run';
}

/** Shows the ports that nothing uses on the cards of nodes; folds them away where all of them show theirs. */
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

/** Opens an overlay, or closes the open one. */
export function setOverlay(view: ViewStore, overlay: Overlay | undefined): void {
  view.setState({ overlay });
}

/** Shows a message for a moment. */
export function say(view: ViewStore, text: string, isRefusal = false): void {
  view.setState({ toast: { text, isRefusal } });
}
