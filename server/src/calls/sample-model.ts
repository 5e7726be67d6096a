import {
  HeddleError,
  isAtMost,
  type CallScope,
  type Destination,
  type Label,
  type LabelLevel,
  type LanguageModel,
  type SampleModel,
  type ScopeRecord,
} from '@heddle/core';
import type { CallObserver } from './call-observer.js';
import { observeLanguageModel } from './observe-language-model.js';

/**
 * Answers a tool server that requests sampling, with a model call of the execution that called the tool: guards admit it, budgets count it,
 * and it is recorded in the run. The clearance of the model must cover everything that the execution has read, because its arguments went
 * to the server, and what the server sends itself. Errors: those of the model and of the guards, `label_refused`.
 *
 * @example await tools.call(name, args, { ...options, sample: sampleModel(name, openModel, scope, observer) })
 */
export function sampleModel(
  tool: string,
  open: (id: string) => Promise<LanguageModel>,
  scope: CallScope,
  observer: CallObserver,
): SampleModel {
  const noted = new Set<string>();
  return async ({ model: id, level, request, signal }) => {
    const model = await open(id);
    const { destination } = model.info;
    const needed = isAtMost(scope.label.level, level) ? level : scope.label.level;
    const isAllowed = isAtMost(needed, destination.clearance);
    if (!isAllowed || (!destination.isLocal && !noted.has(destination.name))) {
      noted.add(destination.name);
      scope.record(decisionOf(destination, scope.label, needed, isAllowed));
    }
    if (!isAllowed)
      throw new HeddleError(
        'label_refused',
        `The server of '${tool}' must not send ${needed} data to the model '${id}': '${destination.name}' takes up to ${destination.clearance}. Choose another model for the server.`,
        { details: { tool, model: id, level: needed, clearance: destination.clearance } },
      );
    const parts: string[] = [];
    for await (const event of observeLanguageModel(id, model, scope, observer, tool).generate(request, { signal }))
      if (event.type === 'text') parts.push(event.text);
      else if (event.type === 'end') return { text: parts.join(''), finishReason: event.finishReason };
    throw new HeddleError('provider_failed', `The model '${id}' ended without an answer to the server of '${tool}'.`);
  };
}

/** Records where the data of a tool server goes, as for the data of every node. */
function decisionOf(destination: Destination, label: Label, level: LabelLevel, isAllowed: boolean): ScopeRecord {
  return {
    type: 'label-decision',
    decision: isAllowed ? 'allowed' : 'refused',
    label,
    destination: destination.name,
    clearance: destination.clearance,
    reason: `A tool server asks the model: the data is ${level}, the destination takes up to ${destination.clearance}.`,
  };
}
