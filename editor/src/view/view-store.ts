import { createStore, type StoreApi } from 'zustand/vanilla';

/** Where a thread that was dropped on the empty canvas comes from. */
export interface LooseThread {
  /** `node.port`. */
  readonly end: string;
  readonly side: 'output' | 'input';
}

/** What lies over the canvas. One at a time. */
export type Overlay =
  | { readonly kind: 'palette'; readonly at: readonly [number, number]; readonly thread?: LooseThread; readonly edge?: string }
  | { readonly kind: 'commands' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'find' }
  | { readonly kind: 'rename'; readonly node: string };

/** What the canvas can do for commands; the canvas itself puts it here. */
export interface CanvasHandle {
  fit(nodeIds?: readonly string[]): void;
  /** The middle of what is seen, in the document's coordinates. */
  centre(): readonly [number, number];
  /** The pointer's last place over the canvas, in the document's coordinates. */
  pointer(): readonly [number, number];
  zoomBy(factor: number): void;
  focus(nodeId: string): void;
}

/** What is looked at; nothing of it is saved. */
export interface ViewState {
  readonly selectedNodes: readonly string[];
  readonly selectedEdges: readonly string[];
  /** Grows when commands select something, so that the canvas takes it over. */
  readonly selectionAsked: number;
  readonly overlay: Overlay | undefined;
  readonly panel: 'run' | 'node';
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
    selectionAsked: 0,
    overlay: undefined,
    panel: 'run',
    isDrawerOpen: false,
    canvas: undefined,
    toast: undefined,
  }));
}

/** Selects nodes, and nothing else. */
export function selectNodes(view: ViewStore, ids: readonly string[]): void {
  view.setState(({ selectionAsked }) => ({ selectedNodes: ids, selectedEdges: [], selectionAsked: selectionAsked + 1, panel: ids.length === 1 ? 'node' : 'run' }));
}

/** Opens an overlay, or closes the one that is open. */
export function setOverlay(view: ViewStore, overlay: Overlay | undefined): void {
  view.setState({ overlay });
}

/** Says something for a moment. */
export function say(view: ViewStore, text: string, isRefusal = false): void {
  view.setState({ toast: { text, isRefusal } });
}
