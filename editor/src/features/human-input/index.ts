export { AnswerForm } from './AnswerForm.js';
export { LateAnswerForm } from './late-answer-form.js';
export { followQuestions } from './left-behind.js';
export { OpenQuestions } from './OpenQuestions.js';
