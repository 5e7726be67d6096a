/** The properties of a code field; CodeMirror itself is loaded when the first one is drawn. */
export interface CodeFieldProps {
  readonly value: string;
  readonly language: 'template' | 'expression' | 'javascript' | 'json' | 'plain';
  readonly isReadOnly: boolean;
  readonly isInvalid: boolean;
  readonly labelledBy: string;
  readonly describedBy: string | undefined;
  readonly placeholder: string | undefined;
  /** One line: Enter moves to the next field. */
  readonly isSingleLine?: boolean;
  readonly onChange: (value: string) => void;
  /** Completions at a position, while a person types. A new function brings new completions, which are shown at once. */
  readonly complete?: (text: string, at: number) => Completions | undefined;
  readonly problemOf?: (
    text: string,
  ) => { readonly from: number; readonly to: number; readonly message: string } | undefined;
  /** The text to insert for a drop; undefined where it does not match. */
  readonly onDropData?: (data: DataTransfer) => string | undefined;
  /** Receives the field's commands, so that buttons around it can write into it. */
  readonly onReady?: (commands: CodeCommands | undefined) => void;
}

export interface Completions {
  readonly from: number;
  readonly options: readonly CompletionOption[];
}

interface CompletionOption {
  readonly label: string;
  readonly detail: string;
  /** Replaces the typed text. */
  readonly apply: string;
  /** Called after it was inserted. */
  readonly onApplied?: () => void;
}

export interface CodeCommands {
  /** Inserts at the cursor, or replaces the selection. In JSON, a text outside of quotes gets quotes. */
  insert(text: string): void;
  /** Inserts at the character nearest to a screen point. */
  insertAt(text: string, x: number, y: number): void;
  /** Whether a screen point lies on the field. */
  holds(x: number, y: number): boolean;
  focus(): void;
}
