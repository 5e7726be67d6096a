import { canvasCommands } from './canvas-commands.js';
import { clipboardCommands } from './clipboard-commands.js';
import type { Command } from './command.js';
import { fileCommands } from './file-commands.js';
import { historyCommands } from './history-commands.js';
import { nodeCommands } from './node-commands.js';
import { runCommands } from './run-commands.js';
import { viewCommands } from './view-commands.js';

/** Every command, in the order of menus. */
export const allCommands: readonly Command[] = [...runCommands, ...historyCommands, ...clipboardCommands, ...nodeCommands, ...canvasCommands, ...viewCommands, ...fileCommands];
