export { type AnswerDrafts, createAnswerDrafts, noDraft } from './answers/answer-drafts.js';
export { AnswerOutbox, type GivenAnswer, outboxKey, sendAnswer } from './answers/answer-outbox.js';
export { answerText, lateText } from './answers/answer-text.js';
export { isBreakpoint } from './answers/is-breakpoint.js';
export { attemptText } from './execution/attempt-text.js';
export {
  parentExecutionOf,
  groupIn,
  groupOf,
  isNested,
  nodeOf,
  scopeOf,
  scopesTo,
} from './execution/execution-path.js';
export { executionTitle, executionText, type ExecutionText } from './execution/execution-title.js';
export { type InputSource, inputSources } from './execution/input-sources.js';
export { insideScope } from './execution/inside-scope.js';
export { loopMates } from './execution/loop-mates.js';
export { parentTitle, documentAt, laidOutRun } from './execution/nested-document.js';
export { isMoving, seenState, silenceOf, timeOf, nodeStateText } from './execution/node-state.js';
export { titlesWithin } from './execution/titles-within.js';
export { usageFigures } from './execution/usage-figures.js';
export type { PathRecord } from './fold/path-records.js';
export { remindText } from './fold/remind-text.js';
export type { ExecutionView, RunHead, RunView } from './fold/run-view.js';
export type { NestedRun } from './fold/side-events.js';
export { frameSchedule } from './frame-schedule.js';
export { type Playback, speeds } from './playback.js';
export { recallInputs, rememberInputs } from './remembered-inputs.js';
export { runInside } from './run-inside.js';
export { openScope, pickExecution, pickPath } from './run-focus.js';
export {
  createRunSession,
  type RunRequests,
  type RunSession,
  type RunSessionState,
  type StartRequest,
} from './run-session.js';
export { runText, standstillText, triggerText } from './run-text.js';
export { RunMark } from './RunMark.js';
export { StateMark } from './StateMark.js';
export { edgeState, type EdgeState } from './edge-state.js';
export { clearTrials, persistTrials, largestPin, setPin, toggleBreakpoints, trialOptions } from './trials.js';
export { useRunNow } from './use-run-now.js';
export {
  ParentTitleContext,
  RunFocusContext,
  RunContext,
  ScopeContext,
  useExecution,
  useExecutionAt,
  useExecutionCount,
  useExecutionFact,
  useExecutionPaths,
  useLog,
  useNested,
  usePaths,
  usePick,
  useQuestions,
  useRecord,
  useRunHead,
  useTotals,
} from './use-run.js';
