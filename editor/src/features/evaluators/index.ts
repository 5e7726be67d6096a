export { EvaluatorPicker, type EvaluatorPickerProps } from './EvaluatorPicker.js';
export { Calibrations } from './Calibrations.js';
