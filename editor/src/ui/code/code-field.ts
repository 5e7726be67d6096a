/** Props of a code field. CodeMirror is loaded when the first field is rendered. */
export interface CodeFieldProps {
  readonly value: string;
  readonly language: 'template' | 'expression' | 'javascript' | 'json' | 'plain';
  readonly isReadOnly: boolean;
  readonly isInvalid: boolean;
  readonly labelledBy: string;
  readonly describedBy: string | undefined;
  readonly placeholder: string | undefined;
  /** Whether the field has only one line, so that Enter moves to the next field. */
  readonly isSingleLine?: boolean;
  readonly onChange: (value: string) => void;
  /** Returns the completions at a position while the user types. A new function shows its completions at once. */
  readonly complete?: (text: string, at: number) => Completions | undefined;
  readonly problemOf?: (
    text: string,
  ) => { readonly from: number; readonly to: number; readonly message: string } | undefined;
  /** The text that a drop inserts; undefined if the field does not accept the data. */
  readonly onDropData?: (data: DataTransfer) => string | undefined;
  /** Gets the field's commands, with which buttons around it can insert text. */
  readonly onReady?: (commands: CodeCommands | undefined) => void;
}

export interface Completions {
  readonly from: number;
  readonly options: readonly CompletionOption[];
}

interface CompletionOption {
  readonly label: string;
  readonly detail: string;
  /** The text that replaces the typed one. */
  readonly apply: string;
  /** Called after the completion was inserted. */
  readonly onApplied?: () => void;
}

export interface CodeCommands {
  /** Inserts a text at the cursor, or replaces the selection. In JSON, a text outside quotes gets quotes. */
  insert(text: string): void;
  /** Inserts a text at the character nearest to a point of the screen. */
  insertAt(text: string, x: number, y: number): void;
  /** Whether a point of the screen is inside the field. */
  holds(x: number, y: number): boolean;
  focus(): void;
}
