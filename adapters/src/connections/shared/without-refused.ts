import type { HeddleError } from '@heddle/core';
import type { ProviderEvent } from '../provider.js';
import type { Exchange } from './exchange.js';

/** The settings that each model of a connection refused; later requests leave them out at once. */
export type Refusals<Setting extends string> = Map<string, Set<Setting>>;

/**
 * Sends a request, and repeats it without a setting that the provider refused if the answer does not depend on it, such as a temperature
 * that a reasoning model does not support. Nothing has been yielded by then, because a refusal comes before the first piece.
 */
export async function* withoutRefused<Setting extends string, Body extends object>(options: {
  readonly refusals: Refusals<Setting>;
  readonly model: string;
  readonly droppable: readonly Setting[];
  readonly exchange: Exchange;
  readonly build: (dropped: ReadonlySet<Setting>) => Body;
  readonly send: (body: Body) => AsyncIterable<ProviderEvent>;
  /** Whether a request has a setting. Default: it has a field of this name. */
  readonly isSent?: (body: Body, setting: Setting) => boolean;
}): AsyncGenerator<ProviderEvent> {
  const { refusals, model, droppable, exchange, isSent = hasField } = options;
  const dropped = refusals.get(model) ?? new Set<Setting>();
  for (;;) {
    const body = options.build(dropped);
    try {
      yield* options.send(body);
      return;
    } catch (thrown) {
      const error = exchange.toError(thrown);
      const refused =
        error.code === 'provider_refused'
          ? refusedSetting(
              thrown,
              error,
              droppable.filter((name) => isSent(body, name)),
            )
          : undefined;
      if (refused === undefined || dropped.has(refused)) throw error;
      dropped.add(refused);
      refusals.set(model, dropped);
    }
  }
}

const hasField = (body: object, name: string): boolean => Reflect.get(body, name) !== undefined;

/** The setting that a refusal concerns, if the request had it. */
function refusedSetting<Setting extends string>(
  thrown: unknown,
  error: HeddleError,
  sent: readonly Setting[],
): Setting | undefined {
  const named = typeof thrown === 'object' && thrown !== null && 'param' in thrown ? thrown.param : undefined;
  return (
    sent.find((name) => name === named) ??
    sent.find((name) => new RegExp(`(?:^|[^A-Za-z0-9_])${name}(?:$|[^A-Za-z0-9_])`).test(error.message))
  );
}
