export { type Autosave, startAutosave } from './autosave.js';
export { type CatalogState, type CatalogStore, createCatalogStore, showCatalog } from './catalog-store.js';
export { conflictText, type ConflictText, valueText } from './conflict-text.js';
export {
  closeDocument,
  createDocumentStore,
  type DocumentState,
  type DocumentStore,
  edit,
  isEditable,
  redo,
  type SaveState,
  showRunDocument,
  showVersionDocument,
  showWorkflow,
  undo,
} from './document-store.js';
export { showWithStoredDraft, startDraftKeeper } from './draft-keeper.js';
export { addNode } from './edit/add-node.js';
export { changeNode, rename, setConfig, setRun, toggleDisabled, withRun } from './edit/change-node.js';
export { connect, type Connection, edgeOf, loopNotice, reconnect, refusalOf, setLoop } from './edit/connect.js';
export { copyFragment, Fragment, fragmentOf, pasteFragment, readFragment } from './edit/fragment.js';
export {
  changeGroup,
  type Group,
  groupNodes,
  groupOf,
  nodesOfGroups,
  toggleCollapsed,
  ungroup,
} from './edit/groups.js';
export { insertOnEdge, passageOf } from './edit/insert-on-edge.js';
export { addNote, arrangeNotes, changeNote, noteSize, paperColour, paperColours, removeNotes } from './edit/notes.js';
export { remove } from './edit/remove.js';
export { takeApart } from './edit/take-apart.js';
export { toSubWorkflow } from './edit/to-sub-workflow.js';
export { asDocument, documentInside, innerNamesOf } from './inner/inner-document.js';
export { createInnerStore, linkInnerStore } from './inner/inner-store.js';
export { newInner } from './inner/new-inner.js';
export { align, type Alignment, type Axis, distribute } from './layout/align.js';
export { arrange } from './layout/arrange.js';
export type { Box } from './layout/box.js';
export { cardWidth, guessHeight, type NodeTypes, portHeight, portsTop } from './layout/card-size.js';
export { freeCorner } from './layout/free-corner.js';
export { freePosition } from './layout/free-position.js';
export { laidOut, loadComputePositions } from './layout/laid-out.js';
export { layoutOf } from './layout/layout-of.js';
export { positionsIn } from './layout/positions-in.js';
export { announcePage, browserLocks, readOpenPages } from './open-pages.js';
export { bypassText } from './read/bypass-text.js';
export { type UsedPorts, usedPorts } from './read/edge-index.js';
export { foldPorts, isBranching } from './read/fold-ports.js';
export { foreignText } from './read/foreign-node.js';
export { headlineOf } from './read/headline.js';
export { errorCount } from './read/issue-index.js';
export { issueText, type IssueTexts } from './read/issue-text.js';
export { type Direction, neighbour } from './read/neighbour.js';
export { type OpenEnd, openEnds, partnersOf } from './read/open-ends.js';
export { obviousPair } from './read/obvious-pair.js';
export { portAtEnd, portsOfNode, titleOfNode } from './read/ports-in.js';
export { looseEnds, type NodePorts, portsOf } from './read/ports-of.js';
export { runSign, type RunSign, runSummary } from './read/run-summary.js';
export { stateText } from './read/spoken-node.js';
export { startRecompile } from './recompile.js';
