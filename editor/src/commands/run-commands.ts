import type { Command } from './command.js';

/** Begin and stop. The form checks its fields, so a start goes through it. */
export const runCommands: readonly Command[] = [
  {
    id: 'run',
    title: 'Run or stop',
    group: 'Run',
    keys: ['Mod+Enter'],
    isGlobal: true,
    isEnabled: ({ document }) => document.document !== undefined,
    run: ({ runs, view }) => {
      const head = runs.store.getState().run?.head();
      if (head !== undefined && !head.isEnded) return runs.stop();
      view.setState({ panel: 'run' });
      document.querySelector<HTMLFormElement>('#run-form')?.requestSubmit();
    },
  },
];
