import type { CallScope, TraceparentFor } from '@heddle/core';
import type { Settings } from '../settings/settings-table.js';
import { spanIds, traceparentOf, type TracedAcceptance } from './trace-context.js';

/** Adds the trace header to calls of the addresses that the settings name. */
interface TracePropagation {
  /** For calls of a node: the header names the span of its attempt. Undefined if nothing is exported. */
  readonly ofScope: (scope: Pick<CallScope, 'runId' | 'path' | 'attempt' | 'run'>) => TraceparentFor | undefined;
  /** For calls that concern a run as a whole. */
  readonly ofRun: (run: TracedAcceptance) => TraceparentFor | undefined;
  /** Whether any address gets the header. */
  readonly isOn: boolean;
}

/**
 * Creates the propagation, which is on only if the settings name a collector and addresses. @example
 * createTracePropagation(settings).ofScope(scope)?.(url)
 */
export function createTracePropagation({
  otlpUrl,
  traceTargets,
}: Pick<Settings, 'otlpUrl' | 'traceTargets'>): TracePropagation {
  const isOn = otlpUrl !== undefined && traceTargets.length > 0;
  const traceparentFor = (run: TracedAcceptance, spanId: () => string): TraceparentFor | undefined =>
    isOn
      ? (address) =>
          traceTargets.some((target) => isTarget(target, address)) ? traceparentOf(run, spanId()) : undefined
      : undefined;
  return {
    isOn,
    ofScope: ({ run, runId, path, attempt }) => traceparentFor(run, () => spanIds.node(runId, path, attempt)),
    ofRun: (run) => traceparentFor(run, () => spanIds.run(run.runId)),
  };
}

/** An entry is `name`, `name:port`, `*.name`, or `*` for every address, including commands on this machine. */
function isTarget(entry: string, address: string): boolean {
  const target = entry.toLowerCase();
  if (target === '*') return true;
  if (!URL.canParse(address)) return false;
  const { hostname, port, protocol } = new URL(address);
  const name = hostname.replace(/^\[|\]$/g, '');
  const usual = protocol === 'https:' ? '443' : '80';
  const isSame = [name, hostname, `${hostname}:${port === '' ? usual : port}`].includes(target);
  return isSame || (target.startsWith('*.') && name.endsWith(target.slice(1)) && name.length >= target.length);
}
