import { HeddleError, toHeddleError } from '../../errors/heddle-error.js';
import type { EvaluatorContext, EvaluatorNeed, Finding, Judged } from './define-evaluator.js';
import type { ReadyEvaluator } from './evaluator-catalog.js';
import type { Evaluation, MetricInfo } from './evaluator.js';
import type { EvaluationSubject } from './evaluators.js';
import { answerOf, rightAnswers } from './judged-values.js';

/** Longer explanations and details are truncated, because an experiment can have ten thousand rows of them. */
const longestExplanation = 2_000;
const largestDetails = 32_768;

/** The cost of the evaluation so far, and its signal. */
export interface EvaluatorMeter {
  now(): number;
  /** Aborts all evaluators. The signal of the context also aborts if this evaluator takes too long. */
  readonly whole: AbortSignal;
  spent(): { readonly cost: number; readonly tokens: number };
}

/**
 * Judges one answer with one evaluator. Any failure becomes an evaluation with an error and without a value, never 0. Throws only if the
 * signal aborts.
 */
export async function evaluateOne(
  evaluator: ReadyEvaluator,
  subject: EvaluationSubject,
  context: EvaluatorContext,
  meter: EvaluatorMeter,
): Promise<readonly Evaluation[]> {
  const started = meter.now();
  const findings = await findingsOf(evaluator, subject, context, meter.whole);
  const { cost, tokens } = meter.spent();
  const spent = { cost, tokens, ms: Math.max(0, meter.now() - started) };
  return evaluator.metrics.map((metric, at) => {
    const about = at === 0 ? spent : { cost: 0, tokens: 0, ms: 0 };
    return { metric: metric.name, ...checked(findings(metric.name), metric), ...about };
  });
}

async function findingsOf(
  evaluator: ReadyEvaluator,
  subject: EvaluationSubject,
  context: EvaluatorContext,
  whole: AbortSignal,
): Promise<(metric: string) => Finding> {
  const { definition, config, metrics, setup } = evaluator;
  try {
    const judged = judgedOf(evaluator, subject);
    const work = async () => definition.evaluate(judged, config, context);
    const found = [await Promise.race([work(), aborted(context.signal)])].flat();
    const base = setup.name ?? setup.kind;
    const byName = new Map(found.map((one) => [one.metric === undefined ? base : `${base}.${one.metric}`, one]));
    return (metric) => byName.get(metric) ?? failed(new HeddleError('evaluation_failed', `It gave no ${metric}.`));
  } catch (cause) {
    if (whole.aborted) throw cause;
    const error = cause instanceof RangeError ? new HeddleError('evaluation_unfit', cause.message, { cause }) : cause;
    const finding = failed(toHeddleError(error, 'evaluation_failed'));
    return () => (metrics.length === 0 ? failed(new HeddleError('evaluation_failed', 'It has no metric.')) : finding);
  }
}

/** Rejects when the signal aborts, so that an evaluator that ignores the signal does not delay anyone. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const leave = (): void => reject(toHeddleError(signal.reason, 'aborted'));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}

function failed({ code, message }: HeddleError): Finding {
  return { explanation: message, error: { code, message } };
}

function judgedOf({ definition, setup }: ReadyEvaluator, subject: EvaluationSubject): Judged {
  const answer = answerOf(subject, setup);
  const judged = { subject, answer, expected: rightAnswers(subject.expected, answer), label: subject.label };
  for (const need of definition.needs) checkNeed(need, judged, setup.output);
  return judged;
}

/** Errors: `evaluation_no_answer`, `evaluation_no_expected`, `evaluation_no_references`, `evaluation_no_passages`. */
function checkNeed(need: EvaluatorNeed, { subject, answer, expected }: Judged, output: string | undefined): void {
  const { error, outputs, references, passages } = subject;
  if (error !== undefined && need !== 'expected' && need !== 'references')
    throw new HeddleError('evaluation_no_answer', `The run failed: ${error.message}`, {
      details: { code: error.code },
    });
  if (need === 'answer' && (answer === undefined || answer === null)) {
    const which = output === undefined ? 'no output' : `no output '${output}'; it gave ${namesOf(outputs)}`;
    throw new HeddleError('evaluation_no_answer', `The run gave ${which}.`);
  }
  if (need === 'expected' && expected.length === 0)
    throw new HeddleError('evaluation_no_expected', 'The row has no expected answer.');
  if (need === 'references' && (references ?? []).length === 0)
    throw new HeddleError('evaluation_no_references', 'The row has no reference passages.');
  if (need === 'passages' && passages.length === 0)
    throw new HeddleError('evaluation_no_passages', 'The run retrieved no passages.');
}

const namesOf = (outputs: EvaluationSubject['outputs']): string => Object.keys(outputs).join(', ') || 'none';

/** A value that is not finite or outside the range of its unit becomes an error. NaN never passes. */
function checked(
  finding: Finding,
  { unit }: MetricInfo,
): Pick<Evaluation, 'value' | 'explanation' | 'error' | 'details'> {
  const explanation = cut(finding.explanation);
  const details = boundedDetails(finding.details);
  if (finding.error !== undefined)
    return { explanation, error: { ...finding.error, message: cut(finding.error.message) }, ...details };
  const { value } = finding;
  const isFit = Number.isFinite(value) && value >= 0 && (value <= 1 || (unit !== 'score' && unit !== 'check'));
  if (isFit) return { value, explanation, ...details };
  const message = `The evaluator gave ${value}, which is not ${unit === 'score' || unit === 'check' ? 'a number from 0 to 1' : 'an amount'}.`;
  return { explanation: message, error: { code: 'evaluation_failed', message }, ...details };
}

function cut(text: string): string {
  // Does not split a surrogate pair.
  return text.length <= longestExplanation
    ? text
    : `${text.slice(0, longestExplanation).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

function boundedDetails(details: Finding['details']): Pick<Evaluation, 'details'> {
  if (details === undefined) return {};
  const size = JSON.stringify(details)?.length ?? 0;
  return { details: size <= largestDetails ? { ...details } : { isTooLarge: true, characters: size } };
}
