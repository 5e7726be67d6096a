import { openPanel, showToast } from '../view/index.js';
import type { CommandContext } from '../session/index.js';
import { whyNoDraftRuns, type Command } from './command.js';

/** Commands that start and stop runs. A start submits the form, because the form checks its fields. */
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
      // Waits until the form is drawn, in case the panel was closed.
      setTimeout(() => submit(context));
      return undefined;
    },
  },
];

function submit({ view }: CommandContext): void {
  const form = document.querySelector<HTMLFormElement>('#run-form');
  if (form !== null) {
    form.requestSubmit();
    // The first field with a problem takes the focus.
    setTimeout(() => form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
    return;
  }
  const empty = document.querySelector<HTMLElement>('#run-empty button');
  if (empty !== null) {
    // In an empty workflow, the button that adds the first node takes the focus.
    empty.focus();
    return;
  }
  const messageField = document.querySelector<HTMLTextAreaElement>('.chat-write textarea');
  if (messageField !== null) messageField.focus();
  else showToast(view, 'This shows a nested run: go back to the outer workflow to run it.');
}
