export { allCommands } from './all-commands.js';
export { canvasCommands } from './canvas-commands.js';
export { type Command, factsOf } from './command.js';
export { CommandButton } from './CommandButton.js';
export { openInside } from './inner-commands.js';
export { runCommands } from './run-commands.js';
export { ShortcutTable } from './ShortcutTable.js';
export { runTrial, wholeOutputs } from './trial-run.js';
export { useShortcuts } from './use-shortcuts.js';
