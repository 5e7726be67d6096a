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
export { createFeedbackStore, type FeedbackEntry, type FeedbackStore } from './feedback-store.js';
export { createRouteDecisions, type RecordedRoute, type RouteDecisions } from './route-decisions.js';
