import type { ExecutionView } from '../fold/run-view.js';
import { formatDuration } from '../../../ui/format/format-duration.js';
import { formatMoney } from '../../../ui/format/format-money.js';

interface Figure {
  readonly name: string;
  readonly value: string;
}

/** The figures of an execution that calls a model. While text streams they are estimates; at the end they are those of the model. */
export function usageFigures(
  execution:
    (Pick<ExecutionView, 'usage' | 'rate' | 'status'> & Partial<Pick<ExecutionView, 'firstDeltaMs'>>) | undefined,
): readonly Figure[] {
  const usage = execution?.usage;
  if (usage === undefined) {
    if (execution?.status !== 'streaming') return [];
    return [
      ...(execution.rate === undefined
        ? []
        : [{ name: 'Tokens per second, estimated from the text', value: `≈ ${speed(execution.rate)}` }]),
      ...(execution.firstDeltaMs === undefined
        ? []
        : [{ name: 'Time to the first token', value: `first ${formatDuration(execution.firstDeltaMs)}` }]),
    ];
  }
  if (usage.outputTokens === 0 && usage.inputTokens === 0) return [];
  const figures: Figure[] = [];
  const writing = usage.totalMs === undefined ? undefined : usage.totalMs - (usage.firstTokenMs ?? 0);
  if (writing !== undefined && writing > 0 && usage.outputTokens > 1)
    figures.push({ name: 'Tokens per second', value: speed((usage.outputTokens / writing) * 1000) });
  if (usage.firstTokenMs !== undefined)
    figures.push({ name: 'Time to the first token', value: `first ${formatDuration(usage.firstTokenMs)}` });
  figures.push({ name: 'Input and output tokens', value: `${usage.inputTokens} → ${usage.outputTokens}` });
  if ((usage.cachedTokens ?? 0) > 0)
    figures.push({ name: 'Input tokens from the provider’s cache', value: `${usage.cachedTokens} cached` });
  figures.push(costOf(usage));
  const saved = usage.cacheSaved ?? 0;
  if (saved > 0)
    figures.push({
      name: 'Saved by the provider’s cache',
      value: `saved ${formatMoney(saved, usage.currency ?? 'USD')}`,
    });
  const batched = usage.batchSaved ?? 0;
  if (batched > 0)
    figures.push({
      name: 'Saved by a batch of the provider',
      value: `batch, saved ${formatMoney(batched, usage.currency ?? 'USD')}`,
    });
  return figures;
}

/** The cost. A connection's model may have no price, which is different from a local model that costs nothing. */
function costOf({ cost, currency = 'USD', model }: NonNullable<ExecutionView['usage']>): Figure {
  if (cost !== undefined && cost > 0) return { name: 'Cost', value: formatMoney(cost, currency) };
  return model?.includes('/') === true
    ? { name: 'The connection has no price for this model', value: 'no price' }
    : { name: 'No cost: local model', value: 'local' };
}

function speed(tokensPerSecond: number): string {
  return `${tokensPerSecond < 10 ? tokensPerSecond.toFixed(1) : Math.round(tokensPerSecond)} tok/s`;
}
