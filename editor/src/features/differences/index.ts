export { compareVersions, type Comparison, DiffContext } from './diff-marks.js';
export { DiffList } from './DiffList.js';
export { DiffTag } from './DiffTag.js';
export { diffSummary } from './field-text.js';
export { FieldDiff } from './FieldDiff.js';
