export { focusField, fieldOfIssue } from './focus-field.js';
export { cardHeights } from './card-heights.js';
export { farSize, fitOptions, largeFitOptions, manyNodes, overviewZoom } from './fit-options.js';
export { groupFlowId, noteFlowId, partOf } from './flow-ids.js';
export { boxOnScreen, isMapShown, isPartHidden } from './is-map-shown.js';
export { chooseMap, mapChoice } from './map-choice.js';
export { clampWidth, leastWidth, mostWidth, openPanel, panelSize, setPanelSize } from './panel-size.js';
export {
  chooseTab,
  noteNodeClick,
  openSettingsTab,
  openUsualTab,
  type Tab,
  tabs,
  tabStore,
  toggleRun,
} from './tab-store.js';
export {
  type CanvasHandle,
  createViewStore,
  type Editing,
  type LooseEdge,
  type Overlay,
  panelOf,
  showToast,
  select,
  type Selection,
  selectNodes,
  setEditing,
  setOverlay,
  toggleUnfolded,
  type ViewState,
  type ViewStore,
} from './view-store.js';
