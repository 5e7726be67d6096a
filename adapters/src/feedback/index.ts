export { createFeedbackStore } from './feedback-store.js';
export { createAnnotationStore } from './annotation-store.js';
export { createTrainingConsents } from './training-consents.js';
