export { createFeedbackStore } from './feedback-store.js';
