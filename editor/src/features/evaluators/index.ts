export { EvaluatorPicker, type EvaluatorPickerProps } from './EvaluatorPicker.js';
export { Calibrations } from './Calibrations.js';
export { EvaluationTable } from './EvaluationTable.js';
export { TryEvaluators, type TriedRow } from './TryEvaluators.js';
