import { ClockReply } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson } from '../output.js';
import { withClient } from './context.js';
import type { JsonOption } from './parse-argument.js';

/** `heddle clock`: shows whether the clock of the machine is trusted. */
export async function showClock(options: JsonOption, command: Command): Promise<void> {
  await withClient(command, async ({ api }) => show(await api.GET('/api/clock'), options));
}

/** `heddle clock confirm`: confirms that the clock of the machine is right. */
export async function confirmClock(options: JsonOption, command: Command): Promise<void> {
  await withClient(command, async ({ api }) => show(await api.POST('/api/clock/confirm'), options));
}

function show(clock: ClockReply, { json }: JsonOption): void {
  if (json === true) printJson(clock);
  else print(clock.message ?? `The clock is trusted: it is ${new Date(clock.time).toISOString()}.`);
}
