import type { StoredChannel } from '@heddle/adapters/channels';
import {
  defaultLabel,
  fillTemplate,
  HeddleError,
  sizeWithin,
  templatePaths,
  templateTexts,
  type LabelledValue,
  type PlanInterface,
  type Principal,
  type TriggerProblem,
  type ValueSize,
} from '@heddle/core';
import { checkRunInputs } from '@heddle/engine';
import type { PublishedRuns } from '../publishing/published-runs.js';
import { checkInputs } from '../runs/check-inputs.js';
import type { ChannelService } from './channel.service.js';

type Mapping = Readonly<Record<string, unknown>>;
/** Whether what a channel gives is what a version takes. Errors: `input_*`. */
export type Fit = (planInterface: PlanInterface) => void;

/** It is filled in for each message and each time, and looked at for each list. */
const mostOfMapping: ValueSize = { values: 2_000, characters: 200_000 };

/** Errors: `input_too_large`, `template_invalid` where it cannot be read, or names what no message or time has. */
export function checkTemplate(inputs: unknown, known: readonly string[]): void {
  if (sizeWithin(inputs, mostOfMapping) === undefined)
    throw new HeddleError(
      'input_too_large',
      'The inputs that are filled in here have too many values or too long texts: name what arrives with {{ … }}, and put tables into a file or a collection.',
      { details: { field: 'inputs' } },
    );
  const examples = known.map((name) => `{{ ${name} }}`).join(' and ');
  for (const text of templateTexts(inputs))
    for (const { path, text: written } of templatePaths(text))
      if (!known.includes(String(path[0])))
        throw new HeddleError(
          'template_invalid',
          `'{{ ${written} }}' names nothing that is known here: there are ${examples}. Write \\{{ where two braces are meant.`,
          { details: { field: 'inputs', name: written } },
        );
}

/** Of a webhook: what is mapped. Values that come with a message are checked when it comes; what has no mapping, too. */
export function fitOfMapping(inputs: Mapping | undefined): Fit {
  return (planInterface) => {
    if (inputs === undefined) return;
    const values = Object.entries(inputs).map(([name, value]): [string, LabelledValue] => [
      name,
      isFilled(value) ? laterValue : { value: value ?? undefined, label: defaultLabel },
    ]);
    checkRunInputs(planInterface, Object.fromEntries(values));
  };
}

/** Of a schedule: what one of its times gives. */
export function fitOfTime(inputs: Mapping, known: Mapping, maxBytes: number): Fit {
  return (planInterface) => {
    const filled = fillTemplate(inputs, known) as Mapping; // an object stays one
    checkInputs(filled, planInterface, { maxBytes, isPartial: false });
  };
}

const isFilled = (value: unknown): boolean => templateTexts(value).some((text) => templatePaths(text).length > 0);
/** A value that nobody knows yet: the engine takes a stored value as it is. */
const laterValue: LabelledValue = { ref: 'later', label: defaultLabel };

interface FitParts {
  readonly runs: PublishedRuns;
  readonly channels: ChannelService;
}

/**
 * Before a channel is made or changed: its maker may begin such runs, and they have what the live version takes. Where nothing is live
 * yet, `problemsOf` tells of it later. Errors: `forbidden`, `input_*`, `workflow_not_found`.
 */
export async function checkFit(
  what: 'webhook' | 'schedule',
  { workflow, maker, fit }: { readonly workflow: string; readonly maker: Principal; readonly fit: Fit },
  { runs }: Pick<FitParts, 'runs'>,
): Promise<void> {
  try {
    fit((await runs.workflow(workflow, maker)).planInterface);
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    const { code, message, details } = error;
    if (code === 'not_published') return;
    if (code === 'forbidden')
      throw new HeddleError(
        code,
        `The runs of a ${what} have the rights of who makes it, and '${maker.name}' must not start runs of this workflow: somebody with the right 'run:published' makes it.`,
        { cause: error, ...(details === undefined ? {} : { details }) },
      );
    if (!code.startsWith('input_')) throw error;
    throw new HeddleError(code, `The inputs of the ${what} do not fit the live version: ${message}`, {
      cause: error,
      details: { ...details, field: 'inputs' },
    });
  }
}

/** Why a channel would begin no run now, for those who look at it; nothing where it would. */
export async function problemsOf(
  channel: StoredChannel,
  fit: Fit,
  { runs, channels }: FitParts,
): Promise<readonly TriggerProblem[]> {
  try {
    fit((await runs.workflow(channel.workflowId, channels.ownerOf(channel))).planInterface);
    return [];
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    const input = error.details?.['input'];
    return [{ code: error.code, message: error.message, ...(typeof input === 'string' ? { input } : {}) }];
  }
}
