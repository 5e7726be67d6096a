import {
  LabelledValue,
  ProviderBatch,
  ReplayMode,
  RunCaller,
  RunOptions,
  TraceContext,
  type RunAcceptance,
} from '@heddle/core';
import { z } from 'zod';

/** The part of an acceptance that is stored as JSON. */
export const StoredAcceptance = z.object({
  inputs: z.record(z.string(), LabelledValue),
  options: RunOptions,
  reused: z.array(z.string()),
  caller: RunCaller.optional(),
  version: z.int().positive().optional(),
  trace: TraceContext.optional(),
  replay: ReplayMode.optional(),
  asked: z.unknown().optional(),
  providerBatch: ProviderBatch.optional(),
});

/** Picks the fields of an acceptance that are stored as JSON. */
export const storedFieldsOf = (run: RunAcceptance): Record<keyof z.infer<typeof StoredAcceptance>, unknown> => ({
  inputs: run.inputs,
  options: run.options,
  reused: run.reused,
  caller: run.caller,
  version: run.version,
  trace: run.trace,
  replay: run.replay,
  asked: run.asked,
  providerBatch: run.providerBatch,
});
