import { openPanel, say } from '../view/index.js';
import type { CommandContext } from '../session/index.js';
import { whyNoDraftRuns, type Command } from './command.js';

/** Start and stop runs. The form checks its fields, so a start goes through the form. */
export const runCommands: readonly Command[] = [
  {
    id: 'run',
    title: 'Run or stop',
    group: 'Run',
    keys: ['Mod+Enter'],
    isGlobal: true,
    isEnabled: ({ document, isRunning, mayRun, mayStop }) =>
      document.document !== undefined && (mayRun || (isRunning && mayStop)),
    whyOff: whyNoDraftRuns,
    run: (context) => {
      const { runs, view } = context;
      const head = runs.store.getState().run?.head();
      if (head !== undefined && !head.isEnded) return runs.stop();
      view.setState({ panel: 'run' });
      openPanel();
      // Draws the form first, where the panel was closed.
      setTimeout(() => submit(context));
      return undefined;
    },
  },
];

function submit({ view }: CommandContext): void {
  const form = document.querySelector<HTMLFormElement>('#run-form');
  if (form !== null) {
    form.requestSubmit();
    // A missing field gets the focus.
    setTimeout(() => form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
    return;
  }
  const empty = document.querySelector<HTMLElement>('#run-empty button');
  if (empty !== null) {
    // In an empty workflow, the button for the first node gets the focus.
    empty.focus();
    return;
  }
  const message = document.querySelector<HTMLTextAreaElement>('.chat-write textarea');
  if (message !== null) message.focus();
  else say(view, 'This shows a nested run: go back to the outer workflow to run it.');
}
