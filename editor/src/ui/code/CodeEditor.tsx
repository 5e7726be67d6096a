import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
  startCompletion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { linter, type Diagnostic } from '@codemirror/lint';
import { Annotation, Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  keymap,
  lineNumbers,
  placeholder as placeholderOf,
  type ViewUpdate,
} from '@codemirror/view';
import { useEffect, useRef, type ReactElement, type RefObject } from 'react';
import { adoptCodeStyles } from './adopt-code-styles.js';
import type { CodeCommands, CodeFieldProps } from './code-field.js';
import { languageOf } from './code-language.js';
import { isInQuotes } from './is-in-quotes.js';
import { codeTheme } from './code-theme.js';

/** The delay before typed text is reported, so that letters appear at once even in a large workflow. */
const pauseMs = 150;

adoptCodeStyles(document);

/** Marks changes that come from outside, so that they are not reported back. */
const fromOutside = Annotation.define<boolean>();

/** The text editor for templates, expressions, code and JSON. */
export default function CodeEditor({
  startCursor,
  ...props
}: CodeFieldProps & { readonly startCursor: RefObject<number | undefined> }): ReactElement {
  const { value, isReadOnly, isInvalid, labelledBy, describedBy, complete } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const attributes = useRef(new Compartment());
  const pending = useRef<Notifier>(undefined);
  const isTyping = useRef(false);
  useEffect(() => {
    if (host.current === null) return undefined;
    const notifier = createNotifier((text) => latest.current.onChange(text));
    const created = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [...extensionsOf(latest, attributes.current, notifier), noteTyping(isTyping)],
      }),
    });
    view.current = created;
    pending.current = notifier;
    if (startCursor.current !== undefined) {
      created.dispatch({ selection: { anchor: Math.min(startCursor.current, created.state.doc.length) } });
      created.focus();
    }
    const { onReady, language } = latest.current;
    onReady?.(commandsOf(created, language));
    return () => {
      notifier.now();
      onReady?.(undefined);
      created.destroy();
    };
  }, [startCursor]);

  useEffect(() => {
    const shown = view.current;
    // Text that is being typed is newer than the value, which arrives with a delay.
    if (shown === undefined || pending.current?.isWaiting() === true || shown.state.doc.toString() === value) return;
    shown.dispatch({
      changes: { from: 0, to: shown.state.doc.length, insert: value },
      annotations: fromOutside.of(true),
    });
  }, [value]);

  useLateCompletions(view, isTyping, complete);

  useEffect(() => {
    view.current?.dispatch({
      effects: attributes.current.reconfigure(attributesOf({ isReadOnly, isInvalid, labelledBy, describedBy })),
    });
  }, [isReadOnly, isInvalid, labelledBy, describedBy]);

  return (
    <div
      ref={host}
      className="code-field raised"
      data-language={props.language}
      data-read-only={isReadOnly || undefined}
      data-invalid={isInvalid || undefined}
    />
  );
}

/** Shows completions that arrive while the user types, for example the ports of a workflow that is still being compiled. */
function useLateCompletions(
  view: RefObject<EditorView | undefined>,
  isTyping: RefObject<boolean>,
  complete: CodeFieldProps['complete'],
): void {
  useEffect(() => {
    const shown = view.current;
    // A pending query may have started before the completions were known, so it does not count as open.
    const isOpen = shown !== undefined && completionStatus(shown.state) === 'active';
    if (shown?.hasFocus === true && isTyping.current && !isOpen) startCompletion(shown);
  }, [view, isTyping, complete]);
}

const noteTyping = (isTyping: RefObject<boolean>): Extension =>
  EditorView.updateListener.of((update) => {
    isTyping.current = isStillTyping(update, isTyping.current);
  });

/**
 * Whether the user is still typing the text before the cursor. Typing ends when the cursor moves elsewhere or the completions are closed.
 */
function isStillTyping(update: ViewUpdate, wasTyping: boolean): boolean {
  if (update.docChanged) return update.transactions.some((transaction) => transaction.isUserEvent('input.type'));
  const isClosed = completionStatus(update.startState) === 'active' && completionStatus(update.state) === null;
  return wasTyping && !update.selectionSet && !isClosed;
}

interface Notifier {
  later(text: string): void;
  now(text?: string): void;
  isWaiting(): boolean;
}

/** Reports a text at once or after a pause. Pending text is never lost. */
function createNotifier(report: (text: string) => void): Notifier {
  let waiting: { readonly text: string; readonly timer: ReturnType<typeof setTimeout> } | undefined;
  const now = (text?: string): void => {
    const last = text ?? waiting?.text;
    clearTimeout(waiting?.timer);
    waiting = undefined;
    if (last !== undefined) report(last);
  };
  return {
    later: (text) => {
      clearTimeout(waiting?.timer);
      waiting = { text, timer: setTimeout(() => now(), pauseMs) };
    },
    now,
    isWaiting: () => waiting !== undefined,
  };
}

