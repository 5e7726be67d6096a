import { alignCommands } from './align-commands.js';
import { canvasCommands } from './canvas-commands.js';
import { clipboardCommands } from './clipboard-commands.js';
import type { Command } from './command.js';
import { fileCommands } from './file-commands.js';
import { groupCommands } from './group-commands.js';
import { historyCommands } from './history-commands.js';
import { innerCommands } from './inner-commands.js';
import { nodeCommands } from './node-commands.js';
import { runCommands } from './run-commands.js';
import { edgeCommands } from './edge-commands.js';
import { testCommands } from './test-commands.js';
import { viewCommands } from './view-commands.js';

/** All commands, in menu order. */
export const allCommands: readonly Command[] = [
  ...runCommands,
  ...testCommands,
  ...historyCommands,
  ...clipboardCommands,
  ...nodeCommands,
  ...edgeCommands,
  ...canvasCommands,
  ...groupCommands,
  ...innerCommands,
  ...alignCommands,
  ...viewCommands,
  ...fileCommands,
];
