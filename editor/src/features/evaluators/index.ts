export { EvaluatorPicker } from './EvaluatorPicker.js';
export { Calibrations } from './Calibrations.js';
