export { createModelCalls, type ModelCalls } from './model-calls.js';
export { createPolicyStore, type PolicyStore } from './policy-store.js';
export { createRouteDecisions, type RecordedRoute, type RouteDecisions } from './route-decisions.js';
export { trainBoundarySteps } from './train-boundary.js';
export { createRouteTrainingStore, type RouteTrainingStore } from './route-training-store.js';
