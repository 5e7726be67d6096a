export { AnswerForm } from './AnswerForm.js';
export { LazyAnswerForm } from './late-answer-form.js';
export { followQuestions } from './left-behind.js';
export { OpenQuestions } from './OpenQuestions.js';
