export {
  createModelCalls,
  type ModelCalls,
  type ModelCallsOptions,
  type OutsideCall,
  type SpendGroup,
  type SpendQuery,
  type SpendRow,
} from './model-calls.js';
export { createPolicyStore, type PolicyStore } from './policy-store.js';
export { createRouteDecisions, type RecordedRoute, type RouteDecisions } from './route-decisions.js';
export { trainBoundarySteps, type MeasuredLoss, type TrainedBoundary, type TrainingRow } from './train-boundary.js';
export {
  createRouteTrainingStore,
  type RouteTrainingEnd,
  type RouteTrainingStore,
  type RouteVerdict,
} from './route-training-store.js';
