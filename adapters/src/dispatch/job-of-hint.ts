import type { RunHint } from '@heddle/core';
import { z } from 'zod';

/** The content of a job: only the id of the run. */
export const HintJob = z.object({ runId: z.string(), class: z.string(), epoch: z.int().nonnegative() });

/** BullMQ takes no `:` in names and no bare numbers as ids. */
const plain = (text: string): string =>
  text.replace(/[^A-Za-z0-9_.-]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Hints of one epoch have one id. */
export const jobIdOf = ({ runId, epoch }: RunHint): string => `${plain(runId)}-${epoch}`;

/** The name of the queue of a class. */
export const queueOf = (className: string): string => `runs.${plain(className)}`;
