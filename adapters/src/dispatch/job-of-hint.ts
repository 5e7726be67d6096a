import type { RunHint } from '@heddle/core';
import { z } from 'zod';

/** The content of a job: it names a run and holds no other data of it. */
export const HintJob = z.object({ runId: z.string(), class: z.string(), epoch: z.int().nonnegative() });

/** BullMQ allows no `:` in names and no bare numbers as ids. */
const plain = (text: string): string =>
  text.replace(/[^A-Za-z0-9_.-]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The id of a job; all hints of a run in one epoch have the same. */
export const jobIdOf = ({ runId, epoch }: RunHint): string => `${plain(runId)}-${epoch}`;

export const queueOf = (className: string): string => `runs.${plain(className)}`;
