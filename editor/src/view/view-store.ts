import type { PortTypeName, WorkflowDocument } from '@heddle/core';
import { createStore, type StoreApi } from 'zustand/vanilla';

/** Where a thread that was dropped on the empty canvas comes from. */
export interface LooseThread {
  /** `node.port`. */
  readonly end: string;
  readonly side: 'output' | 'input';
}

/** What lies over the canvas. One at a time. */
export type Overlay =
  | {
      readonly kind: 'palette';
      readonly at: readonly [number, number];
      readonly thread?: LooseThread;
      readonly edge?: string;
    }
  | { readonly kind: 'commands' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'find' }
  /** What can reach whom. */
  | { readonly kind: 'data-map' }
  /** What can be done with the selected nodes; `at` is in the window. */
  | { readonly kind: 'node-menu'; readonly at: readonly [number, number] }
  /** The outputs of a node, to change them and go on. */
  | { readonly kind: 'edit-output'; readonly node: string }
  /** Choosing ports by name: the first end, then one that fits it. */
  | { readonly kind: 'connect'; readonly thread?: LooseThread }
  /** The threads of the selected node, to choose one. */
  | { readonly kind: 'threads' }
  /** A workflow file that was dropped on the canvas. */
  | {
      readonly kind: 'import';
      readonly file: string;
      readonly document: WorkflowDocument;
      readonly at: readonly [number, number];
    };

/** What is being written on the canvas itself: a title or a note. */
export interface Editing {
  readonly kind: 'node' | 'group' | 'note';
  readonly id: string;
}

/** What is selected together. */
export interface Selection {
  readonly nodes?: readonly string[];
  readonly edges?: readonly string[];
  readonly notes?: readonly string[];
  readonly groups?: readonly string[];
}

/** A rectangle in the document's coordinates. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What the canvas can do for commands; the canvas itself puts it here. */
export interface CanvasHandle {
  fit(nodeIds?: readonly string[]): void;
  /** The middle of what is seen, in the document's coordinates. */
  centre(): readonly [number, number];
  /** The pointer's last place over the canvas, in the document's coordinates. */
  pointer(): readonly [number, number];
  zoomBy(factor: number): void;
  /** Whether something of the workflow lies outside of what is seen. */
  isPartHidden(): boolean;
  focus(nodeId: string): void;
  /** Moves the view as little as it takes to see something new whole, by its id on the canvas. */
  bringIn(id: string): void;
  /** Where a card stands and how large it is; undefined while it has not been drawn. */
  boxOf(nodeId: string): Box | undefined;
}

/** What is looked at; nothing of it is saved. */
export interface ViewState {
  readonly selectedNodes: readonly string[];
  readonly selectedEdges: readonly string[];
  readonly selectedNotes: readonly string[];
  readonly selectedGroups: readonly string[];
  readonly editing: Editing | undefined;
  /** The thread under a node that is being dragged: letting go puts the node on it. */
  readonly dropEdge: string | undefined;
  /** Grows when commands select something, so that the canvas takes it over. */
  readonly selectionAsked: number;
  /** The thread that is being drawn, and the type at its end: ports that do not fit step back meanwhile. */
  readonly drawing: (LooseThread & { readonly type: PortTypeName }) | undefined;
  readonly overlay: Overlay | undefined;
  readonly panel: 'run' | 'node';
  /** The field that somebody was led to, until it has the focus: a dotted path, `run.…`, or `port:name`. */
  readonly askedField: { readonly node: string; readonly field: string } | undefined;
  readonly isDrawerOpen: boolean;
  readonly canvas: CanvasHandle | undefined;
  /** A short word about what just happened or could not. */
  readonly toast: { readonly text: string; readonly isRefusal: boolean } | undefined;
}

export type ViewStore = StoreApi<ViewState>;

/** A view of nothing. */
export function createViewStore(): ViewStore {
  return createStore<ViewState>(() => ({
    selectedNodes: [],
    selectedEdges: [],
    selectedNotes: [],
    selectedGroups: [],
    editing: undefined,
    dropEdge: undefined,
    selectionAsked: 0,
    drawing: undefined,
    overlay: undefined,
    panel: 'run',
    askedField: undefined,
    isDrawerOpen: false,
    canvas: undefined,
    toast: undefined,
  }));
}

/** Selects nodes, and nothing else. */
export function selectNodes(view: ViewStore, ids: readonly string[]): void {
  select(view, { nodes: ids });
}

/** Selects what is named, and nothing else. */
export function select(view: ViewStore, { nodes = [], edges = [], notes = [], groups = [] }: Selection): void {
  view.setState(({ selectionAsked }) => ({
    selectedNodes: nodes,
    selectedEdges: edges,
    selectedNotes: notes,
    selectedGroups: groups,
    selectionAsked: selectionAsked + 1,
    panel: nodes.length === 1 ? 'node' : 'run',
  }));
}

/** Begins to write on the canvas, or ends it. */
export function setEditing(view: ViewStore, editing: Editing | undefined): void {
  view.setState({ editing });
}

/** Opens an overlay, or closes the one that is open. */
export function setOverlay(view: ViewStore, overlay: Overlay | undefined): void {
  view.setState({ overlay });
}

/** Says something for a moment. */
export function say(view: ViewStore, text: string, isRefusal = false): void {
  view.setState({ toast: { text, isRefusal } });
}