function extensionsOf(latest: RefObject<CodeFieldProps>, attributes: Compartment, notifier: Notifier): Extension[] {
  const { language, isSingleLine = false, placeholder } = latest.current;
  const isCode = language === 'javascript' || language === 'json';
  return [
    history(),
    drawSelection(),
    bracketMatching(),
    isCode ? closeBrackets() : [],
    EditorView.lineWrapping,
    language === 'javascript' ? lineNumbers() : [],
    languageOf(language),
    codeTheme,
    placeholder === undefined || placeholder === '' ? [] : placeholderOf(placeholder),
    isSingleLine ? EditorState.transactionFilter.of((change) => (change.newDoc.lines > 1 ? [] : change)) : [],
    autocompletion({
      override: [(context) => completionsAt(latest.current, context)],
      icons: false,
      activateOnTyping: true,
    }),
    linter((shown) => diagnosticsOf(latest.current, shown.state.doc.toString()), { delay: 250 }),
    // Tab leaves the field, as everywhere in the form. In code it indents; there, Escape and then Tab leaves the field.
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'),
      ...historyKeymap,
      ...(language === 'javascript' ? [indentWithTab] : []),
    ]),
    attributes.of(attributesOf(latest.current)),
    EditorView.updateListener.of((update) => {
      if (!update.docChanged || update.transactions.some((transaction) => transaction.annotation(fromOutside) === true))
        return;
      const isTyped = update.transactions.every(
        (transaction) => transaction.isUserEvent('input.type') || transaction.isUserEvent('delete'),
      );
      const text = update.state.doc.toString();
      if (isTyped) notifier.later(text);
      else notifier.now(text);
    }),
    EditorView.domEventHandlers({
      blur: () => notifier.now(),
      // Reports the text before a shortcut, such as that for running, uses it.
      keydown: (event) => {
        if (event.ctrlKey || event.metaKey) notifier.now();
        return false;
      },
      drop: (event, shown) => {
        const text = event.dataTransfer === null ? undefined : latest.current.onDropData?.(event.dataTransfer);
        if (text === undefined || latest.current.isReadOnly) return false;
        event.preventDefault();
        commandsOf(shown, latest.current.language).insertAt(text, event.clientX, event.clientY);
        return true;
      },
    }),
  ];
}

function attributesOf({
  isReadOnly,
  isInvalid,
  labelledBy,
  describedBy,
}: Pick<CodeFieldProps, 'isReadOnly' | 'isInvalid' | 'labelledBy' | 'describedBy'>): Extension {
  return [
    EditorState.readOnly.of(isReadOnly),
    EditorView.contentAttributes.of({
      'aria-labelledby': labelledBy,
      'aria-invalid': String(isInvalid),
      ...(isReadOnly ? { 'aria-readonly': 'true' } : {}),
      ...(describedBy === undefined ? {} : { 'aria-describedby': describedBy }),
    }),
  ];
}

function completionsAt({ complete, isReadOnly }: CodeFieldProps, context: CompletionContext): CompletionResult | null {
  if (complete === undefined || isReadOnly) return null;
  const found = complete(context.state.doc.toString(), context.pos);
  if (found === undefined || found.options.length === 0) return null;
  return {
    from: found.from,
    filter: true,
    options: found.options.map(({ label, detail, apply, onApplied }, index) => ({
      label,
      detail,
      boost: -index / 10,
      apply: (shown: EditorView, _completion: unknown, from: number, to: number) => {
        shown.dispatch({
          changes: { from, to, insert: apply },
          selection: { anchor: from + apply.length },
          userEvent: 'input.complete',
        });
        onApplied?.();
      },
    })),
  };
}

function diagnosticsOf({ problemOf }: CodeFieldProps, text: string): Diagnostic[] {
  const problem = text === '' ? undefined : problemOf?.(text);
  if (problem === undefined) return [];
  const from = Math.min(problem.from, text.length);
  return [{ from, to: Math.max(from, Math.min(problem.to, text.length)), severity: 'error', message: problem.message }];
}

function commandsOf(shown: EditorView, language: CodeFieldProps['language']): CodeCommands {
  const write = (from: number, to: number, given: string): void => {
    const text = language === 'json' && !isInQuotes(shown.state.sliceDoc(0, from)) ? JSON.stringify(given) : given;
    shown.dispatch({
      changes: { from, to, insert: text },
      selection: { anchor: from + text.length },
      userEvent: 'input',
    });
    shown.focus();
  };
  return {
    insert: (text) => {
      const { from, to } = shown.state.selection.main;
      write(from, to, text);
      if (text.endsWith('{{ ')) startCompletion(shown);
    },
    insertAt: (text, x, y) => {
      const at = shown.posAtCoords({ x, y }) ?? shown.state.doc.length;
      write(at, at, text);
    },
    holds: (x, y) => {
      const box = shown.dom.getBoundingClientRect();
      return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    },
    focus: () => shown.focus(),
  };
}
