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
import { resolveRunInputs } from '@heddle/engine';
import type { PublishedRuns } from '../publishing/runs/published-runs.js';
import { resolveInputs } from '../runs/start/check-inputs.js';
import type { ChannelService } from './channel.service.js';

type Mapping = Readonly<Record<string, unknown>>;
/** Checks that the inputs of a channel fit a version. Errors: `input_*`. */
export type Fit = (planInterface: PlanInterface) => void;

/** The size limit of mapped inputs: they are filled in for each message or time, and parsed for each list. */
const mostOfMapping: ValueSize = { values: 2_000, characters: 200_000 };

/** Errors: `input_too_large`, `template_invalid` if it cannot be parsed or names an unknown value. */
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

/** For a webhook: checks the mapped inputs. Values from a message, and inputs without a mapping, are checked when the message arrives. */
export function fitOfMapping(inputs: Mapping | undefined): Fit {
  return (planInterface) => {
    if (inputs === undefined) return;
    const values = Object.entries(inputs).map(([name, value]): [string, LabelledValue] => [
      name,
      isFilled(value) ? laterValue : { value: value ?? undefined, label: defaultLabel },
    ]);
    resolveRunInputs(planInterface, Object.fromEntries(values));
  };
}

/** For a schedule: checks the inputs of a run at one of its times. */
export function fitOfTime(inputs: Mapping, known: Mapping, maxBytes: number): Fit {
  return (planInterface) => {
    const filled = fillTemplate(inputs, known) as Mapping; // Filling in an object returns an object.
    resolveInputs(filled, planInterface, { maxBytes, isPartial: false });
  };
}

const isFilled = (value: unknown): boolean => templateTexts(value).some((text) => templatePaths(text).length > 0);
/** Stands for a value that is not known yet, since the engine accepts a reference to a stored value for any input. */
const laterValue: LabelledValue = { ref: 'later', label: defaultLabel };

/**
 * Checks, before a channel is created or changed, that its creator may start such runs and that the inputs fit the live version. If there
 * is no live version, `problemsOf` reports problems later. Errors: `forbidden`, `input_*`, `workflow_not_found`.
 */
export async function checkFit(
  what: 'webhook' | 'schedule',
  { workflow, maker, fit }: { readonly workflow: string; readonly maker: Principal; readonly fit: Fit },
  runs: PublishedRuns,
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
        `The runs of a ${what} have the rights of its maker, and '${maker.name}' may not start runs of this workflow: a person with the right 'run:published' has to make it.`,
        { cause: error, details },
      );
    if (!code.startsWith('input_')) throw error;
    throw new HeddleError(code, `The inputs of the ${what} do not fit the live version: ${message}`, {
      cause: error,
      details: { ...details, field: 'inputs' },
    });
  }
}

/** Why a channel cannot start a run now, for the list of channels; empty if it can. */
export async function problemsOf(
  channel: StoredChannel,
  fit: Fit,
  runs: PublishedRuns,
  channels: ChannelService,
): Promise<readonly TriggerProblem[]> {
  try {
    fit((await runs.workflow(channel.workflowId, await channels.ownerOf(channel))).planInterface);
    return [];
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    const input = error.details?.['input'];
    return [{ code: error.code, message: error.message, ...(typeof input === 'string' ? { input } : {}) }];
  }
}
